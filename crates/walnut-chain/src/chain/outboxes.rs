//! Scheduling messages for their targets and noting what arrived.

use std::collections::BTreeSet;

use walnut_base::{Block, BlockHeight, ChainId, CryptoHash};
use walnut_views::Store;

use super::ChainState;
use crate::{
    config::Tracked,
    error::ChainError,
    journal::{Key, Record},
    outbox::Outbox,
};

impl ChainState {
    /// Makes the counters ready, before anything is changed: every counted height waits in an outbox of the index.
    async fn load_outbox_counters<S: Store>(&mut self, store: &S) -> Result<(), ChainError> {
        if self.outbox_counters.is_loaded() {
            return Ok(());
        }
        let mut lowest: Option<BlockHeight> = None;
        for target in self.waiting_targets(store).await? {
            let first = Outbox::load(&mut self.journal, store, target).await?.heights(store, 1).await?;
            lowest = lowest.into_iter().chain(first).min();
        }
        let highest = self.head.tip.next_block_height.max(self.head.highest_preprocessed.unwrap_or_default());
        let heights = lowest.map(|lowest| lowest..=highest.max(lowest));
        self.outbox_counters.load_within(&self.journal, store, heights).await
    }

    /// Makes the outbox index (counters and the set of waiting targets) fit the tracked chains. Queues are kept for all
    /// targets, so the index can be rebuilt from them.
    pub(crate) async fn reconcile_outbox_index<S: Store>(
        &mut self,
        store: &S,
        tracked: &Tracked,
    ) -> Result<(), ChainError> {
        self.load_outbox_counters(store).await?;
        if self.head.tracked_hash == tracked.hash() {
            return Ok(());
        }
        self.nonempty_outboxes.clear(&mut self.journal, store).await?;
        self.outbox_counters.clear(&mut self.journal, store).await?;
        for (key, _) in self.journal.scan(store, &Key::of(Record::Outbox)).await? {
            let target: ChainId = bcs::from_bytes(&key)?;
            if !tracked.contains(&target) {
                continue;
            }
            let heights =
                Outbox::load(&mut self.journal, store, target).await?.heights(store, usize::MAX).await?;
            if heights.is_empty() {
                continue;
            }
            for height in heights {
                self.outbox_counters.add(&mut self.journal, store, height, 1).await?;
            }
            self.nonempty_outboxes.insert(&mut self.journal, store, target).await?;
        }
        self.head.tracked_hash = tracked.hash();
        Ok(())
    }

    /// Schedules the messages of a block, executed or not. Above the tip, a recipient is skipped unless the block's
    /// predecessor for that recipient is the one the outbox expects; executing the block later makes up for it.
    pub(crate) async fn process_outgoing_messages<S: Store>(
        &mut self,
        store: &S,
        block: &Block,
        tracked: &Tracked,
    ) -> Result<(), ChainError> {
        let recipients = block.recipients();
        if recipients.is_empty() {
            return Ok(());
        }
        self.reconcile_outbox_index(store, tracked).await?;
        let height = block.header.height;
        let next_block_height = self.head.tip.next_block_height;
        let mut counted = Vec::new();
        for target in recipients {
            if height > next_block_height && !self.may_schedule_above_tip(store, block, target).await? {
                continue;
            }
            let scheduled = Outbox::load(&mut self.journal, store, target).await?.schedule_message(height)?;
            if scheduled && tracked.contains(&target) {
                counted.push(target);
            }
        }
        let count = u32::try_from(counted.len()).map_err(|_| walnut_base::ArithmeticError::Overflow)?;
        self.outbox_counters.add(&mut self.journal, store, height, count).await?;
        for target in counted {
            self.nonempty_outboxes.insert(&mut self.journal, store, target).await?;
        }
        Ok(())
    }

    async fn may_schedule_above_tip<S: Store>(
        &mut self,
        store: &S,
        block: &Block,
        target: ChainId,
    ) -> Result<bool, ChainError> {
        let scheduled_up_to = Outbox::load(&mut self.journal, store, target).await?.next_height_to_schedule();
        if scheduled_up_to > block.header.height {
            return Ok(false);
        }
        let last_scheduled: Option<CryptoHash> = match scheduled_up_to.try_sub_one() {
            Err(_) => None,
            Ok(previous) => Some(self.block_hash(store, previous).await?.ok_or_else(|| {
                ChainError::CorruptedChainState(format!(
                    "block at height {previous} was scheduled but is not known"
                ))
            })?),
        };
        match (last_scheduled, block.body.previous_message_blocks.get(&target)) {
            (None, None) => Ok(true),
            (Some(_), None) => Err(ChainError::CorruptedChainState(format!(
                "block at height {} denies earlier messages to {target}",
                block.header.height
            ))),
            // All earlier messages were delivered and the outbox forgotten.
            (None, Some((_, previous))) => Ok(*previous < self.head.tip.next_block_height),
            (Some(scheduled), Some((previous, _))) => Ok(scheduled == *previous),
        }
    }

    /// The target received everything up to `height`. Answers whether that was news.
    pub(crate) async fn mark_messages_as_received<S: Store>(
        &mut self,
        store: &S,
        target: ChainId,
        height: BlockHeight,
        tracked: &Tracked,
    ) -> Result<bool, ChainError> {
        self.reconcile_outbox_index(store, tracked).await?;
        let mut outbox = Outbox::load(&mut self.journal, store, target).await?;
        let delivered = outbox.mark_messages_as_received(store, height).await?;
        if delivered.is_empty() {
            return Ok(false);
        }
        let is_empty = outbox.is_empty();
        if is_empty && outbox.next_height_to_schedule() <= self.head.tip.next_block_height {
            outbox.remove()?;
        }
        if tracked.contains(&target) {
            for height in delivered {
                self.outbox_counters.decrement(&mut self.journal, store, height).await?;
            }
        }
        if is_empty {
            self.nonempty_outboxes.remove(&mut self.journal, store, &target).await?;
        }
        Ok(true)
    }

    /// Whether every tracked target has all messages up to `height`.
    pub(crate) async fn all_messages_delivered_up_to<S: Store>(
        &mut self,
        store: &S,
        height: BlockHeight,
    ) -> Result<bool, ChainError> {
        self.load_outbox_counters(store).await?;
        self.outbox_counters.all_delivered_up_to(&self.journal, store, height).await
    }

    /// The height up to which every tracked target has everything; none while the lowest height is awaited.
    pub(crate) async fn delivered_up_to<S: Store>(
        &mut self,
        store: &S,
    ) -> Result<Option<BlockHeight>, ChainError> {
        self.load_outbox_counters(store).await?;
        Ok(match self.outbox_counters.lowest(&self.journal, store).await? {
            None => Some(BlockHeight::MAX),
            Some(lowest) => lowest.try_sub_one().ok(),
        })
    }

    /// Schedules heights again that the target turned out not to have.
    pub(crate) async fn revert_outbox<S: Store>(
        &mut self,
        store: &S,
        target: ChainId,
        heights: &BTreeSet<BlockHeight>,
        tracked: &Tracked,
    ) -> Result<(), ChainError> {
        self.reconcile_outbox_index(store, tracked).await?;
        let heights: Vec<BlockHeight> = heights.iter().copied().collect();
        let new = Outbox::load(&mut self.journal, store, target).await?.revert(store, &heights).await?;
        if new.is_empty() || !tracked.contains(&target) {
            return Ok(());
        }
        for height in new {
            self.outbox_counters.add(&mut self.journal, store, height, 1).await?;
        }
        self.nonempty_outboxes.insert(&mut self.journal, store, target).await
    }

    /// The targets that wait for messages.
    pub(crate) async fn waiting_targets<S: Store>(&mut self, store: &S) -> Result<Vec<ChainId>, ChainError> {
        Ok(self.nonempty_outboxes.members(&self.journal, store).await?.iter().copied().collect())
    }

    /// The lowest height whose messages to `target` this node does not have.
    pub(crate) async fn next_outbox_height<S: Store>(
        &mut self,
        store: &S,
        target: ChainId,
    ) -> Result<BlockHeight, ChainError> {
        let scheduled = Outbox::load(&mut self.journal, store, target).await?.next_height_to_schedule();
        Ok(scheduled.max(self.head.tip.next_block_height))
    }
}
