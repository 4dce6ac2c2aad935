//! One file per request. Each takes the chain and the session, and leaves the chain saved or to be dropped.

pub(crate) mod blobs;
pub(crate) mod confirmed;
pub(crate) mod cross_chain;
pub(crate) mod info;
pub(crate) mod lite;
pub(crate) mod proposal;
pub(crate) mod timeout;
pub(crate) mod validated;

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{Blob, BlobId, BlockHeight, ChainInfoResponse, Round};
use walnut_views::Store;

use crate::{
    chain::ChainState,
    error::WorkerError,
    pending_blobs::{PendingBlobs, Slot},
    records,
    session::Session,
    shared::Shared,
};

/// How a confirmed block above the tip is treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProcessingMode {
    /// Execute the next block, preprocess later ones. Validators always do this.
    #[default]
    Auto,
    /// Execute, or fail if there is a gap.
    Execute,
    /// Only note messages and events; execute nothing.
    Preprocess,
}

/// Whether a block's messages have arrived, for callers that want to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Nothing to wait for.
    Complete,
    /// Some target has not confirmed messages of this height or a lower one. [`Effects::delivered`] will tell.
    ///
    /// [`Effects::delivered`]: crate::Effects::delivered
    Pending(BlockHeight),
}

/// The signed answer without anything that was asked for specially.
pub(crate) fn answer<A>(shared: &Shared<A>, chain: &ChainState) -> ChainInfoResponse {
    ChainInfoResponse::new(chain.info(), shared.config.key.as_ref())
}

/// Adds pending messages and, after a rise above `old_round`, the news of the new round.
pub(crate) async fn add_network_actions<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    old_round: Option<Round>,
) -> Result<(), WorkerError> {
    let Shared { blocks, tracked, config, .. } = shared;
    session.show_writes();
    let mut effects = std::mem::take(&mut session.effects);
    let result = {
        let store = session.partition(chain.chain_id());
        let mut blocks = crate::blocks::Blocks { cache: blocks, store: session.store() };
        chain
            .add_network_actions(
                &store,
                &mut blocks,
                tracked,
                config.cross_chain_chunk_bytes,
                old_round,
                &mut effects,
            )
            .await
    };
    session.effects = effects;
    result
}

/// Blobs as far as they were found.
pub(crate) type FoundBlobs = BTreeMap<BlobId, Option<Blob>>;

/// Looks for blobs: first among those given, then in what this chain collected, then in the store.
pub(crate) async fn find_blobs<S: Store>(
    chain: &mut ChainState,
    session: &Session<'_, S>,
    blob_ids: &BTreeSet<BlobId>,
    given: &BTreeMap<BlobId, Blob>,
) -> Result<FoundBlobs, WorkerError> {
    let mut found: FoundBlobs = blob_ids
        .iter()
        .map(|blob_id| {
            let blob = given.get(blob_id).or_else(|| chain.manager.pending_blob(blob_id));
            (*blob_id, blob.cloned())
        })
        .collect();
    let is_complete = |found: &FoundBlobs| found.values().all(Option::is_some);
    if is_complete(&found) {
        return Ok(found);
    }
    let store = session.partition(chain.chain_id());
    let mut slots = vec![Slot::Validated];
    if chain.head.has_pending_proposed_blobs {
        let proposers = PendingBlobs::proposers(&chain.journal, &store).await?;
        slots.extend(proposers.into_iter().map(Slot::Proposed));
    }
    for slot in slots {
        let Some(pending) = PendingBlobs::load(&mut chain.journal, &store, slot).await? else { continue };
        for (blob_id, blob) in &mut found {
            if blob.is_none() {
                *blob = pending.blob(blob_id);
            }
        }
    }
    for (blob_id, blob) in &mut found {
        if blob.is_none() {
            *blob = records::read_blob(session.store(), *blob_id).await?;
        }
    }
    Ok(found)
}

/// All blobs, or the list of missing ones.
pub(crate) fn complete(found: FoundBlobs) -> Result<BTreeMap<BlobId, Blob>, (Vec<BlobId>, FoundBlobs)> {
    let missing: Vec<BlobId> =
        found.iter().filter(|(_, blob)| blob.is_none()).map(|(blob_id, _)| *blob_id).collect();
    if missing.is_empty() {
        Ok(found.into_iter().filter_map(|(blob_id, blob)| Some((blob_id, blob?))).collect())
    } else {
        Err((missing, found))
    }
}
