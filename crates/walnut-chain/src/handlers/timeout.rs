//! Timeout certificates, and votes for them.

use walnut_base::{BlockHeight, ChainInfoResponse, Round, TimeoutCertificate, Timestamp};
use walnut_views::Store;

use super::{add_network_actions, answer};
use crate::{
    chain::ChainState,
    error::{ChainError, WorkerError},
    session::Session,
    shared::Shared,
};

pub(crate) async fn handle_timeout_certificate<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    certificate: TimeoutCertificate,
    now: Timestamp,
) -> Result<ChainInfoResponse, WorkerError> {
    chain.initialize(shared, session, now).await?;
    // Signatures first: an unverified certificate learns nothing about the height.
    let committee = chain.require_committee(shared, session).await?;
    shared.check_certificate(&certificate, &committee.committee)?;
    let current_block_height = chain.tip().next_block_height;
    if certificate.height() < current_block_height {
        return Ok(answer(shared, chain));
    }
    if certificate.height() > current_block_height {
        return Err(ChainError::MissingEarlierBlocks { current_block_height }.into());
    }
    chain.check_epoch(certificate.epoch())?;
    let old_round = chain.manager.current_round();
    chain.manager.handle_timeout_certificate(certificate, now);
    chain.save(session).await?;
    add_network_actions(shared, chain, session, Some(old_round)).await?;
    Ok(answer(shared, chain))
}

/// Votes that `round` at `height` is over, if this node's clock says so. Comes before initialization, as upstream.
pub(crate) async fn vote_for_leader_timeout<S: Store, A>(
    shared: &Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    height: BlockHeight,
    round: Round,
    now: Timestamp,
) -> Result<(), WorkerError> {
    let expected_block_height = chain.tip().next_block_height;
    if height != expected_block_height {
        return Err(WorkerError::UnexpectedBlockHeight { expected_block_height, found_block_height: height });
    }
    let (chain_id, epoch, key) = (chain.chain_id(), chain.epoch(), shared.config.key.as_ref());
    if chain.manager.create_timeout_vote(chain_id, height, round, epoch, key, now)? {
        chain.save(session).await?;
    }
    Ok(())
}
