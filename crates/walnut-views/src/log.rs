//! An append-only list.

use std::{marker::PhantomData, ops::Range};

use serde::{Serialize, de::DeserializeOwned};
use sha3::{Digest, Sha3_256};

use crate::{
    Batch, HashView, HasherOutput, Store, StoreError, View,
    hasher::{decode, encode},
    keys::{BaseKey, tagged},
    limits::ELEMENTS_PER_READ,
};

/// An append-only list (`linera-views/src/views/log_view.rs`): the count at `base ++ 01`, elements at
/// `base ++ 02 ++ index`. In memory are the count and the new elements only.
#[derive(Clone, Debug)]
pub struct Log<T> {
    base: BaseKey,
    stored_count: u64,
    new_elements: Vec<T>,
    /// Everything stored is to be deleted before the new elements are written.
    cleared: bool,
}

impl<T: Clone + Serialize + DeserializeOwned> Log<T> {
    /// A log of which nothing is stored.
    pub fn new(base: impl Into<Vec<u8>>) -> Self {
        Self { base: base.into().into(), stored_count: 0, new_elements: Vec::new(), cleared: false }
    }

    /// Reads the count.
    pub async fn load<S: Store>(store: &S, base: impl Into<Vec<u8>>) -> Result<Self, StoreError> {
        let mut log = Self::new(base);
        let key = tagged(&log.base, 1, &[]);
        if let Some(bytes) = store.read(&key).await? {
            log.stored_count = decode(&key, &bytes)?;
        }
        Ok(log)
    }

    /// Number of elements.
    pub fn count(&self) -> u64 {
        self.kept() + self.new_elements.len() as u64
    }

    /// Appends an element.
    pub fn push(&mut self, element: T) {
        self.new_elements.push(element);
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.cleared = true;
        self.new_elements.clear();
    }

    /// The element at `index`.
    pub async fn get<S: Store>(&self, store: &S, index: u64) -> Result<Option<T>, StoreError> {
        if index >= self.count() {
            return Ok(None);
        }
        Ok(self.read(store, index..index + 1).await?.pop())
    }

    /// The elements at `range`, as far as they exist. The caller bounds the length.
    pub async fn read<S: Store>(&self, store: &S, range: Range<u64>) -> Result<Vec<T>, StoreError> {
        let end = range.end.min(self.count());
        let stored = range.start..end.min(self.kept());
        let mut elements = read_elements(store, &self.base, 2, stored).await?;
        let new = range.start.max(self.kept())..end;
        elements.extend(new.filter_map(|index| self.new_element(index)).cloned());
        Ok(elements)
    }

    /// Stored elements that are still part of the log.
    fn kept(&self) -> u64 {
        if self.cleared { 0 } else { self.stored_count }
    }

    fn new_element(&self, index: u64) -> Option<&T> {
        let index = index.checked_sub(self.kept())?;
        self.new_elements.get(usize::try_from(index).ok()?)
    }
}

impl<T: Clone + Serialize + DeserializeOwned> View for Log<T> {
    fn emit(&self, batch: &mut Batch) {
        if self.cleared {
            batch.delete_prefix(&*self.base);
        }
        if self.new_elements.is_empty() {
            return;
        }
        for (index, element) in (self.kept()..).zip(&self.new_elements) {
            batch.put(tagged(&self.base, 2, &index.to_le_bytes()), encode(element));
        }
        batch.put(tagged(&self.base, 1, &[]), encode(&self.count()));
    }

    fn mark_saved(&mut self) {
        self.stored_count = self.count();
        self.new_elements = Vec::new();
        self.cleared = false;
    }

    fn rollback(&mut self) {
        self.new_elements = Vec::new();
        self.cleared = false;
    }
}

impl<T: Clone + Serialize + DeserializeOwned> HashView for Log<T> {
    /// Reads every element, a few at a time; nothing of the protocol's state needs this.
    async fn content_hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        let mut hasher = SequenceHasher::new(self.count());
        let mut start = 0;
        while start < self.count() {
            let elements = self.read(store, start..start + ELEMENTS_PER_READ).await?;
            hasher.extend(&elements);
            start += ELEMENTS_PER_READ;
        }
        Ok(hasher.finish())
    }
}

/// SHA3-256 of the BCS form of a list, without holding the list.
pub(crate) struct SequenceHasher<T> {
    sponge: Sha3_256,
    element: PhantomData<T>,
}

impl<T: Serialize> SequenceHasher<T> {
    pub(crate) fn new(mut count: u64) -> Self {
        let mut sponge = Sha3_256::new();
        // Unsigned LEB128, as BCS writes lengths.
        loop {
            let [low, ..] = count.to_le_bytes();
            count >>= 7;
            if count == 0 {
                sponge.update([low & 0x7f]);
                return Self { sponge, element: PhantomData };
            }
            sponge.update([low | 0x80]);
        }
    }

    pub(crate) fn extend<'a>(&mut self, elements: impl IntoIterator<Item = &'a T>)
    where
        T: 'a,
    {
        for element in elements {
            self.sponge.update(encode(element));
        }
    }

    pub(crate) fn finish(self) -> HasherOutput {
        self.sponge.finalize().into()
    }
}

/// Reads the elements `base ++ tag ++ index` for all indices of `range`, which must exist.
pub(crate) async fn read_elements<S: Store, T: DeserializeOwned>(
    store: &S,
    base: &[u8],
    tag: u8,
    range: Range<u64>,
) -> Result<Vec<T>, StoreError> {
    if range.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<_> = range.map(|index| tagged(base, tag, &index.to_le_bytes())).collect();
    let values = store.read_multi(&keys).await?;
    let elements = keys.iter().zip(values).map(|(key, value)| match value {
        Some(bytes) => decode(key, &bytes),
        None => Err(StoreError::malformed(key, "an element inside the stored range is missing")),
    });
    elements.collect()
}
