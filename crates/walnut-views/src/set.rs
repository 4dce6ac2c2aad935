//! Members without values.

use std::marker::PhantomData;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Batch, HashView, HasherOutput, Store, StoreError, View,
    entries::Entries,
    hasher::{decode, encode},
};

/// A set of keys in BCS (`linera-views/src/views/set_view.rs`), ordered by their bytes.
#[derive(Clone, Debug)]
pub struct Set<K> {
    entries: Entries<()>,
    key: PhantomData<K>,
}

fn nothing(_: &()) -> Vec<u8> {
    Vec::new()
}

impl<K: Serialize + DeserializeOwned> Set<K> {
    /// A set of which nothing is stored.
    pub fn new(base: impl Into<Vec<u8>>) -> Self {
        Self { entries: Entries::empty(base.into().into(), nothing), key: PhantomData }
    }

    /// A set in memory, read with one scan.
    pub async fn load<S: Store>(store: &S, base: impl Into<Vec<u8>>) -> Result<Self, StoreError> {
        let entries = Entries::load(store, base.into().into(), nothing).await?;
        Ok(Self { entries, key: PhantomData })
    }

    /// A set that reads members when asked for them.
    pub fn lazy(base: impl Into<Vec<u8>>) -> Self {
        Self { entries: Entries::lazy(base.into().into(), nothing, None), key: PhantomData }
    }

    /// Whether `key` is a member.
    pub async fn contains<S: Store>(&self, store: &S, key: &K) -> Result<bool, StoreError> {
        let short = encode(key);
        match self.entries.pending().look_up(&short) {
            Some(value) => Ok(value.is_some()),
            None => Ok(self.entries.read_stored(store, &short).await?.is_some()),
        }
    }

    /// Adds `key`; it will be written even if it is a member already.
    pub fn insert(&mut self, key: &K) {
        self.entries.pending_mut().set(encode(key), ());
    }

    /// Removes `key`; a delete will be written even if it is no member.
    pub fn remove(&mut self, key: &K) {
        self.entries.pending_mut().remove(encode(key));
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.entries.pending_mut().remove_by_prefix(Vec::new());
    }

    /// All members, in the order of their bytes.
    pub async fn keys<S: Store>(&self, store: &S) -> Result<Vec<K>, StoreError> {
        let keys = self.entries.scan_keys(store, &[]).await?;
        keys.into_iter().map(|short| decode(&self.entries.key(&short), &short)).collect()
    }

    /// Number of members.
    pub async fn count<S: Store>(&self, store: &S) -> Result<usize, StoreError> {
        self.entries.count(store).await
    }

    /// Whether there is something to write.
    pub fn is_pending(&self) -> bool {
        !self.entries.pending().is_empty()
    }
}

impl<K: Clone> View for Set<K> {
    fn emit(&self, batch: &mut Batch) {
        self.entries.emit(batch);
    }

    fn mark_saved(&mut self) {
        self.entries.mark_saved();
    }

    fn rollback(&mut self) {
        self.entries.rollback();
    }
}

impl<K: Clone> HashView for Set<K> {
    async fn content_hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        self.entries.content_hash(store).await
    }
}
