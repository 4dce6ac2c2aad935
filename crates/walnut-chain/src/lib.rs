//! One chain: inboxes, outboxes, consensus, block execution, and the requests that drive it.
//!
//! [`Node`] is a set of chains over a store. The same code is a validator's shard (with a key: it votes) and a client's
//! local node (without). Handlers take a request and the time, read through [`walnut_views::Store`], and answer with a
//! reply and [`Effects`]; the host commits, then speaks.
//!
//! What this crate does not do: it opens no socket, reads no clock, writes nothing, draws nothing, waits for nothing but
//! reads. It verifies every certificate that moves a chain, and never votes twice: votes are in the batch that is
//! committed before the answer leaves.
//!
//! Where to start: `node.rs` for the host's side, `manager/` for the rules of consensus, `handlers/` with one file per
//! request, `chain/` for the bookkeeping, [`records`] for what all chains share.

mod blocks;
mod cache;
mod chain;
mod chain_set;
mod config;
mod delivery;
mod effects;
mod error;
mod genesis;
mod handlers;
mod height_counters;
mod inbox;
mod journal;
pub mod limits;
mod local;
mod manager;
mod node;
mod outbox;
mod pending_blobs;
mod query;
mod queue;
mod reader;
pub mod records;
mod session;
mod shared;
mod staging;
#[cfg(any(test, feature = "test-utils"))]
pub mod test_utils;

pub use chain::{ChainState, ChainTipState};
pub use config::NodeConfig;
pub use delivery::DeliveryWaiters;
pub use effects::Effects;
pub use error::{ChainError, Failure, Fault, WorkerError};
pub use genesis::{InitializationError, initialize_storage};
pub use handlers::{Delivery, ProcessingMode};
pub use journal::{BOOK_PREFIX, EXECUTION_PREFIX};
pub use manager::ChainManager;
pub use node::{Handled, Node, proposal_delay};
pub use reader::ChainReader;
pub use staging::{StagedBlock, StagingPolicy};
