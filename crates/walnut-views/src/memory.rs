//! A key space in memory.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    future::Future,
    ops::Bound::{Excluded, Included, Unbounded},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use crate::{Batch, Store, StoreError, WriteOperation, store::upper_bound};

type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

/// The output of a future that waits for nothing but a [`MemoryStore`], which answers at once.
///
/// # Panics
/// If the future waits for something else.
pub fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a future over a store in memory waited"),
    }
}

/// A map-backed [`Store`]: for tests, for the memory backend, and for loading a group of small containers with one
/// scan of the real store ([`MemoryStore::prefetch`]).
///
/// `clone` is an independent snapshot, cheap until one of the two is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryStore {
    entries: RefCell<Arc<Entries>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy of everything below `prefix` in `store`, under the same full keys; reads of other keys find nothing.
    pub async fn prefetch<S: Store>(store: &S, prefix: &[u8]) -> Result<Self, StoreError> {
        let found = store.scan(prefix).await?;
        let entries: Entries =
            found.into_iter().map(|(key, value)| ([prefix, &key].concat(), value)).collect();
        Ok(Self { entries: RefCell::new(Arc::new(entries)) })
    }

    /// Applies the writes of `batch` in order.
    pub fn apply(&self, batch: &Batch) {
        let mut entries = self.entries.borrow_mut();
        let entries = Arc::make_mut(&mut entries);
        for operation in &batch.operations {
            match operation {
                WriteOperation::Delete { key } => {
                    entries.remove(key);
                }
                WriteOperation::DeletePrefix { key_prefix } => {
                    let mut tail = entries.split_off(key_prefix);
                    if let Some(bound) = upper_bound(key_prefix) {
                        entries.append(&mut tail.split_off(&bound));
                    }
                }
                WriteOperation::Put { key, value } => {
                    entries.insert(key.clone(), value.clone());
                }
            }
        }
    }

    /// All entries, ascending.
    pub fn entries(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    fn collect<T>(&self, prefix: &[u8], pick: impl Fn(&[u8], &Vec<u8>) -> T) -> Vec<T> {
        let upper = match upper_bound(prefix) {
            Some(bound) => Excluded(bound),
            None => Unbounded,
        };
        let entries = self.entries.borrow();
        let range = entries.range((Included(prefix.to_vec()), upper));
        range.map(|(key, value)| pick(&key[prefix.len()..], value)).collect()
    }
}

impl Store for MemoryStore {
    async fn read(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.entries.borrow().get(key).cloned())
    }

    async fn read_multi(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let entries = self.entries.borrow();
        Ok(keys.iter().map(|key| entries.get(key).cloned()).collect())
    }

    async fn scan_keys(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(self.collect(prefix, |key, _| key.to_vec()))
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        Ok(self.collect(prefix, |key, value| (key.to_vec(), value.clone())))
    }
}
