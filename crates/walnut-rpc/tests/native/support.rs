//! A validator that answers what the test says.

use std::{
    collections::BTreeMap,
    fs,
    future::Future,
    net::SocketAddr,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_core::Stream;
use futures_util::stream;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tonic::transport::{Channel, Endpoint};
use walnut_base::{
    BlobContent, BlobId, BlobType, BlockHeight, ChainId, ChainInfo, ChainInfoQuery, ChainInfoResponse,
    ChainManagerInfo, ConfirmedBlockCertificate, CryptoHash, EventId, NetworkDescription, NodeError,
    Notification, Secp256k1SecretKey, StreamId, Timestamp, VersionInfo, encoding,
};
use walnut_rpc::{
    Deadlines, Options, RetryPolicy, Status,
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleLiteCertificateRequest,
        HandlePendingBlobRequest, HandleTimeoutCertificateRequest, HandleValidatedCertificateRequest,
        PendingBlobRequest, PreviousEventBlock, RawCertificate,
    },
    native::NativeNode,
    server::{ServeError, ServiceError, ValidatorService, serve},
};

pub(crate) fn hash(byte: u8) -> CryptoHash {
    CryptoHash::from([byte; 32])
}

pub(crate) fn chain(byte: u8) -> ChainId {
    ChainId(hash(byte))
}

pub(crate) fn blob_id(byte: u8) -> BlobId {
    BlobId::new(hash(byte), BlobType::Data)
}

/// The certificates of one recorded chain, by height.
pub(crate) fn recorded() -> Vec<ConfirmedBlockCertificate> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/golden/no-fees/chains");
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let longest = folders.max_by_key(|path| fs::read_dir(path).unwrap().count()).unwrap();
    let mut paths: Vec<_> = fs::read_dir(longest).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "bcs"));
    paths.sort();
    let decode = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        encoding::from_bcs(&bytes, bytes.len()).unwrap()
    };
    paths.iter().map(decode).collect()
}

pub(crate) fn chain_info() -> ChainInfoResponse {
    let info = ChainInfo {
        chain_id: chain(1),
        epoch: walnut_base::Epoch(0),
        description: None,
        manager: Box::new(ChainManagerInfo::default()),
        chain_balance: walnut_base::Amount::ONE,
        block_hash: None,
        timestamp: Timestamp::from(5),
        next_block_height: BlockHeight(0),
        state_hash: None,
        requested_owner_balance: None,
        requested_committees: None,
        requested_pending_message_bundles: vec![],
        requested_sent_certificate_hashes: vec![],
        count_received_log: 0,
        requested_received_log: vec![],
    };
    ChainInfoResponse::new(info, Some(&Secp256k1SecretKey::from_bytes(&[1; 32]).unwrap()))
}

/// A request that reached the service.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a handful in a test")]
pub(crate) enum Received {
    Proposal(HandleBlockProposalRequest),
    Lite(HandleLiteCertificateRequest),
    Confirmed(HandleConfirmedCertificateRequest),
    Validated(HandleValidatedCertificateRequest),
    Timeout(HandleTimeoutCertificateRequest),
    Query(ChainInfoQuery),
    PendingBlob(HandlePendingBlobRequest),
}

/// What the service says and heard.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) received: Vec<Received>,
    /// Answer to the next handle requests; the chain info if there is none.
    pub(crate) answer: Option<ServiceError>,
    /// Fail this many requests with `Unavailable` first.
    pub(crate) failures: u32,
    /// Never answer.
    pub(crate) hang: bool,
    pub(crate) blobs: BTreeMap<BlobId, BlobContent>,
    pub(crate) last_used: BTreeMap<BlobId, CryptoHash>,
    pub(crate) certificates: Vec<ConfirmedBlockCertificate>,
    /// Pretended extra size of every raw certificate, in bytes.
    pub(crate) padding: usize,
    pub(crate) reads: Vec<usize>,
    pub(crate) network: Option<NetworkDescription>,
    pub(crate) subscribers: Vec<(Vec<ChainId>, mpsc::UnboundedSender<Notification>)>,
}

#[derive(Default)]
pub(crate) struct TestService {
    pub(crate) state: Mutex<State>,
}

impl TestService {
    pub(crate) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    async fn handle(&self, received: Received) -> Result<ChainInfoResponse, ServiceError> {
        let hang = {
            let mut state = self.state.lock().unwrap();
            state.received.push(received);
            if state.failures > 0 {
                state.failures -= 1;
                return Err(Status::new(walnut_rpc::Code::Unavailable, "shard").into());
            }
            state.hang
        };
        if hang {
            std::future::pending::<()>().await;
        }
        match self.state.lock().unwrap().answer.clone() {
            Some(error) => Err(error),
            None => Ok(chain_info()),
        }
    }
}

impl ValidatorService for TestService {
    type Notifications = Pin<Box<dyn Stream<Item = Notification> + Send>>;

    fn handle_block_proposal(
        &self,
        request: HandleBlockProposalRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send {
        self.handle(Received::Proposal(request))
    }

    fn handle_lite_certificate(
        &self,
        request: HandleLiteCertificateRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send {
        self.handle(Received::Lite(request))
    }

    fn handle_confirmed_certificate(
        &self,
        request: HandleConfirmedCertificateRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send {
        self.handle(Received::Confirmed(request))
    }

    fn handle_validated_certificate(
        &self,
        request: HandleValidatedCertificateRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send {
        self.handle(Received::Validated(request))
    }

    fn handle_timeout_certificate(
        &self,
        request: HandleTimeoutCertificateRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send {
        self.handle(Received::Timeout(request))
    }

    fn handle_chain_info_query(
        &self,
        query: ChainInfoQuery,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send {
        self.handle(Received::Query(query))
    }

    fn handle_pending_blob(
        &self,
        request: HandlePendingBlobRequest,
    ) -> impl Future<Output = Result<ChainInfoResponse, ServiceError>> + Send {
        self.handle(Received::PendingBlob(request))
    }

    async fn download_pending_blob(&self, request: PendingBlobRequest) -> Result<BlobContent, ServiceError> {
        let blob = self.state.lock().unwrap().blobs.get(&request.blob_id).cloned();
        blob.ok_or_else(|| NodeError::BlobsNotFound(vec![request.blob_id]).into())
    }

    async fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: Vec<StreamId>,
    ) -> Result<Vec<PreviousEventBlock>, ServiceError> {
        if chain_id != chain(1) {
            return Err(NodeError::InactiveChain(chain_id).into());
        }
        let block =
            |stream_id| PreviousEventBlock { stream_id, block_height: BlockHeight(4), crypto_hash: hash(4) };
        Ok(stream_ids.into_iter().take(1).map(block).collect())
    }

    fn subscribe(&self, chain_ids: Vec<ChainId>) -> Self::Notifications {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.set(|state| state.subscribers.push((chain_ids, sender)));
        Box::pin(stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|notification| (notification, receiver))
        }))
    }

    fn version_info(&self) -> VersionInfo {
        VersionInfo::reference()
    }

    async fn network_description(&self) -> Result<Option<NetworkDescription>, Status> {
        Ok(self.state.lock().unwrap().network.clone())
    }

    async fn blob(&self, blob_id: BlobId) -> Result<Option<BlobContent>, Status> {
        Ok(self.state.lock().unwrap().blobs.get(&blob_id).cloned())
    }

    async fn upload_blob(&self, content: BlobContent) -> Result<Option<BlobId>, Status> {
        let blob_id = walnut_base::Blob::new(content).unwrap().id();
        Ok(self.state.lock().unwrap().last_used.contains_key(&blob_id).then_some(blob_id))
    }

    async fn missing_blob_ids(&self, mut blob_ids: Vec<BlobId>) -> Result<Vec<BlobId>, Status> {
        blob_ids.retain(|blob_id| !self.state.lock().unwrap().blobs.contains_key(blob_id));
        Ok(blob_ids)
    }

    async fn blob_last_used_by(&self, blob_id: BlobId) -> Result<Option<CryptoHash>, Status> {
        Ok(self.state.lock().unwrap().last_used.get(&blob_id).copied())
    }

    async fn certificate(&self, hash: CryptoHash) -> Result<Option<RawCertificate>, Status> {
        let state = self.state.lock().unwrap();
        Ok(state.certificates.iter().find(|certificate| certificate.hash() == hash).map(RawCertificate::from))
    }

    async fn certificates_by_heights(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<RawCertificate>, Status> {
        let mut state = self.state.lock().unwrap();
        state.reads.push(heights.len());
        let padding = state.padding;
        let mut found = Vec::new();
        for height in heights {
            let matches = |certificate: &&ConfirmedBlockCertificate| {
                certificate.chain_id() == chain_id && certificate.height() == height
            };
            if let Some(certificate) = state.certificates.iter().find(matches) {
                let mut raw = RawCertificate::from(certificate);
                raw.confirmed_block.resize(raw.confirmed_block.len() + padding, 0);
                found.push(raw);
            }
        }
        Ok(found)
    }

    async fn event_block_heights(&self, event_ids: Vec<EventId>) -> Result<Vec<Option<BlockHeight>>, Status> {
        let height = |event_id: EventId| (event_id.index > 0).then_some(BlockHeight(event_id.index.into()));
        Ok(event_ids.into_iter().map(height).collect())
    }
}

/// A running test validator on a port of its own.
pub(crate) struct TestServer {
    pub(crate) service: Arc<TestService>,
    pub(crate) address: SocketAddr,
    shutdown: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        let service = Arc::new(TestService::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, signal) = oneshot::channel();
        let task = tokio::spawn(serve(Arc::clone(&service), listener, async {
            drop(signal.await);
        }));
        Self { service, address, shutdown, task }
    }

    /// A client that tries once.
    pub(crate) fn node(&self) -> NativeNode {
        self.node_with(Options { deadlines: Deadlines::default(), retry: RetryPolicy::NONE })
    }

    pub(crate) fn node_with(&self, options: Options) -> NativeNode {
        NativeNode::new(&format!("grpc:{}", self.address), options).unwrap()
    }

    /// A plain channel for generated clients.
    pub(crate) async fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut State)) {
        self.service.set(change);
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.service.state.lock().unwrap().received.clone()
    }

    /// Ends subscriptions and the server.
    pub(crate) async fn stop(self) {
        self.service.set(|state| state.subscribers.clear());
        self.shutdown.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

/// A client with a short deadline and no patience.
pub(crate) fn impatient(deadline: Duration) -> Options {
    let deadlines = Deadlines { connect: deadline, request: deadline, transfer: deadline };
    Options { deadlines, retry: RetryPolicy::NONE }
}

/// The text of a `GrpcError`.
pub(crate) fn grpc_error<T: std::fmt::Debug>(result: Result<T, NodeError>) -> String {
    match result {
        Err(NodeError::GrpcError { error }) => error,
        other => panic!("expected a GrpcError, found {other:?}"),
    }
}
