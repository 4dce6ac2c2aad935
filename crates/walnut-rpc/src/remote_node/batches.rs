//! Calls whose answers come in parts: validators stop filling an answer at a size, and are asked again for the rest.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{BlockHeight, ChainId, ConfirmedBlockCertificate, CryptoHash, NodeError, StreamId};

use super::{Answer, RemoteNode};
use crate::{
    convert::PreviousEventBlock,
    limits::{BATCH_ROUNDS_MAX, STREAM_IDS_PER_REQUEST_MAX},
    method::Method,
    proto,
    transport::Transport,
};

impl<T: Transport> RemoteNode<T> {
    /// Certificates of one chain by height, ascending and without duplicates. Heights the validator does not know are
    /// left out.
    ///
    /// [`NodeError::UnexpectedCertificateValue`] if it answers a block of another chain, an unrequested height or a height
    /// twice.
    pub async fn download_raw_certificates_by_heights(
        &self,
        chain_id: ChainId,
        heights: &[BlockHeight],
    ) -> Result<Vec<ConfirmedBlockCertificate>, NodeError> {
        let mut missing: BTreeSet<BlockHeight> = heights.iter().copied().collect();
        let mut found = BTreeMap::new();
        for _ in 0..BATCH_ROUNDS_MAX {
            if missing.is_empty() {
                break;
            }
            let rest: Vec<_> = missing.iter().copied().collect();
            let request = proto::DownloadCertificatesByHeightsRequest::from((chain_id, rest.as_slice()));
            let answer: proto::RawCertificatesBatch =
                self.unary(Method::DOWNLOAD_RAW_CERTIFICATES_BY_HEIGHTS, request, Answer::Large).await?;
            if answer.certificates.is_empty() {
                break;
            }
            for raw in answer.certificates {
                let certificate = ConfirmedBlockCertificate::try_from(raw)?;
                let block = certificate.value().block();
                let height = block.header.height;
                if block.header.chain_id != chain_id || !missing.remove(&height) {
                    return Err(NodeError::UnexpectedCertificateValue);
                }
                found.insert(height, certificate);
            }
        }
        Ok(found.into_values().collect())
    }

    /// Certificates by their blocks' hashes, in the order of `hashes`; unknown ones are left out.
    ///
    /// [`NodeError::UnexpectedCertificateValue`] if the validator answers an unrequested block or one twice.
    pub async fn download_certificates(
        &self,
        hashes: &[CryptoHash],
    ) -> Result<Vec<ConfirmedBlockCertificate>, NodeError> {
        let mut missing: BTreeSet<CryptoHash> = hashes.iter().copied().collect();
        let mut found = BTreeMap::new();
        for _ in 0..BATCH_ROUNDS_MAX {
            if missing.is_empty() {
                break;
            }
            let rest: Vec<_> = hashes.iter().copied().filter(|hash| missing.contains(hash)).collect();
            let request = proto::CertificatesBatchRequest::from(rest.as_slice());
            let answer: proto::CertificatesBatchResponse =
                self.unary(Method::DOWNLOAD_CERTIFICATES, request, Answer::Large).await?;
            if answer.certificates.is_empty() {
                break;
            }
            for message in answer.certificates {
                let certificate = ConfirmedBlockCertificate::try_from(message)?;
                let hash = certificate.hash();
                if !missing.remove(&hash) {
                    return Err(NodeError::UnexpectedCertificateValue);
                }
                found.insert(hash, certificate);
            }
        }
        Ok(hashes.iter().filter_map(|hash| found.remove(hash)).collect())
    }

    /// For each stream of the chain that has events, height and hash of the last block that published to it. Asks in
    /// parts of [`STREAM_IDS_PER_REQUEST_MAX`]. Streams that were not asked for are dropped.
    pub async fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: &[StreamId],
    ) -> Result<BTreeMap<StreamId, (BlockHeight, CryptoHash)>, NodeError> {
        let mut blocks = BTreeMap::new();
        for part in stream_ids.chunks(STREAM_IDS_PER_REQUEST_MAX) {
            let wanted: BTreeSet<&StreamId> = part.iter().collect();
            let request = proto::PreviousEventBlocksRequest::from((chain_id, part));
            let answer: proto::PreviousEventBlocksResponse =
                self.unary(Method::PREVIOUS_EVENT_BLOCKS, request, Answer::Small).await?;
            for block in Vec::<PreviousEventBlock>::try_from(answer)? {
                if wanted.contains(&block.stream_id) {
                    blocks.insert(block.stream_id, (block.block_height, block.crypto_hash));
                }
            }
        }
        Ok(blocks)
    }
}
