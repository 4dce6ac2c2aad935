//! One validator, as the client asks it.

use std::rc::Rc;

use walnut_base::{
    BlobContent, BlobId, BlockHeight, BlockProposal, ChainId, ChainInfoQuery, ConfirmedBlockCertificate,
    CryptoHash, EventId, LiteCertificate, NodeError, StreamId, TimeoutCertificate, ValidatedBlockCertificate,
};
use walnut_client::{Answer, ValidatorNode};
use walnut_rpc::{Options, native::NativeNode};

/// A connection over HTTP/2; clones share it.
#[derive(Clone)]
pub struct NativeRemote(Rc<NativeNode>);

impl NativeRemote {
    /// A lazy connection to an address of a committee, `grpc:host:port` or `grpcs:host:port`. Must be called within a
    /// tokio runtime.
    ///
    /// # Errors
    /// [`NodeError::CannotResolveValidatorAddress`] when the address has another form.
    pub fn new(address: &str) -> Result<Self, NodeError> {
        Ok(Self(Rc::new(NativeNode::new(address, Options::default())?)))
    }
}

impl ValidatorNode for NativeRemote {
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
