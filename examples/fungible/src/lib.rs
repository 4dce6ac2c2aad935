//! A token. Every chain holds accounts, every account has an owner and a balance; the same owner may have accounts
//! on many chains.
//!
//! A transfer to another chain debits here and sends a tracked message there: if that chain rejects it, it comes
//! back and credits its sender. Nothing waits for anything. Nobody can mint: the supply is that of the first block.
//!
//! [`abi`] is the field's standard interface, so wallets and other applications know the token without this source.

pub mod abi;
pub mod state;

/// The primitive types of the forms in [`abi`].
pub mod types {
    pub use linera_sdk::abis::fungible::Account;
    pub use linera_sdk::linera_base_types::{AccountOwner, Amount};
}

use linera_sdk::linera_base_types::{ContractAbi, ServiceAbi};

/// Ties the forms together for both binaries, and for the applications that call the token.
pub struct FungibleAbi;

impl ContractAbi for FungibleAbi {
    type Operation = abi::Operation;
    type Response = abi::Response;
}

impl ServiceAbi for FungibleAbi {
    type Query = async_graphql::Request;
    type QueryResponse = async_graphql::Response;
}
