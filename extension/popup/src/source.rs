//! Where a transfer takes from: a chain's own balance, an owner's on it, or an owner's tokens of an application.

use walnut_base::{AccountOwner, Amount, ChainId};
use walnut_wallet::messages::{ChainSummary, SendDraft, Token};

/// One balance that can be sent from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The chain it is on.
    pub(crate) chain_id: ChainId,
    /// Whose it is there.
    pub(crate) owner: AccountOwner,
    /// Of which token; none for the network's own.
    pub(crate) token: Option<Token>,
}

impl Source {
    /// The chain's own balance.
    pub(crate) fn chain(chain_id: ChainId) -> Self {
        Self { chain_id, owner: AccountOwner::CHAIN, token: None }
    }

    /// The value of its option in a form: `chain` or `owner@chain`, with `#application` behind for a token.
    pub(crate) fn value(&self) -> String {
        let place = match self.owner.is_chain() {
            true => self.chain_id.to_string(),
            false => format!("{}@{}", self.owner, self.chain_id),
        };
        match &self.token {
            Some(token) => format!("{place}#{}", token.id),
            None => place,
        }
    }

    /// Whether the draft takes from here.
    pub(crate) fn is_of(&self, draft: &SendDraft) -> bool {
        let token = draft.token.as_ref().map(|token| token.id);
        (draft.chain_id, draft.source, token)
            == (self.chain_id, self.owner, self.token.as_ref().map(|token| token.id))
    }

    /// What its amounts are called.
    pub(crate) fn unit(&self) -> &str {
        self.token.as_ref().map_or(crate::words::TOKENS, |token| &token.symbol)
    }

    /// Everything that the wallet can send from a chain. Tokens of applications belong to owners; what the chain itself
    /// has of them cannot be spent.
    pub(crate) fn of_chain(chain: &ChainSummary) -> impl Iterator<Item = (Self, Amount)> {
        let chain_id = chain.chain_id;
        let held = chain.owner_balances.iter().filter(|held| held.is_mine && held.balance > Amount::ZERO);
        let tokens = chain.tokens.iter().filter(|held| !held.owner.is_chain());
        std::iter::once((Self::chain(chain_id), chain.chain_balance))
            .chain(held.map(move |held| (Self { chain_id, owner: held.owner, token: None }, held.balance)))
            .chain(tokens.map(move |held| {
                (Self { chain_id, owner: held.owner, token: Some(held.token.clone()) }, held.balance)
            }))
    }
}
