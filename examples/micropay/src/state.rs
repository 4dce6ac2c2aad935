//! The one payment of a temporary chain.

use async_graphql::SimpleObject;
use linera_sdk::linera_base_types::{Account, Amount, Timestamp};
use linera_sdk::views::{RegisterView, RootView, ViewStorageContext, linera_views};
use serde::{Deserialize, Serialize};

use crate::meter;

/// Empty except on a temporary chain.
#[derive(RootView)]
#[view(context = ViewStorageContext)]
pub struct State {
    /// The payment, once its chain has heard of it.
    pub payment: RegisterView<Option<Payment>>,
}

/// A running, or settled, payment.
#[derive(Clone, Debug, Serialize, Deserialize, SimpleObject)]
pub struct Payment {
    /// Who pays, and where the rest goes.
    pub payer: Account,
    /// Who earns, and where.
    pub payee: Account,
    /// Earned per second.
    pub rate: Amount,
    /// Earned altogether, at most.
    pub deposit: Amount,
    /// When it began.
    pub start: Timestamp,
    /// Booked so far.
    pub paid: Amount,
    /// How often it was booked.
    pub ticks: u32,
    /// Whether it has been paid out.
    pub is_closed: bool,
}

impl Payment {
    /// What will have been earned at a point in time.
    pub fn earned(&self, at: Timestamp) -> Amount {
        let micros = at.delta_since(self.start).as_micros();
        Amount::from_attos(meter::earned(self.rate.to_attos(), micros, self.deposit.to_attos()))
    }
}
