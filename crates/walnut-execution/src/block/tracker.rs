//! One transaction after the other: running it, charging its outcome, collecting it.

use std::{collections::BTreeMap, rc::Rc};

use serde_bytes::Bytes;
use walnut_base::{
    AccountOwner, Amount, Blob, BlobId, BlockHeight, ChainId, Event, IncomingBundle, Message, MessageAction,
    MessageKind, OperationResult, OracleResponse, OutgoingMessage, PostedMessage, ProposedBlock, Timestamp,
    Transaction,
};
use walnut_views::Store;

use super::{BlockError, ChainExecutionContext, error::During};
use crate::{
    Applications, Environment, ExecutionError, ExecutionState, MessageContext, OperationContext,
    ResourceController, ResourceTracker, TransactionOutcome, TransactionTracker,
    executor::Executor,
    transaction::{CreatedBlobs, TransactionStart},
};

/// Size of the BCS form of a block without transactions, signer and previous hash, in bytes: where the accounting of
/// block sizes starts.
const EMPTY_BLOCK_SIZE: u64 = 94;

/// What a block has produced so far.
#[derive(Debug)]
pub(super) struct BlockTracker<'a> {
    chain_id: ChainId,
    height: BlockHeight,
    timestamp: Timestamp,
    authenticated_signer: Option<AccountOwner>,
    round: Option<u32>,
    local_time: Timestamp,
    replaying: Option<&'a [Vec<OracleResponse>]>,
    published: BTreeMap<BlobId, &'a Blob>,
    resources: ResourceController,
    next_application_index: u32,
    next_chain_index: u32,
    transaction_index: u32,
    created: Rc<CreatedBlobs>,
    pub(super) results: Results,
}

/// The lists of an outcome, one inner list per transaction; operation results only for operations.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) oracle_responses: Vec<Vec<OracleResponse>>,
    pub(super) events: Vec<Vec<Event>>,
    pub(super) blobs: Vec<Vec<Blob>>,
    pub(super) messages: Vec<Vec<OutgoingMessage>>,
    pub(super) operation_results: Vec<OperationResult>,
}

impl<'a> BlockTracker<'a> {
    pub(super) fn new(
        block: &ProposedBlock,
        mut resources: ResourceController,
        published_blobs: &'a [Blob],
        local_time: Timestamp,
        round: Option<u32>,
        replaying: Option<&'a [Vec<OracleResponse>]>,
    ) -> Result<Self, BlockError> {
        resources.track_block_size(EMPTY_BLOCK_SIZE).during(ChainExecutionContext::Block)?;
        Ok(Self {
            chain_id: block.chain_id,
            height: block.height,
            timestamp: block.timestamp,
            authenticated_signer: block.authenticated_signer,
            round,
            local_time,
            replaying,
            published: published_blobs.iter().map(|blob| (blob.id(), blob)).collect(),
            resources,
            next_application_index: 0,
            next_chain_index: 0,
            transaction_index: 0,
            created: Rc::default(),
            results: Results::default(),
        })
    }

    pub(super) fn counters(&self) -> ResourceTracker {
        self.resources.tracker
    }

    /// Undoes what a failed transaction has counted. Everything else is only changed by transactions that succeed.
    pub(super) fn restore_counters(&mut self, counters: ResourceTracker) {
        self.resources.tracker = counters;
    }

    pub(super) async fn execute_transaction<S: Store, A: Applications>(
        &mut self,
        env: &Environment<'_, S, A>,
        state: &mut ExecutionState,
        transaction: &Transaction,
    ) -> Result<(), BlockError> {
        let mut tracker = self.transaction_tracker()?;
        let context = match transaction {
            Transaction::ReceiveMessages(bundle) => {
                let context = ChainExecutionContext::IncomingBundle(self.transaction_index);
                self.resources.track_block_size_of(bundle).during(context)?;
                for posted_message in bundle.messages() {
                    self.execute_message(env, state, &mut tracker, bundle, posted_message).await?;
                }
                context
            }
            Transaction::ExecuteOperation(operation) => {
                let context = ChainExecutionContext::Operation(self.transaction_index);
                self.resources.track_block_size_of(operation).during(context)?;
                let operation_context = OperationContext {
                    chain_id: self.chain_id,
                    authenticated_signer: self.authenticated_signer,
                    height: self.height,
                    round: self.round,
                    timestamp: self.timestamp,
                };
                let mut executor =
                    Executor { env, state, resources: &mut self.resources, transaction: &mut tracker };
                executor.execute_operation(operation_context, operation).await.during(context)?;
                let mut meter =
                    self.resources.with_state(&mut state.system, &env.chain).await.during(context)?;
                meter.track_operation(operation).during(context)?;
                context
            }
        };
        let outcome = tracker.into_outcome().during(context)?;
        self.process_outcome(env, state, outcome, context).await
    }

    fn transaction_tracker(&self) -> Result<TransactionTracker, BlockError> {
        let replaying = match self.replaying {
            None => None,
            Some(lists) => {
                let list =
                    lists.get(self.results.messages.len()).ok_or(BlockError::MissingOracleResponseList)?;
                Some(list.clone())
            }
        };
        let start = TransactionStart {
            local_time: self.local_time,
            transaction_index: self.transaction_index,
            next_application_index: self.next_application_index,
            next_chain_index: self.next_chain_index,
            created_before: self.created.clone(),
        };
        Ok(TransactionTracker::new(start, replaying))
    }

    async fn execute_message<S: Store, A: Applications>(
        &mut self,
        env: &Environment<'_, S, A>,
        state: &mut ExecutionState,
        transaction: &mut TransactionTracker,
        bundle: &IncomingBundle,
        posted_message: &PostedMessage,
    ) -> Result<(), BlockError> {
        let context = MessageContext {
            chain_id: self.chain_id,
            origin: bundle.origin,
            is_bouncing: posted_message.is_bouncing(),
            authenticated_signer: posted_message.authenticated_signer,
            refund_grant_to: posted_message.refund_grant_to,
            height: self.height,
            round: self.round,
            timestamp: self.timestamp,
        };
        let is_closed = *state.system.closed.get();
        let mut grant = posted_message.grant;
        let mut executor = Executor { env, state, resources: &mut self.resources, transaction };
        match bundle.action {
            MessageAction::Accept => {
                let place = ChainExecutionContext::IncomingBundle(self.transaction_index);
                if is_closed {
                    return Err(BlockError::ClosedChain);
                }
                let payer = (grant > Amount::ZERO).then_some(&mut grant);
                executor.execute_message(context, &posted_message.message, payer).await.during(place)?;
                executor.send_refund(context, grant).during(place)
            }
            MessageAction::Reject => {
                if posted_message.is_protected() && !is_closed {
                    return Err(BlockError::CannotRejectMessage {
                        chain_id: self.chain_id,
                        origin: bundle.origin,
                        posted_message: Box::new(posted_message.clone()),
                    });
                }
                if posted_message.is_tracked() {
                    executor.bounce_message(context, grant, &posted_message.message);
                    return Ok(());
                }
                executor.send_refund(context, grant).during(ChainExecutionContext::Block)
            }
        }
    }

    /// Charges what a transaction sends and creates, then files it. Filing comes last, so that a transaction that
    /// cannot pay leaves nothing behind but its counts.
    async fn process_outcome<S: Store, A>(
        &mut self,
        env: &Environment<'_, S, A>,
        state: &mut ExecutionState,
        outcome: TransactionOutcome,
        context: ChainExecutionContext,
    ) -> Result<(), BlockError> {
        let flags = &self.resources.committee.clone().flags;
        let mut meter = self.resources.with_state(&mut state.system, &env.chain).await.during(context)?;
        for message in &outcome.outgoing_messages {
            let is_free = match &message.message {
                _ if message.kind == MessageKind::Bouncing && flags.free_reject => true,
                Message::User { application_id, .. } => flags.is_free(application_id),
                Message::System(_) => false,
            };
            if !is_free {
                meter.track_message(&message.message).during(context)?;
            }
        }
        meter
            .track_block_size_of(&(
                &outcome.oracle_responses,
                &outcome.outgoing_messages,
                &outcome.events,
                &outcome.blobs,
            ))
            .during(context)?;
        for blob in &outcome.blobs {
            if !outcome.free_blob_ids.contains(&blob.id()) {
                meter.track_blob_published(blob.content(), false).during(context)?;
            }
        }
        for blob_id in &outcome.blobs_published {
            let Some(blob) = self.published.get(blob_id) else {
                return Err(BlockError::InternalError(format!("Missing published blob {blob_id}")));
            };
            // Published blobs were checked before the first transaction.
            meter.track_blob_published(blob.content(), true).during(context)?;
        }
        meter.track_block_size_of(Bytes::new(&outcome.operation_result)).during(context)?;

        let next_index = self.transaction_index.checked_add(1).ok_or(walnut_base::ArithmeticError::Overflow);
        self.transaction_index = next_index.map_err(ExecutionError::from).during(context)?;
        self.next_application_index = outcome.next_application_index;
        self.next_chain_index = outcome.next_chain_index;
        if !outcome.blobs.is_empty() {
            let created = Rc::make_mut(&mut self.created);
            created.extend(outcome.blobs.iter().map(|blob| (blob.id(), blob.content().clone())));
        }
        self.results.oracle_responses.push(outcome.oracle_responses);
        self.results.events.push(outcome.events);
        self.results.blobs.push(outcome.blobs);
        self.results.messages.push(outcome.outgoing_messages);
        if let ChainExecutionContext::Operation(_) = context {
            self.results.operation_results.push(OperationResult(outcome.operation_result));
        }
        Ok(())
    }
}
