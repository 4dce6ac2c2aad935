//! Validators as a source.

use walnut_base::{Blob, BlobId, BlockHeight, ChainId, ChainInfoQuery, ConfirmedBlockCertificate, EventId};

use super::source::{Source, SourceError};
use crate::{Remote, ValidatorNode};

/// Validators of a network, asked directly.
#[derive(Clone, Debug)]
pub struct Validators<N> {
    remotes: Vec<Remote<N>>,
    asks_all: bool,
}

impl<N: ValidatorNode> Validators<N> {
    /// Asks these validators. With `asks_all` each of them is asked for every block, so that blocks that only some of
    /// them show are found; else the first one that answers is enough.
    pub fn new(remotes: Vec<Remote<N>>, asks_all: bool) -> Self {
        Self { remotes, asks_all }
    }
}

impl<N: ValidatorNode> Source for Validators<N> {
    /// The highest of what they say: a block that nobody then has is a gap.
    async fn next_height(&self, chain_id: ChainId) -> Result<BlockHeight, SourceError> {
        let mut highest = None;
        let mut last_error = "no validator is known".to_owned();
        for remote in &self.remotes {
            match remote.query(ChainInfoQuery::new(chain_id)).await {
                Ok(info) => highest = highest.max(Some(info.next_block_height)),
                Err(walnut_base::NodeError::BlobsNotFound(_)) => {
                    highest = highest.max(Some(BlockHeight::ZERO));
                }
                Err(error) => last_error = error.to_string(),
            }
        }
        highest.ok_or(SourceError(last_error))
    }

    async fn certificates(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<ConfirmedBlockCertificate>, SourceError> {
        let mut found: Vec<ConfirmedBlockCertificate> = Vec::new();
        for remote in &self.remotes {
            // A validator that does not answer, or lags behind, has nothing to tell.
            let Ok(certificates) = remote.download_certificates(chain_id, heights.clone()).await else {
                continue;
            };
            for certificate in certificates {
                if !found.iter().any(|known| known.hash() == certificate.hash()) {
                    found.push(certificate);
                }
            }
            if !self.asks_all {
                break;
            }
        }
        Ok(found)
    }

    async fn blob(&self, blob_id: BlobId) -> Result<Option<Blob>, SourceError> {
        for remote in &self.remotes {
            if let Ok(blob) = remote.download_blob(blob_id).await {
                return Ok(Some(blob));
            }
        }
        Ok(None)
    }

    async fn event_height(&self, event_id: &EventId) -> Result<Option<BlockHeight>, SourceError> {
        for remote in &self.remotes {
            if let Ok(heights) = remote.event_block_heights(vec![event_id.clone()]).await
                && let Some(Some(height)) = heights.first()
            {
                return Ok(Some(*height));
            }
        }
        Ok(None)
    }
}
