//! Errors as nodes tell them to each other. Bincode; variant numbers matter.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{BlobId, BlockHeight, ChainId, CryptoHash, EventId, Round, ValidatorPublicKey};

/// An error on the wire (`linera-core/src/node.rs`). Clients compare these by value, so text must not vary by machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error, Serialize, Deserialize)]
pub enum NodeError {
    /// A key or signature.
    #[error("Cryptographic error: {error}")]
    CryptoError {
        /// The text.
        error: String,
    },
    /// A sum or difference.
    #[error("Arithmetic error: {error}")]
    ArithmeticError {
        /// The text.
        error: String,
    },
    /// Storage.
    #[error("Error while accessing storage: {error}")]
    ViewError {
        /// The text.
        error: String,
    },
    /// The chain refuses.
    #[error("Chain error: {error}")]
    ChainError {
        /// The text. `Corrupted chain state` in it stops block exporters.
        error: String,
    },
    /// The worker refuses.
    #[error("Worker error: {error}")]
    WorkerError {
        /// The text. An invalid timestamp carries `[us:<block µs>:<local µs>]`; see [`NodeError::timestamps`].
        error: String,
    },
    /// The chain has no description here.
    #[error("The chain {0} is not active in validator")]
    InactiveChain(ChainId),
    /// The round has passed or is yet to come.
    #[error("Round number should be {0:?}")]
    WrongRound(Round),
    /// The block does not continue the chain.
    #[error(
        "Chain is expecting a next block at height {expected_block_height} but the given block is at height {found_block_height} instead"
    )]
    UnexpectedBlockHeight {
        /// The next height.
        expected_block_height: BlockHeight,
        /// The block's height.
        found_block_height: BlockHeight,
    },
    /// A received message has not arrived. Superseded by [`NodeError::MissingCrossChainUpdates`].
    #[error(
        "Cannot vote for block proposal of chain {chain_id} because a message from chain {origin} at height {height} has not been received yet"
    )]
    MissingCrossChainUpdate {
        /// The receiving chain.
        chain_id: ChainId,
        /// The sending chain.
        origin: ChainId,
        /// Height of the sending block.
        height: BlockHeight,
    },
    /// Blobs are missing.
    #[error("Blobs not found: {0:?}")]
    BlobsNotFound(Vec<BlobId>),
    /// Events are missing.
    #[error("Events not found: {0:?}")]
    EventsNotFound(Vec<EventId>),
    /// A lite certificate's value is unknown.
    #[error("We don't have the value for the certificate.")]
    MissingCertificateValue,
    /// Certificates are missing.
    #[error("Response doesn't contain requested certificates: {0:?}")]
    MissingCertificates(Vec<CryptoHash>),
    /// The answer has no vote.
    #[error("Validator's response to block proposal failed to include a vote when trying to {0}")]
    MissingVoteInValidatorResponse(String),
    /// The answer does not check.
    #[error("The received chain info response is invalid")]
    InvalidChainInfoResponse,
    /// The certificate is for something else.
    #[error("Unexpected certificate value")]
    UnexpectedCertificateValue,
    /// Bytes do not decode.
    #[error("Invalid decoding")]
    InvalidDecoding,
    /// A message of the wrong kind.
    #[error("Unexpected message")]
    UnexpectedMessage,
    /// gRPC.
    #[error("Grpc error: {error}")]
    GrpcError {
        /// The text.
        error: String,
    },
    /// Input or output on the client's side.
    #[error("Network error while querying service: {error}")]
    ClientIoError {
        /// The text.
        error: String,
    },
    /// A network address is malformed.
    #[error("Failed to resolve validator address: {address}")]
    CannotResolveValidatorAddress {
        /// The address.
        address: String,
    },
    /// The transport has no subscriptions.
    #[error("Subscription error due to incorrect transport. Was expecting gRPC, instead found: {transport}")]
    SubscriptionError {
        /// The transport.
        transport: String,
    },
    /// A subscription failed.
    #[error("Failed to subscribe; tonic status: {status}")]
    SubscriptionFailed {
        /// The status.
        status: String,
    },
    /// The certificate has nothing to do with the blob.
    #[error("Node failed to provide a 'last used by' certificate for the blob: {0}")]
    InvalidCertificateForBlob(BlobId),
    /// A list of missing blobs has duplicates.
    #[error("Node returned a BlobsNotFound error with duplicates")]
    DuplicatesInBlobsNotFound,
    /// A list of missing blobs names blobs that are not needed.
    #[error("Node returned a BlobsNotFound error with unexpected blob IDs")]
    UnexpectedEntriesInBlobsNotFound,
    /// Other certificates than asked for.
    #[error("Node returned certificates {returned:?}, but we requested {requested:?}")]
    UnexpectedCertificates {
        /// What came.
        returned: Vec<CryptoHash>,
        /// What was asked for.
        requested: Vec<CryptoHash>,
    },
    /// A list of missing blobs is empty.
    #[error("Node returned a BlobsNotFound error with an empty list of missing blob IDs")]
    EmptyBlobsNotFound,
    /// The client failed on the answer.
    #[error("Local error handling validator response: {error}")]
    ResponseHandlingError {
        /// The text.
        error: String,
    },
    /// Certificates at heights are missing.
    #[error("Missing certificates for chain {chain_id} in heights {heights:?}")]
    MissingCertificatesByHeights {
        /// The chain.
        chain_id: ChainId,
        /// The heights.
        heights: Vec<BlockHeight>,
    },
    /// More certificates than asked for.
    #[error("Too many certificates returned for chain {chain_id} from {remote_node}")]
    TooManyCertificatesReturned {
        /// The chain.
        chain_id: ChainId,
        /// Who sent them.
        remote_node: Box<ValidatorPublicKey>,
    },
    /// Received messages have not arrived.
    #[error(
        "Cannot vote for block proposal of chain {chain_id} because messages have not been received yet: {bundles:?}"
    )]
    MissingCrossChainUpdates {
        /// The receiving chain.
        chain_id: ChainId,
        /// Sending chains and heights of the sending blocks.
        bundles: Vec<(ChainId, BlockHeight)>,
    },
}

impl NodeError {
    /// Whether a healthy validator may answer so: the client can repair it.
    pub const fn is_expected(&self) -> bool {
        matches!(
            self,
            Self::InactiveChain(_)
                | Self::WrongRound(_)
                | Self::UnexpectedBlockHeight { .. }
                | Self::MissingCrossChainUpdate { .. }
                | Self::BlobsNotFound(_)
                | Self::EventsNotFound(_)
                | Self::MissingCertificateValue
                | Self::MissingCrossChainUpdates { .. }
        )
    }

    /// For clients that do not know [`NodeError::MissingCrossChainUpdates`]: the first entry only.
    pub fn downgrade_missing_cross_chain_updates(self) -> Self {
        match self {
            Self::MissingCrossChainUpdates { chain_id, bundles } => match bundles.first() {
                Some((origin, height)) => {
                    Self::MissingCrossChainUpdate { chain_id, origin: *origin, height: *height }
                }
                None => Self::ChainError { error: "missing cross-chain updates".to_owned() },
            },
            error => error,
        }
    }

    /// The marker that an invalid-timestamp error must contain: block and local time in microseconds.
    pub fn timestamp_marker(block_micros: u64, local_micros: u64) -> String {
        format!("[us:{block_micros}:{local_micros}]")
    }

    /// Reads the marker: (block, local) time in microseconds.
    pub fn timestamps(&self) -> Option<(u64, u64)> {
        let Self::WorkerError { error } = self else { return None };
        let (_, rest) = error.split_once("[us:")?;
        let (marker, _) = rest.split_once(']')?;
        let (block, local) = marker.split_once(':')?;
        Some((block.parse().ok()?, local.parse().ok()?))
    }
}
