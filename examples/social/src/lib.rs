//! Posts on one chain, read on many.
//!
//! A post is an event on its chain's stream. A chain that follows another subscribes to that stream; whenever its
//! node hears of new events, it puts them before this application, which copies them into the chain's own feed.
//! The author sends no messages: a chain with a million followers pays for one event.

pub mod abi;
pub mod state;

/// The primitive types of the forms in [`abi`].
pub mod types {
    pub use linera_sdk::linera_base_types::{AccountOwner, ChainId, Timestamp};
}

use linera_sdk::linera_base_types::{ContractAbi, ServiceAbi};

/// Ties the forms together for both binaries.
pub struct SocialAbi;

impl ContractAbi for SocialAbi {
    type Operation = abi::Operation;
    type Response = abi::Response;
}

impl ServiceAbi for SocialAbi {
    type Query = async_graphql::Request;
    type QueryResponse = async_graphql::Response;
}
