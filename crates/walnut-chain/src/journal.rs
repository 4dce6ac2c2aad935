//! One chain's bookkeeping records: small values under exact keys, with pending changes that can be dropped.
//!
//! The chain partition holds two things. The execution state lives under the keys the protocol prescribes, all of which
//! start with [`EXECUTION_PREFIX`]. Everything else here is ours and starts with [`BOOK_PREFIX`].
//! A block changes a fixed number of records whatever the chain's length: logs grow by one key, queues by one key per
//! element, and no collection is ever rewritten.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use walnut_views::{Batch, Store, WriteOperation};

use crate::{error::ChainError, limits::JOURNAL_CACHE_BYTES};

/// First bytes of every key of the execution state (field 0 of the chain's view tree).
pub const EXECUTION_PREFIX: [u8; 5] = [1, 0, 0, 0, 0];

/// First byte of every key of this crate's bookkeeping inside a chain partition.
pub const BOOK_PREFIX: u8 = b'W';

/// The kinds of bookkeeping records. The number is the second key byte and is stored: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Record {
    /// The tip and counters of the chain.
    Head = 0,
    /// Ownership and fallback owners at the current height.
    ManagerBase = 1,
    /// Proposals, votes, locks and rounds at the current height.
    ManagerRound = 2,
    /// Blobs of the highest checked proposal.
    ProposedBlob = 3,
    /// Blobs of the locking block.
    LockingBlob = 4,
    /// Height to hash of executed blocks.
    Confirmed = 5,
    /// Index to sender and height of received messages.
    Received = 6,
    /// Height to hash of preprocessed blocks.
    Preprocessed = 7,
    /// Recipient to the last executed block that messaged it.
    PreviousMessage = 8,
    /// Stream to the last executed block that wrote to it.
    PreviousEvent = 9,
    /// Stream to the next index expected.
    NextEvent = 10,
    /// Origin to its inbox.
    Inbox = 11,
    /// Bundles received and not yet consumed.
    InboxAdded = 12,
    /// Bundles consumed before they were received.
    InboxRemoved = 13,
    /// Origins with bundles to consume.
    NonemptyInbox = 14,
    /// Target to its outbox.
    Outbox = 15,
    /// Heights waiting in an outbox.
    OutboxQueue = 16,
    /// Targets with heights waiting.
    NonemptyOutbox = 17,
    /// Height to the number of targets that still wait for it.
    OutboxCounter = 18,
    /// Blobs collected for a validated certificate.
    PendingValidated = 19,
    /// Blobs collected for proposals.
    PendingProposed = 20,
    /// Validator to how much of its received log is synchronized.
    ReceivedTracker = 21,
}

/// The key of a record.
#[derive(Clone, Debug)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    pub(crate) fn of(record: Record) -> Self {
        Key(vec![BOOK_PREFIX, record as u8])
    }

    /// Appends raw bytes; callers use fixed lengths so that keys of one record kind never prefix each other.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Appends a number so that byte order is numeric order.
    pub(crate) fn number(self, number: u64) -> Self {
        self.raw(&number.to_be_bytes())
    }

    /// Appends the BCS form of a value.
    pub(crate) fn value<T: Serialize>(self, value: &T) -> Result<Self, ChainError> {
        let bytes = bcs::to_bytes(value)?;
        Ok(self.raw(&bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Pending changes over remembered values over a store of the chain partition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    pending: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    clean: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    clean_bytes: usize,
}

impl Journal {
    pub(crate) async fn read_bytes<S: Store>(
        &mut self,
        store: &S,
        key: &Key,
    ) -> Result<Option<Vec<u8>>, ChainError> {
        if let Some(value) = self.pending.get(key.bytes()) {
            return Ok(value.clone());
        }
        if let Some(value) = self.clean.get(key.bytes()) {
            return Ok(value.clone());
        }
        let value = store.read(key.bytes()).await?;
        self.remember(key.bytes().to_vec(), value.clone());
        Ok(value)
    }

    pub(crate) async fn read<S: Store, T: DeserializeOwned>(
        &mut self,
        store: &S,
        key: &Key,
    ) -> Result<Option<T>, ChainError> {
        match self.read_bytes(store, key).await? {
            None => Ok(None),
            Some(bytes) => Ok(Some(bcs::from_bytes(&bytes)?)),
        }
    }

    /// Reads without remembering.
    pub(crate) async fn peek<S: Store, T: DeserializeOwned>(
        &self,
        store: &S,
        key: &Key,
    ) -> Result<Option<T>, ChainError> {
        let bytes = match self.pending.get(key.bytes()).or_else(|| self.clean.get(key.bytes())) {
            Some(known) => known.clone(),
            None => store.read(key.bytes()).await?,
        };
        Ok(bytes.map(|bytes| bcs::from_bytes(&bytes)).transpose()?)
    }

    pub(crate) fn put_bytes(&mut self, key: Key, value: Vec<u8>) {
        self.pending.insert(key.0, Some(value));
    }

    pub(crate) fn put<T: Serialize>(&mut self, key: Key, value: &T) -> Result<(), ChainError> {
        let bytes = bcs::to_bytes(value)?;
        self.put_bytes(key, bytes);
        Ok(())
    }

    pub(crate) fn delete(&mut self, key: Key) {
        self.pending.insert(key.0, None);
    }

    /// All keys and values under a prefix, ascending, prefix stripped.
    pub(crate) async fn scan<S: Store>(
        &self,
        store: &S,
        prefix: &Key,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, ChainError> {
        let mut found: BTreeMap<Vec<u8>, Vec<u8>> = store.scan(prefix.bytes()).await?.into_iter().collect();
        for (key, value) in self.pending.range(prefix.bytes().to_vec()..) {
            let Some(suffix) = key.strip_prefix(prefix.bytes()) else { break };
            match value {
                Some(value) => found.insert(suffix.to_vec(), value.clone()),
                None => found.remove(suffix),
            };
        }
        Ok(found.into_iter().collect())
    }

    /// Whether anything would be written.
    pub(crate) fn is_dirty(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Appends the pending changes to a batch of the chain partition.
    pub(crate) fn emit(&self, batch: &mut Batch) {
        for (key, value) in &self.pending {
            batch.operations.push(match value {
                Some(value) => WriteOperation::Put { key: key.clone(), value: value.clone() },
                None => WriteOperation::Delete { key: key.clone() },
            });
        }
    }

    /// The pending changes are now what the store holds.
    pub(crate) fn mark_saved(&mut self) {
        for (key, value) in std::mem::take(&mut self.pending) {
            self.remember(key, value);
        }
    }

    /// Drops the pending changes.
    pub(crate) fn rollback(&mut self) {
        self.pending.clear();
    }

    fn remember(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        let size = |key: &[u8], value: &Option<Vec<u8>>| key.len() + value.as_ref().map_or(0, Vec::len) + 48;
        let added = size(&key, &value);
        if self.clean_bytes.saturating_add(added) > JOURNAL_CACHE_BYTES {
            self.clean.clear();
            self.clean_bytes = 0;
        }
        if added > JOURNAL_CACHE_BYTES {
            return;
        }
        let key_copy_size = key.len();
        if let Some(old) = self.clean.insert(key, value) {
            self.clean_bytes -= key_copy_size + old.as_ref().map_or(0, Vec::len) + 48;
        }
        self.clean_bytes += added;
    }
}

#[cfg(test)]
mod tests;
