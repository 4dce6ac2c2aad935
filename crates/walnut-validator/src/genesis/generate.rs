//! Drawing validators' keys.

use std::path::Path;

use rand_core::{CryptoRng, RngCore};
use walnut_base::{AccountSecretKey, ValidatorKeypair};

use super::{
    CommitteeConfig, FileError, InternalNetwork, ServerConfig, ValidatorConfig, ValidatorOptions, write_json,
    write_secret_json,
};

/// Draws the keys of one validator. The secret of its account is not kept, as in the reference.
pub fn draw_server_config<R: RngCore + CryptoRng>(rng: &mut R, options: &ValidatorOptions) -> ServerConfig {
    let ValidatorKeypair { secret_key, public_key } = ValidatorKeypair::generate(rng);
    let account_key = AccountSecretKey::generate(rng).public();
    ServerConfig {
        validator: ValidatorConfig { public_key, account_key, network: options.network() },
        validator_secret: secret_key,
        internal_network: InternalNetwork {
            public_key,
            protocol: options.internal_protocol,
            shards: options.shards.clone(),
            block_exporters: options.block_exporters.clone(),
            proxies: options.proxies.clone(),
        },
    }
}

/// Draws keys for validators, writes their server configurations, and the committee if asked. Returns one line per
/// validator: its public key and its account's, in hexadecimal, with a comma between.
///
/// # Errors
/// [`FileError`].
pub fn generate<R: RngCore + CryptoRng>(
    rng: &mut R,
    options: &[ValidatorOptions],
    committee_path: Option<&Path>,
) -> Result<Vec<String>, FileError> {
    let mut committee = CommitteeConfig::default();
    let mut lines = Vec::new();
    for options in options {
        let config = draw_server_config(rng, options);
        write_secret_json(&options.server_config_path, &config)?;
        lines.push(format!("{},{}", config.validator.public_key, config.validator.account_key));
        committee.validators.push(config.validator);
    }
    if let Some(path) = committee_path {
        write_json(path, &committee)?;
    }
    Ok(lines)
}
