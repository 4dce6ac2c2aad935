//! The numbered slots of a queue whose elements are separate records.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Occupied slots of a queue: `front` is the oldest element, `back` the next free slot. Slots are never reused, so a
/// push and a pop each touch one record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QueueRange {
    front: u64,
    back: u64,
}

impl QueueRange {
    pub(crate) fn is_empty(&self) -> bool {
        self.front == self.back
    }

    pub(crate) fn first(&self) -> Option<u64> {
        (!self.is_empty()).then_some(self.front)
    }

    pub(crate) fn last(&self) -> Option<u64> {
        (!self.is_empty()).then(|| self.back - 1)
    }

    pub(crate) fn slots(&self) -> Range<u64> {
        self.front..self.back
    }

    /// Takes a free slot at the back.
    pub(crate) fn push(&mut self) -> u64 {
        let slot = self.back;
        self.back += 1;
        slot
    }

    /// Frees the slot at the front.
    pub(crate) fn pop(&mut self) -> Option<u64> {
        let slot = self.first()?;
        self.front += 1;
        Some(slot)
    }

    /// Frees all slots.
    pub(crate) fn clear(&mut self) {
        self.front = self.back;
    }
}
