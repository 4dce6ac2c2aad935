//! Making a genesis and the keys of its chains.

use rand_core::{CryptoRng, RngCore};
use walnut_base::{
    AccountSecretKey, Amount, ArithmeticError, GenesisConfig, ResourceControlPolicy, Timestamp,
    wallet_file::{KeystoreFile, KeystoreKey},
};

use super::CommitteeConfig;

/// The prices of a new network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Policy {
    /// Everything is free.
    #[default]
    NoFees,
    /// As on the public test network.
    Testnet,
    /// Only computation costs.
    OnlyFuel,
    /// Everything costs a little.
    AllCategories,
}

impl Policy {
    /// The prices.
    pub fn prices(self) -> ResourceControlPolicy {
        match self {
            Self::NoFees => ResourceControlPolicy::no_fees(),
            Self::Testnet => ResourceControlPolicy::testnet(),
            Self::OnlyFuel => ResourceControlPolicy::only_fuel(),
            Self::AllCategories => ResourceControlPolicy::all_categories(),
        }
    }
}

/// What a new network looks like.
#[derive(Clone, Debug)]
pub struct GenesisOptions {
    /// Root chains besides the admin chain.
    pub other_chains: u32,
    /// Balance of every root chain.
    pub initial_funding: Amount,
    /// The prices.
    pub policy: ResourceControlPolicy,
    /// The network's name; made from the time if absent.
    pub network_name: Option<String>,
    /// When it begins.
    pub timestamp: Timestamp,
}

/// A genesis with the keys of its chains, in the order of the chains.
pub struct CreatedGenesis {
    /// The genesis.
    pub genesis: GenesisConfig,
    /// One owner per chain.
    pub keys: Vec<AccountSecretKey>,
}

impl CreatedGenesis {
    /// The keys as `keystore.json` holds them.
    pub fn into_keystore(self) -> KeystoreFile {
        let mut keys = self.keys.into_iter().map(|key| (key.owner(), KeystoreKey(key))).collect::<Vec<_>>();
        keys.sort_by_key(|(owner, _)| *owner);
        KeystoreFile { keys, prng_seed: None }
    }
}

/// Makes a genesis; the first chain is the admin chain.
///
/// # Errors
/// When the committee's votes overflow.
pub fn create_genesis<R: RngCore + CryptoRng>(
    rng: &mut R,
    committee: CommitteeConfig,
    options: GenesisOptions,
) -> Result<CreatedGenesis, ArithmeticError> {
    let GenesisOptions { other_chains, initial_funding, policy, network_name, timestamp } = options;
    let default_name = || {
        let text = timestamp.to_string();
        format!("walnut-{}", text.split('.').next().unwrap_or_default().replace(' ', "T"))
    };
    let network_name = network_name.unwrap_or_else(default_name);
    let mut genesis = GenesisConfig::new(committee.into_committee(policy)?, timestamp, network_name);
    let mut keys = Vec::new();
    for _ in 0..=other_chains {
        let key = AccountSecretKey::generate(rng);
        genesis.add_root_chain(key.owner(), initial_funding);
        keys.push(key);
    }
    Ok(CreatedGenesis { genesis, keys })
}
