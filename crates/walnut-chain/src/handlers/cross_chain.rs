//! Requests between chains: deliver bundles, confirm what arrived, ask to send again.
//!
//! Delivery is at least once and in any order, so every request is idempotent. A bundle that arrives again is confirmed
//! again: if the first confirmation was lost, the sender's outbox would otherwise stay stuck (upstream does not).

use std::collections::BTreeSet;

use walnut_base::{
    BlobId, BlockHeight, ChainId, CrossChainRequest, Epoch, MessageBundle, Notification, Reason, Timestamp,
};
use walnut_execution::{BlockError, ExecutionError};
use walnut_views::Store;

use crate::{
    blocks::Blocks,
    chain::ChainState,
    error::{ChainError, WorkerError},
    inbox::Inbox,
    limits::REVERT_CONFIRM_BLOCKS,
    session::Session,
    shared::Shared,
};

/// Leaves the chain to be saved by the caller, who may have more requests for it.
pub(crate) async fn handle_cross_chain_request<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    request: &CrossChainRequest,
    now: Timestamp,
) -> Result<(), WorkerError> {
    match request {
        CrossChainRequest::UpdateRecipient { sender, bundles, previous_height, recipient: _ } => {
            update_recipient(shared, chain, session, *sender, bundles, *previous_height, now).await
        }
        CrossChainRequest::ConfirmUpdatedRecipient { recipient, latest_height, sender: _ } => {
            confirm_updated_recipient(shared, chain, session, *recipient, *latest_height).await
        }
        CrossChainRequest::RevertConfirm { recipient, retransmit_from, sender: _ } => {
            revert_confirm(shared, chain, session, *recipient, *retransmit_from).await
        }
    }
}

async fn update_recipient<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    sender: ChainId,
    bundles: &[(Epoch, MessageBundle)],
    previous_height: Option<BlockHeight>,
    now: Timestamp,
) -> Result<(), WorkerError> {
    let recipient = chain.chain_id();
    let (next_height, anticipated) = {
        let store = session.partition(recipient);
        let mut inbox = Inbox::load(&mut chain.journal, &store, sender).await?;
        (inbox.next_block_height_to_receive()?, inbox.anticipated_height(&store).await?)
    };
    let Some((_, first)) = bundles.first() else { return Ok(()) };
    if let Some(previous) = previous_height.filter(|previous| *previous >= next_height) {
        if !shared.config.allow_revert_confirm {
            return Err(ChainError::InboxGapDetected {
                chain_id: recipient,
                origin: sender,
                expected_height: previous,
                actual_height: first.height,
            }
            .into());
        }
        let request = CrossChainRequest::RevertConfirm { sender, recipient, retransmit_from: next_height };
        session.effects.cross_chain.push(request);
        return Ok(());
    }
    let known = select_known(bundles, next_height)?;
    let trusted = select_trusted(shared, chain, session, bundles, anticipated).await?;
    let Some(selected) = bundles.get(known..trusted).filter(|selected| !selected.is_empty()) else {
        if let Some((_, last_known)) = known.checked_sub(1).and_then(|last| bundles.get(last)) {
            let latest_height = last_known.height;
            let request = CrossChainRequest::ConfirmUpdatedRecipient { sender, recipient, latest_height };
            session.effects.cross_chain.push(request);
        }
        return Ok(());
    };
    initialize_if_possible(shared, chain, session, now).await?;
    if !shared.config.allow_inactive_chains && !chain.is_active(shared, session).await? {
        return Ok(());
    }
    let mut latest_height = None;
    {
        let store = session.partition(recipient);
        for (_, bundle) in selected {
            let is_first_of_height = latest_height != Some(bundle.height);
            chain.receive_bundle(&store, sender, bundle, is_first_of_height).await?;
            latest_height = Some(bundle.height);
        }
    }
    if let Some(latest_height) = latest_height {
        session.effects.notifications.push(Notification {
            chain_id: recipient,
            reason: Reason::NewIncomingBundle { origin: sender, height: latest_height },
        });
        let request = CrossChainRequest::ConfirmUpdatedRecipient { sender, recipient, latest_height };
        session.effects.cross_chain.push(request);
    }
    Ok(())
}

/// How many of the first bundles were received before.
fn select_known(bundles: &[(Epoch, MessageBundle)], next_height: BlockHeight) -> Result<usize, WorkerError> {
    if !bundles.is_sorted_by_key(|(_, bundle)| bundle.height) {
        return Err(WorkerError::InvalidCrossChainRequest);
    }
    Ok(bundles.partition_point(|(_, bundle)| bundle.height < next_height))
}

/// How many of the first bundles are certified by a committee we can check, the last one vouching for those before it.
async fn select_trusted<S: Store, A>(
    shared: &Shared<A>,
    chain: &ChainState,
    session: &Session<'_, S>,
    bundles: &[(Epoch, MessageBundle)],
    anticipated: Option<BlockHeight>,
) -> Result<usize, WorkerError> {
    if shared.config.allow_messages_from_deprecated_epochs {
        return Ok(bundles.len());
    }
    for (index, (epoch, bundle)) in bundles.iter().enumerate().rev() {
        let is_anticipated = anticipated.is_some_and(|anticipated| bundle.height <= anticipated);
        if is_anticipated || *epoch >= chain.epoch() || shared.committees.known(*epoch).is_some() {
            return Ok(index + 1);
        }
        let committee = shared.committees.committee(session.store(), *epoch).await;
        if committee.map_err(WorkerError::execution)?.is_some() {
            return Ok(index + 1);
        }
    }
    Ok(0)
}

/// Initializes the recipient, unless nobody told us yet what it is: its inbox is filled nevertheless.
async fn initialize_if_possible<S: Store, A>(
    shared: &Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    now: Timestamp,
) -> Result<(), WorkerError> {
    let description: BlobId = chain.chain_id().description_blob_id();
    match chain.initialize(shared, session, now).await {
        Ok(()) => Ok(()),
        Err(WorkerError::ChainError(error)) if is_only_missing(&error, description) => Ok(()),
        Err(error) => Err(error),
    }
}

fn is_only_missing(error: &ChainError, blob_id: BlobId) -> bool {
    let ChainError::Block(BlockError::ExecutionError(error, _)) = error else { return false };
    matches!(&**error, ExecutionError::BlobsNotFound(blob_ids) if blob_ids == &[blob_id])
}

async fn confirm_updated_recipient<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    recipient: ChainId,
    latest_height: BlockHeight,
) -> Result<(), WorkerError> {
    let (is_news, delivered) = {
        let store = session.partition(chain.chain_id());
        let is_news =
            chain.mark_messages_as_received(&store, recipient, latest_height, &shared.tracked).await?;
        (is_news, chain.delivered_up_to(&store).await?)
    };
    if !is_news {
        return Ok(());
    }
    if let Some(height) = delivered {
        session.effects.delivered.push((chain.chain_id(), height));
    }
    send_update(shared, chain, session, recipient).await
}

async fn revert_confirm<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    recipient: ChainId,
    retransmit_from: BlockHeight,
) -> Result<(), WorkerError> {
    let heights = {
        let store = session.partition(chain.chain_id());
        let mut blocks = Blocks { cache: &mut shared.blocks, store: session.store() };
        let mut heights = BTreeSet::new();
        let mut previous = chain.previous_message_block(&store, recipient).await?;
        while let Some((hash, height)) = previous.filter(|(_, height)| *height >= retransmit_from) {
            if heights.len() >= REVERT_CONFIRM_BLOCKS {
                // The oldest ones are what the recipient needs first.
                heights.pop_last();
            }
            heights.insert(height);
            previous = blocks.require(hash).await?.body.previous_message_blocks.get(&recipient).copied();
        }
        heights
    };
    if heights.is_empty() {
        return Ok(());
    }
    {
        let store = session.partition(chain.chain_id());
        chain.revert_outbox(&store, recipient, &heights, &shared.tracked).await?;
    }
    send_update(shared, chain, session, recipient).await
}

/// Sends what waits for one recipient, if its inbox is kept here.
async fn send_update<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    recipient: ChainId,
) -> Result<(), WorkerError> {
    if !shared.tracked.contains(&recipient) {
        return Ok(());
    }
    let update = {
        let store = session.partition(chain.chain_id());
        let mut blocks = Blocks { cache: &mut shared.blocks, store: session.store() };
        chain.update_for(&store, &mut blocks, recipient, shared.config.cross_chain_chunk_bytes).await?
    };
    session.effects.cross_chain.extend(update);
    Ok(())
}
