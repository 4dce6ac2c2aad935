//! Descriptions: what chains, applications and the network are made of.

use serde::{Deserialize, Serialize};

use crate::{
    Amount, ApplicationId, ApplicationPermissions, BcsHashable, Blob, BlockHeight, ChainId, ChainOwnership,
    CryptoHash, Epoch, ModuleId, Timestamp,
};

/// Where a chain comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChainOrigin {
    /// Part of the genesis, by index; 0 is the admin chain.
    Root(u32),
    /// Opened by a block.
    Child {
        /// The chain that opened it.
        parent: ChainId,
        /// Height of the opening block.
        block_height: BlockHeight,
        /// Counts the chains opened in that block.
        chain_index: u32,
    },
}

/// State of a chain at its first block.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InitialChainConfig {
    /// Its owners.
    pub ownership: ChainOwnership,
    /// Its epoch.
    pub epoch: Epoch,
    /// Oldest epoch trusted when it was opened.
    pub min_active_epoch: Epoch,
    /// Newest epoch known when it was opened.
    pub max_active_epoch: Epoch,
    /// Its balance.
    pub balance: Amount,
    /// Its application permissions.
    pub application_permissions: ApplicationPermissions,
}

/// Description of a chain: names it through a blob.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChainDescription {
    /// Where it comes from.
    pub origin: ChainOrigin,
    /// When it was made.
    pub timestamp: Timestamp,
    /// Its first state.
    pub config: InitialChainConfig,
}

impl BcsHashable for ChainDescription {
    const NAME: &'static str = "ChainDescription";
}

impl ChainDescription {
    /// The chain's name: the hash of its description blob, not of the description.
    pub fn id(&self) -> ChainId {
        ChainId(self.to_blob().id().hash)
    }

    /// The blob that holds this description.
    pub fn to_blob(&self) -> Blob {
        Blob::new_chain_description(self)
    }

    /// Whether the chain was opened by a block.
    pub const fn is_child(&self) -> bool {
        matches!(self.origin, ChainOrigin::Child { .. })
    }
}

/// Description of an application: names it through a blob.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ApplicationDescription {
    /// Its bytecode.
    pub module_id: ModuleId,
    /// The chain that created it.
    pub creator_chain_id: ChainId,
    /// Height of the creating block.
    pub block_height: BlockHeight,
    /// Counts the applications created in that block.
    pub application_index: u32,
    /// Public parameters.
    #[serde(with = "serde_bytes")]
    pub parameters: Vec<u8>,
    /// Applications it depends on.
    pub required_application_ids: Vec<ApplicationId>,
}

impl BcsHashable for ApplicationDescription {
    const NAME: &'static str = "ApplicationDescription";
}

impl ApplicationDescription {
    /// The application's name: the hash of its description blob, with the last 12 bytes zero for EVM.
    pub fn id(&self) -> ApplicationId {
        ApplicationId::new(self.to_blob().id().hash)
    }

    /// The blob that holds this description.
    pub fn to_blob(&self) -> Blob {
        Blob::new_application_description(self)
    }
}

/// Description of a network, as validators tell it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NetworkDescription {
    /// Its name.
    pub name: String,
    /// Hash of the genesis.
    pub genesis_config_hash: CryptoHash,
    /// When it began.
    pub genesis_timestamp: Timestamp,
    /// The committee blob of epoch 0.
    pub genesis_committee_blob_hash: CryptoHash,
    /// The chain that changes committees.
    pub admin_chain_id: ChainId,
}
