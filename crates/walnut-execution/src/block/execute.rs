//! The execution of a block whose transactions are given: a proposal, or a certificate.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use walnut_base::{
    Blob, BlockExecutionOutcome, BlockHeight, ChainId, CryptoHash, OracleResponse, ProposedBlock, StreamId,
    Timestamp, Transaction,
};
use walnut_views::Store;

use super::{BlockError, ChainExecutionContext, History, error::During, tracker::BlockTracker};
use crate::{
    ActiveCommittee, Applications, Environment, ExecutionState, ResourceController, ResourceTracker, policy,
};

/// Everything a block's execution reads besides the state and the block.
#[derive(Debug)]
pub struct BlockInputs<'a, S, A, H> {
    /// The chain's surroundings.
    pub env: &'a Environment<'a, S, A>,
    /// The chain's earlier blocks.
    pub history: &'a H,
    /// The blobs that the block's operations name and that travel next to it.
    pub published_blobs: &'a [Blob],
    /// The node's clock, read once. Only `assert_before` of applications looks at it.
    pub local_time: Timestamp,
    /// The number of the multi-leader round the block is proposed in; none in other rounds and in replays.
    pub round: Option<u32>,
}

/// A block that was executed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExecutedBlock {
    /// What it produced.
    pub outcome: BlockExecutionOutcome,
    /// What it used.
    pub resources: ResourceTracker,
}

/// Executes a block on an initialized chain. Any error ends it: the state must then be rolled back.
///
/// With `replaying`, the recorded answers of oracles take the place of asking them, and the outcome is to be compared
/// with the certificate's ([`super::compare_outcomes`]).
pub async fn execute_block<S: Store, A: Applications, H: History>(
    state: &mut ExecutionState,
    inputs: &BlockInputs<'_, S, A, H>,
    block: &ProposedBlock,
    replaying: Option<&[Vec<OracleResponse>]>,
) -> Result<ExecutedBlock, BlockError> {
    let mut tracker = begin_block(state, inputs, block, replaying).await?;
    for transaction in &block.transactions {
        tracker.execute_transaction(inputs.env, state, transaction).await?;
    }
    finish_block(state, inputs, tracker).await
}

/// The checks before the first transaction, and what the block does as a whole.
pub(super) async fn begin_block<'a, S: Store, A: Applications, H: History>(
    state: &mut ExecutionState,
    inputs: &BlockInputs<'a, S, A, H>,
    block: &ProposedBlock,
    replaying: Option<&'a [Vec<OracleResponse>]>,
) -> Result<BlockTracker<'a>, BlockError> {
    if block.chain_id != inputs.env.chain_id {
        return Err(BlockError::InternalError(format!(
            "block of {} on {}",
            block.chain_id, inputs.env.chain_id
        )));
    }
    let parent = *state.system.timestamp.get();
    if parent > block.timestamp {
        return Err(BlockError::InvalidBlockTimestamp { parent, new: block.timestamp });
    }
    if block.transactions.is_empty() {
        return Err(BlockError::EmptyBlock);
    }
    check_published_blobs(block, inputs.published_blobs)?;
    if *state.system.closed.get() && !block.has_only_rejected_messages() {
        return Err(BlockError::ClosedChain);
    }
    let committee = current_committee(state, inputs.env).await?;
    let need_accepted = committee.flags.mandatory_apps_need_accepted_message;
    state.system.application_permissions.get().check_transactions(&block.transactions, need_accepted)?;

    state.system.timestamp.set(block.timestamp);
    for blob in inputs.published_blobs {
        policy::check_blob_size(committee.policy(), blob.content()).during(ChainExecutionContext::Block)?;
        state.system.used_blobs.insert(&blob.id());
    }
    let resources = ResourceController::new(committee, block.authenticated_signer);
    BlockTracker::new(block, resources, inputs.published_blobs, inputs.local_time, inputs.round, replaying)
}

/// Everything after the last transaction.
pub(super) async fn finish_block<S: Store, A: Applications, H: History>(
    state: &mut ExecutionState,
    inputs: &BlockInputs<'_, S, A, H>,
    tracker: BlockTracker<'_>,
) -> Result<ExecutedBlock, BlockError> {
    let resources = tracker.counters();
    let results = tracker.results;
    let recipients: BTreeSet<ChainId> =
        results.messages.iter().flatten().map(|message| message.destination).collect();
    let mut previous_message_blocks: BTreeMap<ChainId, (CryptoHash, BlockHeight)> = BTreeMap::new();
    for recipient in recipients {
        if let Some(block) = inputs.history.previous_message_block(&recipient).await? {
            previous_message_blocks.insert(recipient, block);
        }
    }
    let streams: BTreeSet<&StreamId> =
        results.events.iter().flatten().map(|event| &event.stream_id).collect();
    let mut previous_event_blocks: BTreeMap<StreamId, (CryptoHash, BlockHeight)> = BTreeMap::new();
    for stream_id in streams {
        if let Some(block) = inputs.history.previous_event_block(stream_id).await? {
            previous_event_blocks.insert(stream_id.clone(), block);
        }
    }
    let state_hash = state
        .state_hash(inputs.env.storage, &inputs.env.chain, inputs.env.committees)
        .await
        .during(ChainExecutionContext::Block)?;
    let outcome = BlockExecutionOutcome {
        messages: results.messages,
        previous_message_blocks,
        previous_event_blocks,
        state_hash,
        oracle_responses: results.oracle_responses,
        events: results.events,
        blobs: results.blobs,
        operation_results: results.operation_results,
    };
    Ok(ExecutedBlock { outcome, resources })
}

fn check_published_blobs(block: &ProposedBlock, supplied: &[Blob]) -> Result<(), BlockError> {
    let is_transparent = |transaction: &Transaction| match transaction.operation() {
        Some(operation) => operation.published_blob_ids().is_empty(),
        None => true,
    };
    if supplied.is_empty() && block.transactions.iter().all(is_transparent) {
        return Ok(());
    }
    let supplied: BTreeSet<_> = supplied.iter().map(Blob::id).collect();
    if supplied == block.published_blob_ids() {
        Ok(())
    } else {
        Err(BlockError::InternalError("published_blobs mismatch".into()))
    }
}

async fn current_committee<S: Store, A>(
    state: &ExecutionState,
    env: &Environment<'_, S, A>,
) -> Result<Rc<ActiveCommittee>, BlockError> {
    let committee = state.system.current_committee(env.storage, env.committees).await;
    committee.during(ChainExecutionContext::Block)?.ok_or(BlockError::InactiveChain(env.chain_id))
}
