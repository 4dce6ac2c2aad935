//! Who pays: the block's accounts, or the private pool of one user action.

use std::rc::Rc;

use serde::Serialize;
use walnut_base::{AccountOwner, Amount};
use walnut_views::Store;

use super::{
    Meter, ResourceTracker, Sources,
    meter::{track_block_size, track_block_size_of},
};
use crate::{ActiveCommittee, ExecutionError, SystemState};

/// The resources of one block: the policy that prices it, its counters, and the account of its signer.
#[derive(Clone, Debug)]
pub struct ResourceController {
    /// The committee of the chain's epoch at the start of the block.
    pub committee: Rc<ActiveCommittee>,
    /// The counters.
    pub tracker: ResourceTracker,
    /// The block's authenticated signer, whose account pays after the chain's.
    pub account: Option<AccountOwner>,
    /// Whether a free application is running, so that nothing is debited.
    pub is_free: bool,
}

impl ResourceController {
    /// Fresh counters.
    pub fn new(committee: Rc<ActiveCommittee>, account: Option<AccountOwner>) -> Self {
        Self { committee, tracker: ResourceTracker::default(), account, is_free: false }
    }

    /// Opens the chain's balance and the signer's account for payment. This counts as a change of both even when
    /// nothing is paid, which the rolling state hash sees.
    pub async fn with_state<'a, C: Store>(
        &'a mut self,
        system: &'a mut SystemState,
        chain: &C,
    ) -> Result<Meter<'a, Sources<'a>>, ExecutionError> {
        self.with_state_and_grant(system, chain, None).await
    }

    /// As [`ResourceController::with_state`]; a grant takes the place of the chain's balance, which then stays closed.
    pub async fn with_state_and_grant<'a, C: Store>(
        &'a mut self,
        system: &'a mut SystemState,
        chain: &C,
        grant: Option<&'a mut Amount>,
    ) -> Result<Meter<'a, Sources<'a>>, ExecutionError> {
        let first = match grant {
            Some(grant) => grant,
            None => system.balance.get_mut(),
        };
        let second = match &self.account {
            Some(owner) => system.balances.get_mut(chain, owner).await?,
            None => None,
        };
        Ok(Meter {
            policy: self.committee.policy(),
            tracker: &mut self.tracker,
            payer: Sources { first, second },
            is_free: self.is_free,
        })
    }

    /// Accounts the encoded size of a part of the block.
    pub fn track_block_size_of(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), ExecutionError> {
        track_block_size_of(self.committee.policy(), &mut self.tracker, value)
    }

    /// Accounts `size` bytes of the block.
    pub fn track_block_size(&mut self, size: u64) -> Result<(), ExecutionError> {
        track_block_size(self.committee.policy(), &mut self.tracker, size)
    }
}

/// The resources of one user action. It works on a copy of the block's counters and on a number, the sum of what the
/// payers hold; both are written back when the action succeeds.
#[derive(Clone, Debug)]
pub struct ActionController {
    /// The committee whose policy prices the block.
    pub committee: Rc<ActiveCommittee>,
    /// The counters of the block, with those of this action.
    pub tracker: ResourceTracker,
    /// What the payers have left.
    pub balance: Amount,
    /// Whether nothing is debited.
    pub is_free: bool,
}

impl ActionController {
    /// Neither charges nor limits anything: for services.
    pub fn free() -> Self {
        Self {
            committee: ActiveCommittee::free(),
            tracker: ResourceTracker::default(),
            balance: Amount::MAX,
            is_free: true,
        }
    }

    /// Charges the pool.
    pub fn meter(&mut self) -> Meter<'_, &mut Amount> {
        Meter {
            policy: self.committee.policy(),
            tracker: &mut self.tracker,
            payer: &mut self.balance,
            is_free: self.is_free,
        }
    }
}
