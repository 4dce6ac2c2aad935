//! Questions to the applications of a chain. Nothing they do is kept.

use walnut_base::{ApplicationId, ChainId, CryptoHash, Timestamp};
use walnut_execution::{
    Applications, Environment, QueryContext, SystemResponse, UserQueryOutcome, query_application,
    query_system,
};
use walnut_views::Store;

use crate::{
    error::WorkerError,
    node::{Handled, Node},
};

impl<A: Applications> Node<A> {
    /// Asks the system application.
    pub async fn query_system<S: Store>(
        &mut self,
        store: &S,
        chain_id: ChainId,
        now: Timestamp,
    ) -> Handled<SystemResponse> {
        self.with_chain(store, chain_id, async |shared, chain, session| {
            chain.initialize(shared, session, now).await?;
            let next_block_height = chain.tip().next_block_height;
            let context = QueryContext { chain_id, next_block_height, local_time: now };
            Ok(query_system(&chain.execution, &context))
        })
        .await
    }

    /// Asks the service of a user application: in the state after `block_hash`, if that block was staged or proposed here
    /// on top of the present tip, otherwise in the present state.
    pub async fn query_application<S: Store>(
        &mut self,
        store: &S,
        chain_id: ChainId,
        block_hash: Option<CryptoHash>,
        application_id: ApplicationId,
        query: &[u8],
        now: Timestamp,
    ) -> Handled<UserQueryOutcome> {
        self.with_chain(store, chain_id, async |shared, chain, session| {
            chain.initialize(shared, session, now).await?;
            let mut next_block_height = chain.tip().next_block_height;
            let staged = block_hash.and_then(|hash| shared.executed(&hash, chain.tip()));
            let state = match staged {
                Some(state) => {
                    next_block_height = next_block_height.try_add_one()?;
                    state
                }
                None => &chain.execution,
            };
            let context = QueryContext { chain_id, next_block_height, local_time: now };
            let env = Environment::new(chain_id, session.store(), &shared.committees, &shared.applications);
            let outcome = query_application(state, &env, context, application_id, query).await;
            outcome.map_err(WorkerError::execution)
        })
        .await
    }
}
