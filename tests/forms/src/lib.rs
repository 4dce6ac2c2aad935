//! The forms of all examples: operations, responses, messages, events, parameters and arguments as plain serde types,
//! for tests that speak to the applications without linera-sdk. Operations, responses, messages and events travel
//! as BCS, parameters and instantiation arguments as JSON.
//!
//! These are the very files of the examples, with the primitive types of the wallet's node instead of linera-sdk's.
//! The parts that are neither forms nor bound to the host, [`micropay_meter`], [`price_answer`] and [`purse_sessions`],
//! are here to be tested natively.

/// What the forms are made of.
pub mod types {
    pub use walnut_base::{Account, AccountOwner, Amount, ApplicationId, ChainId, Timestamp};
}

#[path = "../../../examples/counter/src/abi.rs"]
pub mod counter;
#[path = "../../../examples/fungible/src/abi.rs"]
pub mod fungible;
#[path = "../../../examples/market/src/abi.rs"]
pub mod market;
#[path = "../../../examples/micropay/src/abi.rs"]
pub mod micropay;
#[path = "../../../examples/micropay/src/meter.rs"]
pub mod micropay_meter;
#[path = "../../../examples/notary/abi.rs"]
pub mod notary;
#[path = "../../../examples/price/src/abi.rs"]
pub mod price;
#[path = "../../../examples/price/src/answer.rs"]
pub mod price_answer;
#[path = "../../../examples/sessions/purse/src/abi.rs"]
pub mod purse;
#[path = "../../../examples/sessions/purse/src/sessions.rs"]
pub mod purse_sessions;
#[path = "../../../examples/sessions/shop/src/abi.rs"]
pub mod shop;
#[path = "../../../examples/social/src/abi.rs"]
pub mod social;
