//! A store together with writes that are decided but not committed yet.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use crate::{Batch, Store, StoreError, WriteOperation, pending::Pending};

/// Names one batch of an [`Overlay`], in the order of pushing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LayerId(u64);

/// `base` with uncommitted batches on top; reads see both.
///
/// A host pushes a batch, starts its commit, and calls [`Overlay::remove`] when the base has it (or when the commit
/// failed and the batch is given up). Batches that touch the same keys have to be committed in the order pushed.
/// The layers are as large as the batches in flight: the host bounds their number.
#[derive(Debug, Default)]
pub struct Overlay<S> {
    base: S,
    layers: RefCell<Layers>,
}

#[derive(Debug, Default)]
struct Layers {
    next: u64,
    layers: BTreeMap<LayerId, Arc<Pending<Vec<u8>>>>,
}

impl<S: Store> Overlay<S> {
    /// `base` with nothing on top.
    pub fn new(base: S) -> Self {
        Self { base, layers: RefCell::default() }
    }

    /// The committed part.
    pub fn base(&self) -> &S {
        &self.base
    }

    /// Puts `batch` on top: reads that start from now on see it.
    pub fn push(&self, batch: &Batch) -> LayerId {
        let mut layer = Pending::default();
        for operation in &batch.operations {
            match operation {
                WriteOperation::Delete { key } => layer.remove(key.clone()),
                WriteOperation::DeletePrefix { key_prefix } => layer.remove_by_prefix(key_prefix.clone()),
                WriteOperation::Put { key, value } => layer.set(key.clone(), value.clone()),
            }
        }
        let mut layers = self.layers.borrow_mut();
        let id = LayerId(layers.next);
        layers.next += 1;
        layers.layers.insert(id, Arc::new(layer));
        id
    }

    /// Drops a layer: after its commit, or to give it up. Returns whether it was there.
    pub fn remove(&self, id: LayerId) -> bool {
        self.layers.borrow_mut().layers.remove(&id).is_some()
    }

    /// Number of batches on top of the base.
    pub fn depth(&self) -> usize {
        self.layers.borrow().layers.len()
    }

    /// The layers at this moment, newest first. Taken *before* the base is read: a layer committed and removed
    /// during that read is then seen at least once.
    fn layers(&self) -> Vec<Arc<Pending<Vec<u8>>>> {
        self.layers.borrow().layers.values().rev().cloned().collect()
    }

    fn look_up(layers: &[Arc<Pending<Vec<u8>>>], key: &[u8]) -> Option<Option<Vec<u8>>> {
        layers.iter().find_map(|layer| layer.look_up(key).map(|value| value.cloned()))
    }
}

impl<S: Store> Store for Overlay<S> {
    async fn read(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match Self::look_up(&self.layers(), key) {
            Some(value) => Ok(value),
            None => self.base.read(key).await,
        }
    }

    async fn read_multi(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let layers = self.layers();
        let mut values: Vec<_> = keys.iter().map(|key| Self::look_up(&layers, key)).collect();
        let missing: Vec<_> = keys
            .iter()
            .zip(&values)
            .filter(|(_, value)| value.is_none())
            .map(|(key, _)| key.clone())
            .collect();
        if !missing.is_empty() {
            let found = self.base.read_multi(&missing).await?;
            for (slot, value) in values.iter_mut().filter(|value| value.is_none()).zip(found) {
                *slot = Some(value);
            }
        }
        Ok(values.into_iter().map(Option::flatten).collect())
    }

    async fn scan_keys(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        let layers = self.layers();
        let mut keys = self.base.scan_keys(prefix).await?;
        for layer in layers.iter().rev() {
            keys = layer.merge_keys(prefix, keys);
        }
        Ok(keys)
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let layers = self.layers();
        let mut entries = self.base.scan(prefix).await?;
        for layer in layers.iter().rev() {
            entries = layer.merge(prefix, entries, |value| value.clone());
        }
        Ok(entries)
    }
}
