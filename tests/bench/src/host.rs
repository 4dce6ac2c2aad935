//! A native wallet: keys and chains in memory, validators over HTTP/2.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use walnut_base::{
    AccountOwner, AccountSecretKey, AccountSignature, BlobContent, BlobId, BlockHeight, BlockProposal,
    ChainId, ChainInfoQuery, ConfirmedBlockCertificate, CryptoHash, EventId, LiteCertificate, NodeError,
    ProposalContent, StreamId, TimeoutCertificate, Timestamp, ValidatedBlockCertificate, ValidatorPublicKey,
};
use walnut_client::{Answer, Durability, Host, SignError, ValidatorNode};
use walnut_execution::UnsupportedApplications;
use walnut_rpc::native::NativeNode;
use walnut_storage::MemoryStorage;
use walnut_views::{Batch, StoreError};

/// Connections by address: the wallets of one process share them.
pub(crate) type Connections = Rc<RefCell<BTreeMap<String, Remote>>>;

/// One wallet.
pub(crate) struct Wallet {
    storage: MemoryStorage,
    connections: Connections,
    key: Option<(AccountOwner, Rc<AccountSecretKey>)>,
}

impl Wallet {
    /// An empty wallet with at most one key.
    pub(crate) fn new(connections: &Connections, key: Option<Rc<AccountSecretKey>>) -> Self {
        let key = key.map(|key| (key.owner(), key));
        Self { storage: MemoryStorage::new(), connections: Rc::clone(connections), key }
    }
}

impl Host for Wallet {
    type Store = MemoryStorage;
    type Remote = Remote;
    type Applications = UnsupportedApplications;

    fn applications(&self) -> UnsupportedApplications {
        UnsupportedApplications
    }

    fn store(&self) -> &MemoryStorage {
        &self.storage
    }

    async fn commit(&self, batch: &Batch, _: Durability) -> Result<(), StoreError> {
        Ok(self.storage.commit_now(batch)?)
    }

    fn remote(&self, _: &ValidatorPublicKey, address: &str) -> Result<Remote, NodeError> {
        let mut connections = self.connections.borrow_mut();
        if let Some(remote) = connections.get(address) {
            return Ok(remote.clone());
        }
        let remote = Remote(Rc::new(NativeNode::new(address, walnut_rpc::Options::default())?));
        connections.insert(address.to_owned(), remote.clone());
        Ok(remote)
    }

    fn now(&self) -> Timestamp {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX))
    }

    async fn sleep_until(&self, time: Timestamp) {
        tokio::time::sleep(Duration::from_micros(time.delta_since(self.now()).as_micros())).await;
    }

    fn has_key(&self, owner: &AccountOwner) -> bool {
        self.key.as_ref().is_some_and(|(known, _)| known == owner)
    }

    async fn sign(
        &self,
        owner: AccountOwner,
        content: &ProposalContent,
    ) -> Result<AccountSignature, SignError> {
        match &self.key {
            Some((known, key)) if *known == owner => Ok(key.sign(content)),
            _ => Err(SignError::NoKey(owner)),
        }
    }
}

/// One validator.
#[derive(Clone)]
pub(crate) struct Remote(Rc<NativeNode>);

impl ValidatorNode for Remote {
    async fn handle_block_proposal(&self, proposal: BlockProposal) -> Answer {
        self.0.handle_block_proposal(&proposal).await
    }

    async fn handle_lite_certificate(&self, certificate: LiteCertificate, wait: bool) -> Answer {
        self.0.handle_lite_certificate(&certificate, wait).await
    }

    async fn handle_confirmed_certificate(
        &self,
        certificate: ConfirmedBlockCertificate,
        wait: bool,
    ) -> Answer {
        self.0.handle_confirmed_certificate(&certificate, wait).await
    }

    async fn handle_validated_certificate(&self, certificate: ValidatedBlockCertificate) -> Answer {
        self.0.handle_validated_certificate(&certificate).await
    }

    async fn handle_timeout_certificate(&self, certificate: TimeoutCertificate) -> Answer {
        self.0.handle_timeout_certificate(&certificate).await
    }

    async fn handle_chain_info_query(&self, query: ChainInfoQuery) -> Answer {
        self.0.handle_chain_info_query(&query).await
    }

    async fn download_pending_blob(
        &self,
        chain_id: ChainId,
        blob_id: BlobId,
    ) -> Result<BlobContent, NodeError> {
        self.0.download_pending_blob(chain_id, blob_id).await
    }

    async fn handle_pending_blob(&self, chain_id: ChainId, content: BlobContent) -> Answer {
        self.0.handle_pending_blob(chain_id, &content).await
    }

    async fn upload_blob(&self, content: BlobContent) -> Result<BlobId, NodeError> {
        self.0.upload_blob(&content).await
    }

    async fn download_blob(&self, blob_id: BlobId) -> Result<BlobContent, NodeError> {
        self.0.download_blob(blob_id).await
    }

    async fn download_certificates_by_heights(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<ConfirmedBlockCertificate>, NodeError> {
        self.0.download_raw_certificates_by_heights(chain_id, &heights).await
    }

    async fn blob_last_used_by_certificate(
        &self,
        blob_id: BlobId,
    ) -> Result<ConfirmedBlockCertificate, NodeError> {
        self.0.blob_last_used_by_certificate(blob_id).await
    }

    async fn missing_blob_ids(&self, blob_ids: Vec<BlobId>) -> Result<Vec<BlobId>, NodeError> {
        self.0.missing_blob_ids(&blob_ids).await
    }

    async fn event_block_heights(
        &self,
        event_ids: Vec<EventId>,
    ) -> Result<Vec<Option<BlockHeight>>, NodeError> {
        self.0.event_block_heights(&event_ids).await
    }

    async fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: Vec<StreamId>,
    ) -> Result<Vec<(StreamId, BlockHeight, CryptoHash)>, NodeError> {
        let blocks = self.0.previous_event_blocks(chain_id, &stream_ids).await?;
        Ok(blocks.into_iter().map(|(stream, (height, hash))| (stream, height, hash)).collect())
    }
}
