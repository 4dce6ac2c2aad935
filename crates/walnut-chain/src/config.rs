//! What kind of node this is.

use std::collections::BTreeSet;

use walnut_base::{ChainId, CryptoHash, TimeDelta, ValidatorSecretKey, crypto::keccak256};

use crate::limits::{CROSS_CHAIN_CHUNK_BYTES, LOADED_CHAINS, RECEIVED_LOG_ENTRIES};

/// Grace period of a validator for blocks from the near future (`--block-time-grace-period-ms` upstream).
const VALIDATOR_GRACE: TimeDelta = TimeDelta::from_millis(500);

/// The settings of a [`Node`](crate::Node). Start from [`NodeConfig::validator`] or [`NodeConfig::client`].
pub struct NodeConfig {
    /// Signs votes and chain info. A node without a key never votes and does not check block times.
    pub key: Option<ValidatorSecretKey>,
    /// How far in the future a block may be. Callers delay proposals within it, see [`proposal_delay`](crate::proposal_delay).
    pub block_time_grace: TimeDelta,
    /// The chains whose inboxes this node keeps; none for all (validators).
    pub tracked: Option<BTreeSet<ChainId>>,
    /// Whether inboxes of chains whose description is unknown are filled.
    pub allow_inactive_chains: bool,
    /// Whether messages of epochs whose committee is unknown are accepted (clients: the sender's certificate was
    /// checked before).
    pub allow_messages_from_deprecated_epochs: bool,
    /// Whether a gap in an inbox is repaired by asking the sender to send again, instead of being an error.
    pub allow_revert_confirm: bool,
    /// Estimated bytes of one `UpdateRecipient`.
    pub cross_chain_chunk_bytes: usize,
    /// Entries of the received log in one answer.
    pub received_log_entries: u64,
    /// Chains held in memory.
    pub loaded_chains: usize,
}

impl NodeConfig {
    /// One shard of a validator.
    pub fn validator(key: ValidatorSecretKey) -> Self {
        NodeConfig {
            key: Some(key),
            block_time_grace: VALIDATOR_GRACE,
            tracked: None,
            allow_inactive_chains: true,
            allow_messages_from_deprecated_epochs: false,
            allow_revert_confirm: true,
            cross_chain_chunk_bytes: CROSS_CHAIN_CHUNK_BYTES,
            received_log_entries: RECEIVED_LOG_ENTRIES,
            loaded_chains: LOADED_CHAINS,
        }
    }

    /// The local node of a client that keeps the inboxes of `tracked`.
    pub fn client(tracked: BTreeSet<ChainId>) -> Self {
        NodeConfig {
            key: None,
            block_time_grace: TimeDelta::ZERO,
            tracked: Some(tracked),
            allow_inactive_chains: true,
            allow_messages_from_deprecated_epochs: true,
            allow_revert_confirm: false,
            cross_chain_chunk_bytes: usize::MAX,
            received_log_entries: RECEIVED_LOG_ENTRIES,
            loaded_chains: LOADED_CHAINS,
        }
    }
}

/// The chains whose inboxes are kept, with a fingerprint of the set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracked {
    chains: Option<BTreeSet<ChainId>>,
    hash: Option<CryptoHash>,
}

impl Tracked {
    pub(crate) fn new(chains: Option<BTreeSet<ChainId>>) -> Self {
        let hash = chains.as_ref().map(fingerprint);
        Tracked { chains, hash }
    }

    pub(crate) fn contains(&self, chain_id: &ChainId) -> bool {
        self.chains.as_ref().is_none_or(|chains| chains.contains(chain_id))
    }

    /// None when all chains are tracked.
    pub(crate) fn hash(&self) -> Option<CryptoHash> {
        self.hash
    }

    /// Answers whether the chain is new to the set.
    pub(crate) fn insert(&mut self, chain_id: ChainId) -> bool {
        let Some(chains) = &mut self.chains else { return false };
        let is_new = chains.insert(chain_id);
        if is_new {
            self.hash = Some(fingerprint(chains));
        }
        is_new
    }
}

fn fingerprint(chains: &BTreeSet<ChainId>) -> CryptoHash {
    let parts: Vec<&[u8]> = chains.iter().map(|chain_id| chain_id.0.as_bytes().as_slice()).collect();
    CryptoHash::from(keccak256(&parts))
}
