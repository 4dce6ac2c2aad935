//! Opening and closing chains.

use walnut_base::{
    AccountOwner, BlockHeight, ChainDescription, ChainId, ChainOrigin, Epoch, InitialChainConfig,
    OpenChainConfig, Timestamp,
};
use walnut_views::Store;

use crate::{ExecutionError, executor::Executor};

impl<S: Store, A> Executor<'_, S, A> {
    /// Creates the description of a child chain and pays its balance out of this chain's, without asking who wants
    /// it. The child hears nothing: whoever knows its description can start it.
    pub async fn open_chain(
        &mut self,
        config: OpenChainConfig,
        block_height: BlockHeight,
        timestamp: Timestamp,
    ) -> Result<ChainId, ExecutionError> {
        let chain_index = self.transaction.next_chain_index()?;
        let system = &mut self.state.system;
        let committees = system.committees.get();
        let balance = config.balance;
        let description = ChainDescription {
            origin: ChainOrigin::Child { parent: self.env.chain_id, block_height, chain_index },
            timestamp,
            config: InitialChainConfig {
                ownership: config.ownership,
                epoch: *system.epoch.get(),
                min_active_epoch: committees.epochs().next().unwrap_or(Epoch::ZERO),
                max_active_epoch: committees.epochs().next_back().unwrap_or(Epoch::ZERO),
                balance,
                application_permissions: config.application_permissions,
            },
        };
        let blob = description.to_blob();
        let chain_id = ChainId(blob.id().hash);
        system.debit(&self.env.chain, &AccountOwner::CHAIN, balance).await?;
        self.transaction.add_created_blob(blob);
        Ok(chain_id)
    }

    /// Closes this chain for good. Operations later in the same block still run.
    pub fn close_chain(&mut self) {
        self.state.system.closed.set(true);
    }
}
