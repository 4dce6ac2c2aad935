//! Shared by the integration tests: an execution state made of containers.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{
    AccountOwner, Amount, ApplicationId, ApplicationPermissions, BlobId, ChainDescription, ChainId,
    ChainOwnership, Committee, CryptoHash, Epoch, StreamId, Timestamp,
};
pub(crate) use walnut_views::ready as now;
use walnut_views::{
    Apps, Batch, HashView, Hashed, HasherOutput, LazyRegister, Map, MemoryStore, Register, Set, StoreError,
    View, field_key, hash_fields,
};

pub(crate) fn hash(byte: u8) -> CryptoHash {
    CryptoHash::from([byte; 32])
}

pub(crate) fn app(byte: u8) -> ApplicationId {
    bcs::from_bytes(&[byte; 32]).unwrap()
}

/// Subscribers of a stream and the next index.
type Subscriptions = (u32, BTreeSet<ApplicationId>);

/// The hashed part of a chain's state, with upstream's fields in upstream's order.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) description: Hashed<LazyRegister<Option<ChainDescription>>>,
    pub(crate) epoch: Hashed<Register<Epoch>>,
    pub(crate) admin_chain_id: Hashed<Register<Option<ChainId>>>,
    pub(crate) committees: Hashed<LazyRegister<BTreeMap<Epoch, Committee>>>,
    pub(crate) ownership: Hashed<LazyRegister<ChainOwnership>>,
    pub(crate) balance: Hashed<Register<Amount>>,
    pub(crate) balances: Hashed<Map<AccountOwner, Amount>>,
    pub(crate) timestamp: Hashed<Register<Timestamp>>,
    pub(crate) closed: Hashed<Register<bool>>,
    pub(crate) application_permissions: Hashed<LazyRegister<ApplicationPermissions>>,
    pub(crate) used_blobs: Hashed<Set<BlobId>>,
    pub(crate) event_subscriptions: Hashed<Map<(ChainId, StreamId), Subscriptions>>,
    pub(crate) users: Hashed<Apps>,
    pub(crate) stream_event_counts: Map<StreamId, u32>,
    pub(crate) historical_hash: Register<Option<HasherOutput>>,
}

/// Base key of the execution state in a chain's partition.
pub(crate) fn state_key() -> Vec<u8> {
    field_key(&[], 0)
}

macro_rules! each_system_field {
    ($state:expr, $field:ident => $action:expr) => {{
        let state = $state;
        each_system_field!(@ state, $field => $action; description epoch admin_chain_id committees ownership balance
            balances timestamp closed application_permissions used_blobs event_subscriptions)
    }};
    (@ $state:ident, $field:ident => $action:expr; $($name:ident)*) => {
        [$({
            #[allow(unused_mut)]
            let $field = &mut $state.$name;
            $action
        }),*]
    };
}

impl State {
    pub(crate) fn load(store: &MemoryStore) -> Self {
        now(Self::try_load(store)).unwrap()
    }

    async fn try_load(store: &MemoryStore) -> Result<Self, StoreError> {
        let system = field_key(&state_key(), 0);
        let store_part = &MemoryStore::prefetch(store, &system).await?;
        let base = |index| field_key(&system, index);
        let inner = |index| [base(index), vec![1]].concat();
        macro_rules! lazy {
            ($index:expr) => {
                Hashed::load(store_part, &base($index), LazyRegister::new(inner($index))).await?
            };
        }
        macro_rules! load {
            ($kind:ident $index:expr) => {
                Hashed::load(store_part, &base($index), $kind::load(store_part, inner($index)).await?).await?
            };
        }
        let users = field_key(&state_key(), 1);
        let apps = Apps::load(store, Hashed::<Apps>::inner_key(&users)).await?;
        Ok(Self {
            description: lazy!(0),
            epoch: load!(Register 1),
            admin_chain_id: load!(Register 2),
            committees: lazy!(3),
            ownership: lazy!(4),
            balance: load!(Register 5),
            balances: load!(Map 6),
            timestamp: load!(Register 7),
            closed: load!(Register 8),
            application_permissions: lazy!(9),
            used_blobs: load!(Set 10),
            event_subscriptions: load!(Map 11),
            users: Hashed::load(store, &users, apps).await?,
            stream_event_counts: Map::load(store, field_key(&state_key(), 2)).await?,
            historical_hash: Register::load(store, field_key(&state_key(), 3)).await?,
        })
    }

    /// Content hash of the system part, then of everything.
    pub(crate) fn content(&mut self, store: &MemoryStore) -> (HasherOutput, HasherOutput) {
        let fields = each_system_field!(&mut *self, field => now(field.hash(store)).unwrap());
        let system = hash_fields(&fields);
        let users = now(self.users.hash(store)).unwrap();
        let streams = now(self.stream_event_counts.content_hash(store)).unwrap();
        (system, hash_fields(&[system, users, streams]))
    }

    /// The hash of each system field.
    pub(crate) fn field_hashes(&mut self, store: &MemoryStore) -> [HasherOutput; 12] {
        each_system_field!(self, field => now(field.hash(store)).unwrap())
    }

    /// What the rolling hash is computed over.
    pub(crate) fn hashed_batch(&self) -> Batch {
        let mut batch = Batch::new();
        let mut state = self.clone();
        each_system_field!(&mut state, field => field.emit(&mut batch));
        self.users.emit(&mut batch);
        self.stream_event_counts.emit(&mut batch);
        batch
    }

    /// Writes everything pending.
    pub(crate) fn save(&mut self, store: &MemoryStore) {
        let mut batch = self.hashed_batch();
        self.historical_hash.emit(&mut batch);
        store.apply(&batch);
        each_system_field!(&mut *self, field => field.mark_saved());
        self.users.mark_saved();
        self.stream_event_counts.mark_saved();
        self.historical_hash.mark_saved();
    }

    pub(crate) fn rollback(&mut self) {
        each_system_field!(&mut *self, field => field.rollback());
        self.users.rollback();
        self.stream_event_counts.rollback();
        self.historical_hash.rollback();
    }

    /// Which memos are persisted: the system's, then that of `users`.
    pub(crate) fn bits(&mut self) -> String {
        let fields = each_system_field!(&mut *self, field => field.has_stored_memo());
        let bits = fields.into_iter().chain([self.users.has_stored_memo()]);
        bits.map(|bit| if bit { '1' } else { '0' }).collect()
    }
}
