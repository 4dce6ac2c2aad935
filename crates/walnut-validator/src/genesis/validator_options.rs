//! `validator_N.toml`: what a person writes down before keys are drawn.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{ExporterConfig, FileError, NetworkKind, ProxyConfig, PublicNetwork, ShardConfig};

/// A shard in an option file. Unknown keys are ignored.
pub type PortOfShard = ShardConfig;

/// `validator_N.toml`. Unknown keys are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorOptions {
    /// Where to write the server configuration.
    pub server_config_path: PathBuf,
    /// Public host.
    pub host: String,
    /// Public port.
    pub port: u16,
    /// How wallets speak to it.
    pub external_protocol: NetworkKind,
    /// How its processes speak.
    pub internal_protocol: NetworkKind,
    /// Its fronts.
    pub proxies: Vec<ProxyConfig>,
    /// Its shards.
    pub shards: Vec<PortOfShard>,
    /// Its exporters.
    #[serde(default)]
    pub block_exporters: Vec<ExporterConfig>,
}

impl ValidatorOptions {
    /// Reads an option file.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let text = std::fs::read_to_string(path).map_err(FileError::io(path))?;
        toml::from_str(&text).map_err(FileError::content(path))
    }

    /// Where wallets reach it.
    pub fn network(&self) -> PublicNetwork {
        PublicNetwork { protocol: self.external_protocol, host: self.host.clone(), port: self.port }
    }
}
