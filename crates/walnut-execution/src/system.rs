//! The state of the system application: what every chain has (`linera-execution/src/system.rs`).

use std::{collections::BTreeSet, rc::Rc};

use serde::{Deserialize, Serialize};
use walnut_base::{
    AccountOwner, Amount, ApplicationId, ApplicationPermissions, BlobId, ChainDescription, ChainId,
    ChainOwnership, Epoch, StreamId, Timestamp,
};
use walnut_views::{
    Batch, Hashed, HasherOutput, Map, Register, Set, Store, StoreError, View, field_key, hash_fields,
};

use crate::{ActiveCommittee, Committees, ExecutionError, TrustedCommittees};

/// The subscribers of one stream, and how much of it the chain has taken note of.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct EventSubscriptions {
    /// The first event the chain has not taken note of.
    pub next_index: u32,
    /// The subscribed applications of this chain.
    pub applications: BTreeSet<ApplicationId>,
}

/// The twelve fields. Their order is part of the state hash and of the storage keys.
///
/// Taking a field by `&mut` counts as a change, even if nothing changes: rolling state hashes see it.
#[derive(Clone, Debug)]
pub struct SystemState {
    /// How the chain was created; present once it is initialized.
    pub description: Hashed<Register<Option<ChainDescription>>>,
    /// The epoch whose committee signs the chain's blocks.
    pub epoch: Hashed<Register<Epoch>>,
    /// The network's admin chain.
    pub admin_chain_id: Hashed<Register<Option<ChainId>>>,
    /// The committees the chain trusts.
    pub committees: Hashed<Register<TrustedCommittees>>,
    /// The owners and the timeouts of consensus.
    pub ownership: Hashed<Register<ChainOwnership>>,
    /// The chain's own balance.
    pub balance: Hashed<Register<Amount>>,
    /// The accounts of owners. An account emptied by a transfer is removed, one emptied by fees stays.
    pub balances: Hashed<Map<AccountOwner, Amount>>,
    /// The last block's timestamp.
    pub timestamp: Hashed<Register<Timestamp>>,
    /// Whether the chain is closed, for good.
    pub closed: Hashed<Register<bool>>,
    /// What applications may do, and which blocks the chain takes.
    pub application_permissions: Hashed<Register<ApplicationPermissions>>,
    /// The blobs the chain has used or published.
    pub used_blobs: Hashed<Set<BlobId>>,
    /// The streams that applications of the chain are subscribed to.
    pub event_subscriptions: Hashed<Map<(ChainId, StreamId), EventSubscriptions>>,
}

/// Applies the same method to all fields, in order.
macro_rules! each_field {
    ($system:expr, $field:ident => $action:expr) => {{
        let SystemState {
            description,
            epoch,
            admin_chain_id,
            committees,
            ownership,
            balance,
            balances,
            timestamp,
            closed,
            application_permissions,
            used_blobs,
            event_subscriptions,
        } = $system;
        [
            {
                let $field = description;
                $action
            },
            {
                let $field = epoch;
                $action
            },
            {
                let $field = admin_chain_id;
                $action
            },
            {
                let $field = committees;
                $action
            },
            {
                let $field = ownership;
                $action
            },
            {
                let $field = balance;
                $action
            },
            {
                let $field = balances;
                $action
            },
            {
                let $field = timestamp;
                $action
            },
            {
                let $field = closed;
                $action
            },
            {
                let $field = application_permissions;
                $action
            },
            {
                let $field = used_blobs;
                $action
            },
            {
                let $field = event_subscriptions;
                $action
            },
        ]
    }};
}

impl SystemState {
    /// Reads all fields. `base` is the key of the system state in the chain's partition.
    pub(crate) async fn load<C: Store>(chain: &C, base: &[u8]) -> Result<Self, StoreError> {
        let field = |index| field_key(base, index);
        Ok(Self {
            description: register(chain, field(0)).await?,
            epoch: register(chain, field(1)).await?,
            admin_chain_id: register(chain, field(2)).await?,
            committees: register(chain, field(3)).await?,
            ownership: register(chain, field(4)).await?,
            balance: register(chain, field(5)).await?,
            balances: map(chain, field(6)).await?,
            timestamp: register(chain, field(7)).await?,
            closed: register(chain, field(8)).await?,
            application_permissions: register(chain, field(9)).await?,
            used_blobs: set(chain, field(10)).await?,
            event_subscriptions: map(chain, field(11)).await?,
        })
    }

    pub(crate) async fn content_hash<C: Store>(&mut self, chain: &C) -> Result<HasherOutput, StoreError> {
        let hashes: [HasherOutput; 12] = each_field!(self, field => field.hash(chain).await?);
        Ok(hash_fields(&hashes))
    }

    /// Adds to an account, creating it if need be. Balances saturate.
    pub async fn credit<C: Store>(
        &mut self,
        chain: &C,
        owner: &AccountOwner,
        amount: Amount,
    ) -> Result<(), ExecutionError> {
        let balance = if owner.is_chain() {
            self.balance.get_mut()
        } else {
            self.balances.get_mut_or_default(chain, owner).await?
        };
        balance.saturating_add_assign(amount);
        Ok(())
    }

    /// Takes from an account. An owner's account that becomes empty is removed.
    pub async fn debit<C: Store>(
        &mut self,
        chain: &C,
        owner: &AccountOwner,
        amount: Amount,
    ) -> Result<(), ExecutionError> {
        let balance = if owner.is_chain() {
            self.balance.get_mut()
        } else {
            let none = ExecutionError::InsufficientBalance { balance: Amount::ZERO, account: *owner };
            self.balances.get_mut(chain, owner).await?.ok_or(none)?
        };
        let insufficient = ExecutionError::InsufficientBalance { balance: *balance, account: *owner };
        *balance = balance.try_sub(amount).map_err(|_| insufficient)?;
        if *balance == Amount::ZERO && !owner.is_chain() {
            self.balances.remove(owner);
        }
        Ok(())
    }

    /// The committee of the chain's epoch: the network's if the node knows it, else the chain's own word for it, which
    /// is needed in the middle of the block that introduces the epoch.
    pub async fn current_committee<S: Store>(
        &self,
        storage: &S,
        committees: &Committees,
    ) -> Result<Option<Rc<ActiveCommittee>>, ExecutionError> {
        let epoch = *self.epoch.get();
        if let Some(committee) = committees.committee(storage, epoch).await? {
            return Ok(Some(committee));
        }
        let own = self.committees.get().get(epoch);
        Ok(own.map(|committee| Rc::new(ActiveCommittee::new(committee.clone()))))
    }

    /// Whether the chain can take blocks: it is initialized, has an owner, and its committee is known.
    pub async fn is_active<S: Store>(
        &self,
        storage: &S,
        committees: &Committees,
    ) -> Result<bool, ExecutionError> {
        Ok(self.description.get().is_some()
            && self.ownership.get().is_active()
            && self.admin_chain_id.get().is_some()
            && self.current_committee(storage, committees).await?.is_some())
    }
}

impl View for SystemState {
    fn emit(&self, batch: &mut Batch) {
        each_field!(self, field => field.emit(batch));
    }

    fn mark_saved(&mut self) {
        each_field!(self, field => field.mark_saved());
    }

    fn rollback(&mut self) {
        each_field!(self, field => field.rollback());
    }
}

async fn register<C, T>(chain: &C, base: Vec<u8>) -> Result<Hashed<Register<T>>, StoreError>
where
    C: Store,
    T: Clone + Default + Serialize + serde::de::DeserializeOwned,
{
    let inner = Register::load(chain, Hashed::<Register<T>>::inner_key(&base)).await?;
    Hashed::load(chain, &base, inner).await
}

async fn map<C, K, V>(chain: &C, base: Vec<u8>) -> Result<Hashed<Map<K, V>>, StoreError>
where
    C: Store,
    K: Clone + Serialize + serde::de::DeserializeOwned,
    V: Clone + Serialize + serde::de::DeserializeOwned,
{
    let inner = Map::load(chain, Hashed::<Map<K, V>>::inner_key(&base)).await?;
    Hashed::load(chain, &base, inner).await
}

async fn set<C, K>(chain: &C, base: Vec<u8>) -> Result<Hashed<Set<K>>, StoreError>
where
    C: Store,
    K: Clone + Serialize + serde::de::DeserializeOwned,
{
    let inner = Set::load(chain, Hashed::<Set<K>>::inner_key(&base)).await?;
    Hashed::load(chain, &base, inner).await
}
