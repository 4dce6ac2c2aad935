//! The forms of the token, those of the field's standard token: BCS as operations, responses and messages, JSON as
//! parameters and instantiation argument. Order and names of variants and fields are the standard.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::types::{Account, AccountOwner, Amount};

/// What a block, or another application, may ask of the token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Operation {
    /// Asks for a balance on this chain.
    Balance {
        /// Whose.
        owner: AccountOwner,
    },
    /// Asks for the ticker symbol.
    TickerSymbol,
    /// Lets somebody else spend from an account on this chain; adds to what was allowed before.
    Approve {
        /// Whose account; must have signed, or be the calling application.
        owner: AccountOwner,
        /// Who may spend.
        spender: AccountOwner,
        /// How much more.
        allowance: Amount,
    },
    /// Moves tokens from an account on this chain to an account on any chain.
    Transfer {
        /// Whose account; must have signed, or be the calling application.
        owner: AccountOwner,
        /// How much.
        amount: Amount,
        /// Where to.
        target_account: Account,
    },
    /// Moves tokens of somebody who has approved it.
    TransferFrom {
        /// Whose account.
        owner: AccountOwner,
        /// Who spends; must have signed, or be the calling application.
        spender: AccountOwner,
        /// How much.
        amount: Amount,
        /// Where to.
        target_account: Account,
    },
    /// Moves tokens from an account on any chain. Takes a message there first, which that chain need not accept.
    Claim {
        /// Where from; its owner must have signed, or be the calling application.
        source_account: Account,
        /// How much.
        amount: Amount,
        /// Where to.
        target_account: Account,
    },
}

/// What the token answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// Done.
    #[default]
    Ok,
    /// To `Balance`.
    Balance(Amount),
    /// To `TickerSymbol`.
    TickerSymbol(String),
}

/// What the token on one chain tells the token on another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Message {
    /// Tokens arrive; when the message bounces, they go back to `source`.
    Credit {
        /// Whom to credit.
        target: AccountOwner,
        /// How much.
        amount: Amount,
        /// Who had them.
        source: AccountOwner,
    },
    /// A claim: tokens are to leave from here.
    Withdraw {
        /// Whose account; must have signed the block that sent this.
        owner: AccountOwner,
        /// How much.
        amount: Amount,
        /// Where to.
        target_account: Account,
    },
}

/// The same on every chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// The name that people see beside amounts.
    pub ticker_symbol: String,
}

/// All there will ever be, on the chain that creates the token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InitialState {
    /// Balances by owner.
    pub accounts: BTreeMap<AccountOwner, Amount>,
}
