//! The files of the stock command-line wallet, for import. Types only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    AccountOwner, AccountSecretKey, Blob, BlockHeight, ChainId, CryptoHash, Epoch, GenesisConfig,
    ProposedBlock, Round, Timestamp,
};

/// `wallet.json` (`linera-wallet-json/src/wallet.rs`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletFile {
    /// Chains by ID.
    pub chains: BTreeMap<ChainId, WalletChain>,
    /// The chain used when none is named.
    pub default: Option<ChainId>,
    /// The network.
    pub genesis_config: GenesisConfig,
}

/// What the wallet knows about a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletChain {
    /// Which key to sign with; none for a chain that is only followed.
    pub owner: Option<AccountOwner>,
    /// Its last block.
    pub block_hash: Option<CryptoHash>,
    /// Height of its next block.
    pub next_block_height: BlockHeight,
    /// Timestamp of its last block.
    pub timestamp: Timestamp,
    /// A block that was signed but not confirmed.
    pub pending_proposal: Option<PendingProposal>,
    /// Its epoch, if known.
    pub epoch: Option<Epoch>,
}

/// A block that was signed but not confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingProposal {
    /// The block.
    pub block: ProposedBlock,
    /// Blobs that it publishes.
    pub blobs: Vec<Blob>,
    /// The round, if it was proposed in the fast one. Two different fast proposals could block the chain for good.
    #[serde(default)]
    pub round: Option<Round>,
}

/// `keystore.json` (`linera-base/src/crypto/signer.rs`).
#[derive(Serialize, Deserialize)]
pub struct KeystoreFile {
    /// Owners and keys.
    pub keys: Vec<(AccountOwner, KeystoreKey)>,
    /// State of the generator behind `--testing-prng-seed`.
    pub prng_seed: Option<u64>,
}

/// A secret key in the keystore: the JSON text of the key, as an array of byte values.
pub struct KeystoreKey(pub AccountSecretKey);

impl Serialize for KeystoreKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text =
            serde_json::to_vec(&self.0).map(zeroize::Zeroizing::new).map_err(serde::ser::Error::custom)?;
        serializer.collect_seq(text.iter())
    }
}

impl<'de> Deserialize<'de> for KeystoreKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = zeroize::Zeroizing::new(Vec::<u8>::deserialize(deserializer)?);
        serde_json::from_slice(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
