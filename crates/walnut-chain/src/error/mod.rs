//! What can go wrong, whose fault it is, and how it looks on the wire.
//!
//! Two enums as upstream: [`ChainError`] for the rules of one chain, [`WorkerError`] for handling a request. Handlers fail
//! with a [`Failure`], which may still carry effects that have to be committed.

mod chain;
mod to_node_error;
mod worker;

pub use chain::ChainError;
pub use worker::WorkerError;

use crate::effects::Effects;

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request is to blame: any correct node would refuse it in the same state.
    Caller,
    /// This node is to blame: its storage, its state, or a broken invariant of ours.
    Local,
}

impl From<walnut_execution::Fault> for Fault {
    fn from(fault: walnut_execution::Fault) -> Self {
        match fault {
            walnut_execution::Fault::Caller => Fault::Caller,
            walnut_execution::Fault::Local => Fault::Local,
        }
    }
}

/// A failed request together with what it nevertheless changed.
///
/// A proposal that fails late has already been recorded as signed, and a certificate that lacks blobs has announced which
/// ones it needs. The host commits `effects.batch` and releases the rest of `effects` exactly as for a success.
#[derive(Debug)]
pub struct Failure {
    /// Why the request failed.
    pub error: WorkerError,
    /// What has to be committed and released anyway.
    pub effects: Effects,
}

impl Failure {
    /// A failure that changed nothing.
    pub fn new(error: impl Into<WorkerError>) -> Box<Self> {
        Box::new(Failure { error: error.into(), effects: Effects::default() })
    }
}

impl<E: Into<WorkerError>> From<E> for Box<Failure> {
    fn from(error: E) -> Self {
        Failure::new(error)
    }
}
