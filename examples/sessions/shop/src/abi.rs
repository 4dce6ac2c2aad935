//! The forms of the shop: BCS as operations and responses, JSON as parameters.

use serde::{Deserialize, Serialize};

use super::types::{Amount, ApplicationId};

/// Of one instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// Whose sessions are taken.
    pub purse: ApplicationId,
    /// What this instance wants for its part.
    pub price: Amount,
}

/// What a block or another shop may ask.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Operation {
    /// Buys, with at most `budget` of the signer's money, from this shop and from all its suppliers, or from none.
    Buy {
        /// Money in the session.
        budget: Amount,
        /// Other instances that deliver a part, in turn.
        suppliers: Vec<ApplicationId>,
    },
    /// Delivers a part to the shop that calls, which has passed a session on; passes it back.
    Supply {
        /// The session.
        session: u32,
    },
    /// A mistake, on purpose: opens a session and forgets it. The transaction fails in the purse's `finalize`.
    Forget {
        /// Money in the session.
        budget: Amount,
    },
}

/// What was left in the session at the end.
pub type Response = Amount;
