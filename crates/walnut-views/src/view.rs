//! What all containers have in common.

use std::future::Future;

use crate::{Batch, HasherOutput, Store, StoreError};

/// A part of the persisted state with changes that are not saved yet.
///
/// `clone` is a checkpoint: it costs no more than the pending changes, and assigning it back undoes everything done
/// since. A checkpoint older than the last save must not be used for reads: what it does not hold in memory it reads
/// from the store, which has moved on.
pub trait View: Clone {
    /// Appends the writes that bring the store from the last save to the present contents. May be called any number
    /// of times; it changes nothing.
    fn emit(&self, batch: &mut Batch);

    /// The emitted writes have been decided: they are now part of what counts as stored. Until the store has them,
    /// reads have to go through an [`crate::Overlay`] that does.
    fn mark_saved(&mut self);

    /// Forgets all changes since the last save, memoized hashes included.
    fn rollback(&mut self);
}

/// A container with a content hash, independent of history and of storage layout.
pub trait HashView: View {
    /// SHA3-256 over the present contents, pending changes included. Does only the work that the changes since the
    /// last call make necessary.
    fn content_hash<S: Store>(&mut self, store: &S)
    -> impl Future<Output = Result<HasherOutput, StoreError>>;
}
