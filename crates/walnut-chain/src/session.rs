//! One request's view of the store: what was there, plus what the request has already decided to write.

use std::cell::Cell;

use walnut_base::ChainId;
use walnut_views::{Batch, Overlay, Prefixed, RootKey, Store, WriteOperation};

use crate::effects::Effects;

/// Reads see the writes collected so far, so that a request may save in steps and still be committed in one piece.
pub(crate) struct Session<'s, S> {
    store: Overlay<&'s S>,
    /// How many operations of the batch the overlay holds: most requests write once, at the end, and read nothing after.
    visible: Cell<usize>,
    pub(crate) effects: Effects,
}

impl<'s, S: Store> Session<'s, S> {
    pub(crate) fn new(store: &'s S) -> Self {
        Session { store: Overlay::new(store), visible: Cell::new(0), effects: Effects::default() }
    }

    /// The whole key space.
    pub(crate) fn store(&self) -> &Overlay<&'s S> {
        self.show_writes();
        &self.store
    }

    /// Lets reads see all writes so far, also while the effects are taken out.
    pub(crate) fn show_writes(&self) {
        let operations = &self.effects.batch.operations;
        if let Some(news) = operations.get(self.visible.get()..).filter(|news| !news.is_empty()) {
            self.store.push(&Batch { operations: news.to_vec() });
            self.visible.set(operations.len());
        }
    }

    /// The partition of a chain.
    pub(crate) fn partition(&self, chain_id: ChainId) -> Prefixed<&Overlay<&'s S>> {
        Prefixed::new(self.store(), RootKey::ChainState(chain_id).bytes())
    }

    /// Adds writes over the whole key space.
    pub(crate) fn write(&mut self, batch: Batch) {
        self.effects.batch.operations.extend(batch.operations);
    }

    /// Adds writes inside the partition of a chain.
    pub(crate) fn write_chain(&mut self, chain_id: ChainId, batch: Batch) {
        let prefix = RootKey::ChainState(chain_id).bytes();
        let prefixed = |key: Vec<u8>| [prefix.as_slice(), &key].concat();
        let operations = batch.operations.into_iter().map(|operation| match operation {
            WriteOperation::Delete { key } => WriteOperation::Delete { key: prefixed(key) },
            WriteOperation::DeletePrefix { key_prefix } => {
                WriteOperation::DeletePrefix { key_prefix: prefixed(key_prefix) }
            }
            WriteOperation::Put { key, value } => WriteOperation::Put { key: prefixed(key), value },
        });
        self.write(Batch { operations: operations.collect() });
    }
}
