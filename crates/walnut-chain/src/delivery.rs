//! Callers that asked to be answered only when a block's messages have arrived (`wait_for_outgoing_messages`).
//!
//! In memory only: after a restart nobody waits any more, and the answer they would get is the one they have.

use std::collections::BTreeMap;

use walnut_base::{BlockHeight, ChainId};

/// Waiters by chain and height. `W` is whatever the host wakes a caller with.
#[derive(Debug)]
pub struct DeliveryWaiters<W> {
    waiting: BTreeMap<ChainId, BTreeMap<BlockHeight, Vec<W>>>,
}

impl<W> Default for DeliveryWaiters<W> {
    fn default() -> Self {
        DeliveryWaiters { waiting: BTreeMap::new() }
    }
}

impl<W> DeliveryWaiters<W> {
    /// Lets a caller wait for the messages of `chain_id` up to `height`. Only when a reply says that delivery is
    /// [pending](crate::Delivery::Pending); otherwise answer at once.
    pub fn register(&mut self, chain_id: ChainId, height: BlockHeight, waiter: W) {
        self.waiting.entry(chain_id).or_default().entry(height).or_default().push(waiter);
    }

    /// Takes everybody who waits for `height` or less.
    pub fn release(&mut self, chain_id: ChainId, height: BlockHeight) -> Vec<W> {
        let Some(heights) = self.waiting.get_mut(&chain_id) else { return Vec::new() };
        let mut released = Vec::new();
        while let Some(entry) = heights.first_entry() {
            if *entry.key() > height {
                break;
            }
            released.extend(entry.remove());
        }
        if heights.is_empty() {
            self.waiting.remove(&chain_id);
        }
        released
    }

    /// Callers that wait.
    pub fn len(&self) -> usize {
        self.waiting.values().flat_map(BTreeMap::values).map(Vec::len).sum()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests;
