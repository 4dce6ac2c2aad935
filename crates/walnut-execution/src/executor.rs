//! One transaction at work: the state, the resources and the transaction it changes, and the rules that tie operations,
//! messages, user actions and stream updates together (`linera-execution/src/execution_state_actor.rs`).

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{
    Account, AccountOwner, Amount, ApplicationId, Message, MessageKind, Operation, OutgoingMessage,
    SystemMessage,
};
use walnut_views::Store;

use crate::{
    ActionController, ActionHost, Applications, Environment, ExecutionError, ExecutionState, MessageContext,
    OperationContext, ProcessStreamsContext, ResourceController, TransactionTracker, UserAction,
};

/// Executes parts of one transaction. After an error the state is only good for being rolled back.
#[derive(Debug)]
pub struct Executor<'a, S, A> {
    /// What is read but never changed.
    pub env: &'a Environment<'a, S, A>,
    /// The chain's state.
    pub state: &'a mut ExecutionState,
    /// The block's resources.
    pub resources: &'a mut ResourceController,
    /// The transaction's effects so far.
    pub transaction: &'a mut TransactionTracker,
}

impl<S: Store, A: Applications> Executor<'_, S, A> {
    /// Executes an operation, instantiates the application it may have created, and lets subscribers process what it
    /// made available.
    pub async fn execute_operation(
        &mut self,
        context: OperationContext,
        operation: &Operation,
    ) -> Result<(), ExecutionError> {
        match operation {
            Operation::System(operation) => {
                if let Some((application_id, argument)) =
                    self.execute_system_operation(context, operation).await?
                {
                    let action = UserAction::Instantiate(context, argument);
                    self.run_user_action(application_id, action, context.refund_grant_to(), None).await?;
                }
            }
            Operation::User { application_id, bytes } => {
                let action = UserAction::Operation(context, bytes);
                self.run_user_action(*application_id, action, context.refund_grant_to(), None).await?;
            }
        }
        self.process_subscriptions(context.into()).await
    }

    /// Executes an accepted message. A grant pays before the block's signer does; what is left of it stays in `grant`.
    pub async fn execute_message(
        &mut self,
        context: MessageContext,
        message: &Message,
        grant: Option<&mut Amount>,
    ) -> Result<(), ExecutionError> {
        match message {
            Message::System(message) => self.execute_system_message(context, message).await?,
            Message::User { application_id, bytes } => {
                let action = UserAction::Message(context, bytes);
                self.run_user_action(*application_id, action, context.refund_grant_to, grant).await?;
            }
        }
        self.process_subscriptions(context.into()).await
    }

    /// Sends a rejected message back to where it came from, with its grant.
    pub fn bounce_message(&mut self, context: MessageContext, grant: Amount, message: &Message) {
        self.transaction.add_outgoing_message(OutgoingMessage {
            destination: context.origin,
            authenticated_signer: context.authenticated_signer,
            grant,
            refund_grant_to: if grant > Amount::ZERO { context.refund_grant_to } else { None },
            kind: MessageKind::Bouncing,
            message: message.clone(),
        });
    }

    /// Sends back what is left of a grant. Travels as a message even to an account on this chain.
    pub fn send_refund(&mut self, context: MessageContext, amount: Amount) -> Result<(), ExecutionError> {
        if amount == Amount::ZERO {
            return Ok(());
        }
        let account = context.refund_grant_to.ok_or(ExecutionError::InternalError(
            "Messages with grants should have a non-empty `refund_grant_to`",
        ))?;
        self.transaction.add_outgoing_message(OutgoingMessage {
            destination: account.chain_id,
            authenticated_signer: None,
            grant: Amount::ZERO,
            refund_grant_to: None,
            kind: MessageKind::Tracked,
            message: Message::System(SystemMessage::Credit {
                target: account.owner,
                amount,
                source: context.authenticated_signer.unwrap_or(AccountOwner::CHAIN),
            }),
        });
        Ok(())
    }

    /// Lets subscribers process new events until nothing is left. A stream is processed at most once per application
    /// in one pass; what would be a second time is dropped, as upstream does.
    pub async fn process_subscriptions(
        &mut self,
        context: ProcessStreamsContext,
    ) -> Result<(), ExecutionError> {
        let mut processed = BTreeSet::new();
        loop {
            let mut to_process = BTreeMap::new();
            for (application_id, mut updates) in self.transaction.take_streams_to_process() {
                updates.retain(|update| {
                    processed.insert((application_id, update.chain_id, update.stream_id.clone()))
                });
                if !updates.is_empty() {
                    to_process.insert(application_id, updates);
                }
            }
            if to_process.is_empty() {
                return Ok(());
            }
            for (application_id, updates) in &to_process {
                let action = UserAction::ProcessStreams(context, updates);
                self.run_user_action(*application_id, action, None, None).await?;
            }
        }
    }

    /// Runs one action of a user application: sums up what the payers hold, loads code, runs it on a private pool, and
    /// settles the difference.
    pub async fn run_user_action(
        &mut self,
        application_id: ApplicationId,
        action: UserAction<'_>,
        refund_grant_to: Option<Account>,
        grant: Option<&mut Amount>,
    ) -> Result<(), ExecutionError> {
        let committee = self.resources.committee.clone();
        let is_free = action.may_be_free() && committee.flags.is_free(&application_id);
        let mut grant_copy = grant.as_deref().copied();
        let pool = self
            .resources
            .with_state_and_grant(&mut self.state.system, &self.env.chain, grant_copy.as_mut())
            .await?
            .balance()?;
        let controller =
            ActionController { committee, tracker: self.resources.tracker, balance: pool, is_free };
        self.resources.is_free = is_free;
        let outcome = self.run_action(application_id, action, refund_grant_to, controller).await;
        // Upstream leaves the flag set when the action fails, which lets later transactions of a staged block run
        // for free; no validator would agree with that.
        self.resources.is_free = false;
        let (result, controller) = outcome?;
        self.transaction.set_operation_result(result);
        let fees = pool.try_sub(controller.balance)?;
        self.resources
            .with_state_and_grant(&mut self.state.system, &self.env.chain, grant)
            .await?
            .settle(fees)?;
        self.resources.tracker = controller.tracker;
        Ok(())
    }

    async fn run_action(
        &mut self,
        application_id: ApplicationId,
        action: UserAction<'_>,
        refund_grant_to: Option<Account>,
        controller: ActionController,
    ) -> Result<(Option<Vec<u8>>, ActionController), ExecutionError> {
        let block = action.block();
        let loaded = self.load_with_dependencies(application_id).await?;
        let applications = self.env.applications;
        let mut host = ActionHost {
            executor: Executor {
                env: self.env,
                state: self.state,
                resources: self.resources,
                transaction: self.transaction,
            },
            controller,
            application_id,
            block,
            loaded,
            refund_grant_to,
        };
        let result = applications.run_action(&mut host, action).await?;
        Ok((result, host.controller))
    }
}
