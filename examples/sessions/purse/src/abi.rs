//! The forms of the purse: BCS as operations and responses, JSON as instantiation argument.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::types::{AccountOwner, Amount, ApplicationId};

/// Names a session, within one transaction. The first is 0.
pub type SessionId = u32;

/// What a block or another application may ask of the purse. All but the first are of use to applications only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Operation {
    /// Asks for the balance of an account on this chain.
    Balance {
        /// Whose.
        owner: AccountOwner,
    },
    /// Takes money out of an account and into a session, which belongs to the calling application.
    Open {
        /// Whose account; must have signed, or be the calling application.
        owner: AccountOwner,
        /// How much.
        amount: Amount,
    },
    /// Hands a session of the caller to another application.
    Pass {
        /// Which.
        session: SessionId,
        /// Whom it belongs to from now on.
        to: ApplicationId,
    },
    /// Pays out of a session of the caller.
    Spend {
        /// Which.
        session: SessionId,
        /// How much.
        amount: Amount,
        /// Whose account is credited.
        to: AccountOwner,
    },
    /// Ends a session of the caller.
    Close {
        /// Which.
        session: SessionId,
        /// Whose account gets what is left.
        refund: AccountOwner,
    },
}

/// What the purse answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// To `Pass`.
    Ok,
    /// To `Open`.
    Session(SessionId),
    /// To `Balance`: of the account. To `Spend` and `Close`: what was left in the session.
    Balance(Amount),
}

/// The money there is, on the chain that creates the purse. It stays on that chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InitialState {
    /// Balances by owner.
    pub accounts: BTreeMap<AccountOwner, Amount>,
}
