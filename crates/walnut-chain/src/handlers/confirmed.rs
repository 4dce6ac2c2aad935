//! A confirmed certificate: store it, then execute its block, or note what it says if it is above the tip.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{
    Blob, BlobId, Block, ChainInfoResponse, ConfirmedBlockCertificate, Hashed, Notification, Reason,
    StreamId, Timestamp,
};
use walnut_execution::{ActiveCommittee, Applications, ExecutionError, compare_outcomes, epoch_event};
use walnut_views::{Batch, Store};

use super::{Delivery, ProcessingMode, add_network_actions, answer, complete, find_blobs};
use crate::{
    chain::ChainState,
    error::{ChainError, WorkerError},
    records::{self, BlobState},
    session::Session,
    shared::Shared,
};

pub(crate) async fn handle_confirmed_certificate<S: Store, A: Applications>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    certificate: ConfirmedBlockCertificate,
    mode: ProcessingMode,
    now: Timestamp,
) -> Result<(ChainInfoResponse, Delivery), WorkerError> {
    let height = certificate.height();
    if height >= chain.tip().next_block_height {
        process(shared, chain, session, &certificate, mode, now).await?;
    } else {
        // Executed before. Nothing is verified and nothing changes, but undelivered messages are sent again.
        add_network_actions(shared, chain, session, None).await?;
        chain.save(session).await?;
    }
    let store = session.partition(chain.chain_id());
    let delivery = match chain.is_delivery_pending(&store, height).await? {
        true => Delivery::Pending(height),
        false => Delivery::Complete,
    };
    Ok((answer(shared, chain), delivery))
}

async fn process<S: Store, A: Applications>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    certificate: &ConfirmedBlockCertificate,
    mode: ProcessingMode,
    now: Timestamp,
) -> Result<(), WorkerError> {
    // The committee of the block's own epoch, from the network's table: the chain may not have come that far.
    let committee = require_committee(shared, session, certificate.epoch()).await?;
    shared.check_certificate(certificate, &committee.committee)?;
    let block = certificate.value().inner();
    let blobs = store_certificate(chain, session, certificate).await?;
    let next_block_height = chain.tip().next_block_height;
    match mode {
        ProcessingMode::Preprocess => {}
        ProcessingMode::Auto if block.header.height > next_block_height => {}
        ProcessingMode::Execute if block.header.height > next_block_height => {
            return Err(WorkerError::InvalidBlockChaining);
        }
        ProcessingMode::Auto | ProcessingMode::Execute => {
            return execute(shared, chain, session, block, &blobs, now).await;
        }
    }
    let streams = {
        let store = session.partition(chain.chain_id());
        chain.preprocess_block(&store, block, &shared.tracked).await?
    };
    shared.blocks.insert(block);
    add_network_actions(shared, chain, session, None).await?;
    notify_events(session, block, streams);
    Ok(chain.save(session).await?)
}

/// Writes blobs, certificate, indices and events, or says which blobs are missing. What is known about the use of each
/// blob is written in any case: it is what lets the missing ones be uploaded.
async fn store_certificate<S: Store>(
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    certificate: &ConfirmedBlockCertificate,
) -> Result<BTreeMap<BlobId, Blob>, WorkerError> {
    let block = certificate.block();
    let required = block.required_blob_ids();
    let found = complete(find_blobs(chain, session, &required, &block.created_blobs()).await?);
    let mut batch = Batch::default();
    if let Ok(blobs) = &found {
        let ids: Vec<BlobId> = blobs.keys().copied().collect();
        for blob_id in records::missing_blobs(session.store(), &ids).await? {
            if let Some(blob) = blobs.get(&blob_id) {
                records::put_blob(&mut batch, blob);
            }
        }
        records::put_certificate(&mut batch, certificate)?;
    }
    note_blob_use(session, certificate, &required, found.is_ok(), &mut batch).await?;
    session.write(batch);
    found.map_err(|(missing, _)| WorkerError::BlobsNotFound(missing))
}

async fn note_blob_use<S: Store>(
    session: &Session<'_, S>,
    certificate: &ConfirmedBlockCertificate,
    blob_ids: &BTreeSet<BlobId>,
    is_stored: bool,
    batch: &mut Batch,
) -> Result<(), WorkerError> {
    let state = BlobState {
        last_used_by: is_stored.then(|| certificate.hash()),
        chain_id: certificate.chain_id(),
        block_height: certificate.height(),
        epoch: is_stored.then(|| certificate.epoch()),
    };
    for blob_id in blob_ids {
        let old = records::read_blob_state(session.store(), *blob_id).await?;
        if old.is_none_or(|old| old.epoch < state.epoch) {
            records::put_blob_state(batch, blob_id, &state)?;
        }
    }
    Ok(())
}

async fn require_committee<S: Store, A>(
    shared: &Shared<A>,
    session: &Session<'_, S>,
    epoch: walnut_base::Epoch,
) -> Result<std::rc::Rc<ActiveCommittee>, WorkerError> {
    let committee =
        shared.committees.committee(session.store(), epoch).await.map_err(WorkerError::execution)?;
    if let Some(committee) = committee {
        return Ok(committee);
    }
    let network = shared.committees.network(session.store()).await.map_err(WorkerError::execution)?;
    Err(WorkerError::execution(match network {
        Some(network) => ExecutionError::EventsNotFound(vec![epoch_event(network.admin_chain_id, epoch)]),
        None => ExecutionError::NoNetworkDescriptionFound,
    }))
}

async fn execute<S: Store, A: Applications>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    block: &Hashed<Block>,
    blobs: &BTreeMap<BlobId, Blob>,
    now: Timestamp,
) -> Result<(), WorkerError> {
    let header = &block.header;
    if chain.tip().block_hash != header.previous_block_hash {
        return Err(WorkerError::InvalidBlockChaining);
    }
    chain.initialize(shared, session, now).await?;
    chain.check_epoch(header.epoch)?;
    {
        let store = session.partition(chain.chain_id());
        let bundles = block.incoming_bundles().collect();
        chain.remove_bundles_from_inboxes(&store, header.timestamp, false, bundles).await?;
    }
    let state = match shared.take_executed(&block.hash()) {
        Some(state) => state,
        None => {
            let (proposed, outcome) = (**block).clone().into_proposal();
            let published: Vec<Blob> =
                block.published_blob_ids().iter().filter_map(|blob_id| blobs.get(blob_id).cloned()).collect();
            let replaying = Some(outcome.oracle_responses.as_slice());
            let (state, executed) =
                chain.execute(shared, session, &proposed, &published, None, replaying, now).await?;
            compare_outcomes(&outcome, &executed.outcome)
                .map_err(|mismatch| ChainError::OutcomeMismatch(Box::new(mismatch)))?;
            state
        }
    };
    chain.adopt(state);
    let fallback_owners = chain.fallback_owners(shared, session).await?;
    let streams = {
        let store = session.partition(chain.chain_id());
        chain.apply_confirmed_block(&store, block, now, &shared.tracked, fallback_owners).await?
    };
    shared.blocks.insert(block);
    add_network_actions(shared, chain, session, None).await?;
    session.effects.notifications.push(Notification {
        chain_id: chain.chain_id(),
        reason: Reason::NewBlock {
            height: header.height,
            hash: block.hash(),
            event_streams: streams.clone(),
        },
    });
    notify_events(session, block, streams);
    Ok(chain.save(session).await?)
}

fn notify_events<S: Store>(
    session: &mut Session<'_, S>,
    block: &Hashed<Block>,
    event_streams: BTreeSet<StreamId>,
) {
    if event_streams.is_empty() {
        return;
    }
    session.effects.notifications.push(Notification {
        chain_id: block.header.chain_id,
        reason: Reason::NewEvents { height: block.header.height, hash: block.hash(), event_streams },
    });
}
