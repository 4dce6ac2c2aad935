//! Sending certificates.

use walnut_base::{
    Blob, BlobId, ChainInfo, ConfirmedBlockCertificate, EventId, NodeError, StreamId,
    ValidatedBlockCertificate,
};

use super::{Delivery, Updater};
use crate::{error::ClientError, host::Host};

/// Name of the system stream that announces epochs (`linera-execution/src/system.rs`, `EPOCH_STREAM_NAME`).
const EPOCH_STREAM_NAME: [u8; 1] = [0];

impl<H: Host> Updater<'_, H> {
    /// Sends a confirmed certificate with the blobs and epochs that it needs.
    pub(crate) async fn send_confirmed(
        &mut self,
        certificate: &ConfirmedBlockCertificate,
        delivery: Delivery,
    ) -> Result<Box<ChainInfo>, ClientError> {
        let mut answer = self.remote.send_confirmed(certificate, delivery.waits(), true).await;
        let mut has_sent_epochs = false;
        let mut has_sent_blobs = false;
        loop {
            match answer {
                Err(NodeError::EventsNotFound(event_ids))
                    if !has_sent_epochs && self.are_epochs(certificate, &event_ids) =>
                {
                    has_sent_epochs = true;
                    let admin = self.client.admin_chain_id();
                    let height = self.client.next_height(admin).await?;
                    Box::pin(self.send_chain(admin, height, Delivery::NonBlocking, None)).await?;
                }
                Err(NodeError::BlobsNotFound(blob_ids)) if !has_sent_blobs => {
                    has_sent_blobs = true;
                    check_missing_blobs(certificate, &blob_ids)?;
                    let blobs = self.local_blobs(&blob_ids).await?;
                    for blob in &blobs {
                        self.remote.upload_blob(blob).await?;
                    }
                }
                answer => return Ok(answer?),
            }
            answer = self.remote.send_confirmed(certificate, delivery.waits(), false).await;
        }
    }

    /// Sends a validated certificate with the blobs that it needs; the answer carries the vote to confirm.
    pub(crate) async fn send_validated(
        &mut self,
        certificate: &ValidatedBlockCertificate,
    ) -> Result<Box<ChainInfo>, ClientError> {
        let chain_id = certificate.chain_id();
        match self.remote.send_validated(certificate, true).await {
            Ok(info) => return Ok(info),
            Err(NodeError::BlobsNotFound(blob_ids)) => {
                for blob_id in &blob_ids {
                    let blob = self.client.local.pending_blob(chain_id, *blob_id).await?;
                    let blob = blob.ok_or_else(|| NodeError::BlobsNotFound(blob_ids.clone()))?;
                    self.remote.send_pending_blob(chain_id, &blob).await?;
                }
            }
            Err(error) => self.catch_up(chain_id, certificate.height(), &error).await?,
        }
        Ok(self.remote.send_validated(certificate, false).await?)
    }

    fn are_epochs(&self, certificate: &ConfirmedBlockCertificate, event_ids: &[EventId]) -> bool {
        let admin = self.client.admin_chain_id();
        let epochs = StreamId::system(EPOCH_STREAM_NAME);
        certificate.chain_id() != admin
            && event_ids.iter().all(|id| id.chain_id == admin && id.stream_id == epochs)
    }

    async fn local_blobs(&self, blob_ids: &[BlobId]) -> Result<Vec<Blob>, ClientError> {
        let mut blobs = Vec::with_capacity(blob_ids.len());
        for blob_id in blob_ids {
            let blob = self.client.local.blob(*blob_id).await?;
            blobs.push(blob.ok_or(ClientError::CannotDownloadBlob(*blob_id))?);
        }
        Ok(blobs)
    }
}

/// A validator may only ask for blobs that the block needs, each once.
fn check_missing_blobs(
    certificate: &ConfirmedBlockCertificate,
    blob_ids: &[BlobId],
) -> Result<(), NodeError> {
    if blob_ids.is_empty() {
        return Err(NodeError::EmptyBlobsNotFound);
    }
    let required = certificate.block().required_blob_ids();
    let distinct = blob_ids.iter().collect::<std::collections::BTreeSet<_>>();
    if distinct.iter().any(|blob_id| !required.contains(blob_id)) {
        return Err(NodeError::UnexpectedEntriesInBlobsNotFound);
    }
    if distinct.len() != blob_ids.len() {
        return Err(NodeError::DuplicatesInBlobsNotFound);
    }
    Ok(())
}
