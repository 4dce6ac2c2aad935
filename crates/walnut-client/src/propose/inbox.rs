//! Receiving: blocks that take in what waits.

use walnut_base::{ChainId, ConfirmedBlockCertificate};

use super::{Outcome, Progress};
use crate::{client::Client, error::ClientError, host::Host};

impl<H: Host> Client<H> {
    /// Makes blocks until nothing waits on the chain any more. Asks nobody for news: synchronise first.
    ///
    /// Returns the blocks made, and until when it has to wait if it could not finish.
    pub async fn process_inbox(
        &self,
        chain_id: ChainId,
        on_progress: &dyn Fn(Progress),
    ) -> Result<(Vec<ConfirmedBlockCertificate>, Option<Outcome>), ClientError> {
        let mut certificates = Vec::new();
        loop {
            match Box::pin(self.execute(chain_id, Vec::new(), Vec::new(), on_progress)).await {
                Ok(Outcome::Committed(certificate) | Outcome::Conflict(certificate)) => {
                    certificates.push(*certificate)
                }
                Ok(waiting @ Outcome::WaitForTimeout { .. }) => return Ok((certificates, Some(waiting))),
                Err(ClientError::EmptyBlock) => return Ok((certificates, None)),
                Err(error) => return Err(error),
            }
        }
    }
}
