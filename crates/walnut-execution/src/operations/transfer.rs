//! Moving tokens: transfers and claims.

use walnut_base::{
    Account, AccountOwner, Amount, ApplicationId, ChainId, Message, MessageKind, OutgoingMessage,
    SystemMessage,
};
use walnut_views::Store;

use crate::{ExecutionError, executor::Executor};

impl<S: Store, A> Executor<'_, S, A> {
    /// Moves tokens out of an account of this chain. The chain's own balance may be spent by its owners; any other
    /// account by its owner, or by the application that runs and owns it.
    pub async fn transfer(
        &mut self,
        signer: Option<AccountOwner>,
        application_id: Option<ApplicationId>,
        source: AccountOwner,
        recipient: Account,
        amount: Amount,
    ) -> Result<(), ExecutionError> {
        let is_authenticated = if source == AccountOwner::CHAIN {
            signer.is_some_and(|signer| self.state.system.ownership.get().verify_owner(&signer))
        } else {
            is_source(source, signer, application_id)
        };
        if !is_authenticated {
            return Err(ExecutionError::UnauthenticatedTransferOwner);
        }
        if amount == Amount::ZERO {
            return Err(ExecutionError::IncorrectTransferAmount);
        }
        self.move_tokens(source, recipient, amount).await
    }

    /// Moves tokens out of an account that the signer, or the running application, has on `target_id`.
    pub async fn claim(
        &mut self,
        signer: Option<AccountOwner>,
        application_id: Option<ApplicationId>,
        source: AccountOwner,
        target_id: ChainId,
        recipient: Account,
        amount: Amount,
    ) -> Result<(), ExecutionError> {
        if !is_source(source, signer, application_id) {
            return Err(ExecutionError::UnauthenticatedClaimOwner);
        }
        if amount == Amount::ZERO {
            return Err(ExecutionError::IncorrectClaimAmount);
        }
        if target_id == self.env.chain_id {
            return self.move_tokens(source, recipient, amount).await;
        }
        self.transaction.add_outgoing_message(OutgoingMessage {
            destination: target_id,
            authenticated_signer: signer,
            grant: Amount::ZERO,
            refund_grant_to: None,
            kind: MessageKind::Simple,
            message: Message::System(SystemMessage::Withdraw { owner: source, amount, recipient }),
        });
        Ok(())
    }

    /// Debits an account, and credits the recipient here or by a message.
    pub(crate) async fn move_tokens(
        &mut self,
        source: AccountOwner,
        recipient: Account,
        amount: Amount,
    ) -> Result<(), ExecutionError> {
        self.state.system.debit(&self.env.chain, &source, amount).await?;
        if recipient.chain_id == self.env.chain_id {
            return self.state.system.credit(&self.env.chain, &recipient.owner, amount).await;
        }
        self.transaction.add_outgoing_message(OutgoingMessage {
            destination: recipient.chain_id,
            authenticated_signer: None,
            grant: Amount::ZERO,
            refund_grant_to: None,
            kind: MessageKind::Tracked,
            message: Message::System(SystemMessage::Credit { target: recipient.owner, amount, source }),
        });
        Ok(())
    }
}

fn is_source(
    source: AccountOwner,
    signer: Option<AccountOwner>,
    application_id: Option<ApplicationId>,
) -> bool {
    signer == Some(source) || application_id.map(AccountOwner::from) == Some(source)
}
