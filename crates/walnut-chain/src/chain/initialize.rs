//! Bringing a chain to life, and what its execution state says about it.

use std::{collections::BTreeMap, rc::Rc};

use walnut_base::{AccountOwner, ChainOwnership, Epoch, Timestamp};
use walnut_execution::{ActiveCommittee, BlockError, initialize_chain};
use walnut_views::Store;

use super::ChainState;
use crate::{error::WorkerError, session::Session, shared::Shared};

impl ChainState {
    /// Whether the chain was initialized from its description.
    pub fn is_initialized(&self) -> bool {
        self.execution.system.description.get().is_some()
    }

    /// Whether the chain accepts no more blocks but rejections.
    pub fn is_closed(&self) -> bool {
        *self.execution.system.closed.get()
    }

    /// The chain's epoch.
    pub fn epoch(&self) -> Epoch {
        *self.execution.system.epoch.get()
    }

    /// The owners as the last block left them.
    pub fn ownership(&self) -> &ChainOwnership {
        self.execution.system.ownership.get()
    }

    /// Initializes the chain from its description blob unless that was done before, as a save of its own.
    ///
    /// # Errors
    /// `BlobsNotFound` (the description) or `EventsNotFound` (an epoch that it names).
    pub(crate) async fn initialize<S: Store, A>(
        &mut self,
        shared: &Shared<A>,
        session: &mut Session<'_, S>,
        now: Timestamp,
    ) -> Result<(), WorkerError> {
        if self.is_initialized() {
            return Ok(());
        }
        let chain_id = self.chain_id();
        let hash = initialize_chain(&mut self.execution, chain_id, session.store(), &shared.committees).await;
        let Some(hash) = hash.map_err(WorkerError::execution)? else { return Ok(()) };
        self.mark_executed();
        self.head.execution_state_hash = Some(hash);
        let fallback_owners = self.fallback_owners(shared, session).await?;
        self.manager.reset(self.ownership().clone(), self.head.tip.next_block_height, now, fallback_owners);
        self.save(session).await?;
        Ok(())
    }

    /// The committee of the chain's epoch.
    pub(crate) async fn current_committee<S: Store, A>(
        &self,
        shared: &Shared<A>,
        session: &Session<'_, S>,
    ) -> Result<Option<Rc<ActiveCommittee>>, WorkerError> {
        let committee = self.execution.system.current_committee(session.store(), &shared.committees).await;
        committee.map_err(WorkerError::execution)
    }

    /// The committee of the chain's epoch, without which nothing can be decided.
    pub(crate) async fn require_committee<S: Store, A>(
        &self,
        shared: &Shared<A>,
        session: &Session<'_, S>,
    ) -> Result<Rc<ActiveCommittee>, WorkerError> {
        let committee = self.current_committee(shared, session).await?;
        committee.ok_or_else(|| BlockError::InactiveChain(self.chain_id()).into())
    }

    /// Who may propose when the owners stay silent; nobody if the committee is unknown.
    pub(crate) async fn fallback_owners<S: Store, A>(
        &self,
        shared: &Shared<A>,
        session: &Session<'_, S>,
    ) -> Result<BTreeMap<AccountOwner, u64>, WorkerError> {
        let committee = self.current_committee(shared, session).await?;
        Ok(committee.map(|active| active.committee.fallback_owners()).unwrap_or_default())
    }

    /// Whether the chain can be used: it is initialized, somebody may propose, and its committee is known.
    pub(crate) async fn is_active<S: Store, A>(
        &self,
        shared: &Shared<A>,
        session: &Session<'_, S>,
    ) -> Result<bool, WorkerError> {
        Ok(self.is_initialized()
            && self.ownership().is_active()
            && self.execution.system.admin_chain_id.get().is_some()
            && self.current_committee(shared, session).await?.is_some())
    }

    pub(crate) fn check_epoch(&self, epoch: Epoch) -> Result<(), WorkerError> {
        let chain_epoch = self.epoch();
        if epoch == chain_epoch {
            return Ok(());
        }
        Err(WorkerError::InvalidEpoch { chain_id: self.chain_id(), chain_epoch, epoch })
    }
}
