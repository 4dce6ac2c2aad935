//! The forms of the market: BCS as operations, responses and messages, JSON as parameters.

use serde::{Deserialize, Serialize};

use super::types::{Account, AccountOwner, Amount, ApplicationId};

/// The two tokens that are swapped, both of the standard form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// [`Token::A`].
    pub token_a: ApplicationId,
    /// [`Token::B`].
    pub token_b: ApplicationId,
}

/// One of the two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Token {
    /// `Parameters::token_a`.
    A,
    /// `Parameters::token_b`.
    B,
}

impl Token {
    /// What it is swapped for.
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// What a block on any chain may ask of the market.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Operation {
    /// Offers tokens of one kind for tokens of the other, all or nothing. The tokens leave the owner's account now.
    Offer {
        /// Whose tokens, on this chain; receives the price here.
        owner: AccountOwner,
        /// Which token is given.
        sells: Token,
        /// How much of it.
        amount: Amount,
        /// How much of the other is wanted for all of it.
        price: Amount,
    },
    /// Takes an offer. The price leaves the owner's account now and comes back when the offer is gone.
    Take {
        /// Whose tokens, on this chain; receives what was offered here.
        owner: AccountOwner,
        /// Number of the offer.
        offer: u64,
        /// Which token the taker gives: not the one that is offered.
        pays: Token,
        /// The price, as the offer says.
        price: Amount,
    },
    /// Takes an offer back; the tokens return to the account they came from.
    Cancel {
        /// Who offered, from this chain.
        owner: AccountOwner,
        /// Number of the offer.
        offer: u64,
    },
}

/// The number of a new offer, when it was made on the market's own chain; else nothing.
pub type Response = Option<u64>;

/// An order on its way to the market's chain, behind the tokens that pay for it and in the same bundle.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Order {
    /// See [`Operation::Offer`].
    Offer {
        /// Who offers.
        maker: Account,
        /// Which token is given.
        sells: Token,
        /// How much of it.
        amount: Amount,
        /// How much of the other is wanted.
        price: Amount,
    },
    /// See [`Operation::Take`].
    Take {
        /// Who takes.
        taker: Account,
        /// Number of the offer.
        offer: u64,
        /// Which token was paid.
        pays: Token,
        /// How much of it.
        price: Amount,
    },
    /// See [`Operation::Cancel`].
    Cancel {
        /// Who offered.
        maker: Account,
        /// Number of the offer.
        offer: u64,
    },
}

impl Order {
    /// What has to be in the market's hands before the order counts: whose tokens, which, how much.
    pub fn escrow(&self) -> Option<(AccountOwner, Token, Amount)> {
        match self {
            Self::Offer { maker, sells, amount, .. } => Some((maker.owner, *sells, *amount)),
            Self::Take { taker, pays, price, .. } => Some((taker.owner, *pays, *price)),
            Self::Cancel { .. } => None,
        }
    }
}
