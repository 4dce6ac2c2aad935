//! A validated certificate: the block is locked, not executed. A quorum of votes to validate is trusted.

use walnut_base::{ChainInfoResponse, Timestamp, ValidatedBlockCertificate};
use walnut_views::Store;

use super::{add_network_actions, answer, complete, find_blobs};
use crate::{
    chain::ChainState,
    error::{ChainError, WorkerError},
    manager::Outcome,
    pending_blobs::{PendingBlobs, Slot},
    session::Session,
    shared::Shared,
};

pub(crate) async fn handle_validated_certificate<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    certificate: ValidatedBlockCertificate,
    now: Timestamp,
) -> Result<ChainInfoResponse, WorkerError> {
    chain.initialize(shared, session, now).await?;
    let old_round = chain.manager.current_round();
    let expected_block_height = chain.tip().next_block_height;
    if certificate.height() != expected_block_height {
        return Err(ChainError::UnexpectedBlockHeight {
            expected_block_height,
            found_block_height: certificate.height(),
        }
        .into());
    }
    chain.check_epoch(certificate.epoch())?;
    let committee = chain.require_committee(shared, session).await?;
    shared.check_certificate(&certificate, &committee.committee)?;
    if chain.manager.check_validated_block(&certificate)? == Outcome::Skip {
        return Ok(answer(shared, chain));
    }
    shared.blocks.insert(certificate.value().inner());
    let block = certificate.block();
    let found = find_blobs(chain, session, &block.required_blob_ids(), &block.created_blobs()).await?;
    let blobs = match complete(found) {
        Ok(blobs) => blobs,
        Err((missing, found)) => {
            {
                let store = session.partition(chain.chain_id());
                let mut pending = PendingBlobs::load(&mut chain.journal, &store, Slot::Validated)
                    .await?
                    .unwrap_or_default();
                pending.update(certificate.round, true, found)?;
                pending.save(&mut chain.journal, Slot::Validated)?;
            }
            chain.save(session).await?;
            return Err(WorkerError::BlobsNotFound(missing));
        }
    };
    chain.manager.create_final_vote(certificate, shared.config.key.as_ref(), now, blobs);
    chain.save(session).await?;
    add_network_actions(shared, chain, session, Some(old_round)).await?;
    Ok(answer(shared, chain))
}
