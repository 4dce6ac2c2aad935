//! Heights of this chain whose messages one target has not confirmed yet.
//!
//! The queue holds increasing heights; `next_height_to_schedule` only grows. Source: `linera-chain/src/outbox.rs`.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use walnut_base::{BlockHeight, ChainId};
use walnut_views::Store;

use crate::{
    error::ChainError,
    journal::{Journal, Key, Record},
    queue::QueueRange,
};

/// Heights that wait in the head itself. A target that confirms in time never has more, and costs one record; what has
/// more room is read and written with every step.
const NEAR_MAX: usize = 16;

/// The stored head of an outbox: its oldest heights, and which records hold the others. Nothing is in a record unless
/// it came when the head was full, or while records were waiting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutboxHead {
    next_height_to_schedule: BlockHeight,
    near: VecDeque<BlockHeight>,
    far: QueueRange,
}

/// One outbox of a chain, opened over the chain's journal.
pub(crate) struct Outbox<'a> {
    target: ChainId,
    head: OutboxHead,
    journal: &'a mut Journal,
}

impl<'a> Outbox<'a> {
    pub(crate) async fn load<S: Store>(
        journal: &'a mut Journal,
        store: &S,
        target: ChainId,
    ) -> Result<Self, ChainError> {
        let head = journal.read(store, &head_key(target)?).await?.unwrap_or_default();
        Ok(Outbox { target, head, journal })
    }

    pub(crate) fn next_height_to_schedule(&self) -> BlockHeight {
        self.head.next_height_to_schedule
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.head.near.is_empty() && self.head.far.is_empty()
    }

    /// Puts a height in the queue. Answers false if it was scheduled before.
    pub(crate) fn schedule_message(&mut self, height: BlockHeight) -> Result<bool, ChainError> {
        if height < self.head.next_height_to_schedule {
            return Ok(false);
        }
        self.head.next_height_to_schedule = height.try_add_one()?;
        self.push(height)?;
        self.save_head()?;
        Ok(true)
    }

    /// The target has received everything up to the height. Answers the heights that leave the queue.
    pub(crate) async fn mark_messages_as_received<S: Store>(
        &mut self,
        store: &S,
        height: BlockHeight,
    ) -> Result<Vec<BlockHeight>, ChainError> {
        let mut popped = Vec::new();
        while let Some(front) = self.front(store).await?.filter(|front| *front <= height) {
            self.head.near.pop_front();
            popped.push(front);
        }
        if !popped.is_empty() {
            self.save_head()?;
        }
        Ok(popped)
    }

    /// Puts heights back that the target turned out not to have. Answers those that were not waiting already.
    pub(crate) async fn revert<S: Store>(
        &mut self,
        store: &S,
        heights: &[BlockHeight],
    ) -> Result<Vec<BlockHeight>, ChainError> {
        let waiting = self.heights(store, usize::MAX).await?;
        let mut all: BTreeSet<BlockHeight> = waiting.iter().copied().collect();
        let new: Vec<BlockHeight> = heights.iter().copied().filter(|height| all.insert(*height)).collect();
        if new.is_empty() {
            return Ok(new);
        }
        for slot in self.head.far.slots() {
            self.journal.delete(self.slot_key(slot)?);
        }
        self.head.far.clear();
        self.head.near.clear();
        for height in all {
            self.head.next_height_to_schedule = height.try_add_one()?;
            self.push(height)?;
        }
        self.save_head()?;
        Ok(new)
    }

    /// The oldest waiting heights, at most `limit`.
    pub(crate) async fn heights<S: Store>(
        &mut self,
        store: &S,
        limit: usize,
    ) -> Result<Vec<BlockHeight>, ChainError> {
        let mut heights: Vec<BlockHeight> = self.head.near.iter().copied().take(limit).collect();
        for slot in self.head.far.slots().take(limit - heights.len()) {
            heights.push(self.height_at(store, slot).await?);
        }
        Ok(heights)
    }

    /// Forgets the outbox: it is empty and a new one would behave the same.
    pub(crate) fn remove(self) -> Result<(), ChainError> {
        self.journal.delete(head_key(self.target)?);
        Ok(())
    }

    fn push(&mut self, height: BlockHeight) -> Result<(), ChainError> {
        if self.head.far.is_empty() && self.head.near.len() < NEAR_MAX {
            self.head.near.push_back(height);
            return Ok(());
        }
        let slot = self.head.far.push();
        self.journal.put(self.slot_key(slot)?, &height)
    }

    /// The oldest height, which is then in the head.
    async fn front<S: Store>(&mut self, store: &S) -> Result<Option<BlockHeight>, ChainError> {
        if self.head.near.is_empty() {
            for slot in self.head.far.slots().take(NEAR_MAX) {
                let height = self.height_at(store, slot).await?;
                self.head.far.pop();
                self.journal.delete(self.slot_key(slot)?);
                self.head.near.push_back(height);
            }
        }
        Ok(self.head.near.front().copied())
    }

    async fn height_at<S: Store>(&mut self, store: &S, slot: u64) -> Result<BlockHeight, ChainError> {
        let key = self.slot_key(slot)?;
        self.journal.read(store, &key).await?.ok_or_else(|| {
            ChainError::CorruptedChainState(format!("outbox of {}: entry {slot} is not stored", self.target))
        })
    }

    fn slot_key(&self, slot: u64) -> Result<Key, ChainError> {
        Ok(Key::of(Record::OutboxQueue).value(&self.target)?.number(slot))
    }

    fn save_head(&mut self) -> Result<(), ChainError> {
        self.journal.put(head_key(self.target)?, &self.head)
    }
}

fn head_key(target: ChainId) -> Result<Key, ChainError> {
    Key::of(Record::Outbox).value(&target)
}

#[cfg(test)]
mod tests;
