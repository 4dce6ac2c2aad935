//! What a client asks of the program around it: validators, a clock, a durable store, signatures.
//!
//! The client never opens a socket, reads a clock or draws a random number. It awaits these calls and nothing else, so
//! that one code runs in a browser, in a native process and in a simulator with pretend time, and so that dropping a
//! future half-way loses nothing that was not yet committed.

use std::future::Future;

use walnut_base::{
    AccountOwner, AccountSignature, BlobContent, BlobId, BlockHeight, BlockProposal, ChainId, ChainInfoQuery,
    ChainInfoResponse, ConfirmedBlockCertificate, CryptoHash, EventId, LiteCertificate, NodeError,
    ProposalContent, StreamId, TimeoutCertificate, Timestamp, ValidatedBlockCertificate, ValidatorPublicKey,
};
use walnut_views::{Batch, Store, StoreError};

/// The public surface of one validator, as `rpc.v1.ValidatorNode` offers it (`linera-rpc/proto/rpc.proto`).
///
/// Implementations bound every call in time and size. Nothing they return is trusted: the client checks signatures,
/// hashes and identifiers itself.
pub trait ValidatorNode: Clone {
    /// Proposes a block; the answer carries the validator's vote.
    fn handle_block_proposal(&self, proposal: BlockProposal) -> impl Future<Output = Answer>;

    /// Sends a certificate whose block the validator has seen.
    fn handle_lite_certificate(
        &self,
        certificate: LiteCertificate,
        wait_for_outgoing_messages: bool,
    ) -> impl Future<Output = Answer>;

    /// Sends a confirmed certificate.
    fn handle_confirmed_certificate(
        &self,
        certificate: ConfirmedBlockCertificate,
        wait_for_outgoing_messages: bool,
    ) -> impl Future<Output = Answer>;

    /// Sends a validated certificate; the answer carries the vote to confirm.
    fn handle_validated_certificate(
        &self,
        certificate: ValidatedBlockCertificate,
    ) -> impl Future<Output = Answer>;

    /// Sends a timeout certificate.
    fn handle_timeout_certificate(&self, certificate: TimeoutCertificate) -> impl Future<Output = Answer>;

    /// Asks for the state of a chain.
    fn handle_chain_info_query(&self, query: ChainInfoQuery) -> impl Future<Output = Answer>;

    /// Blob of a proposal that is not confirmed yet.
    fn download_pending_blob(
        &self,
        chain_id: ChainId,
        blob_id: BlobId,
    ) -> impl Future<Output = Result<BlobContent, NodeError>>;

    /// Offers a blob that a pending proposal needs.
    fn handle_pending_blob(&self, chain_id: ChainId, content: BlobContent) -> impl Future<Output = Answer>;

    /// Offers a blob that a confirmed certificate needs.
    fn upload_blob(&self, content: BlobContent) -> impl Future<Output = Result<BlobId, NodeError>>;

    /// Content of a confirmed blob.
    fn download_blob(&self, blob_id: BlobId) -> impl Future<Output = Result<BlobContent, NodeError>>;

    /// Certificates by height, in the order asked; may stop early, possibly before the first one.
    fn download_certificates_by_heights(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> impl Future<Output = Result<Vec<ConfirmedBlockCertificate>, NodeError>>;

    /// Certificate of the block that used a blob last.
    fn blob_last_used_by_certificate(
        &self,
        blob_id: BlobId,
    ) -> impl Future<Output = Result<ConfirmedBlockCertificate, NodeError>>;

    /// Those of the blobs that the validator does not hold.
    fn missing_blob_ids(&self, blob_ids: Vec<BlobId>)
    -> impl Future<Output = Result<Vec<BlobId>, NodeError>>;

    /// Heights of the blocks that published the events, in the order asked.
    fn event_block_heights(
        &self,
        event_ids: Vec<EventId>,
    ) -> impl Future<Output = Result<Vec<Option<BlockHeight>>, NodeError>>;

    /// Last block of the chain that published to each stream.
    fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: Vec<StreamId>,
    ) -> impl Future<Output = Result<Vec<(StreamId, BlockHeight, CryptoHash)>, NodeError>>;
}

/// What most calls of a validator return.
pub type Answer = Result<ChainInfoResponse, NodeError>;

/// How much must have happened before a commit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Certified data, which validators keep as well.
    Relaxed,
    /// Proposals and locks: must survive a power cut before anything leaves.
    Strict,
}

/// The program around a client.
pub trait Host {
    /// Where the local node reads.
    type Store: Store;
    /// A connection to one validator.
    type Remote: ValidatorNode;
    /// What runs user applications.
    type Applications: walnut_execution::Applications;

    /// A runner of user applications, for the local node.
    fn applications(&self) -> Self::Applications;

    /// The store.
    fn store(&self) -> &Self::Store;

    /// Applies a batch atomically.
    fn commit(&self, batch: &Batch, durability: Durability) -> impl Future<Output = Result<(), StoreError>>;

    /// A lazy connection to the validator at that address (`grpc:host:port`).
    ///
    /// # Errors
    /// [`NodeError::CannotResolveValidatorAddress`] when the address has another form.
    fn remote(&self, public_key: &ValidatorPublicKey, address: &str) -> Result<Self::Remote, NodeError>;

    /// The local clock.
    fn now(&self) -> Timestamp;

    /// Waits until the local clock has reached the time.
    fn sleep_until(&self, time: Timestamp) -> impl Future<Output = ()>;

    /// Whether a key for the owner is at hand (perhaps locked).
    fn has_key(&self, owner: &AccountOwner) -> bool;

    /// Signs a proposal. The signer sees the content, not only its hash, and keeps its own record of what it signed: here,
    /// or by what comes with the signature.
    fn sign(
        &self,
        owner: AccountOwner,
        content: &ProposalContent,
    ) -> impl Future<Output = Result<SignedContent, SignError>>;
}

/// A signature, with the writes that must be stored before it is used.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedContent {
    /// The signature.
    pub signature: AccountSignature,
    /// The signer's record. The client commits it strictly, together with the proposal, before a byte leaves.
    pub record: Batch,
}

impl From<AccountSignature> for SignedContent {
    /// A signature of a signer that keeps its record itself, or needs none.
    fn from(signature: AccountSignature) -> Self {
        Self { signature, record: Batch::default() }
    }
}

/// Why a signature was not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// No key for that owner.
    #[error("no key for owner {0}")]
    NoKey(AccountOwner),
    /// The wallet is locked.
    #[error("the wallet is locked")]
    Locked,
    /// The person said no.
    #[error("the signature was refused")]
    Refused,
    /// The signer has signed another block for this height and round.
    #[error("another block was already signed for this height and round")]
    Conflict,
    /// Any other failure, in the signer's words.
    #[error("signing failed: {0}")]
    Other(String),
}
