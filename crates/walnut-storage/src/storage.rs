//! The commit trait.

use std::future::Future;

use walnut_views::{Batch, Store};

use crate::StorageError;

/// How much must have happened before a commit is reported as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// The write is atomic and ordered, but a power cut may take it back: data that can be fetched again.
    Relaxed,
    /// The write survives a power cut: votes, proposals, keys.
    Strict,
}

/// A [`Store`] that can be written to.
///
/// Writes of one batch become visible together or not at all, in the order of the batch: a `Put` after a
/// `DeletePrefix` that covers it survives. Keys are not empty (every key starts with a partition); prefixes may be. A commit that returns an error has an unknown outcome; the caller forgets
/// what it had in memory and reads again.
pub trait Storage: Store {
    /// Applies the batch atomically.
    fn commit(&self, batch: &Batch, durability: Durability)
    -> impl Future<Output = Result<(), StorageError>>;
}

impl<S: Storage> Storage for &S {
    fn commit(
        &self,
        batch: &Batch,
        durability: Durability,
    ) -> impl Future<Output = Result<(), StorageError>> {
        (**self).commit(batch, durability)
    }
}

impl<S: Storage> Storage for std::rc::Rc<S> {
    fn commit(
        &self,
        batch: &Batch,
        durability: Durability,
    ) -> impl Future<Output = Result<(), StorageError>> {
        (**self).commit(batch, durability)
    }
}
