//! Two or more shops that share one budget within one transaction.
//!
//! The buyer asks one shop. It opens a session of the purse with the buyer's budget, hands it to each supplier in
//! turn, who take their price out of it and hand it back, takes its own price and closes it: the rest is the
//! buyer's again. Nobody could have taken more than the budget, nobody but the holder could take anything, and if
//! one part costs too much, nothing was bought.

pub mod abi;

/// The primitive types of the forms in [`abi`].
pub mod types {
    pub use linera_sdk::linera_base_types::{Amount, ApplicationId};
}

use linera_sdk::linera_base_types::{ContractAbi, ServiceAbi};

/// Ties the forms together for both binaries, and for shops that call each other.
pub struct ShopAbi;

impl ContractAbi for ShopAbi {
    type Operation = abi::Operation;
    type Response = abi::Response;
}

impl ServiceAbi for ShopAbi {
    type Query = async_graphql::Request;
    type QueryResponse = async_graphql::Response;
}
