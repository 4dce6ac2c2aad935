//! What a wallet's client sees of the world: a disk, a clock, keys, and connections to validators.

use std::rc::Rc;

use walnut_base::{
    AccountOwner, BlobContent, BlobId, BlockHeight, BlockProposal, ChainId, ChainInfoQuery,
    ConfirmedBlockCertificate, CryptoHash, EventId, LiteCertificate, NodeError, ProposalContent, StreamId,
    TimeoutCertificate, Timestamp, ValidatedBlockCertificate, ValidatorPublicKey, encoding::to_bcs,
};
use walnut_client::{Answer as InfoAnswer, Durability, Host, SignError, SignedContent, ValidatorNode};
use walnut_execution::UnsupportedApplications;
use walnut_views::{Batch, RootKey, Store as _, StoreError};

use crate::{
    disk::Disk,
    executor::pause,
    plan::{Fault, account_key, owner},
    validator::get,
    wire::{Reply, Request},
    world::{World, party_of_device},
};

/// One device: what of a wallet survives a kill.
pub struct Device {
    /// The world.
    pub world: Rc<World>,
    /// Its number.
    pub number: usize,
    /// The number of its key.
    pub key: usize,
    /// Its disk.
    pub disk: Rc<Disk>,
    /// By how much its clock is wrong.
    pub skew: i64,
}

/// The device as its client sees it.
#[derive(Clone)]
pub struct SimHost(pub Rc<Device>);

/// Where a device notes what it signed for a round.
fn signed_key(content: &ProposalContent) -> Vec<u8> {
    let block = &content.block;
    let place = to_bcs(&(block.chain_id, block.height, content.round));
    [RootKey::Local.bytes().as_slice(), b"signed", place.as_slice()].concat()
}

impl Host for SimHost {
    type Store = Disk;
    type Remote = Connection;
    type Applications = UnsupportedApplications;

    fn applications(&self) -> UnsupportedApplications {
        UnsupportedApplications
    }

    fn store(&self) -> &Disk {
        &self.0.disk
    }

    async fn commit(&self, batch: &Batch, durability: Durability) -> Result<(), StoreError> {
        let world = &self.0.world;
        world.executor.sleep(world.random.duration(20, 3_000)).await;
        let failure = || StoreError::Backend { message: "the disk is full".into() };
        if world.goes_wrong(Fault::Disk, world.plan.disk) {
            world.note(format_args!("device {}: commit fails", self.0.number));
            return Err(failure());
        }
        self.0.disk.write(batch, durability == Durability::Strict);
        pause().await;
        if world.goes_wrong(Fault::Torn, world.plan.disk) {
            world.note(format_args!("device {}: commit is torn", self.0.number));
            return Err(failure());
        }
        Ok(())
    }

    fn remote(&self, public_key: &ValidatorPublicKey, address: &str) -> Result<Connection, NodeError> {
        let validators = self.0.world.validators.borrow();
        let known = validators.iter().find(|validator| validator.public_key == *public_key);
        let unknown = || NodeError::CannotResolveValidatorAddress { address: address.into() };
        known.map(|validator| self.connection(validator.index)).ok_or_else(unknown)
    }

    fn now(&self) -> Timestamp {
        self.0.world.clock(self.0.skew)
    }

    async fn sleep_until(&self, time: Timestamp) {
        let time = time.micros().saturating_add_signed(-self.0.skew);
        self.0.world.executor.sleep_until(time).await;
    }

    fn has_key(&self, wanted: &AccountOwner) -> bool {
        owner(self.0.key) == *wanted
    }

    /// Signs as the vault does: one block per round.
    async fn sign(
        &self,
        wanted: AccountOwner,
        content: &ProposalContent,
    ) -> Result<SignedContent, SignError> {
        if !self.has_key(&wanted) {
            return Err(SignError::NoKey(wanted));
        }
        let (key, hash) = (signed_key(content), CryptoHash::new(content));
        pause().await;
        if get(self.0.disk.read(&key)).is_some_and(|known| known != hash.as_bytes()) {
            return Err(SignError::Conflict);
        }
        let signature = account_key(self.0.key).sign(content);
        let mut record = Batch::default();
        record.put(key, hash.as_bytes().to_vec());
        self.0.world.book.borrow_mut().note_signed(self.0.number, hash);
        Ok(SignedContent { signature, record })
    }
}

impl SimHost {
    /// A connection to a validator.
    pub fn connection(&self, validator: usize) -> Connection {
        Connection { device: Rc::clone(&self.0), validator }
    }
}

/// A connection of a device to a validator.
#[derive(Clone)]
pub struct Connection {
    device: Rc<Device>,
    validator: usize,
}

impl Connection {
    async fn call(&self, request: Request) -> crate::wire::Answer {
        let world = &self.device.world;
        if let Request::Proposal(proposal) = &request {
            world.check_leaving_proposal(&self.device, proposal, &signed_key(&proposal.content));
        }
        world.call(party_of_device(self.device.number), self.validator, request).await
    }

    async fn info(&self, request: Request) -> InfoAnswer {
        match self.call(request).await? {
            Reply::Info(response) => Ok(*response),
            _ => Err(NodeError::UnexpectedMessage),
        }
    }
}

impl ValidatorNode for Connection {
    async fn handle_block_proposal(&self, proposal: BlockProposal) -> InfoAnswer {
        self.info(Request::Proposal(Box::new(proposal))).await
    }

    async fn handle_lite_certificate(&self, certificate: LiteCertificate, wait: bool) -> InfoAnswer {
        self.info(Request::Lite(certificate, wait)).await
    }

    async fn handle_confirmed_certificate(
        &self,
        certificate: ConfirmedBlockCertificate,
        wait: bool,
    ) -> InfoAnswer {
        self.info(Request::Confirmed(Box::new(certificate), wait)).await
    }

    async fn handle_validated_certificate(&self, certificate: ValidatedBlockCertificate) -> InfoAnswer {
        self.info(Request::Validated(Box::new(certificate))).await
    }

    async fn handle_timeout_certificate(&self, certificate: TimeoutCertificate) -> InfoAnswer {
        self.info(Request::Timeout(Box::new(certificate))).await
    }

    async fn handle_chain_info_query(&self, query: ChainInfoQuery) -> InfoAnswer {
        self.info(Request::Query(Box::new(query))).await
    }

    async fn download_pending_blob(
        &self,
        chain_id: ChainId,
        blob_id: BlobId,
    ) -> Result<BlobContent, NodeError> {
        match self.call(Request::DownloadPendingBlob(chain_id, blob_id)).await? {
            Reply::Blob(content) => Ok(content),
            _ => Err(NodeError::UnexpectedMessage),
        }
    }

    async fn handle_pending_blob(&self, chain_id: ChainId, content: BlobContent) -> InfoAnswer {
        self.info(Request::PendingBlob(chain_id, content)).await
    }

    async fn upload_blob(&self, content: BlobContent) -> Result<BlobId, NodeError> {
        match self.call(Request::UploadBlob(content)).await? {
            Reply::BlobId(blob_id) => Ok(blob_id),
            _ => Err(NodeError::UnexpectedMessage),
        }
    }

    async fn download_blob(&self, blob_id: BlobId) -> Result<BlobContent, NodeError> {
        match self.call(Request::DownloadBlob(blob_id)).await? {
            Reply::Blob(content) => Ok(content),
            _ => Err(NodeError::UnexpectedMessage),
        }
    }

    async fn download_certificates_by_heights(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<ConfirmedBlockCertificate>, NodeError> {
        match self.call(Request::Certificates(chain_id, heights)).await? {
            Reply::Certificates(certificates) => Ok(certificates),
            _ => Err(NodeError::UnexpectedMessage),
        }
    }

    async fn blob_last_used_by_certificate(
        &self,
        blob_id: BlobId,
    ) -> Result<ConfirmedBlockCertificate, NodeError> {
        match self.call(Request::BlobLastUsedBy(blob_id)).await? {
            Reply::Certificate(certificate) => Ok(*certificate),
            _ => Err(NodeError::UnexpectedMessage),
        }
    }

    async fn missing_blob_ids(&self, blob_ids: Vec<BlobId>) -> Result<Vec<BlobId>, NodeError> {
        match self.call(Request::MissingBlobs(blob_ids)).await? {
            Reply::BlobIds(missing) => Ok(missing),
            _ => Err(NodeError::UnexpectedMessage),
        }
    }

    async fn event_block_heights(
        &self,
        event_ids: Vec<EventId>,
    ) -> Result<Vec<Option<BlockHeight>>, NodeError> {
        match self.call(Request::EventHeights(event_ids)).await? {
            Reply::Heights(heights) => Ok(heights),
            _ => Err(NodeError::UnexpectedMessage),
        }
    }

    async fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: Vec<StreamId>,
    ) -> Result<Vec<(StreamId, BlockHeight, CryptoHash)>, NodeError> {
        match self.call(Request::PreviousEvents(chain_id, stream_ids)).await? {
            Reply::Events(blocks) => Ok(blocks),
            _ => Err(NodeError::UnexpectedMessage),
        }
    }
}
