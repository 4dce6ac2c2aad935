//! First in, first out.

use std::{collections::VecDeque, ops::Range};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Batch, HashView, HasherOutput, Store, StoreError, View,
    hasher::{decode, encode},
    keys::{BaseKey, tagged},
    limits::ELEMENTS_PER_READ,
    log::{SequenceHasher, read_elements},
};

/// A queue (`linera-views/src/views/queue_view.rs`): the range of live indices at `base ++ 01`, elements at
/// `base ++ 02 ++ index`. In memory are the range and the new elements only.
///
/// It is used in parts of the state that are not hashed. Unlike upstream it writes nothing when nothing changed.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    base: BaseKey,
    stored: Range<u64>,
    /// Stored elements taken from the front since the last save.
    deleted: u64,
    new_elements: VecDeque<T>,
    /// New elements were pushed, though perhaps deleted again.
    changed: bool,
}

impl<T: Clone + Serialize + DeserializeOwned> Queue<T> {
    /// A queue of which nothing is stored.
    pub fn new(base: impl Into<Vec<u8>>) -> Self {
        Self {
            base: base.into().into(),
            stored: 0..0,
            deleted: 0,
            new_elements: VecDeque::new(),
            changed: false,
        }
    }

    /// Reads the range of live indices.
    pub async fn load<S: Store>(store: &S, base: impl Into<Vec<u8>>) -> Result<Self, StoreError> {
        let mut queue = Self::new(base);
        let key = tagged(&queue.base, 1, &[]);
        if let Some(bytes) = store.read(&key).await? {
            let (start, end): (u64, u64) = decode(&key, &bytes)?;
            queue.stored = start..end;
        }
        Ok(queue)
    }

    /// Number of elements.
    pub fn count(&self) -> u64 {
        let live = self.live();
        live.end.saturating_sub(live.start) + self.new_elements.len() as u64
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// Appends an element at the back.
    pub fn push_back(&mut self, element: T) {
        self.changed = true;
        self.new_elements.push_back(element);
    }

    /// Removes the front element, if there is one.
    pub fn delete_front(&mut self) {
        if self.live().is_empty() {
            self.new_elements.pop_front();
        } else {
            self.changed = true;
            self.deleted += 1;
        }
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.changed = true;
        self.deleted = self.stored.end.saturating_sub(self.stored.start);
        self.new_elements.clear();
    }

    /// The front element.
    pub async fn front<S: Store>(&self, store: &S) -> Result<Option<T>, StoreError> {
        Ok(self.read_front(store, 1).await?.pop())
    }

    /// The back element.
    pub async fn back<S: Store>(&self, store: &S) -> Result<Option<T>, StoreError> {
        if let Some(element) = self.new_elements.back() {
            return Ok(Some(element.clone()));
        }
        let live = self.live();
        let last = live.start.max(live.end.saturating_sub(1))..live.end;
        Ok(read_elements(store, &self.base, 2, last).await?.pop())
    }

    /// The first `count` elements, or all if there are fewer.
    pub async fn read_front<S: Store>(&self, store: &S, count: u64) -> Result<Vec<T>, StoreError> {
        self.read(store, 0..count).await
    }

    /// The elements at the given positions counted from the front, as far as they exist.
    pub async fn read<S: Store>(&self, store: &S, range: Range<u64>) -> Result<Vec<T>, StoreError> {
        let live = self.live();
        let stored_count = live.end.saturating_sub(live.start);
        let end = range.end.min(self.count());
        let stored = live.start.saturating_add(range.start)..live.start + end.min(stored_count);
        let mut elements = read_elements(store, &self.base, 2, stored).await?;
        let new = range.start.max(stored_count)..end;
        let new = new.filter_map(|position| usize::try_from(position - stored_count).ok());
        elements.extend(new.filter_map(|index| self.new_elements.get(index)).cloned());
        Ok(elements)
    }

    /// Indices of stored elements that are still in the queue.
    fn live(&self) -> Range<u64> {
        self.stored.start + self.deleted..self.stored.end
    }

    /// The range of live indices after a save, and the index of the first new element.
    fn next(&self) -> (Range<u64>, u64) {
        let live = self.live();
        let live = if live.is_empty() { 0..0 } else { live };
        let first_new = live.end;
        (live.start..live.end + self.new_elements.len() as u64, first_new)
    }
}

impl<T: Clone + Serialize + DeserializeOwned> View for Queue<T> {
    fn emit(&self, batch: &mut Batch) {
        if !self.changed {
            return;
        }
        let (range, first_new) = self.next();
        if self.live().is_empty() {
            if !self.stored.is_empty() {
                batch.delete_prefix(tagged(&self.base, 2, &[]));
            }
        } else {
            for index in self.stored.start..self.stored.start + self.deleted {
                batch.delete(tagged(&self.base, 2, &index.to_le_bytes()));
            }
        }
        for (index, element) in (first_new..).zip(&self.new_elements) {
            batch.put(tagged(&self.base, 2, &index.to_le_bytes()), encode(element));
        }
        batch.put(tagged(&self.base, 1, &[]), encode(&(range.start, range.end)));
    }

    fn mark_saved(&mut self) {
        if self.changed {
            self.stored = self.next().0;
        }
        self.rollback();
    }

    fn rollback(&mut self) {
        self.deleted = 0;
        self.new_elements = VecDeque::new();
        self.changed = false;
    }
}

impl<T: Clone + Serialize + DeserializeOwned> HashView for Queue<T> {
    /// Reads every element, a few at a time; nothing of the protocol's state needs this.
    async fn content_hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        let mut hasher = SequenceHasher::new(self.count());
        let mut start = 0;
        while start < self.count() {
            hasher.extend(&self.read(store, start..start + ELEMENTS_PER_READ).await?);
            start += ELEMENTS_PER_READ;
        }
        Ok(hasher.finish())
    }
}
