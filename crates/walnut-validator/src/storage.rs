//! Where a validator keeps its data: a folder, or memory for throw-away networks.

use walnut_storage::{Durability, MemoryStorage, NativeStorage, StorageError};
use walnut_views::{Batch, Entry, Store, StoreError};

/// The storage of one validator, shared by its shards and its front. Clones share the content; reads are synchronous and
/// may come from any thread.
#[derive(Clone, Debug)]
pub enum ValidatorStorage {
    /// Gone with the process.
    Memory(MemoryStorage),
    /// A database folder.
    Native(NativeStorage),
}

impl ValidatorStorage {
    /// Applies the batches in order, in one atomic write if the storage can: in memory each batch is atomic.
    pub(crate) fn commit_now(&self, batches: &[&Batch], durability: Durability) -> Result<(), StorageError> {
        match self {
            Self::Memory(storage) => batches.iter().try_for_each(|batch| storage.commit_now(batch)),
            Self::Native(storage) => storage.commit_now(batches.iter().copied(), durability),
        }
    }
}

impl Store for ValidatorStorage {
    async fn read(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Memory(storage) => storage.read(key).await,
            Self::Native(storage) => storage.read(key).await,
        }
    }

    async fn read_multi(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        match self {
            Self::Memory(storage) => storage.read_multi(keys).await,
            Self::Native(storage) => storage.read_multi(keys).await,
        }
    }

    async fn scan_keys(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        match self {
            Self::Memory(storage) => storage.scan_keys(prefix).await,
            Self::Native(storage) => storage.scan_keys(prefix).await,
        }
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<Entry>, StoreError> {
        match self {
            Self::Memory(storage) => storage.scan(prefix).await,
            Self::Native(storage) => storage.scan(prefix).await,
        }
    }
}
