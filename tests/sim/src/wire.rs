//! Requests to validators and their answers, as values that can be delayed, doubled, recorded and replayed.

use walnut_base::{
    BlobContent, BlobId, BlockHeight, BlockProposal, ChainId, ChainInfoQuery, ChainInfoResponse,
    ConfirmedBlockCertificate, CryptoHash, EventId, LiteCertificate, NodeError, StreamId, TimeoutCertificate,
    ValidatedBlockCertificate,
};

/// Every request of [`walnut_client::ValidatorNode`].
#[expect(missing_docs, reason = "the methods are described there")]
#[derive(Clone, Debug)]
pub enum Request {
    Proposal(Box<BlockProposal>),
    Lite(LiteCertificate, bool),
    Confirmed(Box<ConfirmedBlockCertificate>, bool),
    Validated(Box<ValidatedBlockCertificate>),
    Timeout(Box<TimeoutCertificate>),
    Query(Box<ChainInfoQuery>),
    PendingBlob(ChainId, BlobContent),
    DownloadPendingBlob(ChainId, BlobId),
    PreviousEvents(ChainId, Vec<StreamId>),
    UploadBlob(BlobContent),
    DownloadBlob(BlobId),
    Certificates(ChainId, Vec<BlockHeight>),
    BlobLastUsedBy(BlobId),
    MissingBlobs(Vec<BlobId>),
    EventHeights(Vec<EventId>),
}

/// What comes back.
#[expect(missing_docs, reason = "they are what the methods return")]
#[derive(Clone, Debug)]
pub enum Reply {
    Info(Box<ChainInfoResponse>),
    Blob(BlobContent),
    BlobId(BlobId),
    BlobIds(Vec<BlobId>),
    Certificate(Box<ConfirmedBlockCertificate>),
    Certificates(Vec<ConfirmedBlockCertificate>),
    Heights(Vec<Option<BlockHeight>>),
    Events(Vec<(StreamId, BlockHeight, CryptoHash)>),
}

/// A reply or a refusal.
pub type Answer = Result<Reply, NodeError>;

impl Request {
    /// The chain whose shard handles it; none when the validator answers from storage.
    pub fn chain_id(&self) -> Option<ChainId> {
        match self {
            Self::Proposal(proposal) => Some(proposal.content.block.chain_id),
            Self::Lite(certificate, _) => Some(certificate.value.chain_id),
            Self::Confirmed(certificate, _) => Some(certificate.chain_id()),
            Self::Validated(certificate) => Some(certificate.chain_id()),
            Self::Timeout(certificate) => Some(certificate.chain_id()),
            Self::Query(query) => Some(query.chain_id),
            Self::PendingBlob(chain_id, _)
            | Self::DownloadPendingBlob(chain_id, _)
            | Self::PreviousEvents(chain_id, _) => Some(*chain_id),
            _ => None,
        }
    }

    /// Whether its sender waits until messages are delivered.
    pub fn waits_for_delivery(&self) -> bool {
        matches!(self, Self::Lite(_, true) | Self::Confirmed(_, true))
    }

    /// A short name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Proposal(_) => "proposal",
            Self::Lite(..) => "lite",
            Self::Confirmed(..) => "confirmed",
            Self::Validated(_) => "validated",
            Self::Timeout(_) => "timeout",
            Self::Query(_) => "query",
            Self::PendingBlob(..) => "pending blob",
            Self::DownloadPendingBlob(..) => "download pending blob",
            Self::PreviousEvents(..) => "previous events",
            Self::UploadBlob(_) => "upload blob",
            Self::DownloadBlob(_) => "download blob",
            Self::Certificates(..) => "certificates",
            Self::BlobLastUsedBy(_) => "blob last used by",
            Self::MissingBlobs(_) => "missing blobs",
            Self::EventHeights(_) => "event heights",
        }
    }
}

/// A call failed on the way.
pub fn failed_call(reason: &str) -> NodeError {
    NodeError::GrpcError { error: reason.into() }
}
