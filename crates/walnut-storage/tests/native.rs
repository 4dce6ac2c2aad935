//! The suite on the native store.
#![cfg(all(feature = "native", not(target_arch = "wasm32")))]

use tempfile::TempDir;
use walnut_storage::{
    NativeStorage,
    native::Options,
    suite::{self, Backend},
};

#[derive(Default)]
struct Native {
    folder: Option<TempDir>,
}

impl Native {
    fn open(&self) -> NativeStorage {
        let folder = self.folder.as_ref().expect("the suite creates before it reopens");
        NativeStorage::open(folder.path(), Options::default()).expect("the folder opens")
    }
}

impl Backend for Native {
    type Storage = NativeStorage;

    async fn create(&mut self) -> NativeStorage {
        self.folder = Some(tempfile::tempdir().expect("a folder"));
        self.open()
    }

    async fn reopen(&mut self, storage: NativeStorage) -> NativeStorage {
        drop(storage);
        self.open()
    }
}

#[test]
fn native_passes_the_suite() {
    futures::executor::block_on(suite::run(Native::default()));
}
