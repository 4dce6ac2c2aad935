//! The network screen: validators as this node sees them, and the node itself.

use serde::{Deserialize, Serialize};
use walnut_base::{Amount, BlockHeight, CryptoHash, Timestamp};

/// The network at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkStatus {
    /// The network's own name.
    pub network_name: String,
    /// URL of the faucet in use.
    pub faucet_url: String,
    /// Epoch of the committee in use.
    pub epoch: u32,
    /// Votes needed for a certificate.
    pub quorum_threshold: u64,
    /// Votes of the whole committee.
    pub total_votes: u64,
    /// Validators of that committee.
    pub validators: Vec<ValidatorStatus>,
    /// The node in this wallet.
    pub node: NodeStatus,
}

/// One validator as this node sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorStatus {
    /// Public key, hex.
    pub public_key: String,
    /// Network address, as the committee lists it.
    pub address: String,
    /// Its votes.
    pub votes: u64,
    /// Round trip of the last answer, in milliseconds.
    pub latency_ms: Option<u32>,
    /// Version it reports, e.g. "0.15.23".
    pub version: Option<String>,
    /// Next height of the chain shown last, as it claims.
    pub claimed_height: Option<BlockHeight>,
    /// Whether what it says agrees with what is verified here.
    pub agreement: Agreement,
    /// When it last answered.
    pub last_contact: Option<Timestamp>,
    /// What is wrong with it, in plain words.
    pub problem: Option<String>,
}

/// Whether a validator's word agrees with what is verified here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// Not asked yet.
    Unknown,
    /// Same block and state at the same height.
    Agrees,
    /// Behind, nothing contradicts.
    Lags,
    /// Says something else about a verified block.
    Disagrees,
    /// Does not answer.
    Silent,
}

/// The node in this wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeStatus {
    /// Whether it runs.
    pub is_running: bool,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// Bytes of its database on disk, as the browser reports it.
    pub disk_bytes: Option<u64>,
    /// Bytes of its wasm memory.
    pub memory_bytes: Option<u64>,
    /// Blocks verified and executed since it started.
    pub blocks_verified: u64,
    /// Blocks per second over the last busy ten seconds, in thousandths.
    pub blocks_per_second_milli: u64,
    /// Restarts since the browser started.
    pub restarts: u32,
    /// Version of the wallet.
    pub wallet_version: String,
    /// Hash of the genesis configuration.
    pub genesis_hash: Option<CryptoHash>,
    /// Fees paid since the wallet was made, for the curious.
    pub fees_paid: Amount,
}
