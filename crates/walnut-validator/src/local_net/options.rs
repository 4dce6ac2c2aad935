//! What a local network looks like.

use std::path::PathBuf;

use walnut_base::Amount;

use crate::genesis::Policy;

/// The shape of a local network. What a data folder holds already (keys, ports, genesis) wins over these options.
#[derive(Clone, Debug)]
pub struct LocalNetOptions {
    /// Validators; at least one.
    pub validators: usize,
    /// Shards of each.
    pub shards: usize,
    /// Port of the faucet, 0 for a free one; none for no faucet.
    pub faucet_port: Option<u16>,
    /// Where to keep everything; none for memory only.
    pub data: Option<PathBuf>,
    /// Prices.
    pub policy: Policy,
    /// Hosts that applications may ask, besides what the prices say.
    pub http_request_allow_list: Vec<String>,
    /// Root chains besides the admin chain; the first of them is the faucet's.
    pub chains: u32,
    /// Balance of every root chain.
    pub initial_funding: Amount,
    /// Balance of a claimed chain.
    pub faucet_amount: Amount,
    /// Tokens per day after that; zero for none.
    pub faucet_daily_amount: Amount,
}

impl Default for LocalNetOptions {
    /// Four validators of two shards in memory, and a faucet on a free port that can give 1000 tokens a thousand times.
    fn default() -> Self {
        Self {
            validators: 4,
            shards: 2,
            faucet_port: Some(0),
            data: None,
            policy: Policy::NoFees,
            http_request_allow_list: Vec::new(),
            chains: 2,
            initial_funding: Amount::from_tokens(1_000_000),
            faucet_amount: Amount::from_tokens(1_000),
            faucet_daily_amount: Amount::ZERO,
        }
    }
}
