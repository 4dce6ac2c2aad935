//! The suite on memory, and commits that fail on purpose.

use walnut_storage::{Durability, MemoryStorage, Storage as _, StorageError, suite};
use walnut_views::{Batch, Store as _, WriteOperation};

struct Memory;

impl suite::Backend for Memory {
    type Storage = MemoryStorage;

    async fn create(&mut self) -> MemoryStorage {
        MemoryStorage::new()
    }

    async fn reopen(&mut self, storage: MemoryStorage) -> MemoryStorage {
        storage.clone()
    }
}

#[test]
fn memory_passes_the_suite() {
    futures::executor::block_on(suite::run(Memory));
}

#[test]
fn a_failing_commit_writes_nothing_and_happens_once() {
    let storage = MemoryStorage::new();
    storage.fail_commit_after(1);
    let batch = |value: u8| Batch {
        operations: vec![WriteOperation::Put { key: b"k".to_vec(), value: vec![value] }],
    };
    futures::executor::block_on(async {
        assert_eq!(storage.commit(&batch(1), Durability::Strict).await, Ok(()));
        assert_eq!(storage.commit(&batch(2), Durability::Strict).await, Err(StorageError::QuotaExceeded));
        assert_eq!(storage.read(b"k").await, Ok(Some(vec![1])));
        assert_eq!(storage.commit(&batch(3), Durability::Strict).await, Ok(()));
        assert_eq!(storage.read(b"k").await, Ok(Some(vec![3])));
    });
}
