//! Sessions, as the Linera whitepaper has them: a value that one application hands to another, that cannot be stored,
//! copied or lost, and that is gone when the transaction ends.
//!
//! Linera has no such thing built in any more; the purse builds it from what there is. Within one transaction every
//! application has *one* instance, so a contract's memory outlives a call and is dropped at the end: that is where
//! [`sessions`] live. The host says which application calls, so a session has a holder. And the host calls `finalize`
//! on every instance before the transaction counts, so a session that somebody forgot makes the whole transaction
//! fail: either all of it was paid, or none of it happened.

pub mod abi;
pub mod sessions;
pub mod state;

/// The primitive types of the forms in [`abi`].
pub mod types {
    pub use linera_sdk::linera_base_types::{AccountOwner, Amount, ApplicationId};
}

use linera_sdk::linera_base_types::{ContractAbi, ServiceAbi};

/// Ties the forms together for both binaries, and for the applications that call the purse.
pub struct PurseAbi;

impl ContractAbi for PurseAbi {
    type Operation = abi::Operation;
    type Response = abi::Response;
}

impl ServiceAbi for PurseAbi {
    type Query = async_graphql::Request;
    type QueryResponse = async_graphql::Response;
}
