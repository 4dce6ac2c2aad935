//! What is known of the stored pending proposals, so that they are not read before every block.
//!
//! Only this node writes them. While a write is on its way, and after one that failed or was dropped, nothing is known; what
//! was read beside a write is not kept.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use walnut_base::ChainId;

use crate::propose::PendingProposal;

/// See the module.
#[derive(Default)]
pub(super) struct KnownPending {
    known: RefCell<BTreeMap<ChainId, Option<PendingProposal>>>,
    /// Rises when a write begins and when it ends, in whatever way: odd things happen only between two equal values.
    changes: Cell<u64>,
    writing: Cell<u32>,
}

/// The number of changes when a read began; none when a write was on its way.
pub(super) struct ReadMark(Option<u64>);

/// A write on its way.
pub(super) struct Write<'a>(&'a KnownPending);

impl KnownPending {
    /// What is stored, if that is known: perhaps nothing.
    pub(super) fn get(&self, chain_id: ChainId) -> Option<Option<PendingProposal>> {
        self.known.borrow().get(&chain_id).cloned()
    }

    /// To be called before the store is read.
    pub(super) fn read(&self) -> ReadMark {
        ReadMark((self.writing.get() == 0).then(|| self.changes.get()))
    }

    /// Keeps what was read, if nothing was written meanwhile.
    pub(super) fn was_read(&self, mark: &ReadMark, chain_id: ChainId, pending: &Option<PendingProposal>) {
        if mark.0 == Some(self.changes.get()) {
            self.known.borrow_mut().insert(chain_id, pending.clone());
        }
    }

    /// To be called before the store is written. Until the write is done, nothing is known of the chain.
    pub(super) fn write(&self, chain_id: ChainId) -> Write<'_> {
        self.known.borrow_mut().remove(&chain_id);
        self.changes.set(self.changes.get() + 1);
        self.writing.set(self.writing.get() + 1);
        Write(self)
    }
}

impl Write<'_> {
    /// The write is stored.
    pub(super) fn done(self, chain_id: ChainId, pending: Option<PendingProposal>) {
        self.0.known.borrow_mut().insert(chain_id, pending);
    }
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.0.changes.set(self.0.changes.get() + 1);
        self.0.writing.set(self.0.writing.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    //! When something is known.

    use walnut_base::CryptoHash;

    use super::*;

    fn chain() -> ChainId {
        ChainId(CryptoHash::from([1; 32]))
    }

    #[test]
    fn a_finished_write_and_an_undisturbed_read_are_remembered() {
        let known = KnownPending::default();
        assert_eq!(known.get(chain()), None);
        known.was_read(&known.read(), chain(), &None);
        assert_eq!(known.get(chain()), Some(None));
        let write = known.write(chain());
        assert_eq!(known.get(chain()), None);
        write.done(chain(), None);
        assert_eq!(known.get(chain()), Some(None));
    }

    #[test]
    fn nothing_is_known_after_a_write_that_did_not_end_well() {
        let known = KnownPending::default();
        known.was_read(&known.read(), chain(), &None);
        drop(known.write(chain()));
        assert_eq!(known.get(chain()), None);
    }

    #[test]
    fn what_was_read_beside_a_write_is_not_kept() {
        let known = KnownPending::default();
        let before = known.read();
        let write = known.write(chain());
        let during = known.read();
        known.was_read(&before, chain(), &None);
        known.was_read(&during, chain(), &None);
        drop(write);
        known.was_read(&before, chain(), &None);
        known.was_read(&during, chain(), &None);
        assert_eq!(known.get(chain()), None);
    }
}
