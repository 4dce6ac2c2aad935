//! Read access to one chain, for programs and clients that need more than chain info.

use std::collections::BTreeMap;

use walnut_base::{
    AccountOwner, Amount, BlobId, BlockHeight, ChainId, ChainInfo, CryptoHash, IncomingBundle, StreamId,
    ValidatorPublicKey,
};
use walnut_execution::{EventSubscriptions, ExecutionState};
use walnut_views::Store;

use crate::{
    chain::{ChainState, ChainTipState},
    error::WorkerError,
    journal::{Key, Record},
    manager::ChainManager,
    session::Session,
};

/// One chain and the store it is read from. See [`Node::inspect`](crate::Node::inspect).
pub struct ChainReader<'c, 's, S> {
    chain: &'c mut ChainState,
    session: &'c Session<'s, S>,
}

impl<'c, 's, S: Store> ChainReader<'c, 's, S> {
    pub(crate) fn new(chain: &'c mut ChainState, session: &'c Session<'s, S>) -> Self {
        ChainReader { chain, session }
    }

    /// Whether the chain was initialized from its description.
    pub fn is_initialized(&self) -> bool {
        self.chain.is_initialized()
    }

    /// The chain info without anything special. Does not initialize the chain.
    pub fn info(&self) -> ChainInfo {
        self.chain.info()
    }

    /// The last executed block and the counters.
    pub fn tip(&self) -> ChainTipState {
        *self.chain.tip()
    }

    /// Consensus at the next height, with the blobs of the proposal and the lock.
    pub fn manager(&self) -> &ChainManager {
        &self.chain.manager
    }

    /// What the chain's blocks computed.
    pub fn execution_state(&self) -> &ExecutionState {
        &self.chain.execution
    }

    /// The balance of an owner; the chain's own for [`AccountOwner::CHAIN`]. None if the owner has no account.
    pub async fn balance(&self, owner: AccountOwner) -> Result<Option<Amount>, WorkerError> {
        let system = &self.chain.execution.system;
        if owner == AccountOwner::CHAIN {
            return Ok(Some(*system.balance.get()));
        }
        Ok(system.balances.read(&self.session.partition(self.chain.chain_id()), &owner).await?)
    }

    /// The balances of all owners with an account.
    pub async fn owner_balances(&self) -> Result<Vec<(AccountOwner, Amount)>, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        Ok(self.chain.execution.system.balances.entries(&store).await?)
    }

    /// The streams of other chains that applications here subscribe to.
    pub async fn event_subscriptions(
        &self,
    ) -> Result<Vec<((ChainId, StreamId), EventSubscriptions)>, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        Ok(self.chain.execution.system.event_subscriptions.entries(&store).await?)
    }

    /// The blobs that the chain's blocks have used or published.
    pub async fn used_blobs(&self) -> Result<Vec<BlobId>, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        Ok(self.chain.execution.system.used_blobs.keys(&store).await?)
    }

    /// One past the highest preprocessed block, or the tip if there is none.
    pub fn next_height_to_preprocess(&self) -> BlockHeight {
        self.chain.next_height_to_preprocess()
    }

    /// The hash of the executed or preprocessed block at a height.
    pub async fn block_hash(&mut self, height: BlockHeight) -> Result<Option<CryptoHash>, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        Ok(self.chain.block_hash(&store, height).await?)
    }

    /// The hashes of known blocks: executed ones first, unknown ones dropped.
    pub async fn block_hashes(&mut self, heights: Vec<BlockHeight>) -> Result<Vec<CryptoHash>, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        Ok(self.chain.block_hashes(&store, heights).await?)
    }

    /// The lowest height whose messages to `target` this node may lack.
    pub async fn next_outbox_height(&mut self, target: ChainId) -> Result<BlockHeight, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        Ok(self.chain.next_outbox_height(&store, target).await?)
    }

    /// The next event index expected on a stream of this chain; falls back on what execution counted.
    pub async fn next_expected_event(&mut self, stream_id: &StreamId) -> Result<Option<u32>, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        match self.chain.next_expected_event(&store, stream_id).await? {
            Some(index) => Ok(Some(index)),
            None => Ok(self.chain.execution.stream_event_counts.read(&store, stream_id).await?),
        }
    }

    /// The last executed block with an event on each of the streams; streams without one are left out.
    pub async fn previous_event_blocks(
        &mut self,
        stream_ids: Vec<StreamId>,
    ) -> Result<BTreeMap<StreamId, (BlockHeight, CryptoHash)>, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        let mut found = BTreeMap::new();
        for stream_id in stream_ids {
            if let Some((hash, height)) = self.chain.previous_event_block(&store, &stream_id).await? {
                found.insert(stream_id, (height, hash));
            }
        }
        Ok(found)
    }

    /// Everything that waits in the inboxes, as a chain info answer would list it.
    pub async fn pending_bundles(&mut self) -> Result<Vec<IncomingBundle>, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        Ok(self.chain.pending_bundles(&store).await?)
    }

    /// How much of each validator's received log was synchronized.
    pub async fn received_certificate_trackers(
        &mut self,
    ) -> Result<BTreeMap<ValidatorPublicKey, u64>, WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        let entries = self.chain.journal.scan(&store, &Key::of(Record::ReceivedTracker)).await?;
        let decode =
            |(key, value): (Vec<u8>, Vec<u8>)| Ok((bcs::from_bytes(&key)?, bcs::from_bytes(&value)?));
        entries.into_iter().map(decode).collect()
    }

    /// Notes how much of validators' received logs was synchronized; never less than before.
    pub(crate) async fn raise_received_certificate_trackers(
        &mut self,
        trackers: BTreeMap<ValidatorPublicKey, u64>,
    ) -> Result<(), WorkerError> {
        let store = self.session.partition(self.chain.chain_id());
        for (validator, count) in trackers {
            let key = Key::of(Record::ReceivedTracker).value(&validator)?;
            let old: Option<u64> = self.chain.journal.read(&store, &key).await?;
            if old.is_none_or(|old| old < count) {
                self.chain.journal.put(key, &count)?;
            }
        }
        Ok(())
    }
}
