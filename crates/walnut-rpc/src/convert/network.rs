//! What a validator says about itself and its network.

use walnut_base::{CrateVersion, NetworkDescription, Timestamp, VersionInfo};

use super::{error::ConversionError, payload::required};
use crate::proto;

impl From<&VersionInfo> for proto::VersionInfo {
    fn from(info: &VersionInfo) -> Self {
        let CrateVersion { major, minor, patch } = info.crate_version;
        Self {
            crate_version: Some(proto::CrateVersion { major, minor, patch }),
            git_commit: info.git_commit.clone(),
            git_dirty: info.git_dirty,
            rpc_hash: info.rpc_hash.clone(),
            graphql_hash: info.graphql_hash.clone(),
            wit_hash: info.wit_hash.clone(),
        }
    }
}

/// An absent version is 0.0.0.
impl From<proto::VersionInfo> for VersionInfo {
    fn from(info: proto::VersionInfo) -> Self {
        let proto::CrateVersion { major, minor, patch } = info.crate_version.unwrap_or_default();
        Self {
            crate_version: CrateVersion { major, minor, patch },
            git_commit: info.git_commit,
            git_dirty: info.git_dirty,
            rpc_hash: info.rpc_hash,
            graphql_hash: info.graphql_hash,
            wit_hash: info.wit_hash,
        }
    }
}

impl From<&NetworkDescription> for proto::NetworkDescription {
    fn from(description: &NetworkDescription) -> Self {
        Self {
            name: description.name.clone(),
            genesis_config_hash: Some(description.genesis_config_hash.into()),
            genesis_timestamp: description.genesis_timestamp.micros(),
            admin_chain_id: Some(description.admin_chain_id.into()),
            genesis_committee_blob_hash: Some(description.genesis_committee_blob_hash.into()),
        }
    }
}

impl TryFrom<proto::NetworkDescription> for NetworkDescription {
    type Error = ConversionError;

    fn try_from(message: proto::NetworkDescription) -> Result<Self, Self::Error> {
        Ok(Self {
            name: message.name,
            genesis_config_hash: required(message.genesis_config_hash, "genesis_config_hash")?.try_into()?,
            genesis_timestamp: Timestamp::from(message.genesis_timestamp),
            genesis_committee_blob_hash: required(
                message.genesis_committee_blob_hash,
                "genesis_committee_blob_hash",
            )?
            .try_into()?,
            admin_chain_id: required(message.admin_chain_id, "admin_chain_id")?.try_into()?,
        })
    }
}
