//! Storage in memory.

use std::{
    future::{Future, ready},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use walnut_views::{Batch, Entry, MemoryStore, Store, StoreError};

use crate::{Durability, Storage, StorageError};

/// A map behind a lock. Clones share the content, so a clone kept aside plays the disk that survives a kill.
#[derive(Clone, Debug, Default)]
pub struct MemoryStorage {
    content: Arc<Mutex<MemoryStore>>,
    #[cfg(feature = "test-utils")]
    faults: Arc<Mutex<Faults>>,
}

/// Failures to come, for tests.
#[cfg(feature = "test-utils")]
#[derive(Debug, Default)]
struct Faults {
    /// Commits that still succeed before the next one fails; `None` for no failure.
    commits_before_failure: Option<u32>,
}

impl MemoryStorage {
    /// An empty storage.
    pub fn new() -> Self {
        Self::default()
    }

    fn content(&self) -> MutexGuard<'_, MemoryStore> {
        // A panic while the lock was held cannot leave a map half written: every write is one call.
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies a batch at once.
    ///
    /// # Errors
    /// Only those asked for by `fail_commit_after` (feature `test-utils`).
    pub fn commit_now(&self, batch: &Batch) -> Result<(), StorageError> {
        #[cfg(feature = "test-utils")]
        self.fail_if_asked()?;
        self.content().apply(batch);
        Ok(())
    }

    /// Lets `commits` more commits succeed and the one after them fail, once, with nothing written.
    #[cfg(feature = "test-utils")]
    pub fn fail_commit_after(&self, commits: u32) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).commits_before_failure = Some(commits);
    }

    #[cfg(feature = "test-utils")]
    fn fail_if_asked(&self) -> Result<(), StorageError> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        match faults.commits_before_failure {
            Some(0) => {
                faults.commits_before_failure = None;
                Err(StorageError::QuotaExceeded)
            }
            Some(commits) => {
                faults.commits_before_failure = Some(commits - 1);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Store for MemoryStorage {
    async fn read(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        // The guard is gone before the await: the map's futures are ready at once, but borrow the map.
        let content = self.content();
        walnut_views::ready(content.read(key))
    }

    async fn read_multi(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let content = self.content();
        walnut_views::ready(content.read_multi(keys))
    }

    async fn scan_keys(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        let content = self.content();
        walnut_views::ready(content.scan_keys(prefix))
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<Entry>, StoreError> {
        let content = self.content();
        walnut_views::ready(content.scan(prefix))
    }
}

impl Storage for MemoryStorage {
    fn commit(
        &self,
        batch: &Batch,
        _durability: Durability,
    ) -> impl Future<Output = Result<(), StorageError>> {
        ready(self.commit_now(batch))
    }
}
