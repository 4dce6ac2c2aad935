//! A disk: what is written, what of it would survive a power cut, and commits that fail.

use std::cell::RefCell;

use walnut_views::{Batch, Entry, MemoryStore, Store, StoreError, ready};

/// The store of one process. A strict commit makes everything before it durable, as in a journal.
#[derive(Debug, Default)]
pub struct Disk {
    current: RefCell<MemoryStore>,
    durable: RefCell<MemoryStore>,
    /// Written since the last strict commit, in order.
    relaxed: RefCell<Vec<Batch>>,
}

impl Disk {
    /// Writes a batch.
    pub fn write(&self, batch: &Batch, is_strict: bool) {
        self.current.borrow().apply(batch);
        let mut relaxed = self.relaxed.borrow_mut();
        if is_strict {
            let durable = self.durable.borrow();
            relaxed.drain(..).for_each(|earlier| durable.apply(&earlier));
            durable.apply(batch);
        } else {
            relaxed.push(batch.clone());
        }
    }

    /// Batches that a power cut may take back.
    pub fn at_risk(&self) -> usize {
        self.relaxed.borrow().len()
    }

    /// A power cut: of the batches at risk only the first `kept` remain.
    pub fn cut(&self, kept: usize) {
        let durable = self.durable.borrow();
        self.relaxed.borrow_mut().drain(..).take(kept).for_each(|batch| durable.apply(&batch));
        *self.current.borrow_mut() = durable.clone();
    }

    /// What would be there after the worst power cut.
    pub fn durable(&self) -> MemoryStore {
        self.durable.borrow().clone()
    }

    /// A copy of everything as it is now.
    pub fn snapshot(&self) -> MemoryStore {
        self.current.borrow().clone()
    }

    /// Goes back to a copy.
    pub fn restore(&self, snapshot: MemoryStore) {
        self.relaxed.borrow_mut().clear();
        *self.durable.borrow_mut() = snapshot.clone();
        *self.current.borrow_mut() = snapshot;
    }
}

impl Store for Disk {
    async fn read(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        ready(self.current.borrow().read(key))
    }

    async fn read_multi(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        ready(self.current.borrow().read_multi(keys))
    }

    async fn scan_keys(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        ready(self.current.borrow().scan_keys(prefix))
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<Entry>, StoreError> {
        ready(self.current.borrow().scan(prefix))
    }
}
