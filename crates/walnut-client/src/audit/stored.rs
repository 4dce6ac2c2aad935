//! A store as a source: what a node has kept.

use walnut_base::{Blob, BlobId, BlockHeight, ChainId, ConfirmedBlockCertificate, EventId};
use walnut_chain::records;
use walnut_views::{Store, StoreError};

use super::source::{Source, SourceError};

/// Heights that are looked up at once.
const SPAN: u64 = 256;

/// The certificates and blobs of a node's store. It has one certificate per height at most.
#[derive(Clone, Copy, Debug)]
pub struct StoredChains<S>(pub S);

impl From<StoreError> for SourceError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl<S: Store> Source for StoredChains<S> {
    /// The first height that is not there: nothing is executed above a gap.
    async fn next_height(&self, chain_id: ChainId) -> Result<BlockHeight, SourceError> {
        let mut start = 0;
        loop {
            let heights = (start..start + SPAN).map(BlockHeight).collect::<Vec<_>>();
            let hashes = records::read_hashes_by_heights(&self.0, chain_id, &heights).await?;
            if let Some(gap) = hashes.iter().position(Option::is_none) {
                return Ok(heights[gap]);
            }
            start += SPAN;
        }
    }

    async fn certificates(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<ConfirmedBlockCertificate>, SourceError> {
        let hashes = records::read_hashes_by_heights(&self.0, chain_id, &heights).await?;
        let mut certificates = Vec::new();
        for hash in hashes.into_iter().flatten() {
            certificates.extend(records::read_certificate(&self.0, hash).await?);
        }
        Ok(certificates)
    }

    async fn blob(&self, blob_id: BlobId) -> Result<Option<Blob>, SourceError> {
        Ok(records::read_blob(&self.0, blob_id).await?)
    }

    async fn event_height(&self, event_id: &EventId) -> Result<Option<BlockHeight>, SourceError> {
        Ok(records::read_event_height(&self.0, event_id).await?)
    }
}
