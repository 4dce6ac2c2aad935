//! Executing a block as its proposer, before anybody else sees it.

use std::collections::BTreeSet;

use walnut_base::{
    Amount, Blob, Block, ChainId, ChainInfoResponse, Hashed, Notification, ProposedBlock, Reason, Timestamp,
    encoding::bcs_size,
};
use walnut_execution::{Applications, AutoRetry, BlockInputs, Environment, ResourceTracker, stage_block};
use walnut_views::Store;

use crate::{
    chain::ChainState,
    error::{ChainError, WorkerError},
    handlers::answer,
    session::Session,
    shared::Shared,
};

/// What staging does with a bundle that fails.
pub enum StagingPolicy<'a> {
    /// Fail.
    Abort,
    /// Reject it or leave it for later.
    AutoRetry(AutoRetry<'a>),
}

/// A block that executed, without any vote.
#[derive(Clone, Debug)]
pub struct StagedBlock {
    /// The block with its outcome. Its transactions may differ from those given.
    pub block: Hashed<Block>,
    /// What it used.
    pub resources: ResourceTracker,
    /// Chains whose bundles failed and may not be rejected; leave them out until restart.
    pub never_reject_origins: BTreeSet<ChainId>,
    /// The chain's own balance after the block.
    pub chain_balance: Amount,
    /// The signer's account after the block, if it has one.
    pub signer_balance: Option<Amount>,
    /// The chain before the block.
    pub response: ChainInfoResponse,
}

#[expect(clippy::too_many_arguments, reason = "each is an input of execution")]
pub(crate) async fn stage_block_execution<S: Store, A: Applications>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    block: ProposedBlock,
    round: Option<u32>,
    published_blobs: Vec<Blob>,
    policy: StagingPolicy<'_>,
    now: Timestamp,
) -> Result<StagedBlock, WorkerError> {
    chain.initialize(shared, session, now).await?;
    let committee = chain.require_committee(shared, session).await?;
    let size = bcs_size(&block);
    if size > committee.policy().maximum_block_proposal_size {
        return Err(ChainError::BlockProposalTooLarge(size).into());
    }
    {
        let store = session.partition(chain.chain_id());
        chain.check_bundles(&store, block.timestamp, block.incoming_bundles().collect()).await?;
    }
    let (state, staged, resources, never_reject_origins) = match policy {
        StagingPolicy::Abort => {
            let (state, executed) =
                chain.execute(shared, session, &block, &published_blobs, round, None, now).await?;
            (state, Block::new(block, executed.outcome), executed.resources, BTreeSet::new())
        }
        StagingPolicy::AutoRetry(retry) => {
            let env =
                Environment::new(chain.chain_id(), session.store(), &shared.committees, &shared.applications);
            let history = chain.history(session);
            let inputs = BlockInputs {
                env: &env,
                history: &history,
                published_blobs: &published_blobs,
                local_time: now,
                round,
            };
            let mut state = chain.execution.clone();
            let staged = stage_block(&mut state, &inputs, block, retry).await?;
            let block = Block::new(staged.block, staged.executed.outcome);
            (state, block, staged.executed.resources, staged.never_reject_origins)
        }
    };
    let block = Hashed::new(staged);
    let chain_balance = *state.system.balance.get();
    let signer_balance = match block.header.authenticated_signer {
        Some(signer) => state.system.balances.read(&session.partition(chain.chain_id()), &signer).await?,
        None => None,
    };
    shared.remember_executed(&block, state);
    session.effects.notifications.push(Notification {
        chain_id: chain.chain_id(),
        reason: Reason::BlockExecuted { height: block.header.height, hash: block.hash() },
    });
    let response = answer(shared, chain);
    Ok(StagedBlock { block, resources, never_reject_origins, chain_balance, signer_balance, response })
}
