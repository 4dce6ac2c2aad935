//! A market for two tokens. Its offers stand on the chain that created it; people make and take them from their own.
//!
//! On the owner's chain an operation calls the token *synchronously*: in the same transaction the tokens go to the
//! market's account and the order follows them in the same bundle of messages. The market's chain takes both or
//! neither, so an order never comes without its tokens. There the order is matched, and the market calls the tokens
//! again, now as the owner of its account, to send both sides home. A taker who comes too late is paid back.

pub mod abi;
pub mod state;

/// The primitive types of the forms in [`abi`].
pub mod types {
    pub use fungible::types::Account;
    pub use linera_sdk::linera_base_types::{AccountOwner, Amount, ApplicationId};
}

use linera_sdk::linera_base_types::{ContractAbi, ServiceAbi};

/// Ties the forms together for both binaries.
pub struct MarketAbi;

impl ContractAbi for MarketAbi {
    type Operation = abi::Operation;
    type Response = abi::Response;
}

impl ServiceAbi for MarketAbi {
    type Query = async_graphql::Request;
    type QueryResponse = async_graphql::Response;
}
