//! One number per chain, and anybody who may make blocks on the chain can add to it.
//!
//! The smallest complete application: [`abi`] says what goes in and out, [`state`] what is stored, the binary
//! `counter_contract` changes it inside blocks, the binary `counter_service` answers questions about it.

pub mod abi;
pub mod state;

use linera_sdk::linera_base_types::{ContractAbi, ServiceAbi};

/// Ties the forms together for both binaries.
pub struct CounterAbi;

impl ContractAbi for CounterAbi {
    type Operation = abi::Operation;
    type Response = abi::Response;
}

impl ServiceAbi for CounterAbi {
    type Query = async_graphql::Request;
    type QueryResponse = async_graphql::Response;
}
