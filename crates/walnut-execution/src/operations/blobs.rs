//! Blobs a chain publishes or uses.

use walnut_base::{BlobId, BlobType, CryptoHash, OracleResponse};
use walnut_views::Store;

use crate::{ExecutionError, executor::Executor, storage};

impl<S: Store, A> Executor<'_, S, A> {
    /// Marks a blob that travels next to the block.
    pub(crate) fn blob_published(&mut self, blob_id: BlobId) {
        self.state.system.used_blobs.insert(&blob_id);
        self.transaction.add_published_blob(blob_id);
    }

    pub(crate) fn publish_data_blob(&mut self, blob_hash: CryptoHash) {
        self.blob_published(BlobId::new(blob_hash, BlobType::Data));
    }

    /// Marks a blob as used by this chain; the first time this is recorded as an oracle's answer. Tells whether it was
    /// the first time.
    pub async fn blob_used(&mut self, blob_id: BlobId) -> Result<bool, ExecutionError> {
        let used_blobs = &mut self.state.system.used_blobs;
        if used_blobs.contains(&self.env.chain, &blob_id).await? {
            return Ok(false);
        }
        used_blobs.insert(&blob_id);
        self.transaction.record_known(OracleResponse::Blob(blob_id))?;
        Ok(true)
    }

    /// Checks that the node has a blob. Blobs of the current block do not count: they are not stored yet.
    pub async fn assert_blob_exists(&self, blob_id: BlobId) -> Result<(), ExecutionError> {
        let missing = storage::missing_blobs(self.env.storage, &[blob_id]).await?;
        if missing.is_empty() { Ok(()) } else { Err(ExecutionError::BlobsNotFound(missing)) }
    }

    pub(crate) async fn verify_blob(&mut self, blob_id: BlobId) -> Result<(), ExecutionError> {
        self.assert_blob_exists(blob_id).await?;
        self.charge_blob_read(0).await?;
        self.blob_used(blob_id).await?;
        Ok(())
    }

    /// Charges the read of a blob to the chain and the block's signer, never to a grant.
    pub(crate) async fn charge_blob_read(&mut self, size: u64) -> Result<(), ExecutionError> {
        self.resources.with_state(&mut self.state.system, &self.env.chain).await?.track_blob_read(size)
    }
}
