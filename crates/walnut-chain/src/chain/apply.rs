//! Bookkeeping of a confirmed block: once when it is executed, or in part when it is only known.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{
    AccountOwner, ArithmeticError, Block, BlockHeight, Hashed, StreamId, Timestamp, event::EPOCH_STREAM_NAME,
};
use walnut_views::Store;

use super::{ChainState, ChainTipState};
use crate::{
    config::Tracked,
    error::ChainError,
    journal::{Key, Record},
    pending_blobs::PendingBlobs,
};

impl ChainTipState {
    /// The tip after a block.
    pub(crate) fn after(&self, block: &Hashed<Block>) -> Result<Self, ArithmeticError> {
        let count = |number: usize| u32::try_from(number).map_err(|_| ArithmeticError::Overflow);
        let add = |sum: u32, number: usize| sum.checked_add(count(number)?).ok_or(ArithmeticError::Overflow);
        Ok(ChainTipState {
            block_hash: Some(block.hash()),
            next_block_height: block.header.height.try_add_one()?,
            num_incoming_bundles: add(self.num_incoming_bundles, block.incoming_bundles().count())?,
            num_operations: add(self.num_operations, block.operations().count())?,
            num_outgoing_messages: add(
                self.num_outgoing_messages,
                block.body.messages.iter().map(Vec::len).sum(),
            )?,
        })
    }
}

impl ChainState {
    /// Moves the chain past a block whose execution state was adopted. Answers the streams that advanced.
    pub(crate) async fn apply_confirmed_block<S: Store>(
        &mut self,
        store: &S,
        block: &Hashed<Block>,
        now: Timestamp,
        tracked: &Tracked,
        fallback_owners: BTreeMap<AccountOwner, u64>,
    ) -> Result<BTreeSet<StreamId>, ChainError> {
        let height = block.header.height;
        let tip = self.head.tip.after(block)?;
        if height == BlockHeight::ZERO {
            self.head.block_zero_executed_at = now;
        }
        self.head.execution_state_hash = Some(block.header.state_hash);
        self.process_outgoing_messages(store, block, tracked).await?;
        let here = (block.hash(), height);
        for recipient in block.recipients() {
            self.journal.put(Key::of(Record::PreviousMessage).value(&recipient)?, &here)?;
        }
        for stream_id in block.event_streams() {
            self.journal.put(Key::of(Record::PreviousEvent).value(&stream_id)?, &here)?;
        }
        let streams = self.process_emitted_events(store, block).await?;
        PendingBlobs::clear_validated(&mut self.journal, store).await?;
        if self.head.has_pending_proposed_blobs {
            PendingBlobs::clear_proposed(&mut self.journal, store).await?;
            self.head.has_pending_proposed_blobs = false;
        }
        self.manager.reset(self.ownership().clone(), tip.next_block_height, now, fallback_owners);
        self.head.tip = tip;
        self.journal.put(Key::of(Record::Confirmed).number(height.0), &block.hash())?;
        if let Some(highest) = self.head.highest_preprocessed {
            self.journal.delete(Key::of(Record::Preprocessed).number(height.0));
            if highest <= height {
                self.head.highest_preprocessed = None;
            }
        }
        Ok(streams)
    }

    /// Notes a verified block above the tip: schedules its messages and counts its events. Answers the streams that
    /// advanced. Blocks below the tip are ignored.
    pub(crate) async fn preprocess_block<S: Store>(
        &mut self,
        store: &S,
        block: &Hashed<Block>,
        tracked: &Tracked,
    ) -> Result<BTreeSet<StreamId>, ChainError> {
        let height = block.header.height;
        if height < self.head.tip.next_block_height {
            return Ok(BTreeSet::new());
        }
        self.process_outgoing_messages(store, block, tracked).await?;
        let streams = self.process_emitted_events(store, block).await?;
        self.journal.put(Key::of(Record::Preprocessed).number(height.0), &block.hash())?;
        self.head.highest_preprocessed = self.head.highest_preprocessed.max(Some(height));
        Ok(streams)
    }

    /// Advances the expected index of every stream whose next events are in the block.
    async fn process_emitted_events<S: Store>(
        &mut self,
        store: &S,
        block: &Block,
    ) -> Result<BTreeSet<StreamId>, ChainError> {
        let mut emitted: BTreeMap<StreamId, BTreeSet<u32>> = BTreeMap::new();
        for event in block.body.events.iter().flatten() {
            emitted.entry(event.stream_id.clone()).or_default().insert(event.index);
        }
        let mut updated = BTreeSet::new();
        for (stream_id, indices) in emitted {
            let known = self.next_expected_event(store, &stream_id).await?;
            let mut expected = known.unwrap_or_else(|| first_index(&stream_id));
            for index in indices {
                if index == expected {
                    expected = index.saturating_add(1);
                    updated.insert(stream_id.clone());
                }
            }
            if updated.contains(&stream_id) {
                self.journal.put(Key::of(Record::NextEvent).value(&stream_id)?, &expected)?;
            }
        }
        Ok(updated)
    }
}

/// Epoch 0 needs no event, so the stream of epochs starts at 1.
fn first_index(stream_id: &StreamId) -> u32 {
    u32::from(*stream_id == StreamId::system(EPOCH_STREAM_NAME))
}
