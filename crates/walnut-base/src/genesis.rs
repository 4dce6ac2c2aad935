//! The genesis of a network.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    AccountOwner, Amount, ApplicationPermissions, BcsHashable, Blob, ChainDescription, ChainId, ChainOrigin,
    ChainOwnership, Committee, CryptoHash, Epoch, InitialChainConfig, NetworkDescription, Timestamp,
};

/// How a network starts. The first chain is the admin chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenesisConfig {
    /// The committee of epoch 0.
    pub committee: Committee,
    /// When the network began; copied into every root chain's description, hence into its ID.
    pub timestamp: Timestamp,
    /// The root chains, in order.
    pub chains: Vec<ChainDescription>,
    /// The network's name.
    pub network_name: String,
}

impl BcsHashable for GenesisConfig {
    const NAME: &'static str = "GenesisConfig";
}

/// A genesis is unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GenesisError {
    /// There is no chain to be the admin chain.
    #[error("the genesis has no chains")]
    NoAdminChain,
}

impl GenesisConfig {
    /// A genesis without chains.
    pub const fn new(committee: Committee, timestamp: Timestamp, network_name: String) -> Self {
        Self { committee, timestamp, chains: Vec::new(), network_name }
    }

    /// Adds a root chain with one owner; the first is the admin chain.
    pub fn add_root_chain(&mut self, owner: AccountOwner, balance: Amount) -> &ChainDescription {
        let index = u32::try_from(self.chains.len()).expect("a genesis has fewer than 2^32 chains");
        self.chains.push(ChainDescription {
            origin: ChainOrigin::Root(index),
            timestamp: self.timestamp,
            config: InitialChainConfig {
                ownership: ChainOwnership::single(owner),
                epoch: Epoch::ZERO,
                min_active_epoch: Epoch::ZERO,
                max_active_epoch: Epoch::ZERO,
                balance,
                application_permissions: ApplicationPermissions::default(),
            },
        });
        self.chains.last().expect("a chain was just added")
    }

    /// The genesis hash.
    pub fn hash(&self) -> CryptoHash {
        CryptoHash::new(self)
    }

    /// The blob of the first committee.
    pub fn committee_blob(&self) -> Blob {
        Blob::new_committee(&self.committee)
    }

    /// The chain that changes committees.
    pub fn admin_chain_id(&self) -> Result<ChainId, GenesisError> {
        self.chains.first().map(ChainDescription::id).ok_or(GenesisError::NoAdminChain)
    }

    /// What validators of this network tell about it.
    pub fn network_description(&self) -> Result<NetworkDescription, GenesisError> {
        Ok(NetworkDescription {
            name: self.network_name.clone(),
            genesis_config_hash: self.hash(),
            genesis_timestamp: self.timestamp,
            genesis_committee_blob_hash: self.committee_blob().id().hash,
            admin_chain_id: self.admin_chain_id()?,
        })
    }
}
