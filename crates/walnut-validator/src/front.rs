//! The validator as its public listener sees it: routes requests about chains to their shards, and answers reads from
//! storage.
//!
//! Storage holds what all shards have committed, so downloads need no shard. A proposal from the near future waits here,
//! where it holds nothing up (`linera-service/src/proxy/grpc.rs`, `linera-core/src/worker.rs`).

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, oneshot},
    time::{sleep, timeout},
};
use walnut_base::{
    Blob, BlobContent, BlobId, BlockHeight, ChainId, ChainInfoQuery, ChainInfoResponse, Committee,
    CryptoHash, Epoch, EventId, NetworkDescription, StreamId, TimeDelta, ValidatorPublicKey, VersionInfo,
};
use walnut_chain::{proposal_delay, records};
use walnut_execution::Committees;
use walnut_rpc::{
    Code, Status,
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleLiteCertificateRequest,
        HandlePendingBlobRequest, HandleTimeoutCertificateRequest, HandleValidatedCertificateRequest,
        PendingBlobRequest, PreviousEventBlock, RawCertificate,
    },
    server::{ServiceError, ValidatorService},
};
use walnut_storage::Durability;
use walnut_views::{Batch, StoreError};

use crate::{
    clock::now,
    committer::{Commit, Committer, Lane},
    mailbox::Mailbox,
    notifier::{Notifier, Subscription},
    poll::block_on,
    request::{ChainReply, ChainRequest},
    routing::shard_index,
    storage::ValidatorStorage,
};

/// How long a caller waits for a shard. The reference's proxy gives up after 4 s; ours leaves more room to a busy machine,
/// and as much as our own clients wait.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Blobs that are being stored for uploads at a time. Each may have the size of a message, 16 MiB.
const UPLOADS_MAX: usize = 16;

/// What is needed to reach the inside of one validator.
#[derive(Clone)]
pub struct Front {
    inner: Arc<Inner>,
}

struct Inner {
    public_key: ValidatorPublicKey,
    block_time_grace: TimeDelta,
    mailboxes: Arc<[Mailbox]>,
    storage: ValidatorStorage,
    committer: Committer,
    notifier: Arc<Notifier>,
    uploads: Semaphore,
}

impl Front {
    /// The front of shards that have been started.
    pub(crate) fn new(
        public_key: ValidatorPublicKey,
        block_time_grace: TimeDelta,
        mailboxes: Arc<[Mailbox]>,
        storage: ValidatorStorage,
        committer: Committer,
        notifier: Arc<Notifier>,
    ) -> Self {
        let inner = Inner {
            public_key,
            block_time_grace,
            mailboxes,
            storage,
            committer,
            notifier,
            uploads: Semaphore::new(UPLOADS_MAX),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The validator's key.
    pub fn public_key(&self) -> ValidatorPublicKey {
        self.inner.public_key
    }

    /// The committee of an epoch, if the validator has seen it.
    ///
    /// # Errors
    /// When storage cannot be read.
    pub fn committee(&self, epoch: Epoch) -> Result<Option<Committee>, Status> {
        let found = block_on(Committees::new().committee(&self.inner.storage, epoch));
        let found = found.map_err(|error| Status::new(Code::Internal, error.to_string()))?;
        Ok(found.map(|active| Committee::clone(&active.committee)))
    }

    /// Lets the shard of the chain handle a request.
    async fn ask(&self, request: ChainRequest) -> Result<ChainReply, ServiceError> {
        let Inner { public_key, mailboxes, .. } = &*self.inner;
        let mailbox = &mailboxes[shard_index(public_key, &request.chain_id(), mailboxes.len())];
        let unavailable = |reason: &str| ServiceError::from(Status::new(Code::Unavailable, reason));
        let exchange = async {
            let answer = mailbox.send(request).await.map_err(|_| unavailable("the shard has stopped"))?;
            answer.await.map_err(|_| unavailable("the outcome could not be stored"))?
        };
        match timeout(REQUEST_TIMEOUT, exchange).await {
            Ok(result) => result,
            Err(_) => Err(Status::deadline_exceeded(REQUEST_TIMEOUT).into()),
        }
    }

    async fn ask_info(&self, request: ChainRequest) -> Result<ChainInfoResponse, ServiceError> {
        match self.ask(request).await? {
            ChainReply::Info(response) => Ok(*response),
            ChainReply::Blob(_) | ChainReply::EventBlocks(_) => Err(unexpected_reply()),
        }
    }

    fn raw_certificate(&self, hash: CryptoHash) -> Result<Option<RawCertificate>, Status> {
        let found = read(records::read_raw_certificate(&self.inner.storage, hash))?;
        Ok(found
            .map(|(lite_certificate, confirmed_block)| RawCertificate { lite_certificate, confirmed_block }))
    }

    async fn store_blob(&self, blob: &Blob) -> Result<(), Status> {
        let closed = || Status::new(Code::Unavailable, "the blob could not be stored");
        let _place = self.inner.uploads.acquire().await.map_err(|_| closed())?;
        let mut batch = Batch::new();
        records::put_blob(&mut batch, blob);
        let (stored, outcome) = oneshot::channel();
        self.inner.committer.submit(Commit {
            // An upload builds on nothing, so a failed one does not concern the next.
            lane: Arc::new(Lane::default()),
            generation: 0,
            batch,
            durability: Durability::Relaxed,
            committed: Box::new(move |outcome| {
                if stored.send(outcome).is_err() {
                    tracing::trace!("an uploader did not wait for the outcome");
                }
            }),
        });
        match outcome.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Status::new(Code::Internal, error.to_string())),
            Err(_) => Err(closed()),
        }
    }
}

/// The output of a read, which never waits.
fn read<T>(future: impl Future<Output = Result<T, StoreError>>) -> Result<T, Status> {
    block_on(future).map_err(|error| {
        let code = match error {
            StoreError::KeyTooLong { .. } => Code::OutOfRange,
            StoreError::Backend { .. } | StoreError::Malformed { .. } => Code::Internal,
        };
        Status::new(code, error.to_string())
    })
}

fn unexpected_reply() -> ServiceError {
    Status::new(Code::Internal, "the shard answered another question").into()
}

impl ValidatorService for Front {
    type Notifications = Subscription;

    async fn handle_block_proposal(
        &self,
        request: HandleBlockProposalRequest,
    ) -> Result<ChainInfoResponse, ServiceError> {
        let delay = proposal_delay(&request.proposal, now(), self.inner.block_time_grace);
        if delay > TimeDelta::ZERO {
            sleep(delay.as_duration()).await;
        }
        self.ask_info(ChainRequest::Proposal(Box::new(request.proposal))).await
    }

    async fn handle_lite_certificate(
        &self,
        request: HandleLiteCertificateRequest,
    ) -> Result<ChainInfoResponse, ServiceError> {
        let HandleLiteCertificateRequest { certificate, wait_for_outgoing_messages } = request;
        self.ask_info(ChainRequest::Lite { certificate, wait_for_outgoing_messages }).await
    }

    async fn handle_confirmed_certificate(
        &self,
        request: HandleConfirmedCertificateRequest,
    ) -> Result<ChainInfoResponse, ServiceError> {
        let HandleConfirmedCertificateRequest { certificate, wait_for_outgoing_messages, .. } = request;
        self.ask_info(ChainRequest::Confirmed { certificate, wait_for_outgoing_messages }).await
    }

    async fn handle_validated_certificate(
        &self,
        request: HandleValidatedCertificateRequest,
    ) -> Result<ChainInfoResponse, ServiceError> {
        self.ask_info(ChainRequest::Validated(request.certificate)).await
    }

    async fn handle_timeout_certificate(
        &self,
        request: HandleTimeoutCertificateRequest,
    ) -> Result<ChainInfoResponse, ServiceError> {
        self.ask_info(ChainRequest::Timeout(request.certificate)).await
    }

    async fn handle_chain_info_query(
        &self,
        query: ChainInfoQuery,
    ) -> Result<ChainInfoResponse, ServiceError> {
        self.ask_info(ChainRequest::Query(Box::new(query))).await
    }

    async fn handle_pending_blob(
        &self,
        request: HandlePendingBlobRequest,
    ) -> Result<ChainInfoResponse, ServiceError> {
        let HandlePendingBlobRequest { chain_id, blob } = request;
        let blob = Blob::new(blob).map_err(|error| Status::new(Code::InvalidArgument, error.to_string()))?;
        self.ask_info(ChainRequest::PendingBlob { chain_id, blob }).await
    }

    async fn download_pending_blob(&self, request: PendingBlobRequest) -> Result<BlobContent, ServiceError> {
        let PendingBlobRequest { chain_id, blob_id } = request;
        match self.ask(ChainRequest::DownloadPendingBlob { chain_id, blob_id }).await? {
            ChainReply::Blob(content) => Ok(content),
            ChainReply::Info(_) | ChainReply::EventBlocks(_) => Err(unexpected_reply()),
        }
    }

    async fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: Vec<StreamId>,
    ) -> Result<Vec<PreviousEventBlock>, ServiceError> {
        match self.ask(ChainRequest::PreviousEventBlocks { chain_id, stream_ids }).await? {
            ChainReply::EventBlocks(blocks) => Ok(blocks),
            ChainReply::Info(_) | ChainReply::Blob(_) => Err(unexpected_reply()),
        }
    }

    fn subscribe(&self, chain_ids: Vec<ChainId>) -> Subscription {
        self.inner.notifier.subscribe(chain_ids)
    }

    fn version_info(&self) -> VersionInfo {
        version_info()
    }

    async fn network_description(&self) -> Result<Option<NetworkDescription>, Status> {
        read(records::read_network_description(&self.inner.storage))
    }

    async fn blob(&self, blob_id: BlobId) -> Result<Option<BlobContent>, Status> {
        Ok(read(records::read_blob(&self.inner.storage, blob_id))?.map(Blob::into_content))
    }

    async fn upload_blob(&self, content: BlobContent) -> Result<Option<BlobId>, Status> {
        let blob =
            Blob::new(content).map_err(|error| Status::new(Code::InvalidArgument, error.to_string()))?;
        let blob_id = blob.id();
        if read(records::read_blob_state(&self.inner.storage, blob_id))?.is_none() {
            return Ok(None);
        }
        self.store_blob(&blob).await?;
        Ok(Some(blob_id))
    }

    async fn missing_blob_ids(&self, blob_ids: Vec<BlobId>) -> Result<Vec<BlobId>, Status> {
        read(records::missing_blobs(&self.inner.storage, &blob_ids))
    }

    async fn blob_last_used_by(&self, blob_id: BlobId) -> Result<Option<CryptoHash>, Status> {
        let state = read(records::read_blob_state(&self.inner.storage, blob_id))?;
        Ok(state.and_then(|state| state.last_used_by))
    }

    async fn certificate(&self, hash: CryptoHash) -> Result<Option<RawCertificate>, Status> {
        self.raw_certificate(hash)
    }

    async fn certificates_by_heights(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<RawCertificate>, Status> {
        let hashes = read(records::read_hashes_by_heights(&self.inner.storage, chain_id, &heights))?;
        hashes.into_iter().flatten().filter_map(|hash| self.raw_certificate(hash).transpose()).collect()
    }

    async fn event_block_heights(&self, event_ids: Vec<EventId>) -> Result<Vec<Option<BlockHeight>>, Status> {
        let height = |event_id| read(records::read_event_height(&self.inner.storage, event_id));
        event_ids.iter().map(height).collect()
    }
}

/// The interfaces of the reference's release, served by other software.
pub fn version_info() -> VersionInfo {
    let git_commit = concat!("walnut-", env!("CARGO_PKG_VERSION")).to_owned();
    VersionInfo { git_commit, git_dirty: false, ..VersionInfo::reference() }
}
