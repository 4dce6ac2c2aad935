//! Building a block that executes: bundles of messages that fail are rejected or left for later.

use std::collections::BTreeSet;

use walnut_base::{ChainId, GenericApplicationId, IncomingBundle, MessageAction, ProposedBlock, Transaction};
use walnut_views::Store;

use super::{
    BlockError, BlockInputs, ExecutedBlock, History,
    execute::{begin_block, finish_block},
};
use crate::{Applications, ExecutionState};

/// How [`stage_block`] treats bundles that fail.
pub struct AutoRetry<'a> {
    /// How many bundles may hit a limit of the block before all further bundles are left for later.
    pub max_failures: u32,
    /// Bundles whose messages are all for these applications are left for later instead of rejected.
    pub never_reject_application_ids: &'a BTreeSet<GenericApplicationId>,
    /// Asked before each bundle: whether the time for bundles is used up, so that the rest is left for later. This
    /// crate has no clock.
    pub is_out_of_time: &'a mut dyn FnMut() -> bool,
}

/// Upstream's default for [`AutoRetry::max_failures`].
pub const DEFAULT_MAX_BUNDLE_FAILURES: u32 = 3;

/// A block whose remaining transactions all executed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StagedBlock {
    /// The block, possibly without some bundles, possibly with more rejected ones than before.
    pub block: ProposedBlock,
    /// Its outcome and resources.
    pub executed: ExecutedBlock,
    /// Chains that sent bundles which may not be rejected and did not execute. Their bundles are left for later.
    pub never_reject_origins: BTreeSet<ChainId>,
}

/// Executes a block and changes it until it works (`linera-chain/src/chain.rs`, `execute_block_inner` with the
/// auto-retry policy). Operations are never changed: if one fails, so does the block.
///
/// A failure that is this node's own fault, such as an application it cannot run, also ends staging. Upstream would
/// reject the bundle, although other nodes can execute it.
pub async fn stage_block<S: Store, A: Applications, H: History>(
    state: &mut ExecutionState,
    inputs: &BlockInputs<'_, S, A, H>,
    mut block: ProposedBlock,
    retry: AutoRetry<'_>,
) -> Result<StagedBlock, BlockError> {
    let mut tracker = begin_block(state, inputs, &block, None).await?;
    let mut failures = 0u32;
    let mut never_reject_origins = BTreeSet::new();
    let mut index = 0;
    while index < block.transactions.len() {
        let transaction = &block.transactions[index];
        let Some(bundle) = transaction.incoming_bundle() else {
            tracker.execute_transaction(inputs.env, state, transaction).await?;
            index += 1;
            continue;
        };
        if (retry.is_out_of_time)() {
            discard_bundles(&mut block.transactions, index, None);
            continue;
        }
        let checkpoint = (state.clone(), tracker.counters());
        let result = tracker.execute_transaction(inputs.env, state, transaction).await;
        let (error, context) = match result {
            Ok(()) => {
                index += 1;
                continue;
            }
            Err(BlockError::ExecutionError(error, context))
                if !error.is_transient_error() && !error.is_local() =>
            {
                (error, context)
            }
            Err(error) => return Err(error),
        };
        let (saved_state, counters) = checkpoint;
        *state = saved_state;
        tracker.restore_counters(counters);
        let origin = bundle.origin;
        if error.is_limit_error() && index > 0 {
            failures = failures.saturating_add(1);
            let only_from = if failures > retry.max_failures { None } else { Some(origin) };
            discard_bundles(&mut block.transactions, index, only_from);
        } else if bundle.action == MessageAction::Reject {
            return Err(BlockError::ExecutionError(error, context));
        } else if bundle.bundle.is_protected()
            || is_never_rejected(bundle, retry.never_reject_application_ids)
        {
            never_reject_origins.insert(origin);
            discard_bundles(&mut block.transactions, index, Some(origin));
        } else if let Transaction::ReceiveMessages(bundle) = &mut block.transactions[index] {
            bundle.action = MessageAction::Reject;
        }
    }
    if block.transactions.is_empty() {
        return Err(BlockError::EmptyBlock);
    }
    let executed = finish_block(state, inputs, tracker).await?;
    Ok(StagedBlock { block, executed, never_reject_origins })
}

fn is_never_rejected(bundle: &IncomingBundle, never_reject: &BTreeSet<GenericApplicationId>) -> bool {
    !never_reject.is_empty()
        && bundle.messages().all(|posted| never_reject.contains(&posted.message.application_id()))
}

/// Removes the bundles from position `index` on: all, or those of one origin.
fn discard_bundles(transactions: &mut Vec<Transaction>, index: usize, only_from: Option<ChainId>) {
    let mut position = 0;
    transactions.retain(|transaction| {
        let is_before = position < index;
        position += 1;
        is_before
            || match transaction.incoming_bundle() {
                None => true,
                Some(bundle) => only_from.is_some_and(|origin| bundle.origin != origin),
            }
    });
}
