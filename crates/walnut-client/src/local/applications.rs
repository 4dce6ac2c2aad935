//! Questions about applications.

use walnut_base::{ApplicationId, BlobId, ChainId, CryptoHash};
use walnut_execution::UserQueryOutcome;

use super::{LocalError, LocalNode, writes::split};
use crate::host::{Durability, Host};

impl<H: Host> LocalNode<H> {
    /// Asks a service; see [`Client::query_application`](crate::Client::query_application).
    pub(crate) async fn query_application(
        &self,
        chain_id: ChainId,
        block_hash: Option<CryptoHash>,
        application_id: ApplicationId,
        query: &[u8],
    ) -> Result<UserQueryOutcome, LocalError> {
        self.run(Durability::Relaxed, async |node, overlay| {
            let now = self.now();
            split(node.query_application(overlay, chain_id, block_hash, application_id, query, now).await)
        })
        .await
    }

    /// The blobs that the chain's blocks have used or published.
    pub(crate) async fn used_blobs(&self, chain_id: ChainId) -> Result<Vec<BlobId>, LocalError> {
        self.inspect(chain_id, async |chain| chain.used_blobs().await).await
    }
}
