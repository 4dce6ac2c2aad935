//! Errors of handling a request. Variant names and texts follow `linera-core/src/worker.rs`.

use walnut_base::{
    AccountOwner, ArithmeticError, BlobId, BlockHeight, CertificateError, ChainId, CryptoError, CryptoHash,
    Epoch, EventId, ProposalError, TimeDelta, Timestamp,
};
use walnut_execution::{BlockError, ExecutionError};
use walnut_views::StoreError;

use super::{ChainError, Fault};

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)] // the texts say it
pub enum WorkerError {
    #[error(transparent)]
    CryptoError(#[from] CryptoError),
    #[error(transparent)]
    ArithmeticError(#[from] ArithmeticError),
    #[error(transparent)]
    StoreError(#[from] StoreError),
    #[error(transparent)]
    ChainError(Box<ChainError>),
    #[error(transparent)]
    BcsError(#[from] bcs::Error),
    #[error(transparent)]
    CertificateError(#[from] CertificateError),
    #[error("Block was not signed by an authorized owner")]
    InvalidOwner,
    #[error("Operations in the block are not authenticated by the proper owner: {0}")]
    InvalidSigner(AccountOwner),
    #[error(
        "Chain is expecting a next block at height {expected_block_height} but the given block is at height {found_block_height} instead"
    )]
    UnexpectedBlockHeight { expected_block_height: BlockHeight, found_block_height: BlockHeight },
    #[error("Unexpected epoch {epoch}: chain {chain_id} is at {chain_epoch}")]
    InvalidEpoch { chain_id: ChainId, chain_epoch: Epoch, epoch: Epoch },
    #[error("Events not found: {0:?}")]
    EventsNotFound(Vec<EventId>),
    #[error("The block proposal is invalid: {0}")]
    InvalidBlockProposal(ProposalError),
    #[error("The block does not contain the hash that we expected for the previous block")]
    InvalidBlockChaining,
    /// Clients parse the marker `[us:…:…]`.
    #[error("Block timestamp ({block_timestamp}) is further in the future from local time ({local_time}) than block time grace period ({block_time_grace_period:?}) [us:{}:{}]", block_timestamp.micros(), local_time.micros())]
    InvalidTimestamp { block_timestamp: Timestamp, local_time: Timestamp, block_time_grace_period: TimeDelta },
    #[error("We don't have the value for the certificate.")]
    MissingCertificateValue,
    #[error("The hash certificate doesn't match its value.")]
    InvalidLiteCertificate,
    #[error("Fast blocks cannot query oracles")]
    FastBlockUsingOracles,
    #[error("Blobs not found: {0:?}")]
    BlobsNotFound(Vec<BlobId>),
    #[error("Blob was not required by any pending block")]
    UnexpectedBlob,
    #[error("Certificates are in confirmed_log but not in storage: {0:?}")]
    ReadCertificatesError(Vec<CryptoHash>),
    #[error("Invalid cross-chain request")]
    InvalidCrossChainRequest,
    #[error("Fallback mode is not available on this network")]
    NoFallbackMode,
}

impl From<ChainError> for WorkerError {
    fn from(error: ChainError) -> Self {
        WorkerError::ChainError(Box::new(error))
    }
}

impl From<BlockError> for WorkerError {
    fn from(error: BlockError) -> Self {
        ChainError::from(error).into()
    }
}

impl WorkerError {
    /// An execution error outside any transaction.
    pub(crate) fn execution(error: ExecutionError) -> Self {
        ChainError::execution(error).into()
    }

    /// The chain error inside, if it is one.
    pub fn as_chain_error(&self) -> Option<&ChainError> {
        match self {
            WorkerError::ChainError(error) => Some(error),
            _ => None,
        }
    }

    /// Whose fault it is. No catch-all arm: a new error must be judged.
    pub fn fault(&self) -> Fault {
        match self {
            WorkerError::ChainError(error) => error.fault(),
            WorkerError::StoreError(_) | WorkerError::BcsError(_) | WorkerError::ReadCertificatesError(_) => {
                Fault::Local
            }
            WorkerError::CryptoError(_)
            | WorkerError::ArithmeticError(_)
            | WorkerError::CertificateError(_)
            | WorkerError::InvalidOwner
            | WorkerError::InvalidSigner(_)
            | WorkerError::UnexpectedBlockHeight { .. }
            | WorkerError::InvalidEpoch { .. }
            | WorkerError::EventsNotFound(_)
            | WorkerError::InvalidBlockProposal(_)
            | WorkerError::InvalidBlockChaining
            | WorkerError::InvalidTimestamp { .. }
            | WorkerError::MissingCertificateValue
            | WorkerError::InvalidLiteCertificate
            | WorkerError::FastBlockUsingOracles
            | WorkerError::BlobsNotFound(_)
            | WorkerError::UnexpectedBlob
            | WorkerError::InvalidCrossChainRequest
            | WorkerError::NoFallbackMode => Fault::Caller,
        }
    }
}
