//! Payment by the second.
//!
//! The payer opens a temporary chain that payer and payee own together and on which nothing but this application may
//! run. The deposit goes into the application's own account there. Every tick books what the time since the start
//! has earned: a block on a chain of two, in which no one else waits, with no message to anybody. Either of the two
//! can tick and either can close, so neither depends on the other: the payee who ticks once a second has never more
//! than a second's worth at stake.

pub mod abi;
pub mod meter;
pub mod state;

/// The primitive types of the forms in [`abi`].
pub mod types {
    pub use linera_sdk::linera_base_types::{Account, AccountOwner, Amount, ChainId};
}

use linera_sdk::linera_base_types::{ContractAbi, ServiceAbi};

/// Ties the forms together for both binaries.
pub struct MicropayAbi;

impl ContractAbi for MicropayAbi {
    type Operation = abi::Operation;
    type Response = abi::Response;
}

impl ServiceAbi for MicropayAbi {
    type Query = async_graphql::Request;
    type QueryResponse = async_graphql::Response;
}
