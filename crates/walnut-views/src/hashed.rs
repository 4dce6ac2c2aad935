//! Memoized hashes.

use std::ops::{Deref, DerefMut};

use crate::{
    Batch, HashView, HasherOutput, Store, StoreError, View,
    hasher::{decode, encode},
    keys::{BaseKey, tagged},
};

/// A memoized hash and whether it is persisted. Not only an optimization: the presence bits decide which deletes
/// enter the rolling hash, so they are state that every node has to agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Memo {
    key: BaseKey,
    stored: Option<HasherOutput>,
    memo: Option<HasherOutput>,
}

impl Memo {
    pub(crate) fn new(key: Vec<u8>) -> Self {
        Self { key: key.into(), stored: None, memo: None }
    }

    pub(crate) async fn load<S: Store>(store: &S, key: Vec<u8>) -> Result<Self, StoreError> {
        let bytes = store.read(&key).await?;
        Self::from_stored(key, bytes)
    }

    pub(crate) fn from_stored(key: Vec<u8>, bytes: Option<Vec<u8>>) -> Result<Self, StoreError> {
        let stored = bytes.map(|bytes| decode(&key, &bytes)).transpose()?;
        Ok(Self { key: key.into(), stored, memo: stored })
    }

    pub(crate) fn get(&self) -> Option<HasherOutput> {
        self.memo
    }

    pub(crate) fn set(&mut self, hash: HasherOutput) {
        self.memo = Some(hash);
    }

    pub(crate) fn forget(&mut self) {
        self.memo = None;
    }

    pub(crate) fn is_stored(&self) -> bool {
        self.stored.is_some()
    }

    pub(crate) fn emit(&self, batch: &mut Batch) {
        if self.stored == self.memo {
            return;
        }
        match &self.memo {
            None => batch.delete(&*self.key),
            Some(hash) => batch.put(&*self.key, encode(hash)),
        }
    }

    pub(crate) fn mark_saved(&mut self) {
        self.stored = self.memo;
    }

    pub(crate) fn rollback(&mut self) {
        self.memo = self.stored;
    }
}

/// A container with a memoized hash (`linera-views/src/views/hashable_wrapper.rs`). The container lives at
/// `base ++ 01`, its memoized hash at `base ++ 02`.
///
/// Any mutable access to the container discards the memo, whether or not something changes; reads through `&` do
/// not. This is upstream's rule and part of the rolling hash: do not take `&mut` without need.
#[derive(Clone, Debug)]
pub struct Hashed<C> {
    inner: C,
    memo: Memo,
}

impl<C: HashView> Hashed<C> {
    /// Base key of the container inside a wrapper with base key `base`.
    pub fn inner_key(base: &[u8]) -> Vec<u8> {
        tagged(base, 1, &[])
    }

    /// Wraps a container of which nothing is stored; it must have been made with [`Hashed::inner_key`] of `base`.
    pub fn new(base: &[u8], inner: C) -> Self {
        Self { inner, memo: Memo::new(tagged(base, 2, &[])) }
    }

    /// Wraps a loaded container and reads its memoized hash.
    pub async fn load<S: Store>(store: &S, base: &[u8], inner: C) -> Result<Self, StoreError> {
        Ok(Self { inner, memo: Memo::load(store, tagged(base, 2, &[])).await? })
    }

    /// The content hash, which is memoized from now on. The same as the container's own hash.
    pub async fn hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        if let Some(hash) = self.memo.get() {
            return Ok(hash);
        }
        let hash = self.inner.content_hash(store).await?;
        self.memo.set(hash);
        Ok(hash)
    }

    /// Whether a hash is memoized in memory.
    pub fn has_memo(&self) -> bool {
        self.memo.get().is_some()
    }

    /// Whether a hash is persisted.
    pub fn has_stored_memo(&self) -> bool {
        self.memo.is_stored()
    }
}

impl<C> Deref for Hashed<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.inner
    }
}

impl<C> DerefMut for Hashed<C> {
    fn deref_mut(&mut self) -> &mut C {
        self.memo.forget();
        &mut self.inner
    }
}

impl<C: HashView> View for Hashed<C> {
    fn emit(&self, batch: &mut Batch) {
        self.inner.emit(batch);
        self.memo.emit(batch);
    }

    fn mark_saved(&mut self) {
        self.inner.mark_saved();
        self.memo.mark_saved();
    }

    fn rollback(&mut self) {
        self.inner.rollback();
        self.memo.rollback();
    }
}

impl<C: HashView> HashView for Hashed<C> {
    async fn content_hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        self.hash(store).await
    }
}
