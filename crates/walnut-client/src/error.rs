//! What can go wrong in a client.

use walnut_base::{
    AccountOwner, BlobId, BlockHeight, CertificateError, ChainId, CryptoHash, Epoch, EventId, NodeError,
    Round,
};
use walnut_views::StoreError;

use crate::{host::SignError, local::LocalError, quorum::QuorumError};

/// An error of a client operation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ClientError {
    /// The local node refuses or lacks something.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// Validators do not agree, refuse or do not answer.
    #[error(transparent)]
    Quorum(#[from] QuorumError),
    /// One validator's answer.
    #[error("a validator answered: {0}")]
    Validator(#[from] NodeError),
    /// No signature.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A certificate's signatures are wrong or too few.
    #[error("invalid certificate: {0}")]
    Certificate(#[from] CertificateError),
    /// The block would be empty: no operations were given and the inbox has nothing to take.
    #[error("there is nothing to put into a block")]
    EmptyBlock,
    /// None of the wallet's keys may propose on the chain.
    #[error("owner {owner} may not propose on chain {chain_id}")]
    NotAnOwner {
        /// The chain.
        chain_id: ChainId,
        /// The owner.
        owner: AccountOwner,
    },
    /// The chain has no preferred owner in this wallet.
    #[error("no key is set for chain {0}")]
    NoOwner(ChainId),
    /// The round has a conflicting proposal and never times out.
    #[error("another proposal was made in {0}, and that round does not time out")]
    ConflictingProposal(Round),
    /// A block that this client signed or kept before has to wait; there is one at a time.
    #[error("another block waits at height {height} of chain {chain_id}")]
    PendingBlock {
        /// The chain.
        chain_id: ChainId,
        /// The height.
        height: BlockHeight,
    },
    /// The quorum agreed on something else than what was asked.
    #[error("validators certified block {found} instead of {expected}")]
    UnexpectedQuorum {
        /// What was proposed.
        expected: CryptoHash,
        /// What got the votes.
        found: CryptoHash,
    },
    /// No validator could give the blob.
    #[error("blob {0} cannot be found at any validator")]
    CannotDownloadBlob(BlobId),
    /// No validator could give the events.
    #[error("events cannot be found at any validator: {0:?}")]
    CannotDownloadEvents(Vec<EventId>),
    /// No validator could give the blocks.
    #[error("chain {chain_id} cannot be downloaded up to height {height}")]
    CannotDownloadCertificates {
        /// The chain.
        chain_id: ChainId,
        /// Where it should have arrived.
        height: BlockHeight,
    },
    /// The certificate's epoch is not known, even after the admin chain was synchronised.
    #[error("the committee of epoch {0} is not known")]
    UnknownEpoch(Epoch),
    /// The chain's database belongs to another network.
    #[error("the database belongs to the network with genesis {found}, not {expected}")]
    OtherNetwork {
        /// Genesis hash asked for.
        expected: CryptoHash,
        /// Genesis hash in the database.
        found: CryptoHash,
    },
    /// The database has no network yet.
    #[error("the database has no network description")]
    NoNetwork,
    /// A fast proposal must be finished and cannot be dropped: a second one could block the chain for good.
    #[error("a proposal of the fast round cannot be dropped")]
    FastProposalPending,
    /// A stored record of the client cannot be read.
    #[error("a stored record is damaged: {0}")]
    DamagedRecord(String),
    /// A loop that should have ended did not: a hostile validator keeps naming new things.
    #[error("gave up after too many attempts: {0}")]
    TooManyAttempts(&'static str),
}

impl ClientError {
    /// Whether the fault lies with this machine rather than with validators or with what was asked.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Local(error) => error.is_local(),
            Self::Store(_) | Self::OtherNetwork { .. } | Self::NoNetwork | Self::DamagedRecord(_) => true,
            _ => false,
        }
    }
}

impl From<walnut_chain::WorkerError> for ClientError {
    fn from(error: walnut_chain::WorkerError) -> Self {
        Self::Local(LocalError::from(error))
    }
}
