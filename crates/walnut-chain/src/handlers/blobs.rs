//! Blobs that a pending proposal or validated certificate needs.

use walnut_base::{Blob, BlobId, ChainInfoResponse};
use walnut_execution::check_blob_size;
use walnut_views::Store;

use super::answer;
use crate::{
    chain::ChainState,
    error::{ChainError, WorkerError},
    pending_blobs::{PendingBlobs, Slot},
    records,
    session::Session,
    shared::Shared,
};

pub(crate) async fn handle_pending_blob<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    blob: Blob,
) -> Result<ChainInfoResponse, WorkerError> {
    let result = insert(shared, chain, session, &blob).await;
    if result.is_err() {
        chain.journal.rollback();
    }
    if !result? {
        return Err(WorkerError::UnexpectedBlob);
    }
    chain.save(session).await?;
    Ok(answer(shared, chain))
}

async fn insert<S: Store, A>(
    shared: &Shared<A>,
    chain: &mut ChainState,
    session: &Session<'_, S>,
    blob: &Blob,
) -> Result<bool, WorkerError> {
    let store = session.partition(chain.chain_id());
    let mut was_expected = false;
    if let Some(mut pending) = PendingBlobs::load(&mut chain.journal, &store, Slot::Validated).await?
        && pending.maybe_insert(blob)
    {
        pending.save(&mut chain.journal, Slot::Validated)?;
        was_expected = true;
    }
    if !chain.head.has_pending_proposed_blobs {
        return Ok(was_expected);
    }
    for owner in PendingBlobs::proposers(&chain.journal, &store).await? {
        let slot = Slot::Proposed(owner);
        let Some(mut pending) = PendingBlobs::load(&mut chain.journal, &store, slot).await? else { continue };
        if !pending.is_validated() {
            let committee = chain.require_committee(shared, session).await?;
            let policy = committee.policy();
            check_blob_size(policy, blob.content()).map_err(WorkerError::execution)?;
            if pending.len() as u64 >= policy.maximum_published_blobs {
                return Err(ChainError::TooManyPublishedBlobs(policy.maximum_published_blobs).into());
            }
        }
        if !was_expected && pending.maybe_insert(blob) {
            pending.save(&mut chain.journal, slot)?;
            was_expected = true;
        }
    }
    Ok(was_expected)
}

pub(crate) async fn download_pending_blob<S: Store>(
    chain: &mut ChainState,
    session: &Session<'_, S>,
    blob_id: BlobId,
) -> Result<Blob, WorkerError> {
    if let Some(blob) = chain.manager.pending_blob(&blob_id) {
        return Ok(blob.clone());
    }
    let blob = records::read_blob(session.store(), blob_id).await?;
    blob.ok_or_else(|| WorkerError::BlobsNotFound(vec![blob_id]))
}
