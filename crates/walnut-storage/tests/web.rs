//! The suite on IndexedDB, in a dedicated worker of a real browser.
#![cfg(all(feature = "indexed-db", target_arch = "wasm32"))]

use walnut_storage::{
    Durability, IndexedDbStorage, Storage as _, StorageError,
    suite::{self, Backend},
};
use walnut_views::{Batch, Store as _, WriteOperation};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[derive(Default)]
struct Browser {
    databases: u32,
}

impl Browser {
    async fn open(&self) -> IndexedDbStorage {
        IndexedDbStorage::open(&format!("suite-{}", self.databases)).await.expect("the database opens")
    }
}

impl Backend for Browser {
    type Storage = IndexedDbStorage;

    async fn create(&mut self) -> IndexedDbStorage {
        self.databases += 1;
        IndexedDbStorage::delete(&format!("suite-{}", self.databases)).await.expect("the database goes");
        self.open().await
    }

    async fn reopen(&mut self, storage: IndexedDbStorage) -> IndexedDbStorage {
        drop(storage);
        self.open().await
    }
}

#[wasm_bindgen_test]
async fn indexed_db_passes_the_suite() {
    suite::run(Browser::default()).await;
}

#[wasm_bindgen_test]
async fn a_newer_database_is_refused_and_left_alone() {
    use indexed_db_futures::{Build as _, database::Database};
    let name = "newer";
    IndexedDbStorage::delete(name).await.expect("the database goes");
    {
        let database = Database::open(name)
            .with_version(2_u8)
            .with_on_upgrade_needed(|_, database| {
                database.create_object_store("records").build()?;
                Ok(())
            })
            .build()
            .expect("opens")
            .await
            .expect("opens");
        database.close();
    }
    for _ in 0..2 {
        let error = IndexedDbStorage::open(name).await.err();
        assert_eq!(error, Some(StorageError::Newer { found: 2, supported: 1 }));
    }
}

#[wasm_bindgen_test]
async fn relaxed_commits_are_visible_at_once() {
    let name = "relaxed";
    IndexedDbStorage::delete(name).await.expect("the database goes");
    let storage = IndexedDbStorage::open(name).await.expect("opens");
    let put = WriteOperation::Put { key: vec![1], value: vec![2] };
    storage.commit(&Batch { operations: vec![put] }, Durability::Relaxed).await.expect("commits");
    assert_eq!(storage.read(&[1]).await, Ok(Some(vec![2])));
}
