//! Blobs.

use std::collections::BTreeSet;

use walnut_base::{Blob, BlobId};

use super::Keep;
use crate::{client::Client, error::ClientError, host::Host, remote::Remote};

impl<H: Host> Client<H> {
    /// Downloads the contents of blobs that a verified certificate names. Validators are tried in turn: the content proves
    /// itself by its hash.
    pub(crate) async fn fetch_blobs(
        &self,
        blob_ids: Vec<BlobId>,
        remotes: &[Remote<H::Remote>],
    ) -> Result<(), ClientError> {
        let downloads = blob_ids.into_iter().map(|blob_id| async move {
            match self.download_blob(blob_id, remotes).await {
                Some(blob) => Ok(blob),
                // The serving validator may lag behind; the others may not.
                None => {
                    let committee = self.admin_committee().await?;
                    let blob = self.download_blob(blob_id, &self.remotes(&committee)).await;
                    blob.ok_or(ClientError::CannotDownloadBlob(blob_id))
                }
            }
        });
        let blobs = futures_util::future::try_join_all(downloads).await?;
        self.local.store_blobs(&blobs).await?;
        Ok(())
    }

    async fn download_blob(&self, blob_id: BlobId, remotes: &[Remote<H::Remote>]) -> Option<Blob> {
        for remote in remotes {
            if let Ok(blob) = remote.download_blob(blob_id).await {
                return Some(blob);
            }
        }
        None
    }

    /// Makes blobs available that no certificate here names yet: fetches, for each, the certificate of a block that uses
    /// it, verifies that, and takes the blob with it.
    pub(crate) async fn fetch_blobs_with_certificates(
        &self,
        blob_ids: Vec<BlobId>,
        remotes: &[Remote<H::Remote>],
    ) -> Result<(), ClientError> {
        let blob_ids = blob_ids.into_iter().collect::<BTreeSet<_>>();
        for blob_id in blob_ids {
            self.fetch_blob_with_certificate(blob_id, remotes).await?;
        }
        Ok(())
    }

    async fn fetch_blob_with_certificate(
        &self,
        blob_id: BlobId,
        remotes: &[Remote<H::Remote>],
    ) -> Result<(), ClientError> {
        for remote in remotes {
            let Ok(certificate) = remote.certificate_for_blob(blob_id).await else { continue };
            if self.check_certificate(&certificate).await.is_err() {
                continue;
            }
            let keep = match self.is_full(certificate.chain_id()) {
                true => Keep::IfContiguous,
                false => Keep::Preprocessed,
            };
            let processed =
                self.process_certificates(std::slice::from_ref(remote), vec![certificate], keep).await;
            if processed.is_ok() && self.local.blob(blob_id).await?.is_some() {
                return Ok(());
            }
        }
        Err(ClientError::CannotDownloadBlob(blob_id))
    }
}
