//! Blobs collected for a proposal or certificate that cannot be processed without them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use walnut_base::{AccountOwner, Blob, BlobContent, BlobId, Round};
use walnut_views::Store;

use crate::{
    error::ChainError,
    journal::{Journal, Key, Record},
};

/// For whom blobs are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A validated certificate.
    Validated,
    /// The proposals of an owner.
    Proposed(AccountOwner),
}

impl Slot {
    fn key(self) -> Result<Key, ChainError> {
        match self {
            Slot::Validated => Ok(Key::of(Record::PendingValidated)),
            Slot::Proposed(owner) => Key::of(Record::PendingProposed).value(&owner),
        }
    }
}

/// The blobs that one proposal or certificate needs, as far as they are here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PendingBlobs {
    round: Round,
    validated: bool,
    blobs: BTreeMap<BlobId, Option<BlobContent>>,
}

impl PendingBlobs {
    /// Whether the blobs belong to a block that a quorum validated (their sizes were then checked by others).
    pub(crate) fn is_validated(&self) -> bool {
        self.validated
    }

    /// Number of blobs needed.
    pub(crate) fn len(&self) -> usize {
        self.blobs.len()
    }

    pub(crate) fn blob(&self, blob_id: &BlobId) -> Option<Blob> {
        let content = self.blobs.get(blob_id)?.clone()?;
        Some(Blob::with_hash_unchecked(blob_id.hash, content))
    }

    /// Announces needed blobs. A higher round forgets the lower one's; a lower round is refused.
    pub(crate) fn update(
        &mut self,
        round: Round,
        validated: bool,
        blobs: impl IntoIterator<Item = (BlobId, Option<Blob>)>,
    ) -> Result<(), ChainError> {
        if self.round > round {
            return Err(ChainError::InsufficientRound(self.round));
        }
        if self.round < round || self.blobs.is_empty() {
            *self = PendingBlobs { round, validated, blobs: BTreeMap::new() };
        }
        for (blob_id, blob) in blobs {
            self.blobs.insert(blob_id, blob.map(|blob| blob.content().clone()));
        }
        Ok(())
    }

    /// Fills in a blob if it is needed.
    pub(crate) fn maybe_insert(&mut self, blob: &Blob) -> bool {
        match self.blobs.get_mut(&blob.id()) {
            None => false,
            Some(entry) => {
                entry.get_or_insert_with(|| blob.content().clone());
                true
            }
        }
    }

    pub(crate) async fn load<S: Store>(
        journal: &mut Journal,
        store: &S,
        slot: Slot,
    ) -> Result<Option<Self>, ChainError> {
        journal.read(store, &slot.key()?).await
    }

    pub(crate) fn save(&self, journal: &mut Journal, slot: Slot) -> Result<(), ChainError> {
        journal.put(slot.key()?, self)
    }

    /// The proposers for whom blobs are collected, in order.
    pub(crate) async fn proposers<S: Store>(
        journal: &Journal,
        store: &S,
    ) -> Result<Vec<AccountOwner>, ChainError> {
        let entries = journal.scan(store, &Key::of(Record::PendingProposed)).await?;
        entries.into_iter().map(|(key, _)| Ok(bcs::from_bytes(&key)?)).collect()
    }

    /// Forgets what was collected for proposals.
    pub(crate) async fn clear_proposed<S: Store>(journal: &mut Journal, store: &S) -> Result<(), ChainError> {
        for owner in Self::proposers(journal, store).await? {
            journal.delete(Slot::Proposed(owner).key()?);
        }
        Ok(())
    }

    /// Forgets what was collected for certificates.
    pub(crate) async fn clear_validated<S: Store>(
        journal: &mut Journal,
        store: &S,
    ) -> Result<(), ChainError> {
        let key = Slot::Validated.key()?;
        if journal.read_bytes(store, &key).await?.is_some() {
            journal.delete(key);
        }
        Ok(())
    }
}
