//! Tokens of applications on the wallet's chains, looked at again when a block may have moved some.

use std::rc::Rc;

use walnut_base::{
    AccountOwner, Amount, ApplicationId, Block, ChainId, CryptoHash, Message, Operation, SystemOperation,
};
use walnut_client::ClientError;
use walnut_wallet::{
    applications::fungible,
    messages::{ApplicationKind, Token, TokenBalance, UiError},
};

use crate::{app::App, errors, session::Session};

/// Applications of one chain that are asked what they are by themselves. Whoever sends a message to a chain adds an
/// application to it, and asking takes time.
pub(crate) const APPLICATIONS_ASKED_MAX: usize = 50;

impl Session {
    /// The tokens on a chain, as far as they were looked at.
    pub(crate) fn tokens(&self, chain_id: ChainId) -> Vec<TokenBalance> {
        self.applications.tokens.borrow().get(&chain_id).cloned().unwrap_or_default()
    }

    /// A block may have moved tokens: they are looked at again with the next [`Session::refresh_tokens`].
    pub(crate) fn note_block(&self, block: &Block) {
        if touches_applications(block) {
            self.applications.fresh.borrow_mut().remove(&block.header.chain_id);
        }
    }

    /// Other owners are asked for from now on.
    pub(crate) fn forget_tokens(&self) {
        self.applications.fresh.borrow_mut().clear();
    }

    /// Looks at the tokens of a chain, if they may have changed.
    pub(crate) async fn refresh_tokens(&self, app: &Rc<App>, chain_id: ChainId) -> Result<(), UiError> {
        if !self.applications.fresh.borrow_mut().insert(chain_id) {
            return Ok(());
        }
        let outcome = self.look_at_tokens(app, chain_id).await;
        if !matches!(outcome, Ok(true)) {
            self.applications.fresh.borrow_mut().remove(&chain_id);
        }
        outcome.map(drop)
    }

    /// False when some application could not be asked for now.
    async fn look_at_tokens(&self, app: &Rc<App>, chain_id: ChainId) -> Result<bool, UiError> {
        let applications = self.client.applications(chain_id).await.map_err(errors::plain)?;
        let owners = owners(app);
        let (mut tokens, mut is_complete) = (Vec::new(), true);
        for application in applications.iter().take(APPLICATIONS_ASKED_MAX) {
            let id = application.application_id;
            let symbol = match self.kind_of(chain_id, id).await {
                ApplicationKind::Fungible { symbol } => symbol,
                ApplicationKind::Unknown => {
                    is_complete = false;
                    continue;
                }
                ApplicationKind::Counter | ApplicationKind::Other => continue,
            };
            // A token that fails now is shown without balance rather than keeping the others from being shown.
            let Ok(balances) = self.token_balances(chain_id, id, None, &owners).await else { continue };
            tokens.extend(owners.iter().zip(balances).filter(|(_, balance)| *balance > Amount::ZERO).map(
                |(owner, balance)| TokenBalance {
                    token: Token { id, symbol: symbol.clone() },
                    owner: *owner,
                    balance,
                },
            ));
        }
        self.applications.tokens.borrow_mut().insert(chain_id, tokens);
        Ok(is_complete)
    }

    /// What owners have of a token, after the staged block if one is named; zero for all when it does not answer.
    pub(crate) async fn token_balances(
        &self,
        chain_id: ChainId,
        id: ApplicationId,
        staged: Option<CryptoHash>,
        owners: &[AccountOwner],
    ) -> Result<Vec<Amount>, ClientError> {
        let answer = self.ask_graphql(chain_id, id, staged, &fungible::ask_balances(owners)).await?;
        let read = answer.and_then(|data| fungible::read_balances(&data, owners.len()));
        Ok(read.map_or_else(|| vec![Amount::ZERO; owners.len()], |(_, balances)| balances))
    }
}

/// The owners whose tokens are shown: the wallet's, and the chain itself.
pub(crate) fn owners(app: &App) -> Vec<AccountOwner> {
    let accounts = app.accounts.borrow();
    accounts.iter().map(|account| account.owner).chain([AccountOwner::CHAIN]).collect()
}

fn touches_applications(block: &Block) -> bool {
    let is_called = block.operations().any(|operation| match operation {
        Operation::User { .. } => true,
        Operation::System(operation) => {
            matches!(
                **operation,
                SystemOperation::CreateApplication { .. } | SystemOperation::UpdateStreams(_)
            )
        }
    });
    let mut messages = block
        .incoming_bundles()
        .flat_map(|incoming| incoming.bundle.messages.iter().map(|posted| &posted.message));
    is_called || messages.any(|message| matches!(message, Message::User { .. }))
}
