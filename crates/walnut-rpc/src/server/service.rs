//! What a validator answers, in base types.

use std::future::Future;

use futures_core::Stream;
use walnut_base::{
    BlobContent, BlobId, BlockHeight, ChainId, ChainInfoQuery, ChainInfoResponse, CryptoHash, EventId,
    NetworkDescription, NodeError, Notification, StreamId, VersionInfo,
};

use crate::{
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleLiteCertificateRequest,
        HandlePendingBlobRequest, HandleTimeoutCertificateRequest, HandleValidatedCertificateRequest,
        PendingBlobRequest, PreviousEventBlock, RawCertificate,
    },
    status::Status,
};

/// Why a request about one chain failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceError {
    /// The chain's own answer; it travels inside a successful response.
    Node(NodeError),
    /// The request did not get an answer from its chain (shard unreachable); a gRPC status.
    Status(Status),
}

impl From<NodeError> for ServiceError {
    fn from(error: NodeError) -> Self {
        Self::Node(error)
    }
}

impl From<Status> for ServiceError {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// A validator as its public listener sees it. [`Adapter`](super::Adapter) turns it into the gRPC service and takes care of
/// decoding and its errors, chain routing checks, in-band errors and their older forms, fill limits and `NotFound` texts.
///
/// A future is dropped when its client goes away; work that must finish belongs to a task of the validator.
pub trait ValidatorService: Send + Sync + 'static {
    /// The notifications of one subscriber. It may end only when the validator shuts down; how much it buffers for a slow
    /// subscriber is the validator's choice.
    type Notifications: Stream<Item = Notification> + Send + 'static;

    /// Votes on a block.
    fn handle_block_proposal(
        &self,
        request: HandleBlockProposalRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send;

    /// Processes a certificate without value.
    fn handle_lite_certificate(
        &self,
        request: HandleLiteCertificateRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send;

    /// Processes a confirmed block.
    fn handle_confirmed_certificate(
        &self,
        request: HandleConfirmedCertificateRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send;

    /// Processes a validated block.
    fn handle_validated_certificate(
        &self,
        request: HandleValidatedCertificateRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send;

    /// Processes a leader timeout.
    fn handle_timeout_certificate(
        &self,
        request: HandleTimeoutCertificateRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send;

    /// Answers questions about a chain.
    fn handle_chain_info_query(
        &self,
        query: ChainInfoQuery,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send;

    /// Takes a blob that a chain waits for.
    fn handle_pending_blob(
        &self,
        request: HandlePendingBlobRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send;

    /// A blob of a chain's proposal or locking block, or from storage; `BlobsNotFound` otherwise.
    fn download_pending_blob(
        &self,
        request: PendingBlobRequest,
    ) -> impl Future<Output = Result<BlobContent, ServiceError>> + Send;

    /// For each stream with events, the last block that published to it. Errors become `Internal`.
    fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: Vec<StreamId>,
    ) -> impl Future<Output = Result<Vec<PreviousEventBlock>, ServiceError>> + Send;

    /// Registers a subscriber, also for chains the validator does not know. Must not wait.
    fn subscribe(&self, chain_ids: Vec<ChainId>) -> Self::Notifications;

    /// The release to advertise.
    fn version_info(&self) -> VersionInfo;

    /// The network; `None` before its genesis is stored.
    fn network_description(&self) -> impl Future<Output = Result<Option<NetworkDescription>, Status>> + Send;

    /// A blob's content.
    fn blob(&self, blob_id: BlobId) -> impl Future<Output = Result<Option<BlobContent>, Status>> + Send;

    /// Stores a blob that some certificate refers to; `None` if none does.
    fn upload_blob(
        &self,
        content: BlobContent,
    ) -> impl Future<Output = Result<Option<BlobId>, Status>> + Send;

    /// The blobs whose content is not stored, in request order.
    fn missing_blob_ids(
        &self,
        blob_ids: Vec<BlobId>,
    ) -> impl Future<Output = Result<Vec<BlobId>, Status>> + Send;

    /// Hash of the block that last used a blob.
    fn blob_last_used_by(
        &self,
        blob_id: BlobId,
    ) -> impl Future<Output = Result<Option<CryptoHash>, Status>> + Send;

    /// A certificate by its block's hash.
    fn certificate(
        &self,
        hash: CryptoHash,
    ) -> impl Future<Output = Result<Option<RawCertificate>, Status>> + Send;

    /// Certificates of one chain in request order, without unknown heights. Called with at most
    /// [`CERTIFICATES_PER_READ_MAX`](crate::limits::CERTIFICATES_PER_READ_MAX) heights at a time.
    fn certificates_by_heights(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> impl Future<Output = Result<Vec<RawCertificate>, Status>> + Send;

    /// For each event, the height of the block that published it, from the index; same length and order.
    fn event_block_heights(
        &self,
        event_ids: Vec<EventId>,
    ) -> impl Future<Output = Result<Vec<Option<BlockHeight>>, Status>> + Send;
}
