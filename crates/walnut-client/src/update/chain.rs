//! Sending whole chains.

use std::collections::BTreeSet;

use walnut_base::{
    BlobId, BlockHeight, BlockProposal, ChainId, ChainInfo, ChainInfoQuery, ConfirmedBlockCertificate,
    LockingBlock, NodeError,
};

use super::{Delivery, Updater};
use crate::{error::ClientError, host::Host, limits::UPLOAD_BATCH_CERTIFICATES};

impl<H: Host> Updater<'_, H> {
    /// Sends the chain up to the height (exclusive), then what is known of the round. Blocks that are not here (sparse
    /// chains) are left out; the validator keeps the others above the gap.
    pub(crate) async fn send_chain(
        &mut self,
        chain_id: ChainId,
        target: BlockHeight,
        delivery: Delivery,
        latest: Option<&ConfirmedBlockCertificate>,
    ) -> Result<(), ClientError> {
        if !self.in_progress.insert(chain_id) {
            return Ok(());
        }
        let outcome = Box::pin(self.send_chain_once(chain_id, target, delivery, latest)).await;
        self.in_progress.remove(&chain_id);
        outcome
    }

    async fn send_chain_once(
        &mut self,
        chain_id: ChainId,
        target: BlockHeight,
        delivery: Delivery,
        latest: Option<&ConfirmedBlockCertificate>,
    ) -> Result<(), ClientError> {
        let info = match self.send_last_block(chain_id, target, delivery, latest).await? {
            Some(info) => info,
            None => self.query(chain_id).await?,
        };
        let mut next = info.next_block_height;
        while next < target {
            let end = target.0.min(next.0.saturating_add(UPLOAD_BATCH_CERTIFICATES));
            let heights = (next.0..end).map(BlockHeight).collect();
            for certificate in self.client.local.certificates_at(chain_id, heights).await? {
                Box::pin(self.send_confirmed(&certificate, delivery)).await?;
            }
            next = BlockHeight(end);
        }
        self.send_round(chain_id, &info).await
    }

    /// Tries the last block alone: in the usual case that is all the validator lacks. Sends the chain's description
    /// when the chain has no block yet.
    async fn send_last_block(
        &mut self,
        chain_id: ChainId,
        target: BlockHeight,
        delivery: Delivery,
        latest: Option<&ConfirmedBlockCertificate>,
    ) -> Result<Option<Box<ChainInfo>>, ClientError> {
        let Some(last) = target.0.checked_sub(1).map(BlockHeight) else {
            self.send_blocks_of_blobs(&[chain_id.description_blob_id()]).await?;
            return Ok(None);
        };
        let certificate = match latest.filter(|latest| latest.block().header.height == last) {
            Some(latest) => Some(latest.clone()),
            None => self.client.local.certificate_at(chain_id, last).await?,
        };
        let Some(certificate) = certificate else { return Ok(None) };
        match Box::pin(self.send_confirmed(&certificate, delivery)).await {
            Ok(info) => Ok(Some(info)),
            Err(error @ ClientError::Local(_)) => Err(error),
            // Whatever the validator objected to, its own state tells what it lacks.
            Err(_) => Ok(None),
        }
    }

    async fn query(&self, chain_id: ChainId) -> Result<Box<ChainInfo>, ClientError> {
        let query = ChainInfoQuery::new(chain_id).with_manager_values();
        match self.remote.query(query.clone()).await {
            Err(NodeError::BlobsNotFound(_)) => {
                self.send_blocks_of_blobs(&[chain_id.description_blob_id()]).await?;
                Ok(self.remote.query(query).await?)
            }
            info => Ok(info?),
        }
    }

    /// Sends what lifts the validator to our round, if it is at our height and below our round. Best effort: the
    /// validator's refusal changes nothing here.
    async fn send_round(&mut self, chain_id: ChainId, remote: &ChainInfo) -> Result<(), ClientError> {
        let query = ChainInfoQuery::new(chain_id).with_manager_values();
        let Ok(local) = self.client.local.chain_info(query).await else { return Ok(()) };
        let manager = &local.manager;
        let round = manager.current_round;
        if local.next_block_height != remote.next_block_height || round <= remote.manager.current_round {
            return Ok(());
        }
        if let Some(LockingBlock::Regular(certificate)) = manager.requested_locking.as_deref()
            && certificate.round > remote.manager.current_round
            && let Ok(info) = self.remote.send_validated(certificate, true).await
            && info.manager.current_round >= round
        {
            return Ok(());
        }
        if let Some(timeout) = &manager.timeout
            && timeout.round >= remote.manager.current_round
            && let Ok(info) = self.remote.send_timeout((**timeout).clone()).await
            && info.manager.current_round >= round
        {
            return Ok(());
        }
        let proposals = manager.requested_proposed.iter().chain(&manager.requested_signed_proposal);
        for proposal in proposals.filter(|proposal| proposal.content.round == round) {
            let proposal: BlockProposal = (**proposal).clone();
            if self.remote.propose(proposal).await.is_ok() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Sends the blocks that the local node knows to have used or created the blobs.
    pub(super) async fn send_blocks_of_blobs(&self, blob_ids: &[BlobId]) -> Result<(), ClientError> {
        let mut blocks = BTreeSet::new();
        for blob_id in blob_ids {
            if let Some(place) = self.client.local.blob_place(*blob_id).await? {
                blocks.insert(place);
            }
        }
        for (chain_id, height) in blocks {
            let Some(certificate) = self.client.local.certificate_at(chain_id, height).await? else {
                continue;
            };
            let mut updater = Updater::new(self.client, self.remote.clone());
            Box::pin(updater.send_confirmed(&certificate, Delivery::NonBlocking)).await?;
        }
        Ok(())
    }
}
