//! The forms of the price: BCS as operation and response, JSON as parameters.

use serde::{Deserialize, Serialize};

/// What a block may ask of the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Asks the server through the service, which keeps of the answer what counts: its number.
    Update,
    /// Asks the server from the contract. The block then records the whole response, headers included, and every
    /// validator must get the same one.
    Fetch,
}

/// The price after the operation, in whatever unit the server speaks of.
pub type Response = u64;

/// Where the price comes from, the same on every chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// Address that answers a `GET` with a whole number in decimal digits. The network must allow its host.
    pub url: String,
}
