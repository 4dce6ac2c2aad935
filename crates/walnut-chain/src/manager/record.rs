//! How the consensus state is stored: one record for what is fixed at a height, one for what the rounds left, and the
//! blobs, which are written only when they are replaced.

use std::collections::BTreeMap;

use walnut_base::{Blob, BlobContent, BlobId};
use walnut_views::Store;

use super::{ChainManager, Changed};
use crate::{
    error::ChainError,
    journal::{Journal, Key, Record},
};

impl ChainManager {
    pub(crate) async fn load<S: Store>(journal: &mut Journal, store: &S) -> Result<Self, ChainError> {
        let base = journal.read(store, &Key::of(Record::ManagerBase)).await?;
        let rounds = journal.read(store, &Key::of(Record::ManagerRound)).await?;
        let (Some(base), Some(rounds)) = (base, rounds) else { return Ok(ChainManager::default()) };
        Ok(ChainManager {
            base,
            rounds,
            proposed_blobs: load_blobs(journal, store, Record::ProposedBlob).await?,
            locking_blobs: load_blobs(journal, store, Record::LockingBlob).await?,
            changed: Changed::default(),
        })
    }

    /// Whether memory differs from what was saved.
    pub(crate) fn is_changed(&self) -> bool {
        let Changed { base, rounds, proposed_blobs, locking_blobs } = self.changed;
        base || rounds || proposed_blobs || locking_blobs
    }

    /// Writes what changed.
    pub(crate) async fn save<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
    ) -> Result<(), ChainError> {
        let changed = std::mem::take(&mut self.changed);
        if changed.base {
            journal.put(Key::of(Record::ManagerBase), &self.base)?;
        }
        if changed.rounds {
            journal.put(Key::of(Record::ManagerRound), &self.rounds)?;
        }
        if changed.proposed_blobs {
            save_blobs(journal, store, Record::ProposedBlob, &self.proposed_blobs).await?;
        }
        if changed.locking_blobs {
            save_blobs(journal, store, Record::LockingBlob, &self.locking_blobs).await?;
        }
        Ok(())
    }
}

async fn load_blobs<S: Store>(
    journal: &Journal,
    store: &S,
    record: Record,
) -> Result<BTreeMap<BlobId, Blob>, ChainError> {
    let mut blobs = BTreeMap::new();
    for (key, bytes) in journal.scan(store, &Key::of(record)).await? {
        let blob_id: BlobId = bcs::from_bytes(&key)?;
        let content = BlobContent::new(blob_id.blob_type, bytes);
        blobs.insert(blob_id, Blob::with_hash_unchecked(blob_id.hash, content));
    }
    Ok(blobs)
}

async fn save_blobs<S: Store>(
    journal: &mut Journal,
    store: &S,
    record: Record,
    blobs: &BTreeMap<BlobId, Blob>,
) -> Result<(), ChainError> {
    let prefix = Key::of(record);
    let mut present = Vec::new();
    for (key, _) in journal.scan(store, &prefix).await? {
        let blob_id: BlobId = bcs::from_bytes(&key)?;
        if blobs.contains_key(&blob_id) {
            present.push(blob_id);
        } else {
            journal.delete(prefix.clone().raw(&key));
        }
    }
    for (blob_id, blob) in blobs {
        if !present.contains(blob_id) {
            journal.put_bytes(prefix.clone().value(blob_id)?, blob.bytes().to_vec());
        }
    }
    Ok(())
}
