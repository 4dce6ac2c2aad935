//! Validators over gRPC-web.

use std::{cell::Cell, rc::Rc};

use walnut_base::{
    BlobContent, BlobId, BlockHeight, BlockProposal, ChainId, ChainInfoQuery, ConfirmedBlockCertificate,
    CryptoHash, EventId, LiteCertificate, NodeError, StreamId, TimeoutCertificate, Timestamp,
    ValidatedBlockCertificate,
};
use walnut_client::{Answer, ValidatorNode};
use walnut_rpc::browser::BrowserNode;

use crate::time::now;

/// What was last heard of a validator.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// When it last answered.
    pub(crate) last_contact: Cell<Option<Timestamp>>,
    /// Duration of the last answered call, in milliseconds.
    pub(crate) latency_ms: Cell<Option<u32>>,
    /// Whether the last call got no answer at all.
    pub(crate) is_silent: Cell<bool>,
}

/// One validator.
#[derive(Clone)]
pub(crate) struct BrowserRemote {
    pub(crate) node: BrowserNode,
    pub(crate) health: Rc<Health>,
}

impl BrowserRemote {
    /// Takes note of how long the call took and whether there was an answer.
    async fn timed<T>(&self, call: impl Future<Output = Result<T, NodeError>>) -> Result<T, NodeError> {
        let start = now();
        let answer = call.await;
        let is_silent = matches!(answer, Err(NodeError::GrpcError { .. } | NodeError::ClientIoError { .. }));
        self.health.is_silent.set(is_silent);
        if !is_silent {
            let end = now();
            self.health.last_contact.set(Some(end));
            self.health.latency_ms.set(u32::try_from(end.delta_since(start).as_micros() / 1_000).ok());
        }
        answer
    }
}

impl ValidatorNode for BrowserRemote {
    async fn handle_block_proposal(&self, proposal: BlockProposal) -> Answer {
        self.timed(self.node.handle_block_proposal(&proposal)).await
    }

    async fn handle_lite_certificate(&self, certificate: LiteCertificate, wait: bool) -> Answer {
        self.timed(self.node.handle_lite_certificate(&certificate, wait)).await
    }

    async fn handle_confirmed_certificate(
        &self,
        certificate: ConfirmedBlockCertificate,
        wait: bool,
    ) -> Answer {
        self.timed(self.node.handle_confirmed_certificate(&certificate, wait)).await
    }

    async fn handle_validated_certificate(&self, certificate: ValidatedBlockCertificate) -> Answer {
        self.timed(self.node.handle_validated_certificate(&certificate)).await
    }

    async fn handle_timeout_certificate(&self, certificate: TimeoutCertificate) -> Answer {
        self.timed(self.node.handle_timeout_certificate(&certificate)).await
    }

    async fn handle_chain_info_query(&self, query: ChainInfoQuery) -> Answer {
        self.timed(self.node.handle_chain_info_query(&query)).await
    }

    async fn download_pending_blob(
        &self,
        chain_id: ChainId,
        blob_id: BlobId,
    ) -> Result<BlobContent, NodeError> {
        self.timed(self.node.download_pending_blob(chain_id, blob_id)).await
    }

    async fn handle_pending_blob(&self, chain_id: ChainId, content: BlobContent) -> Answer {
        self.timed(self.node.handle_pending_blob(chain_id, &content)).await
    }

    async fn upload_blob(&self, content: BlobContent) -> Result<BlobId, NodeError> {
        self.timed(self.node.upload_blob(&content)).await
    }

    async fn download_blob(&self, blob_id: BlobId) -> Result<BlobContent, NodeError> {
        self.timed(self.node.download_blob(blob_id)).await
    }

    async fn download_certificates_by_heights(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<ConfirmedBlockCertificate>, NodeError> {
        self.timed(self.node.download_raw_certificates_by_heights(chain_id, &heights)).await
    }

    async fn blob_last_used_by_certificate(
        &self,
        blob_id: BlobId,
    ) -> Result<ConfirmedBlockCertificate, NodeError> {
        self.timed(self.node.blob_last_used_by_certificate(blob_id)).await
    }

    async fn missing_blob_ids(&self, blob_ids: Vec<BlobId>) -> Result<Vec<BlobId>, NodeError> {
        self.timed(self.node.missing_blob_ids(&blob_ids)).await
    }

    async fn event_block_heights(
        &self,
        event_ids: Vec<EventId>,
    ) -> Result<Vec<Option<BlockHeight>>, NodeError> {
        self.timed(self.node.event_block_heights(&event_ids)).await
    }

    async fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: Vec<StreamId>,
    ) -> Result<Vec<(StreamId, BlockHeight, CryptoHash)>, NodeError> {
        let blocks = self.timed(self.node.previous_event_blocks(chain_id, &stream_ids)).await?;
        Ok(blocks.into_iter().map(|(stream, (height, hash))| (stream, height, hash)).collect())
    }
}
