//! One partition of a larger key space.

use crate::{Store, StoreError};

/// The part of `store` below a fixed prefix, seen as a key space of its own.
#[derive(Clone, Debug)]
pub struct Prefixed<S> {
    store: S,
    prefix: Vec<u8>,
}

impl<S: Store> Prefixed<S> {
    /// The keys of `store` that start with `prefix`, with the prefix removed.
    pub fn new(store: S, prefix: impl Into<Vec<u8>>) -> Self {
        Self { store, prefix: prefix.into() }
    }

    /// The prefix put in front of every key.
    pub fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// The whole key space.
    pub fn inner(&self) -> &S {
        &self.store
    }

    fn full(&self, key: &[u8]) -> Vec<u8> {
        [&self.prefix, key].concat()
    }
}

impl<S: Store> Store for Prefixed<S> {
    async fn read(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.read(&self.full(key)).await
    }

    async fn read_multi(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let keys: Vec<_> = keys.iter().map(|key| self.full(key)).collect();
        self.store.read_multi(&keys).await
    }

    async fn scan_keys(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        self.store.scan_keys(&self.full(prefix)).await
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        self.store.scan(&self.full(prefix)).await
    }
}
