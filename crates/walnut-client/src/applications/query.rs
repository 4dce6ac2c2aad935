//! Asking services.

use walnut_base::{ApplicationId, ChainId, CryptoHash};
use walnut_execution::UserQueryOutcome;

use crate::{client::Client, error::ClientError, host::Host, limits::STAGING_FETCHES_MAX, sync::Fetched};

impl<H: Host> Client<H> {
    /// Asks an application's service about a chain, in the state of its last block here; with the hash of a block that
    /// was staged on top of it, in the state after that. Nothing is changed: operations that the service asks for are
    /// in the answer, and are for the caller to stage, as a [`Draft`](crate::Draft), or to leave.
    ///
    /// # Errors
    /// [`ClientError::Local`] when the service fails, and whatever fetching what is missing ends with.
    pub async fn query_application(
        &self,
        chain_id: ChainId,
        application_id: ApplicationId,
        block_hash: Option<CryptoHash>,
        query: &[u8],
    ) -> Result<UserQueryOutcome, ClientError> {
        let mut fetched = Fetched::default();
        for _ in 0..STAGING_FETCHES_MAX {
            let outcome = self.local.query_application(chain_id, block_hash, application_id, query).await;
            let error = match outcome {
                Ok(outcome) => return Ok(outcome),
                Err(error) => error,
            };
            let Some(missing) = error.missing() else { return Err(error.into()) };
            let remotes = self.remotes(&*self.admin_committee().await?);
            if !Box::pin(self.fetch_missing(chain_id, missing, &remotes, &mut fetched)).await? {
                return Err(error.into());
            }
        }
        Err(ClientError::TooManyAttempts("fetching what a question needs"))
    }
}
