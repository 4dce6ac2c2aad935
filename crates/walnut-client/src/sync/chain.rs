//! A whole chain.

use walnut_base::{BlockHeight, ChainId, ChainInfo, ChainInfoQuery, NodeError};

use super::Keep;
use crate::{
    client::Client, error::ClientError, host::Host, limits::DOWNLOAD_BATCH_CERTIFICATES,
    quorum::communicate_with_quorum, remote::Remote,
};

impl<H: Host> Client<H> {
    /// Fetches, verifies and executes everything that a quorum of validators knows of the chain: blocks, and the state of
    /// consensus about the next one. All validators are asked at once; blocks are fetched once, from whoever answers first,
    /// and from others as far as they know more.
    pub async fn sync_chain(&self, chain_id: ChainId) -> Result<Box<ChainInfo>, ClientError> {
        let committee = self.admin_committee().await?;
        self.ensure_description(chain_id).await?;
        let actions = self.remotes(&committee).into_iter().map(|remote| {
            let key = remote.public_key;
            (key, async move { self.sync_chain_from(&remote, chain_id).await.map_err(to_node_error) })
        });
        let actions = actions.collect();
        communicate_with_quorum(&*self.host, &committee, actions, |()| ()).await?;
        Ok(self.local.chain_info(ChainInfoQuery::new(chain_id).with_manager_values()).await?)
    }

    /// The same from one validator.
    pub(crate) async fn sync_chain_from(
        &self,
        remote: &Remote<H::Remote>,
        chain_id: ChainId,
    ) -> Result<(), ClientError> {
        let info = match remote.query(ChainInfoQuery::new(chain_id).with_manager_values()).await {
            // A validator that has never heard of the chain has nothing to tell about it.
            Err(NodeError::BlobsNotFound(blob_ids)) if blob_ids == [chain_id.description_blob_id()] => {
                return Ok(());
            }
            info => info?,
        };
        Box::pin(self.download_blocks(remote, chain_id, info.next_block_height)).await?;
        if self.next_height(chain_id).await? == info.next_block_height {
            Box::pin(self.sync_manager(remote, &info)).await?;
        }
        Ok(())
    }

    /// Executes the chain up to the height with blocks of that validator. The next batch is on its way while one is
    /// executed.
    pub(crate) async fn download_blocks(
        &self,
        remote: &Remote<H::Remote>,
        chain_id: ChainId,
        target: BlockHeight,
    ) -> Result<(), ClientError> {
        if self.next_height(chain_id).await? >= target {
            return Ok(());
        }
        let handle = self.handle(chain_id);
        let _guard = handle.downloading.lock().await;
        self.local.execute_preprocessed(chain_id).await?;
        let mut next = self.next_height(chain_id).await?;
        let mut upcoming = batch(next, target);
        if upcoming.is_empty() {
            return Ok(());
        }
        let mut certificates = remote.download_certificates(chain_id, upcoming).await?;
        loop {
            next = BlockHeight(next.0 + certificates.len() as u64);
            upcoming = batch(next, target);
            let process =
                self.process_certificates(std::slice::from_ref(remote), certificates, Keep::Executed);
            if upcoming.is_empty() {
                return process.await;
            }
            let download = remote.download_certificates(chain_id, upcoming);
            let (processed, downloaded) = futures_util::join!(process, download);
            processed?;
            certificates = downloaded?;
        }
    }

    /// Makes sure that the chain's description is here: nothing of a chain can be executed without it.
    pub async fn ensure_description(&self, chain_id: ChainId) -> Result<(), ClientError> {
        let blob_id = chain_id.description_blob_id();
        if self.local.blob(blob_id).await?.is_some() {
            return Ok(());
        }
        let committee = self.admin_committee().await?;
        Box::pin(self.fetch_blobs_with_certificates(vec![blob_id], &self.remotes(&committee))).await
    }
}

/// Heights of the next batch: consecutive, at most one batch long.
fn batch(next: BlockHeight, target: BlockHeight) -> Vec<BlockHeight> {
    let end = target.0.min(next.0.saturating_add(DOWNLOAD_BATCH_CERTIFICATES));
    (next.0..end).map(BlockHeight).collect()
}

/// An error as it is counted against a validator: its own words stay as they are.
pub(crate) fn to_node_error(error: ClientError) -> NodeError {
    match error {
        ClientError::Validator(error) => error,
        other => NodeError::ResponseHandlingError { error: other.to_string() },
    }
}
