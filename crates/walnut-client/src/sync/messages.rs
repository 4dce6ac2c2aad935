//! Everything a chain needs before its owner proposes on it.

use walnut_base::ChainId;

use crate::{client::Client, error::ClientError, host::Host};

impl<H: Host> Client<H> {
    /// Brings an owned chain up to date: its blocks and consensus, the committees, the messages and the events sent to it.
    /// Makes no block.
    pub async fn sync_all(&self, chain_id: ChainId) -> Result<(), ClientError> {
        Box::pin(self.sync_chain(chain_id)).await?;
        if self.local.epoch(chain_id).await? > self.local.epoch(self.admin_chain_id()).await? {
            Box::pin(self.sync_chain(self.admin_chain_id())).await?;
        }
        Box::pin(self.sync_publishers(chain_id)).await?;
        Box::pin(self.find_received_certificates(chain_id)).await
    }
}
