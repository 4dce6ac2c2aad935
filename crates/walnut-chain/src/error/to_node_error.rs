//! How errors look on the wire: the only place where they become [`NodeError`]s (`linera-core/src/node.rs`).
//!
//! Some errors keep their structure, because clients repair what they name; all others become text, which clients compare
//! by value.

use walnut_base::{CertificateError, NodeError};
use walnut_execution::{BlockError, ExecutionError};

use super::{ChainError, Failure, WorkerError};

impl From<&ChainError> for NodeError {
    fn from(error: &ChainError) -> Self {
        match error {
            ChainError::MissingCrossChainUpdates { chain_id, bundles } => {
                NodeError::MissingCrossChainUpdates { chain_id: *chain_id, bundles: bundles.clone() }
            }
            ChainError::InactiveChain(chain_id) | ChainError::Block(BlockError::InactiveChain(chain_id)) => {
                NodeError::InactiveChain(*chain_id)
            }
            ChainError::Block(BlockError::ExecutionError(inner, _)) => match &**inner {
                ExecutionError::BlobsNotFound(blob_ids) => NodeError::BlobsNotFound(blob_ids.clone()),
                ExecutionError::EventsNotFound(event_ids) => NodeError::EventsNotFound(event_ids.clone()),
                _ => NodeError::ChainError { error: error.to_string() },
            },
            ChainError::UnexpectedBlockHeight { expected_block_height, found_block_height } => {
                NodeError::UnexpectedBlockHeight {
                    expected_block_height: *expected_block_height,
                    found_block_height: *found_block_height,
                }
            }
            ChainError::WrongRound(round) => NodeError::WrongRound(*round),
            // The reference counts them before it looks at the chain.
            ChainError::TooManyPublishedBlobs(_) => NodeError::WorkerError { error: error.to_string() },
            error => NodeError::ChainError { error: error.to_string() },
        }
    }
}

impl From<&WorkerError> for NodeError {
    fn from(error: &WorkerError) -> Self {
        match error {
            WorkerError::ChainError(error) => NodeError::from(&**error),
            // The reference checks certificates on the level of chains, and says where a signature is wrong.
            WorkerError::CertificateError(CertificateError::Crypto(error)) => {
                NodeError::ChainError { error: ChainError::CryptoError(error.clone()).to_string() }
            }
            WorkerError::CertificateError(error) => NodeError::ChainError { error: error.to_string() },
            WorkerError::MissingCertificateValue => NodeError::MissingCertificateValue,
            WorkerError::BlobsNotFound(blob_ids) => NodeError::BlobsNotFound(blob_ids.clone()),
            WorkerError::EventsNotFound(event_ids) => NodeError::EventsNotFound(event_ids.clone()),
            WorkerError::UnexpectedBlockHeight { expected_block_height, found_block_height } => {
                NodeError::UnexpectedBlockHeight {
                    expected_block_height: *expected_block_height,
                    found_block_height: *found_block_height,
                }
            }
            error => NodeError::WorkerError { error: error.to_string() },
        }
    }
}

impl Failure {
    /// The error as the caller on the other side of the wire gets it. Callers that do not know the aggregated form of
    /// missing cross-chain updates need [`NodeError::downgrade_missing_cross_chain_updates`].
    pub fn to_node_error(&self) -> NodeError {
        NodeError::from(&self.error)
    }
}

#[cfg(test)]
mod tests;
