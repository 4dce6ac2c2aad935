//! Which applications a chain knows, and what they are.

use walnut_base::{ApplicationDescription, ApplicationId, BlobType, ChainId, encoding::from_bcs};

use crate::{client::Client, error::ClientError, host::Host};

/// An application with its description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its name.
    pub application_id: ApplicationId,
    /// Where it comes from and what it consists of.
    pub description: ApplicationDescription,
}

impl<H: Host> Client<H> {
    /// The applications that the chain's blocks created, called or were sent something by, and those that these
    /// require; in the order of their names. Reads what is here and fetches nothing.
    pub async fn applications(&self, chain_id: ChainId) -> Result<Vec<Application>, ClientError> {
        let mut applications = Vec::new();
        for blob_id in self.local.used_blobs(chain_id).await? {
            if blob_id.blob_type != BlobType::ApplicationDescription {
                continue;
            }
            let application_id = ApplicationId::new(blob_id.hash);
            // A block that used the description was executed here with it.
            if let Some(description) = self.local_description(application_id).await? {
                applications.push(Application { application_id, description });
            }
        }
        applications.sort_unstable_by_key(|application| application.application_id);
        Ok(applications)
    }

    /// An application's description, from any validator if it is not here.
    ///
    /// # Errors
    /// [`ClientError::CannotDownloadBlob`] when nobody has it.
    pub async fn application_description(
        &self,
        application_id: ApplicationId,
    ) -> Result<ApplicationDescription, ClientError> {
        if let Some(description) = self.local_description(application_id).await? {
            return Ok(description);
        }
        let blob_id = application_id.description_blob_id();
        let remotes = self.remotes(&*self.admin_committee().await?);
        Box::pin(self.fetch_blobs_with_certificates(vec![blob_id], &remotes)).await?;
        let description = self.local_description(application_id).await?;
        description.ok_or(ClientError::CannotDownloadBlob(blob_id))
    }

    async fn local_description(
        &self,
        application_id: ApplicationId,
    ) -> Result<Option<ApplicationDescription>, ClientError> {
        let Some(blob) = self.local.blob(application_id.description_blob_id()).await? else {
            return Ok(None);
        };
        let description = from_bcs(blob.bytes(), blob.bytes().len());
        description.map(Some).map_err(|error| {
            ClientError::DamagedRecord(format!("description of application {application_id}: {error}"))
        })
    }
}
