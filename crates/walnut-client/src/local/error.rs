//! Errors of the local node.

use walnut_base::{BlobId, BlockHeight, ChainId, EventId, NodeError};
use walnut_chain::{ChainError, Fault, WorkerError};
use walnut_execution::BlockError;
use walnut_views::StoreError;

/// Why the local node did not do what was asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LocalError {
    /// The rules say no, or something is missing.
    #[error(transparent)]
    Worker(Box<WorkerError>),
    /// The result could not be stored; nothing of it counts.
    #[error("the result could not be stored: {0}")]
    Commit(StoreError),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What has to be fetched before the same request can succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Blobs.
    Blobs(Vec<BlobId>),
    /// Events.
    Events(Vec<EventId>),
    /// Messages of these blocks.
    Bundles(Vec<(ChainId, BlockHeight)>),
}

impl LocalError {
    /// What is missing, if that is the reason.
    pub fn missing(&self) -> Option<Missing> {
        let Self::Worker(error) = self else { return None };
        match NodeError::from(&**error) {
            NodeError::BlobsNotFound(blob_ids) => Some(Missing::Blobs(blob_ids)),
            NodeError::EventsNotFound(event_ids) => Some(Missing::Events(event_ids)),
            NodeError::MissingCrossChainUpdates { bundles, .. } => Some(Missing::Bundles(bundles)),
            _ => None,
        }
    }

    /// Whether the fault lies with this machine rather than with what was asked.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Worker(error) => error.fault() == Fault::Local,
            Self::Commit(_) | Self::Store(_) => true,
        }
    }

    /// Whether a block takes another message than the one that waits. Of a confirmed block that is this machine's fault, of
    /// a proposal the proposer's.
    pub(crate) fn is_unexpected_message(&self) -> bool {
        let Self::Worker(error) = self else { return false };
        matches!(error.as_chain_error(), Some(ChainError::UnexpectedMessage { .. }))
    }

    /// Whether the block would have been empty.
    pub fn is_empty_block(&self) -> bool {
        let Self::Worker(error) = self else { return false };
        let WorkerError::ChainError(error) = &**error else { return false };
        matches!(**error, ChainError::Block(BlockError::EmptyBlock))
    }
}

impl From<WorkerError> for LocalError {
    fn from(error: WorkerError) -> Self {
        Self::Worker(Box::new(error))
    }
}
