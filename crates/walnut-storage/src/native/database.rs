//! One database folder.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    future::{Future, ready},
    ops::Bound,
    path::Path,
};

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode, Readable as _};
use walnut_views::{Batch, Entry, Store, StoreError, WriteOperation};

use crate::{Durability, Storage, StorageError};

/// Format number of the database folder; raised with every incompatible change of layout.
const FORMAT: u32 = 1;

/// Keyspace of all records.
const RECORDS: &str = "records";

/// Keyspace of facts about the database itself.
const META: &str = "meta";

/// Key of the format number in [`META`].
const FORMAT_KEY: &[u8] = b"format";

/// Memory that one database may take.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Block cache, in bytes.
    pub cache_bytes: u64,
    /// Write buffer before it is flushed to a table, in bytes.
    pub memtable_bytes: u64,
    /// Background threads for flushing and compaction.
    pub worker_threads: usize,
}

impl Default for Options {
    /// Small: a local network opens one database per validator in one process.
    fn default() -> Self {
        Self { cache_bytes: 8 << 20, memtable_bytes: 8 << 20, worker_threads: 1 }
    }
}

/// A database folder, open in this process only. Clones share it; reads are synchronous and may come from any thread.
#[derive(Clone)]
pub struct NativeStorage {
    database: Database,
    records: Keyspace,
}

impl NativeStorage {
    /// Opens the folder, creating it when it does not exist.
    ///
    /// # Errors
    /// [`StorageError::InUse`] when another instance has it open, [`StorageError::Newer`] when a newer release wrote it,
    /// [`StorageError::Damaged`] when it cannot be read.
    pub fn open(folder: &Path, options: Options) -> Result<Self, StorageError> {
        let database = Database::builder(folder)
            .cache_size(options.cache_bytes)
            .worker_threads(options.worker_threads)
            .open()
            .map_err(storage_error)?;
        let meta = database.keyspace(META, KeyspaceCreateOptions::default).map_err(storage_error)?;
        check_format(&database, &meta)?;
        let records = database
            .keyspace(RECORDS, || KeyspaceCreateOptions::default().max_memtable_size(options.memtable_bytes))
            .map_err(storage_error)?;
        Ok(Self { database, records })
    }

    /// Applies the batches in order as one atomic write.
    ///
    /// # Errors
    /// [`StorageError::QuotaExceeded`] when the device is full, [`StorageError::Backend`] for other failures; nothing of
    /// the batches was written, or the outcome is unknown and the database refuses further writes.
    pub fn commit_now<'a>(
        &self,
        batches: impl IntoIterator<Item = &'a Batch>,
        durability: Durability,
    ) -> Result<(), StorageError> {
        let mode = match durability {
            Durability::Relaxed => PersistMode::Buffer,
            Durability::Strict => PersistMode::SyncData,
        };
        // What each key holds in the end: records that change with every request are written once per commit.
        let mut last = BTreeMap::<Cow<'_, [u8]>, Option<&[u8]>>::new();
        for operation in batches.into_iter().flat_map(|batch| &batch.operations) {
            match operation {
                WriteOperation::Put { key, value } => {
                    last.insert(Cow::Borrowed(key), Some(value));
                }
                WriteOperation::Delete { key } => {
                    last.insert(Cow::Borrowed(key), None);
                }
                WriteOperation::DeletePrefix { key_prefix } => {
                    let covered =
                        last.range_mut::<[u8], _>((Bound::Included(key_prefix.as_slice()), Bound::Unbounded));
                    for (_, value) in covered.take_while(|(key, _)| key.starts_with(key_prefix)) {
                        *value = None;
                    }
                    for entry in self.records.prefix(key_prefix) {
                        last.insert(Cow::Owned(entry.key().map_err(storage_error)?.to_vec()), None);
                    }
                }
            }
        }
        let mut write = self.database.batch().durability(Some(mode));
        for (key, value) in last {
            match value {
                Some(value) => write.insert(&self.records, &*key, value),
                None => write.remove(&self.records, &*key),
            }
        }
        write.commit().map_err(storage_error)
    }

    /// Value of a key, synchronously.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] or [`StorageError::Backend`].
    pub fn read_now(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.records.get(key).map_err(storage_error)?.map(|value| value.to_vec()))
    }

    /// Bytes on disk, journals included.
    ///
    /// # Errors
    /// [`StorageError::Backend`].
    pub fn disk_bytes(&self) -> Result<u64, StorageError> {
        self.database.disk_space().map_err(storage_error)
    }

    fn scan_now(&self, prefix: &[u8]) -> Result<Vec<Entry>, StorageError> {
        let snapshot = self.database.snapshot();
        let entries = snapshot.prefix(&self.records, prefix).map(|entry| {
            let (key, value) = entry.into_inner().map_err(storage_error)?;
            Ok((key[prefix.len()..].to_vec(), value.to_vec()))
        });
        entries.collect()
    }

    fn scan_keys_now(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StorageError> {
        let snapshot = self.database.snapshot();
        let keys = snapshot.prefix(&self.records, prefix).map(|entry| {
            let key = entry.key().map_err(storage_error)?;
            Ok(key[prefix.len()..].to_vec())
        });
        keys.collect()
    }
}

impl std::fmt::Debug for NativeStorage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("NativeStorage").finish_non_exhaustive()
    }
}

impl Store for NativeStorage {
    fn read(&self, key: &[u8]) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> {
        ready(self.read_now(key).map_err(StoreError::from))
    }

    fn read_multi(&self, keys: &[Vec<u8>]) -> impl Future<Output = Result<Vec<Option<Vec<u8>>>, StoreError>> {
        let values = keys.iter().map(|key| self.read_now(key)).collect::<Result<_, _>>();
        ready(values.map_err(StoreError::from))
    }

    fn scan_keys(&self, prefix: &[u8]) -> impl Future<Output = Result<Vec<Vec<u8>>, StoreError>> {
        ready(self.scan_keys_now(prefix).map_err(StoreError::from))
    }

    fn scan(&self, prefix: &[u8]) -> impl Future<Output = Result<Vec<Entry>, StoreError>> {
        ready(self.scan_now(prefix).map_err(StoreError::from))
    }
}

impl Storage for NativeStorage {
    fn commit(
        &self,
        batch: &Batch,
        durability: Durability,
    ) -> impl Future<Output = Result<(), StorageError>> {
        ready(self.commit_now([batch], durability))
    }
}

/// Writes the format number into a fresh database, or compares it.
fn check_format(database: &Database, meta: &Keyspace) -> Result<(), StorageError> {
    let Some(stored) = meta.get(FORMAT_KEY).map_err(storage_error)? else {
        meta.insert(FORMAT_KEY, FORMAT.to_le_bytes()).map_err(storage_error)?;
        return database.persist(PersistMode::SyncAll).map_err(storage_error);
    };
    let stored = <[u8; 4]>::try_from(&*stored)
        .map_err(|_| StorageError::Damaged("the format number has a wrong length".into()))?;
    let found = u32::from_le_bytes(stored);
    if found > FORMAT {
        return Err(StorageError::Newer { found, supported: FORMAT });
    }
    Ok(())
}

fn storage_error(error: fjall::Error) -> StorageError {
    match error {
        fjall::Error::Locked => StorageError::InUse,
        fjall::Error::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => {
            StorageError::QuotaExceeded
        }
        fjall::Error::InvalidVersion(_)
        | fjall::Error::JournalRecovery(_)
        | fjall::Error::InvalidTrailer
        | fjall::Error::InvalidTag(_)
        | fjall::Error::Unrecoverable
        | fjall::Error::Decompress(_) => StorageError::Damaged(error.to_string()),
        _ => StorageError::Backend(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    //! Facts that only this backend has.

    use super::*;

    #[test]
    fn a_second_instance_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let _first = NativeStorage::open(folder.path(), Options::default()).expect("opens");
        let second = NativeStorage::open(folder.path(), Options::default());
        assert_eq!(second.err(), Some(StorageError::InUse));
    }

    #[test]
    fn a_newer_format_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        {
            let database = Database::builder(folder.path()).open().expect("opens");
            let meta = database.keyspace(META, KeyspaceCreateOptions::default).expect("opens");
            meta.insert(FORMAT_KEY, 7_u32.to_le_bytes()).expect("writes");
            database.persist(PersistMode::SyncAll).expect("syncs");
        }
        for _ in 0..2 {
            let error = NativeStorage::open(folder.path(), Options::default()).err();
            assert_eq!(error, Some(StorageError::Newer { found: 7, supported: FORMAT }));
        }
    }

    #[test]
    fn a_damaged_format_number_is_reported() {
        let folder = tempfile::tempdir().expect("a folder");
        {
            let database = Database::builder(folder.path()).open().expect("opens");
            let meta = database.keyspace(META, KeyspaceCreateOptions::default).expect("opens");
            meta.insert(FORMAT_KEY, b"x").expect("writes");
            database.persist(PersistMode::SyncAll).expect("syncs");
        }
        let error = NativeStorage::open(folder.path(), Options::default()).err();
        assert_eq!(error, Some(StorageError::Damaged("the format number has a wrong length".into())));
    }
}
