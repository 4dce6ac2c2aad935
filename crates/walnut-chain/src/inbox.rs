//! What one sender chain delivered to this chain, and what this chain already consumed of it.
//!
//! Two cursors only grow. Bundles wait in one of two queues, of which at least one is empty: *added* bundles were received
//! and not consumed, *removed* ones were consumed by a confirmed block before they were received (anticipated).
//! Source of the rules: `linera-chain/src/inbox.rs`.

use serde::{Deserialize, Serialize};
use walnut_base::{BlockHeight, ChainId, MessageBundle};
use walnut_views::Store;

use crate::{
    error::ChainError,
    journal::{Journal, Key, Record},
    queue::QueueRange,
};

/// A position in the messages of a sender chain: block height, then transaction index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Cursor {
    pub(crate) height: BlockHeight,
    pub(crate) index: u32,
}

/// The stored head of an inbox. The bundles are separate records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InboxHead {
    /// The next bundle received must not be below.
    pub(crate) next_cursor_to_add: Cursor,
    /// The next bundle consumed must not be below.
    pub(crate) next_cursor_to_remove: Cursor,
    added: QueueRange,
    removed: QueueRange,
}

/// Why an inbox refused a bundle. The chain adds who and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InboxError {
    /// Consumed below the remove cursor.
    IncorrectMessageOrder { next: Cursor },
    /// A bundle in between must be handled.
    CannotSkipMessage(Box<MessageBundle>),
    /// The waiting bundle is another one.
    UnexpectedMessage(Box<MessageBundle>),
    /// Received below the add cursor.
    IncorrectOrder { next: Cursor },
    /// An anticipated bundle is another one.
    UnexpectedBundle(Box<MessageBundle>),
    /// The transaction index does not fit.
    Overflow,
}

/// One inbox of a chain, opened over the chain's journal.
pub(crate) struct Inbox<'a> {
    origin: ChainId,
    head: InboxHead,
    journal: &'a mut Journal,
}

/// The cursor of a bundle.
pub(crate) fn cursor_of(bundle: &MessageBundle) -> Cursor {
    Cursor { height: bundle.height, index: bundle.transaction_index }
}

fn successor(cursor: Cursor) -> Option<Cursor> {
    Some(Cursor { height: cursor.height, index: cursor.index.checked_add(1)? })
}

impl<'a> Inbox<'a> {
    pub(crate) async fn load<S: Store>(
        journal: &'a mut Journal,
        store: &S,
        origin: ChainId,
    ) -> Result<Self, ChainError> {
        let head = journal.read(store, &head_key(origin)?).await?.unwrap_or_default();
        Ok(Inbox { origin, head, journal })
    }

    /// The lowest height of which not everything was received.
    pub(crate) fn next_block_height_to_receive(&self) -> Result<BlockHeight, ChainError> {
        let Cursor { height, index } = self.head.next_cursor_to_add;
        if index == 0 { Ok(height) } else { Ok(height.try_add_one()?) }
    }

    /// Height of the last bundle consumed ahead of delivery.
    pub(crate) async fn anticipated_height<S: Store>(
        &mut self,
        store: &S,
    ) -> Result<Option<BlockHeight>, ChainError> {
        let Some(slot) = self.head.removed.last() else { return Ok(None) };
        let bundle = self.bundle(store, Record::InboxRemoved, slot).await?;
        Ok(Some(bundle.height))
    }

    /// Whether nothing waits to be consumed.
    pub(crate) fn has_no_added(&self) -> bool {
        self.head.added.is_empty()
    }

    /// A block of this chain consumes the bundle. Answers whether it had been received.
    pub(crate) async fn remove_bundle<S: Store>(
        &mut self,
        store: &S,
        bundle: &MessageBundle,
    ) -> Result<Result<bool, InboxError>, ChainError> {
        let cursor = cursor_of(bundle);
        if cursor < self.head.next_cursor_to_remove {
            return Ok(Err(InboxError::IncorrectMessageOrder { next: self.head.next_cursor_to_remove }));
        }
        let Some(next) = successor(cursor) else { return Ok(Err(InboxError::Overflow)) };
        let mut received = false;
        while let Some(slot) = self.head.added.first() {
            let front = self.bundle(store, Record::InboxAdded, slot).await?;
            if cursor_of(&front) >= cursor {
                if front != *bundle {
                    return Ok(Err(InboxError::UnexpectedMessage(Box::new(front))));
                }
                self.pop_added(slot)?;
                received = true;
                break;
            }
            if !front.is_skippable() {
                return Ok(Err(InboxError::CannotSkipMessage(Box::new(front))));
            }
            self.pop_added(slot)?;
        }
        if !received {
            let slot = self.head.removed.push();
            self.journal.put(self.slot_key(Record::InboxRemoved, slot)?, bundle)?;
        }
        self.head.next_cursor_to_remove = next;
        self.save_head()?;
        Ok(Ok(received))
    }

    /// The sender delivers the bundle. Answers whether it is new to this chain.
    pub(crate) async fn add_bundle<S: Store>(
        &mut self,
        store: &S,
        bundle: &MessageBundle,
    ) -> Result<Result<bool, InboxError>, ChainError> {
        let cursor = cursor_of(bundle);
        if cursor < self.head.next_cursor_to_add {
            return Ok(Err(InboxError::IncorrectOrder { next: self.head.next_cursor_to_add }));
        }
        let Some(next) = successor(cursor) else { return Ok(Err(InboxError::Overflow)) };
        let newly_added = match self.head.removed.first() {
            Some(slot) => {
                let front = self.bundle(store, Record::InboxRemoved, slot).await?;
                let front_cursor = cursor_of(&front);
                if front_cursor == cursor {
                    if front != *bundle {
                        return Ok(Err(InboxError::UnexpectedBundle(Box::new(front))));
                    }
                    self.head.removed.pop();
                    self.journal.delete(self.slot_key(Record::InboxRemoved, slot)?);
                } else if front_cursor < cursor || !bundle.is_skippable() {
                    // Either the anticipated bundle was never sent, or a bundle that had to be handled was skipped.
                    return Ok(Err(InboxError::UnexpectedBundle(Box::new(front))));
                }
                false
            }
            None => {
                let slot = self.head.added.push();
                self.journal.put(self.slot_key(Record::InboxAdded, slot)?, bundle)?;
                true
            }
        };
        self.head.next_cursor_to_add = next;
        self.save_head()?;
        Ok(Ok(newly_added))
    }

    /// Everything received and not consumed, in order.
    pub(crate) async fn added_bundles<S: Store>(
        &mut self,
        store: &S,
    ) -> Result<Vec<MessageBundle>, ChainError> {
        let mut bundles = Vec::new();
        for slot in self.head.added.slots() {
            bundles.push(self.bundle(store, Record::InboxAdded, slot).await?);
        }
        Ok(bundles)
    }

    fn pop_added(&mut self, slot: u64) -> Result<(), ChainError> {
        self.head.added.pop();
        self.journal.delete(self.slot_key(Record::InboxAdded, slot)?);
        Ok(())
    }

    async fn bundle<S: Store>(
        &mut self,
        store: &S,
        record: Record,
        slot: u64,
    ) -> Result<MessageBundle, ChainError> {
        let key = self.slot_key(record, slot)?;
        self.journal.read(store, &key).await?.ok_or_else(|| {
            ChainError::CorruptedChainState(format!("inbox of {}: bundle {slot} is not stored", self.origin))
        })
    }

    fn slot_key(&self, record: Record, slot: u64) -> Result<Key, ChainError> {
        Ok(Key::of(record).value(&self.origin)?.number(slot))
    }

    fn save_head(&mut self) -> Result<(), ChainError> {
        self.journal.put(head_key(self.origin)?, &self.head)
    }
}

fn head_key(origin: ChainId) -> Result<Key, ChainError> {
    Key::of(Record::Inbox).value(&origin)
}

#[cfg(test)]
mod tests;
