//! A price that a web server tells: an oracle.
//!
//! A chain cannot look at the world; its validators can. Each of them asks the server by itself while it executes the
//! block, and votes only if it got what the block says. The block records the answer, so nobody ever asks again.
//!
//! Two ways: the contract asks ([`abi::Operation::Fetch`]), and every byte of the answer counts, the date in its headers
//! among them; or the contract has its service ask ([`abi::Operation::Update`]), and only what the service makes of the
//! answer counts. Servers that add anything of their own to a response need the second.

pub mod abi;
pub mod answer;
pub mod state;

use linera_sdk::linera_base_types::{ContractAbi, ServiceAbi};

/// Ties the forms together for both binaries.
pub struct PriceAbi;

impl ContractAbi for PriceAbi {
    type Operation = abi::Operation;
    type Response = abi::Response;
}

impl ServiceAbi for PriceAbi {
    type Query = async_graphql::Request;
    type QueryResponse = async_graphql::Response;
}
