//! The chain info query. The order of its parts decides which error a caller sees.

use walnut_base::{AccountOwner, ChainInfoQuery, ChainInfoResponse, Timestamp};
use walnut_views::Store;

use super::{add_network_actions, timeout::vote_for_leader_timeout};
use crate::{chain::ChainState, error::WorkerError, session::Session, shared::Shared};

pub(crate) async fn handle_chain_info_query<S: Store, A>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    query: ChainInfoQuery,
    now: Timestamp,
) -> Result<ChainInfoResponse, WorkerError> {
    if let Some((height, round)) = query.request_leader_timeout {
        vote_for_leader_timeout(shared, chain, session, height, round, now).await?;
    }
    if query.request_fallback {
        return Err(WorkerError::NoFallbackMode);
    }
    chain.initialize(shared, session, now).await?;
    let mut info = chain.info();
    if query.request_committees {
        let committees = chain.execution.system.committees.get();
        info.requested_committees =
            Some(committees.iter().map(|(epoch, committee)| (epoch, (**committee).clone())).collect());
    }
    {
        let store = session.partition(chain.chain_id());
        let system = &chain.execution.system;
        info.requested_owner_balance = match query.request_owner_balance {
            AccountOwner::CHAIN => Some(*system.balance.get()),
            owner => system.balances.read(&store, &owner).await?,
        };
        if let Some(found_block_height) = query.test_next_block_height
            && chain.tip().next_block_height != found_block_height
        {
            // As if a block had been proposed at the height that the caller takes for the next.
            return Err(WorkerError::UnexpectedBlockHeight {
                expected_block_height: chain.tip().next_block_height,
                found_block_height,
            });
        }
        if query.request_pending_message_bundles {
            info.requested_pending_message_bundles = chain.pending_bundles(&store).await?;
        }
        info.requested_sent_certificate_hashes =
            chain.block_hashes(&store, query.request_sent_certificate_hashes_by_heights).await?;
        if let Some(start) = query.request_received_log_excluding_first_n {
            info.requested_received_log =
                chain.received_log(&store, start, shared.config.received_log_entries).await?;
        }
    }
    if query.request_manager_values {
        *info.manager = chain.manager.info(true);
    }
    let response = ChainInfoResponse::new(info, shared.config.key.as_ref());
    if query.create_network_actions {
        add_network_actions(shared, chain, session, None).await?;
        chain.save(session).await?;
    }
    Ok(response)
}
