//! Values by key.

use std::marker::PhantomData;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Batch, HashView, HasherOutput, Store, StoreError, View,
    entries::Entries,
    hasher::{decode, encode},
};

/// Values by key, both in BCS (`linera-views/src/views/map_view.rs`).
///
/// Entries are ordered by the bytes of their key, which is not always the order of the key type.
#[derive(Clone, Debug)]
pub struct Map<K, V> {
    entries: Entries<V>,
    key: PhantomData<K>,
}

impl<K, V> Map<K, V>
where
    K: Serialize + DeserializeOwned,
    V: Clone + Serialize + DeserializeOwned,
{
    /// A map of which nothing is stored.
    pub fn new(base: impl Into<Vec<u8>>) -> Self {
        Self { entries: Entries::empty(base.into().into(), encode), key: PhantomData }
    }

    /// A map in memory, read with one scan.
    pub async fn load<S: Store>(store: &S, base: impl Into<Vec<u8>>) -> Result<Self, StoreError> {
        let entries = Entries::load(store, base.into().into(), encode).await?;
        Ok(Self { entries, key: PhantomData })
    }

    /// A map that reads entries when asked for them.
    pub fn lazy(base: impl Into<Vec<u8>>) -> Self {
        Self { entries: Entries::lazy(base.into().into(), encode, None), key: PhantomData }
    }

    /// The value of `key`.
    pub async fn read<S: Store>(&self, store: &S, key: &K) -> Result<Option<V>, StoreError> {
        let short = encode(key);
        if let Some(value) = self.entries.pending().look_up(&short) {
            return Ok(value.cloned());
        }
        let stored = self.entries.read_stored(store, &short).await?;
        stored.map(|bytes| decode(&self.entries.key(&short), &bytes)).transpose()
    }

    /// The values of several keys, in the order asked.
    pub async fn read_multi<S: Store>(&self, store: &S, keys: &[K]) -> Result<Vec<Option<V>>, StoreError> {
        let shorts: Vec<_> = keys.iter().map(encode).collect();
        let values = self.entries.read_multi(store, &shorts).await?;
        let values = values.into_iter().zip(&shorts);
        values
            .map(|(value, short)| value.map(|bytes| decode(&self.entries.key(short), &bytes)).transpose())
            .collect()
    }

    /// Whether `key` has a value.
    pub async fn contains_key<S: Store>(&self, store: &S, key: &K) -> Result<bool, StoreError> {
        let short = encode(key);
        match self.entries.pending().look_up(&short) {
            Some(value) => Ok(value.is_some()),
            None => Ok(self.entries.read_stored(store, &short).await?.is_some()),
        }
    }

    /// Sets the value of `key`; it will be written even if it is the same.
    pub fn insert(&mut self, key: &K, value: V) {
        self.entries.pending_mut().set(encode(key), value);
    }

    /// Removes `key`; a delete will be written even if there is no such key.
    pub fn remove(&mut self, key: &K) {
        self.entries.pending_mut().remove(encode(key));
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.entries.pending_mut().remove_by_prefix(Vec::new());
    }

    /// The value of `key` for changing. If there is one it counts as changed; if not, nothing happens.
    pub async fn get_mut<S: Store>(&mut self, store: &S, key: &K) -> Result<Option<&mut V>, StoreError> {
        let short = encode(key);
        match self.entries.pending().look_up(&short) {
            Some(Some(_)) => {}
            Some(None) => return Ok(None),
            None => {
                let Some(bytes) = self.entries.read_stored(store, &short).await? else { return Ok(None) };
                let value = decode(&self.entries.key(&short), &bytes)?;
                self.entries.pending_mut().set(short.clone(), value);
            }
        }
        Ok(self.entries.pending_mut().value_mut(&short))
    }

    /// The value of `key` for changing; a missing one becomes the default. Counts as changed either way.
    pub async fn get_mut_or_default<S: Store>(&mut self, store: &S, key: &K) -> Result<&mut V, StoreError>
    where
        V: Default,
    {
        if self.get_mut(store, key).await?.is_none() {
            self.insert(key, V::default());
        }
        let value = self.entries.pending_mut().value_mut(&encode(key));
        Ok(value.expect("present or inserted just above"))
    }

    /// All keys, in the order of their bytes.
    pub async fn keys<S: Store>(&self, store: &S) -> Result<Vec<K>, StoreError> {
        let keys = self.entries.scan_keys(store, &[]).await?;
        keys.into_iter().map(|short| decode(&self.entries.key(&short), &short)).collect()
    }

    /// All entries, in the order of their keys' bytes.
    pub async fn entries<S: Store>(&self, store: &S) -> Result<Vec<(K, V)>, StoreError> {
        let entries = self.entries.scan(store, &[]).await?;
        let decode_entry = |(short, value): (Vec<u8>, Vec<u8>)| {
            let key = self.entries.key(&short);
            Ok((decode(&key, &short)?, decode(&key, &value)?))
        };
        entries.into_iter().map(decode_entry).collect()
    }

    /// Number of entries.
    pub async fn count<S: Store>(&self, store: &S) -> Result<usize, StoreError> {
        self.entries.count(store).await
    }

    /// Whether there is something to write.
    pub fn is_pending(&self) -> bool {
        !self.entries.pending().is_empty()
    }
}

impl<K, V> View for Map<K, V>
where
    K: Clone,
    V: Clone,
{
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

impl<K, V> HashView for Map<K, V>
where
    K: Clone,
    V: Clone,
{
    async fn content_hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        self.entries.content_hash(store).await
    }
}
