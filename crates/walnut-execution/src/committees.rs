//! The committees of the network by epoch, shared by all chains of a process.
//!
//! An epoch's committee never changes once its event is confirmed, so what was found is kept. Epoch 0 comes from the
//! network's description, later ones from the admin chain's event stream of new epochs; both name a committee blob
//! (`linera-storage/src/lib.rs`, `get_or_load_committee`).

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use walnut_base::{
    BlobId, BlobType, ChainId, Committee, CryptoHash, Epoch, EventId, NetworkDescription,
    ResourceControlPolicy, StreamId,
    event::{EPOCH_STREAM_NAME, REMOVED_EPOCH_STREAM_NAME},
};
use walnut_views::Store;

use crate::{ExecutionError, PolicyFlags, storage};

/// Most missing epochs reported at once. A description may name any range; a node that lacks more than this is best
/// served by fetching these first.
const MISSING_EPOCHS_MAX: usize = 1000;

/// A committee and what its policy says about execution, decoded once.
#[derive(Clone, Debug)]
pub struct ActiveCommittee {
    /// The committee.
    pub committee: Rc<Committee>,
    /// The flags of its policy.
    pub flags: PolicyFlags,
}

impl ActiveCommittee {
    /// Reads the flags.
    pub fn new(committee: impl Into<Rc<Committee>>) -> Self {
        let committee = committee.into();
        let flags = PolicyFlags::new(committee.policy());
        Self { committee, flags }
    }

    /// A committee that charges nothing and limits nothing, for services.
    pub fn free() -> Rc<Self> {
        Rc::new(Self::new(Committee::default()))
    }

    /// Prices and limits.
    pub fn policy(&self) -> &ResourceControlPolicy {
        self.committee.policy()
    }
}

/// Committees found so far. Clones share them. Bounded by the number of epochs the network has had.
#[derive(Clone, Debug, Default)]
pub struct Committees {
    known: Rc<RefCell<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    network: Option<Rc<NetworkDescription>>,
    by_epoch: BTreeMap<Epoch, Rc<ActiveCommittee>>,
}

impl Committees {
    /// A table that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The network this node belongs to, if its description is stored.
    pub async fn network<S: Store>(
        &self,
        store: &S,
    ) -> Result<Option<Rc<NetworkDescription>>, ExecutionError> {
        if let Some(network) = &self.known.borrow().network {
            return Ok(Some(network.clone()));
        }
        let Some(network) = storage::read_network_description(store).await? else { return Ok(None) };
        let network = Rc::new(network);
        self.known.borrow_mut().network = Some(network.clone());
        Ok(Some(network))
    }

    /// The committee of an epoch that was found before.
    pub fn known(&self, epoch: Epoch) -> Option<Rc<ActiveCommittee>> {
        self.known.borrow().by_epoch.get(&epoch).cloned()
    }

    /// The committee of an epoch; `None` if the node has not seen its event or its blob, or does not know its network.
    pub async fn committee<S: Store>(
        &self,
        store: &S,
        epoch: Epoch,
    ) -> Result<Option<Rc<ActiveCommittee>>, ExecutionError> {
        if let Some(committee) = self.known(epoch) {
            return Ok(Some(committee));
        }
        let Some(network) = self.network(store).await? else { return Ok(None) };
        let hash = if epoch == Epoch::ZERO {
            network.genesis_committee_blob_hash
        } else {
            let event_id = epoch_event(network.admin_chain_id, epoch);
            let Some(value) = storage::read_event(store, &event_id).await? else { return Ok(None) };
            storage::decode::<CryptoHash>(&value)?
        };
        let blob_id = BlobId::new(hash, BlobType::Committee);
        let Some(content) = storage::read_blob(store, blob_id).await? else { return Ok(None) };
        let committee = Rc::new(ActiveCommittee::new(storage::decode::<Committee>(content.bytes())?));
        self.known.borrow_mut().by_epoch.insert(epoch, committee.clone());
        Ok(Some(committee))
    }

    /// The committees of all epochs from `min` to `max`, or the events of the missing ones.
    pub async fn range<S: Store>(
        &self,
        store: &S,
        min: Epoch,
        max: Epoch,
    ) -> Result<BTreeMap<Epoch, Rc<ActiveCommittee>>, ExecutionError> {
        let network = self.network(store).await?.ok_or(ExecutionError::NoNetworkDescriptionFound)?;
        let mut found = BTreeMap::new();
        let mut missing = Vec::new();
        for epoch in (min.0..=max.0).map(Epoch) {
            if missing.len() >= MISSING_EPOCHS_MAX {
                break;
            }
            match self.committee(store, epoch).await? {
                Some(committee) => {
                    found.insert(epoch, committee);
                }
                None => missing.push(epoch_event(network.admin_chain_id, epoch)),
            }
        }
        if missing.is_empty() { Ok(found) } else { Err(ExecutionError::EventsNotFound(missing)) }
    }
}

/// The committees a chain still trusts, as its state keeps them. Clones share the committees.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TrustedCommittees {
    by_epoch: Rc<BTreeMap<Epoch, Rc<Committee>>>,
}

impl TrustedCommittees {
    /// The committee of an epoch.
    pub fn get(&self, epoch: Epoch) -> Option<&Rc<Committee>> {
        self.by_epoch.get(&epoch)
    }

    /// Trusts a committee.
    pub fn insert(&mut self, epoch: Epoch, committee: Rc<Committee>) {
        Rc::make_mut(&mut self.by_epoch).insert(epoch, committee);
    }

    /// Stops trusting a committee; tells whether it was trusted.
    pub fn remove(&mut self, epoch: Epoch) -> bool {
        Rc::make_mut(&mut self.by_epoch).remove(&epoch).is_some()
    }

    /// The epochs, ascending.
    pub fn epochs(&self) -> impl DoubleEndedIterator<Item = Epoch> {
        self.by_epoch.keys().copied()
    }

    /// All committees, by epoch.
    pub fn iter(&self) -> impl Iterator<Item = (Epoch, &Rc<Committee>)> {
        self.by_epoch.iter().map(|(epoch, committee)| (*epoch, committee))
    }
}

impl FromIterator<(Epoch, Rc<Committee>)> for TrustedCommittees {
    fn from_iter<I: IntoIterator<Item = (Epoch, Rc<Committee>)>>(committees: I) -> Self {
        Self { by_epoch: Rc::new(committees.into_iter().collect()) }
    }
}

/// A plain map; BCS sorts it by the little-endian bytes of the epoch.
impl Serialize for TrustedCommittees {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.by_epoch.iter().map(|(epoch, committee)| (epoch, &**committee)))
    }
}

impl<'de> Deserialize<'de> for TrustedCommittees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let by_epoch = BTreeMap::<Epoch, Committee>::deserialize(deserializer)?;
        Ok(by_epoch.into_iter().map(|(epoch, committee)| (epoch, Rc::new(committee))).collect())
    }
}

/// The event that introduces an epoch.
pub fn epoch_event(admin_chain_id: ChainId, epoch: Epoch) -> EventId {
    EventId { chain_id: admin_chain_id, stream_id: StreamId::system(EPOCH_STREAM_NAME), index: epoch.0 }
}

/// The event that removes an epoch.
pub fn removed_epoch_event(admin_chain_id: ChainId, epoch: Epoch) -> EventId {
    EventId {
        chain_id: admin_chain_id,
        stream_id: StreamId::system(REMOVED_EPOCH_STREAM_NAME),
        index: epoch.0,
    }
}
