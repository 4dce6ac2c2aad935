//! What the front asks a shard, and what comes back.

use tokio::sync::oneshot;
use walnut_base::{
    Blob, BlobContent, BlobId, BlockProposal, ChainId, ChainInfoQuery, ChainInfoResponse,
    ConfirmedBlockCertificate, LiteCertificate, StreamId, TimeoutCertificate, ValidatedBlockCertificate,
};
use walnut_rpc::{convert::PreviousEventBlock, server::ServiceError};

/// A request about one chain.
#[derive(Debug)]
pub(crate) enum ChainRequest {
    /// Vote on a block.
    Proposal(Box<BlockProposal>),
    /// Process a certificate without value; optionally answer only when its messages have arrived.
    Lite { certificate: LiteCertificate, wait_for_outgoing_messages: bool },
    /// Process a confirmed block; optionally answer only when its messages have arrived.
    Confirmed { certificate: ConfirmedBlockCertificate, wait_for_outgoing_messages: bool },
    /// Process a validated block.
    Validated(ValidatedBlockCertificate),
    /// Process a leader timeout.
    Timeout(TimeoutCertificate),
    /// Answer questions.
    Query(Box<ChainInfoQuery>),
    /// Take a blob that the chain waits for.
    PendingBlob { chain_id: ChainId, blob: Blob },
    /// Hand out a blob of a proposal.
    DownloadPendingBlob { chain_id: ChainId, blob_id: BlobId },
    /// Tell which blocks last published to these streams.
    PreviousEventBlocks { chain_id: ChainId, stream_ids: Vec<StreamId> },
}

impl ChainRequest {
    /// The chain it is about.
    pub(crate) fn chain_id(&self) -> ChainId {
        match self {
            Self::Proposal(proposal) => proposal.content.block.chain_id,
            Self::Lite { certificate, .. } => certificate.value.chain_id,
            Self::Confirmed { certificate, .. } => certificate.chain_id(),
            Self::Validated(certificate) => certificate.chain_id(),
            Self::Timeout(certificate) => certificate.chain_id(),
            Self::Query(query) => query.chain_id,
            Self::PendingBlob { chain_id, .. }
            | Self::DownloadPendingBlob { chain_id, .. }
            | Self::PreviousEventBlocks { chain_id, .. } => *chain_id,
        }
    }
}

/// The answer to a [`ChainRequest`].
#[derive(Debug)]
pub(crate) enum ChainReply {
    /// To most requests.
    Info(Box<ChainInfoResponse>),
    /// To [`ChainRequest::DownloadPendingBlob`].
    Blob(BlobContent),
    /// To [`ChainRequest::PreviousEventBlocks`].
    EventBlocks(Vec<PreviousEventBlock>),
}

/// What the front gets. A dropped sender means that the shard could not store the outcome, or stops.
pub(crate) type Answer = Result<ChainReply, ServiceError>;

/// Where the answer goes.
pub(crate) type AnswerSender = oneshot::Sender<Answer>;
