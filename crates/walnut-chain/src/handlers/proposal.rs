//! A block proposal (`linera-core/src/chain_worker/state.rs`, `try_handle_block_proposal`). The order of the checks is
//! what clients rely on; each comment gives the step of upstream's order.

use walnut_base::{
    Block, BlockProposal, ChainInfoResponse, Hashed, OriginalProposal, ProposalError, Timestamp,
    encoding::bcs_size,
};
use walnut_execution::Applications;
use walnut_views::Store;

use super::{FoundBlobs, add_network_actions, answer, complete, find_blobs};
use crate::{
    chain::ChainState,
    error::{ChainError, WorkerError},
    manager::Outcome,
    pending_blobs::{PendingBlobs, Slot},
    session::Session,
    shared::Shared,
};

pub(crate) async fn handle_block_proposal<S: Store, A: Applications>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    proposal: BlockProposal,
    now: Timestamp,
) -> Result<ChainInfoResponse, WorkerError> {
    chain.initialize(shared, session, now).await?;
    let old_round = chain.manager.current_round();
    match try_handle(shared, chain, session, proposal, now).await {
        Ok(Outcome::Skip) => {}
        Ok(Outcome::Accept) => add_network_actions(shared, chain, session, Some(old_round)).await?,
        Err(error) => {
            // The proposal failed, but its signature may have opened a new round.
            if chain.manager.current_round() != old_round {
                add_network_actions(shared, chain, session, Some(old_round)).await?;
            }
            return Err(error);
        }
    }
    Ok(answer(shared, chain))
}

async fn try_handle<S: Store, A: Applications>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    proposal: BlockProposal,
    now: Timestamp,
) -> Result<Outcome, WorkerError> {
    check_value(&proposal)?;
    check_position(shared, chain, session, &proposal).await?;
    check_justification(shared, chain, session, &proposal).await?;
    match chain.manager.check_proposed_block(&proposal) {
        Ok(Outcome::Skip) => return Ok(Outcome::Skip),
        Ok(Outcome::Accept) => {}
        Err(error) => {
            if matches!(error, ChainError::HasIncompatibleConfirmedVote(..))
                && chain.manager.update_signed_proposal(&proposal, now)
            {
                chain.save(session).await?;
            }
            return Err(error.into());
        }
    }
    // From here on a failing proposal can already have advanced the current round, and that is kept.
    if chain.manager.update_signed_proposal(&proposal, now) {
        chain.save(session).await?;
    }
    let content = &proposal.content;
    let round = content.round;
    let found = find_blobs(chain, session, &proposal.required_blob_ids(), &Default::default()).await?;
    let mut blobs = match complete(found) {
        Ok(blobs) => blobs,
        Err((missing, found)) => {
            collect_blobs(chain, session, &proposal, found).await?;
            return Err(WorkerError::BlobsNotFound(missing));
        }
    };
    check_time(shared, &proposal, now)?;
    {
        let store = session.partition(chain.chain_id());
        let bundles = content.block.incoming_bundles().collect();
        chain.check_bundles(&store, content.block.timestamp, bundles).await?;
    }
    let block = match &content.outcome {
        // A quorum validated this outcome.
        Some(outcome) => Hashed::new(Block::new(content.block.clone(), outcome.clone())),
        None => {
            let published: Vec<_> = blobs.values().cloned().collect();
            let (state, executed) = chain
                .execute(shared, session, &content.block, &published, round.multi_leader(), None, now)
                .await?;
            let block = Hashed::new(Block::new(content.block.clone(), executed.outcome));
            shared.remember_executed(&block, state);
            block
        }
    };
    if round.is_fast() && block.body.oracle_responses.iter().any(|responses| !responses.is_empty()) {
        return Err(WorkerError::FastBlockUsingOracles);
    }
    chain.tip().after(&block)?;
    if content.outcome.is_some() {
        blobs.extend(block.created_blobs());
    }
    shared.blocks.insert(&block);
    chain.manager.create_vote(proposal, block, shared.config.key.as_ref(), now, blobs);
    chain.save(session).await?;
    Ok(Outcome::Accept)
}

/// Steps 2 and 3: what needs nothing but the proposal.
fn check_value(proposal: &BlockProposal) -> Result<(), WorkerError> {
    proposal.check_invariants().map_err(WorkerError::InvalidBlockProposal)?;
    Ok(proposal.check_signature()?)
}

/// Steps 4 to 7: chaining, epoch, size and proposer.
async fn check_position<S: Store, A>(
    shared: &Shared<A>,
    chain: &ChainState,
    session: &Session<'_, S>,
    proposal: &BlockProposal,
) -> Result<(), WorkerError> {
    let block = &proposal.content.block;
    let tip = chain.tip();
    if block.height != tip.next_block_height {
        return Err(ChainError::UnexpectedBlockHeight {
            expected_block_height: tip.next_block_height,
            found_block_height: block.height,
        }
        .into());
    }
    if block.previous_block_hash != tip.block_hash {
        return Err(ChainError::UnexpectedPreviousBlockHash.into());
    }
    let committee = chain.require_committee(shared, session).await?;
    chain.check_epoch(block.epoch)?;
    let size = bcs_size(block);
    if size > committee.policy().maximum_block_proposal_size {
        return Err(ChainError::BlockProposalTooLarge(size).into());
    }
    if !chain.manager.verify_owner(&proposal.owner(), proposal.content.round) {
        return Err(WorkerError::InvalidOwner);
    }
    Ok(())
}

/// Step 8: why the block may be proposed in this round, and who answers for its operations.
async fn check_justification<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &ChainState,
    session: &Session<'_, S>,
    proposal: &BlockProposal,
) -> Result<(), WorkerError> {
    let signer = proposal.content.block.authenticated_signer;
    let check_signer = |owner| match signer {
        Some(signer) if signer != owner => Err(WorkerError::InvalidSigner(signer)),
        _ => Ok(()),
    };
    match &proposal.original_proposal {
        None => check_signer(proposal.owner()).map_err(|_| WorkerError::InvalidSigner(proposal.owner())),
        Some(OriginalProposal::Regular { certificate }) => {
            let committee = chain.require_committee(shared, session).await?;
            shared.check_signatures(
                certificate.value.value_hash,
                certificate.value.kind,
                certificate.round,
                &certificate.signatures,
                &committee.committee,
            )?;
            Ok(())
        }
        Some(OriginalProposal::Fast(signature)) => {
            let super_owner = signature.owner();
            if !chain.manager.ownership().super_owners.contains(&super_owner) {
                return Err(WorkerError::InvalidOwner);
            }
            check_signer(super_owner)?;
            proposal.check_fast_signature()?;
            Ok(())
        }
    }
}

/// Step 12: a validator does not vote for the future.
fn check_time<A>(shared: &Shared<A>, proposal: &BlockProposal, now: Timestamp) -> Result<(), WorkerError> {
    let block_timestamp = proposal.content.block.timestamp;
    let block_time_grace_period = shared.config.block_time_grace;
    if shared.config.key.is_some() && block_timestamp.delta_since(now) > block_time_grace_period {
        return Err(WorkerError::InvalidTimestamp {
            block_timestamp,
            local_time: now,
            block_time_grace_period,
        });
    }
    Ok(())
}

/// Announces the blobs that the proposal needs, so that they can be uploaded.
async fn collect_blobs<S: Store>(
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    proposal: &BlockProposal,
    found: FoundBlobs,
) -> Result<(), WorkerError> {
    {
        let store = session.partition(chain.chain_id());
        if chain.manager.ownership().open_multi_leader_rounds {
            PendingBlobs::clear_proposed(&mut chain.journal, &store).await?;
        }
        let slot = Slot::Proposed(proposal.owner());
        let validated = matches!(proposal.original_proposal, Some(OriginalProposal::Regular { .. }));
        let mut pending = PendingBlobs::load(&mut chain.journal, &store, slot).await?.unwrap_or_default();
        let updated = pending.update(proposal.content.round, validated, found);
        if let Err(error) = updated {
            chain.journal.rollback();
            return Err(error.into());
        }
        pending.save(&mut chain.journal, slot)?;
    }
    chain.head.has_pending_proposed_blobs = true;
    Ok(chain.save(session).await?)
}

impl From<ProposalError> for WorkerError {
    fn from(error: ProposalError) -> Self {
        WorkerError::InvalidBlockProposal(error)
    }
}
