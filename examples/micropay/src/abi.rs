//! The forms of payments by the second: BCS as operations, responses and messages.

use serde::{Deserialize, Serialize};

use super::types::{Account, AccountOwner, Amount, ChainId};

/// What a block may ask.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Operation {
    /// On the payer's chain: opens a chain for payer and payee and puts the deposit there.
    Open {
        /// Which account of this chain pays the deposit, and gets back what is left: the signer's, or the chain's own.
        from: AccountOwner,
        /// Who earns; co-owner of the new chain, so not a chain's own account.
        payee: Account,
        /// Earned per second.
        rate: Amount,
        /// Earned altogether, at most.
        deposit: Amount,
        /// Balance of the new chain, for the fees of its blocks; from the balance of this chain.
        fees: Amount,
    },
    /// On the payment's chain: books what has been earned up to this block. Payer or payee, as often as they like.
    Tick,
    /// On the payment's chain: books, pays out what was earned, returns the rest and closes the chain.
    Close {
        /// How much of the chain's balance stays behind for the fees of the closing block.
        keep: Amount,
    },
}

/// What the operations answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// To `Open`: the payment's chain.
    Opened(ChainId),
    /// To `Tick` and `Close`: earned so far.
    Paid(Amount),
}

/// What the payer's chain tells the payment's chain, in one bundle with the deposit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Message {
    /// The terms.
    Start {
        /// Who pays, and where to return the rest.
        payer: Account,
        /// Who earns, and where to pay.
        payee: Account,
        /// Earned per second.
        rate: Amount,
        /// Earned altogether, at most.
        deposit: Amount,
    },
}
