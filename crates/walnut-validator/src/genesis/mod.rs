//! The files that describe a network, in the reference's formats (`linera-client/src/config.rs`,
//! `linera-rpc/src/config.rs`).
//!
//! `generate` reads one [`ValidatorOptions`] file (TOML) per validator, draws keys, and writes one [`ServerConfig`] each and
//! one [`CommitteeConfig`]; `create-genesis` turns the latter into a [`GenesisConfig`](walnut_base::GenesisConfig).

mod committee_config;
mod create;
mod files;
mod generate;
mod server_config;
mod validator_options;

pub use committee_config::CommitteeConfig;
pub use create::{CreatedGenesis, GenesisOptions, Policy, create_genesis};
pub use files::{FileError, read_json, write_json, write_secret_json};
pub use generate::{draw_server_config, generate};
pub use server_config::{
    ExporterConfig, InternalNetwork, NetworkKind, ProxyConfig, PublicNetwork, ServerConfig, ShardConfig,
    SimpleKind, TlsKind, ValidatorConfig,
};
pub use validator_options::{PortOfShard, ValidatorOptions};

#[cfg(test)]
mod tests;
