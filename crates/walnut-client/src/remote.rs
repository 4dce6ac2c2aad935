//! One validator, with every answer checked (`linera-core/src/remote_node.rs`).

use std::collections::BTreeSet;

use walnut_base::{
    Blob, BlobContent, BlobId, BlockHeight, BlockProposal, CertificateKind, ChainId, ChainInfo,
    ChainInfoQuery, ChainInfoResponse, ConfirmedBlockCertificate, CryptoHash, EventId, LiteVote, NodeError,
    Round, StreamId, TimeoutCertificate, ValidatedBlockCertificate, ValidatorPublicKey,
};

use crate::host::ValidatorNode;

/// A validator whose answers are checked: signatures, identifiers, order. A lie becomes an error of that validator.
#[derive(Clone, Debug)]
pub struct Remote<N> {
    /// The key that its answers must be signed with.
    pub public_key: ValidatorPublicKey,
    node: N,
}

impl<N: ValidatorNode> Remote<N> {
    /// A validator with that key behind the connection.
    pub fn new(public_key: ValidatorPublicKey, node: N) -> Self {
        Self { public_key, node }
    }

    /// The state of a chain as the validator claims it, signed.
    ///
    /// # Errors
    /// The validator's own error, or [`NodeError::InvalidChainInfoResponse`].
    pub async fn query(&self, query: ChainInfoQuery) -> Result<Box<ChainInfo>, NodeError> {
        let chain_id = query.chain_id;
        self.check_info(chain_id, self.node.handle_chain_info_query(query).await?)
    }

    /// Proposes a block. Only the vote in the answer is of use, and it is signed by itself (see [`vote`](Self::vote)): the
    /// signature of the whole answer is not checked.
    pub(crate) async fn propose(&self, proposal: BlockProposal) -> Result<Box<ChainInfo>, NodeError> {
        let chain_id = proposal.content.block.chain_id;
        check_content(chain_id, self.node.handle_block_proposal(proposal).await?.info)
    }

    /// Sends a confirmed certificate, without the block when the validator has signed it and thus may still know it. The
    /// answer only tells what to send next, so its signature is not checked: a false one costs the validator the block,
    /// which whoever can forge answers can hold back anyway.
    pub(crate) async fn send_confirmed(
        &self,
        certificate: &ConfirmedBlockCertificate,
        wait_for_outgoing_messages: bool,
        lite_first: bool,
    ) -> Result<Box<ChainInfo>, NodeError> {
        let chain_id = certificate.chain_id();
        if lite_first && certificate.is_signed_by(&self.public_key) {
            let lite = certificate.lite_certificate();
            match self.node.handle_lite_certificate(lite, wait_for_outgoing_messages).await {
                Err(NodeError::MissingCertificateValue) => {}
                answer => return check_content(chain_id, answer?.info),
            }
        }
        let answer = self.node.handle_confirmed_certificate(certificate.clone(), wait_for_outgoing_messages);
        check_content(chain_id, answer.await?.info)
    }

    /// Sends a validated certificate, lite where possible. As with [`propose`](Self::propose), only the vote in the answer
    /// is to be relied on.
    pub(crate) async fn send_validated(
        &self,
        certificate: &ValidatedBlockCertificate,
        lite_first: bool,
    ) -> Result<Box<ChainInfo>, NodeError> {
        let chain_id = certificate.chain_id();
        if lite_first && certificate.is_signed_by(&self.public_key) {
            match self.node.handle_lite_certificate(certificate.lite_certificate(), false).await {
                Err(NodeError::MissingCertificateValue) => {}
                answer => return check_content(chain_id, answer?.info),
            }
        }
        check_content(chain_id, self.node.handle_validated_certificate(certificate.clone()).await?.info)
    }

    pub(crate) async fn send_timeout(
        &self,
        certificate: TimeoutCertificate,
    ) -> Result<Box<ChainInfo>, NodeError> {
        let chain_id = certificate.chain_id();
        self.check_info(chain_id, self.node.handle_timeout_certificate(certificate).await?)
    }

    pub(crate) async fn send_pending_blob(&self, chain_id: ChainId, blob: &Blob) -> Result<(), NodeError> {
        self.check_info(chain_id, self.node.handle_pending_blob(chain_id, blob.content().clone()).await?)?;
        Ok(())
    }

    pub(crate) async fn upload_blob(&self, blob: &Blob) -> Result<(), NodeError> {
        self.node.upload_blob(blob.content().clone()).await?;
        Ok(())
    }

    pub(crate) async fn download_pending_blob(
        &self,
        chain_id: ChainId,
        blob_id: BlobId,
    ) -> Result<Blob, NodeError> {
        check_blob(blob_id, self.node.download_pending_blob(chain_id, blob_id).await?)
    }

    pub(crate) async fn download_blob(&self, blob_id: BlobId) -> Result<Blob, NodeError> {
        check_blob(blob_id, self.node.download_blob(blob_id).await?)
    }

    /// Consecutive certificates of a chain. Asks again until all are there; what is missing at the end is an error.
    pub(crate) async fn download_certificates(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<ConfirmedBlockCertificate>, NodeError> {
        let mut certificates = Vec::with_capacity(heights.len());
        while certificates.len() < heights.len() {
            let rest = heights[certificates.len()..].to_vec();
            let batch = self.node.download_certificates_by_heights(chain_id, rest.clone()).await?;
            if batch.is_empty() {
                return Err(NodeError::MissingCertificatesByHeights { chain_id, heights: rest });
            }
            if batch.len() > rest.len() {
                return Err(NodeError::TooManyCertificatesReturned {
                    chain_id,
                    remote_node: Box::new(self.public_key),
                });
            }
            let as_asked = batch.iter().zip(&rest).all(|(certificate, height)| {
                certificate.chain_id() == chain_id && certificate.height() == *height
            });
            if !as_asked {
                return Err(NodeError::UnexpectedCertificateValue);
            }
            certificates.extend(batch);
        }
        Ok(certificates)
    }

    /// The certificate of a block that uses or creates the blob.
    pub(crate) async fn certificate_for_blob(
        &self,
        blob_id: BlobId,
    ) -> Result<ConfirmedBlockCertificate, NodeError> {
        let certificate = self.node.blob_last_used_by_certificate(blob_id).await?;
        if !certificate.block().requires_or_creates_blob(&blob_id) {
            return Err(NodeError::InvalidCertificateForBlob(blob_id));
        }
        Ok(certificate)
    }

    pub(crate) async fn missing_blob_ids(&self, blob_ids: Vec<BlobId>) -> Result<Vec<BlobId>, NodeError> {
        let asked = blob_ids.iter().copied().collect::<BTreeSet<_>>();
        let missing = self.node.missing_blob_ids(blob_ids).await?;
        if missing.iter().any(|blob_id| !asked.contains(blob_id)) {
            return Err(NodeError::UnexpectedEntriesInBlobsNotFound);
        }
        Ok(missing)
    }

    pub(crate) async fn event_block_heights(
        &self,
        event_ids: Vec<EventId>,
    ) -> Result<Vec<Option<BlockHeight>>, NodeError> {
        let count = event_ids.len();
        let heights = self.node.event_block_heights(event_ids).await?;
        if heights.len() != count {
            return Err(NodeError::UnexpectedMessage);
        }
        Ok(heights)
    }

    pub(crate) async fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: Vec<StreamId>,
    ) -> Result<Vec<(StreamId, BlockHeight, CryptoHash)>, NodeError> {
        let asked = stream_ids.iter().cloned().collect::<BTreeSet<_>>();
        let blocks = self.node.previous_event_blocks(chain_id, stream_ids).await?;
        if blocks.iter().any(|(stream_id, _, _)| !asked.contains(stream_id)) {
            return Err(NodeError::UnexpectedMessage);
        }
        Ok(blocks)
    }

    /// The vote in an answer: for that value and round, of this validator.
    pub(crate) fn vote(
        &self,
        vote: Option<LiteVote>,
        kind: CertificateKind,
        hash: CryptoHash,
        round: Round,
    ) -> Result<LiteVote, NodeError> {
        let missing = || {
            NodeError::MissingVoteInValidatorResponse(format!(
                "get a vote of kind {kind:?} for block {hash} in {round}"
            ))
        };
        let vote = vote.ok_or_else(missing)?;
        if vote.value.kind != kind || vote.value.value_hash != hash || vote.round != round {
            return Err(missing());
        }
        vote.check(&self.public_key).map_err(|error| NodeError::CryptoError { error: error.to_string() })?;
        Ok(vote)
    }

    fn check_info(
        &self,
        chain_id: ChainId,
        response: ChainInfoResponse,
    ) -> Result<Box<ChainInfo>, NodeError> {
        response.check(&self.public_key).map_err(|_| NodeError::InvalidChainInfoResponse)?;
        check_content(chain_id, response.info)
    }
}

/// Checks that an answer is about the chain.
fn check_content(chain_id: ChainId, info: Box<ChainInfo>) -> Result<Box<ChainInfo>, NodeError> {
    let manager = &info.manager;
    let proposed = manager.requested_proposed.iter().chain(&manager.requested_signed_proposal);
    let is_consistent = info.chain_id == chain_id
        && proposed.map(|proposal| proposal.content.block.chain_id).all(|id| id == chain_id)
        && manager.requested_locking.iter().all(|locking| locking.chain_id() == chain_id);
    if !is_consistent {
        return Err(NodeError::InvalidChainInfoResponse);
    }
    Ok(info)
}

fn check_blob(blob_id: BlobId, content: BlobContent) -> Result<Blob, NodeError> {
    let blob = Blob::new(content).map_err(|_| NodeError::InvalidDecoding)?;
    if blob.id() != blob_id {
        return Err(NodeError::UnexpectedMessage);
    }
    Ok(blob)
}
