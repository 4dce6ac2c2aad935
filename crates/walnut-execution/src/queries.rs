//! Questions to a chain, answered without changing it.

use walnut_base::{Amount, ApplicationId, ChainId};
use walnut_views::Store;

use crate::{
    ActionController, ActionHost, ActiveCommittee, Applications, Environment, ExecutionError, ExecutionState,
    ProcessStreamsContext, QueryContext, ResourceController, TransactionTracker, UserQueryOutcome,
    executor::Executor, transaction::TransactionStart,
};

/// The answer of the system application.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SystemResponse {
    /// The chain.
    pub chain_id: ChainId,
    /// The chain's own balance.
    pub balance: Amount,
}

/// Asks the system application.
pub fn query_system(state: &ExecutionState, context: &QueryContext) -> SystemResponse {
    SystemResponse { chain_id: context.chain_id, balance: *state.system.balance.get() }
}

/// Asks the service of an application, on a copy of the state: what the service marks as used is forgotten.
/// [`ExecutionError::BlobsNotFound`] asks the caller to fetch and try again.
pub async fn query_application<S: Store, A: Applications>(
    state: &ExecutionState,
    env: &Environment<'_, S, A>,
    context: QueryContext,
    application_id: ApplicationId,
    query: &[u8],
) -> Result<UserQueryOutcome, ExecutionError> {
    let mut state = state.clone();
    let start = TransactionStart { local_time: context.local_time, ..TransactionStart::default() };
    let mut transaction = TransactionTracker::new(start, None);
    // Services are neither charged nor limited.
    let mut resources = ResourceController::new(ActiveCommittee::free(), None);
    let mut executor =
        Executor { env, state: &mut state, resources: &mut resources, transaction: &mut transaction };
    let loaded = executor.load_with_dependencies(application_id).await?;
    let block = ProcessStreamsContext {
        chain_id: context.chain_id,
        height: context.next_block_height,
        round: None,
        timestamp: *executor.state.system.timestamp.get(),
    };
    let mut host = ActionHost {
        executor,
        controller: ActionController::free(),
        application_id,
        block,
        loaded,
        refund_grant_to: None,
    };
    env.applications.run_query(&mut host, query).await
}

#[cfg(test)]
mod tests;
