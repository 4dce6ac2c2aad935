//! The offers, on the market's chain; the state of other chains stays empty.

use linera_sdk::views::{MapView, RegisterView, RootView, ViewStorageContext, linera_views};
use serde::{Deserialize, Serialize};

use crate::abi::Token;
use crate::types::{Account, Amount};

/// The book of offers.
#[derive(RootView)]
#[view(context = ViewStorageContext)]
pub struct Book {
    /// Number of the next offer: how many there ever were.
    pub next: RegisterView<u64>,
    /// Offers that stand.
    pub offers: MapView<u64, Offer>,
}

/// One offer; the tokens are in the market's account on its chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Offer {
    /// Who offers, and where to send the price.
    pub maker: Account,
    /// Which token is given.
    pub sells: Token,
    /// How much of it.
    pub amount: Amount,
    /// How much of the other is wanted.
    pub price: Amount,
}
