//! What execution reads besides the state it changes.

use walnut_base::ChainId;
use walnut_views::{Prefixed, RootKey, Store};

use crate::Committees;

/// The surroundings of one chain's execution. Nothing in here changes while a block runs.
#[derive(Clone, Debug)]
pub struct Environment<'a, S, A> {
    /// The executing chain.
    pub chain_id: ChainId,
    /// The node's whole key space: blobs, events, the network's description.
    pub storage: &'a S,
    /// The executing chain's partition of it.
    pub chain: Prefixed<&'a S>,
    /// The committees of the network.
    pub committees: &'a Committees,
    /// What runs user applications.
    pub applications: &'a A,
}

impl<'a, S: Store, A> Environment<'a, S, A> {
    /// The surroundings of `chain_id`.
    pub fn new(chain_id: ChainId, storage: &'a S, committees: &'a Committees, applications: &'a A) -> Self {
        let chain = Prefixed::new(storage, RootKey::ChainState(chain_id).bytes());
        Self { chain_id, storage, chain, committees, applications }
    }
}
