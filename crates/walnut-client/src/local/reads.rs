//! Questions to the local node.

use std::{collections::BTreeMap, rc::Rc};

use walnut_base::{
    AccountOwner, Amount, Blob, BlobId, BlockHeight, ChainId, ChainInfo, ChainInfoQuery, ChainOwnership,
    Committee, ConfirmedBlockCertificate, Epoch, EventId, IncomingBundle, NetworkDescription, StreamId,
    ValidatorPublicKey,
};
use walnut_chain::{ChainReader, WorkerError, records};
use walnut_execution::{BlockError, ChainExecutionContext as Context, EventSubscriptions, ExecutionError};
use walnut_views::{Overlay, StoreError};

use super::{LocalError, LocalNode, writes::split};
use crate::host::{Durability, Host};

/// What a chain holds, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances {
    /// Of the chain itself.
    pub chain: Amount,
    /// Of single owners.
    pub owners: BTreeMap<AccountOwner, Amount>,
}

impl<H: Host> LocalNode<H> {
    /// Information about a chain.
    pub async fn chain_info(&self, query: ChainInfoQuery) -> Result<Box<ChainInfo>, LocalError> {
        let response = self
            .run(Durability::Relaxed, async |node, overlay| {
                split(node.handle_chain_info_query(overlay, query, self.now()).await)
            })
            .await?;
        Ok(response.info)
    }

    /// Shows one chain to `read`, without initialising it.
    pub async fn inspect<T>(
        &self,
        chain_id: ChainId,
        read: impl AsyncFnOnce(&mut ChainReader<'_, '_, Overlay<&H::Store>>) -> Result<T, WorkerError>,
    ) -> Result<T, LocalError> {
        let mut node = self.node.lock().await;
        let overlay = Overlay::new(self.host.store());
        let (outcome, _) = split(Box::pin(node.inspect(&overlay, chain_id, read)).await);
        outcome
    }

    /// The next height of the chain; zero when nothing is known of it.
    pub async fn next_block_height(&self, chain_id: ChainId) -> Result<BlockHeight, LocalError> {
        self.inspect(chain_id, async |chain| Ok(chain.tip().next_block_height)).await
    }

    /// The chain's epoch, from its description when it has no block yet.
    pub async fn epoch(&self, chain_id: ChainId) -> Result<Epoch, LocalError> {
        let info = self.chain_info(ChainInfoQuery::new(chain_id)).await?;
        Ok(info.epoch)
    }

    /// Epochs whose committees the chain still trusts, ascending.
    pub(crate) async fn trusted_epochs(&self, chain_id: ChainId) -> Result<Vec<Epoch>, LocalError> {
        self.inspect(chain_id, async |chain| {
            let mut epochs = chain.execution_state().system.committees.get().epochs().collect::<Vec<_>>();
            epochs.sort_unstable();
            Ok(epochs)
        })
        .await
    }

    /// The chain's owners.
    pub async fn ownership(&self, chain_id: ChainId) -> Result<ChainOwnership, LocalError> {
        let info = self.chain_info(ChainInfoQuery::new(chain_id)).await?;
        Ok(info.manager.ownership)
    }

    /// What the chain and its owners hold, as of the last executed block.
    pub async fn balances(&self, chain_id: ChainId) -> Result<Balances, LocalError> {
        let chain = self.chain_info(ChainInfoQuery::new(chain_id)).await?.chain_balance;
        let owners = self.inspect(chain_id, async |chain| chain.owner_balances().await).await?;
        Ok(Balances { chain, owners: owners.into_iter().collect() })
    }

    /// Bundles that wait in the chain's inbox.
    pub async fn pending_bundles(&self, chain_id: ChainId) -> Result<Vec<IncomingBundle>, LocalError> {
        let query = ChainInfoQuery::new(chain_id).with_pending_message_bundles();
        Ok(self.chain_info(query).await?.requested_pending_message_bundles)
    }

    /// The network that the store was prepared for.
    pub async fn network_description(&self) -> Result<Option<NetworkDescription>, StoreError> {
        records::read_network_description(self.host.store()).await
    }

    /// The committee of an epoch, as far as its announcement is here.
    pub async fn committee(&self, epoch: Epoch) -> Result<Option<Rc<Committee>>, LocalError> {
        let node = self.node.lock().await;
        let committee = node.committees().committee(self.host.store(), epoch).await;
        match committee {
            Ok(active) => Ok(active.map(|active| Rc::clone(&active.committee))),
            Err(ExecutionError::BlobsNotFound(_) | ExecutionError::EventsNotFound(_)) => Ok(None),
            Err(error) => {
                Err(WorkerError::from(BlockError::ExecutionError(Box::new(error), Context::Query)).into())
            }
        }
    }

    /// A blob's content.
    pub async fn blob(&self, blob_id: BlobId) -> Result<Option<Blob>, LocalError> {
        Ok(records::read_blob(self.host.store(), blob_id).await?)
    }

    /// A blob of the chain's proposal or lock, or a confirmed one.
    pub async fn pending_blob(&self, chain_id: ChainId, blob_id: BlobId) -> Result<Option<Blob>, LocalError> {
        let pending =
            self.inspect(chain_id, async |chain| Ok(chain.manager().pending_blob(&blob_id).cloned())).await?;
        match pending {
            Some(blob) => Ok(Some(blob)),
            None => self.blob(blob_id).await,
        }
    }

    /// The block that is known to have used or created the blob last.
    pub(crate) async fn blob_place(
        &self,
        blob_id: BlobId,
    ) -> Result<Option<(ChainId, BlockHeight)>, LocalError> {
        let state = records::read_blob_state(self.host.store(), blob_id).await?;
        Ok(state.map(|state| (state.chain_id, state.block_height)))
    }

    /// The certificate of the chain's block at a height, executed or not.
    pub async fn certificate_at(
        &self,
        chain_id: ChainId,
        height: BlockHeight,
    ) -> Result<Option<ConfirmedBlockCertificate>, LocalError> {
        let store = self.host.store();
        let Some(hash) = records::read_hash_by_height(store, chain_id, height).await? else {
            return Ok(None);
        };
        Ok(records::read_certificate(store, hash).await?)
    }

    /// The certificates at those heights that are here, ascending.
    pub async fn certificates_at(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<ConfirmedBlockCertificate>, LocalError> {
        let store = self.host.store();
        let hashes = records::read_hashes_by_heights(store, chain_id, &heights).await?;
        let mut certificates = Vec::new();
        for hash in hashes.into_iter().flatten() {
            certificates.extend(records::read_certificate(store, hash).await?);
        }
        Ok(certificates)
    }

    /// Those of the events that are not here.
    pub(crate) async fn missing_events(&self, event_ids: &[EventId]) -> Result<Vec<EventId>, LocalError> {
        let mut missing = Vec::new();
        for event_id in event_ids {
            if records::read_event(self.host.store(), event_id).await?.is_none() {
                missing.push(event_id.clone());
            }
        }
        Ok(missing)
    }

    /// The index of the next event on a stream, as far as blocks are here without a gap.
    pub(crate) async fn next_expected_event(
        &self,
        chain_id: ChainId,
        stream: &StreamId,
    ) -> Result<u32, LocalError> {
        let index = self.inspect(chain_id, async |chain| chain.next_expected_event(stream).await).await?;
        Ok(index.unwrap_or(0))
    }

    /// Streams of other chains that the chain's applications subscribe to.
    pub(crate) async fn event_subscriptions(
        &self,
        chain_id: ChainId,
    ) -> Result<BTreeMap<(ChainId, StreamId), EventSubscriptions>, LocalError> {
        let entries = self.inspect(chain_id, async |chain| chain.event_subscriptions().await).await?;
        Ok(entries.into_iter().collect())
    }

    /// The lowest height of the sender whose messages to the recipient may not be here.
    pub(crate) async fn next_outbox_height(
        &self,
        sender: ChainId,
        recipient: ChainId,
    ) -> Result<BlockHeight, LocalError> {
        self.inspect(sender, async |chain| chain.next_outbox_height(recipient).await).await
    }

    /// One past the highest block that is here.
    pub(crate) async fn next_height_to_preprocess(
        &self,
        chain_id: ChainId,
    ) -> Result<BlockHeight, LocalError> {
        self.inspect(chain_id, async |chain| Ok(chain.next_height_to_preprocess())).await
    }

    /// How far validators' logs of received messages were worked off.
    pub(crate) async fn received_trackers(
        &self,
        chain_id: ChainId,
    ) -> Result<BTreeMap<ValidatorPublicKey, u64>, LocalError> {
        self.inspect(chain_id, async |chain| chain.received_certificate_trackers().await).await
    }
}
