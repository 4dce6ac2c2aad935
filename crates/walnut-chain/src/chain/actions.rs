//! What a chain has to say to the chains that wait for its messages.

use walnut_base::{
    BlockHeight, ChainId, CrossChainRequest, Epoch, Message, MessageBundle, Notification, Reason, Round,
};
use walnut_views::Store;

use super::ChainState;
use crate::{
    blocks::Blocks,
    config::Tracked,
    effects::Effects,
    error::{ChainError, WorkerError},
    limits::CROSS_CHAIN_CHUNK_BLOCKS,
    outbox::Outbox,
};

impl ChainState {
    /// Adds the pending messages for every waiting target and, if the current round is above `old_round`, the news of it.
    pub(crate) async fn add_network_actions<S: Store, B: Store>(
        &mut self,
        store: &S,
        blocks: &mut Blocks<'_, B>,
        tracked: &Tracked,
        chunk_bytes: usize,
        old_round: Option<Round>,
        effects: &mut Effects,
    ) -> Result<(), WorkerError> {
        self.reconcile_outbox_index(store, tracked).await?;
        for target in self.waiting_targets(store).await? {
            effects.cross_chain.extend(self.update_for(store, blocks, target, chunk_bytes).await?);
        }
        let current = self.manager.current_round();
        if old_round.is_some_and(|old| current > old) {
            effects.notifications.push(Notification {
                chain_id: self.chain_id(),
                reason: Reason::NewRound { height: self.head.tip.next_block_height, round: current },
            });
        }
        Ok(())
    }

    /// The request that delivers the oldest waiting messages to `target`; none if nothing waits.
    pub(crate) async fn update_for<S: Store, B: Store>(
        &mut self,
        store: &S,
        blocks: &mut Blocks<'_, B>,
        target: ChainId,
        chunk_bytes: usize,
    ) -> Result<Option<CrossChainRequest>, WorkerError> {
        let heights = Outbox::load(&mut self.journal, store, target)
            .await?
            .heights(store, CROSS_CHAIN_CHUNK_BLOCKS)
            .await?;
        let mut bundles: Vec<(Epoch, MessageBundle)> = Vec::new();
        let mut previous_height: Option<BlockHeight> = None;
        let mut size = 0;
        for height in heights {
            let Some(hash) = self.block_hash(store, height).await? else { break };
            let block = blocks.require(hash).await?;
            let block_bundles = block.message_bundles_for(target, hash);
            let block_size: usize = block_bundles.iter().map(estimated_size).sum();
            if bundles.is_empty() {
                previous_height = block.body.previous_message_blocks.get(&target).map(|(_, height)| *height);
            } else if size + block_size > chunk_bytes {
                break;
            }
            size += block_size;
            let epoch = block.header.epoch;
            bundles.extend(block_bundles.into_iter().map(|bundle| (epoch, bundle)));
        }
        if bundles.is_empty() {
            return Ok(None);
        }
        let sender = self.chain_id();
        Ok(Some(CrossChainRequest::UpdateRecipient { sender, recipient: target, bundles, previous_height }))
    }

    /// Whether some target still waits for a message of a block at or below `height`.
    pub(crate) async fn is_delivery_pending<S: Store>(
        &mut self,
        store: &S,
        height: BlockHeight,
    ) -> Result<bool, ChainError> {
        Ok(!self.all_messages_delivered_up_to(store, height).await?)
    }
}

/// As upstream estimates it (`linera-core/src/chain_worker/state.rs`).
fn estimated_size(bundle: &MessageBundle) -> usize {
    let message = |message: &Message| match message {
        Message::System(_) => 256,
        Message::User { bytes, .. } => 64 + bytes.len(),
    };
    60 + bundle.messages.iter().map(|posted| 96 + message(&posted.message)).sum::<usize>()
}
