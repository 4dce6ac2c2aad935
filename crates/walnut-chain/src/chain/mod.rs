//! One chain as this node knows it: execution state, tip, consensus, inboxes, outboxes and logs.
//!
//! Only the execution state is hashed; everything else is local bookkeeping in our own layout (see `journal.rs`), with the
//! meaning of upstream's `ChainStateView` (`linera-chain/src/chain.rs`).
//!
//! What is in memory equals what was saved, except while a request is at work. A request that fails either leaves
//! nothing pending, or the chain is dropped from memory and loaded again.

mod actions;
mod apply;
mod execution;
mod inboxes;
mod info;
mod initialize;
mod outboxes;

use serde::{Deserialize, Serialize};
use walnut_base::{BlockHeight, ChainId, CryptoHash, StreamId, Timestamp};
use walnut_execution::ExecutionState;
use walnut_views::{Batch, Store, View};

use crate::{
    chain_set::ChainSet,
    error::ChainError,
    height_counters::HeightCounters,
    journal::{Journal, Key, Record},
    manager::ChainManager,
    session::Session,
};

/// The last executed block, and what the chain's blocks added up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainTipState {
    /// Hash of the last executed block.
    pub block_hash: Option<CryptoHash>,
    /// Height of the block to come.
    pub next_block_height: BlockHeight,
    /// Incoming bundles in all blocks.
    pub num_incoming_bundles: u32,
    /// Operations in all blocks.
    pub num_operations: u32,
    /// Messages sent by all blocks.
    pub num_outgoing_messages: u32,
}

/// The fixed-size part of the bookkeeping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) tip: ChainTipState,
    /// Hash of the execution state after initialization or the last block.
    pub(crate) execution_state_hash: Option<CryptoHash>,
    /// Entries of the received log.
    pub(crate) received_log_len: u64,
    /// The highest preprocessed block at or above the tip.
    pub(crate) highest_preprocessed: Option<BlockHeight>,
    /// For which tracked chains the outbox index was built; none for all chains.
    pub(crate) tracked_hash: Option<CryptoHash>,
    /// This node's clock when block 0 was last executed.
    pub(crate) block_zero_executed_at: Timestamp,
    /// Whether blobs are being collected for proposals.
    pub(crate) has_pending_proposed_blobs: bool,
}

/// One loaded chain.
#[derive(Debug)]
pub struct ChainState {
    chain_id: ChainId,
    pub(crate) head: Head,
    saved_head: Head,
    pub(crate) execution: ExecutionState,
    execution_changed: bool,
    pub(crate) manager: ChainManager,
    pub(crate) journal: Journal,
    nonempty_inboxes: ChainSet,
    nonempty_outboxes: ChainSet,
    outbox_counters: HeightCounters,
}

impl ChainState {
    /// Reads a chain. One that was never touched is empty and not initialized.
    pub(crate) async fn load<S: Store>(
        session: &Session<'_, S>,
        chain_id: ChainId,
    ) -> Result<Self, ChainError> {
        let store = session.partition(chain_id);
        let mut journal = Journal::default();
        let head: Head = journal.read(&store, &Key::of(Record::Head)).await?.unwrap_or_default();
        let manager = ChainManager::load(&mut journal, &store).await?;
        let execution = ExecutionState::load(&store).await?;
        Ok(ChainState {
            chain_id,
            saved_head: head.clone(),
            head,
            execution,
            execution_changed: false,
            manager,
            journal,
            nonempty_inboxes: ChainSet::new(Record::NonemptyInbox),
            nonempty_outboxes: ChainSet::new(Record::NonemptyOutbox),
            outbox_counters: HeightCounters::default(),
        })
    }

    /// The chain's name.
    pub fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    /// The last executed block and the counters.
    pub fn tip(&self) -> &ChainTipState {
        &self.head.tip
    }

    /// Consensus at the next height.
    pub fn manager(&self) -> &ChainManager {
        &self.manager
    }

    /// What the chain's blocks computed.
    pub fn execution_state(&self) -> &ExecutionState {
        &self.execution
    }

    pub(crate) fn mark_executed(&mut self) {
        self.execution_changed = true;
    }

    /// Whether memory equals what was saved.
    pub(crate) fn is_clean(&self) -> bool {
        self.head == self.saved_head
            && !self.execution_changed
            && !self.manager.is_changed()
            && !self.journal.is_dirty()
    }

    /// Writes everything that changed into the session, as one save.
    pub(crate) async fn save<S: Store>(&mut self, session: &mut Session<'_, S>) -> Result<(), ChainError> {
        let mut batch = Batch::default();
        if self.execution_changed {
            self.execution.emit(&mut batch);
        }
        {
            let store = session.partition(self.chain_id);
            self.manager.save(&mut self.journal, &store).await?;
        }
        if self.head != self.saved_head {
            self.journal.put(Key::of(Record::Head), &self.head)?;
        }
        self.journal.emit(&mut batch);
        session.write_chain(self.chain_id, batch);
        if self.execution_changed {
            self.execution.mark_saved();
            self.execution_changed = false;
        }
        self.journal.mark_saved();
        self.saved_head = self.head.clone();
        Ok(())
    }

    /// One past the highest preprocessed block, or the tip if there is none.
    pub fn next_height_to_preprocess(&self) -> BlockHeight {
        match self.head.highest_preprocessed {
            Some(height) => height.saturating_add(BlockHeight(1)),
            None => self.head.tip.next_block_height,
        }
    }

    /// The hash of an executed or preprocessed block.
    pub(crate) async fn block_hash<S: Store>(
        &mut self,
        store: &S,
        height: BlockHeight,
    ) -> Result<Option<CryptoHash>, ChainError> {
        let record =
            if height < self.head.tip.next_block_height { Record::Confirmed } else { Record::Preprocessed };
        self.journal.read(store, &Key::of(record).number(height.0)).await
    }

    /// The hashes of known blocks: executed ones first, unknown ones dropped.
    pub(crate) async fn block_hashes<S: Store>(
        &mut self,
        store: &S,
        heights: impl IntoIterator<Item = BlockHeight>,
    ) -> Result<Vec<CryptoHash>, ChainError> {
        let (executed, others): (Vec<_>, Vec<_>) =
            heights.into_iter().partition(|height| *height < self.head.tip.next_block_height);
        let mut hashes = Vec::new();
        for height in executed.into_iter().chain(others) {
            hashes.extend(self.block_hash(store, height).await?);
        }
        Ok(hashes)
    }

    /// The last executed block that sent to `recipient`.
    pub(crate) async fn previous_message_block<S: Store>(
        &mut self,
        store: &S,
        recipient: ChainId,
    ) -> Result<Option<(CryptoHash, BlockHeight)>, ChainError> {
        self.journal.read(store, &Key::of(Record::PreviousMessage).value(&recipient)?).await
    }

    /// The last executed block that wrote to `stream_id`.
    pub(crate) async fn previous_event_block<S: Store>(
        &mut self,
        store: &S,
        stream_id: &StreamId,
    ) -> Result<Option<(CryptoHash, BlockHeight)>, ChainError> {
        self.journal.read(store, &Key::of(Record::PreviousEvent).value(stream_id)?).await
    }

    /// The next event index expected on a stream of this chain; none if nothing was seen.
    pub(crate) async fn next_expected_event<S: Store>(
        &mut self,
        store: &S,
        stream_id: &StreamId,
    ) -> Result<Option<u32>, ChainError> {
        self.journal.read(store, &Key::of(Record::NextEvent).value(stream_id)?).await
    }
}
