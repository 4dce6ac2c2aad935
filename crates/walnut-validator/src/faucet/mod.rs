//! The faucet: gives everyone who asks a chain with some tokens (`linera-faucet-server/src/lib.rs`).
//!
//! What it gave is written in the blocks of its own chain and read back from there at the start, so there is no second
//! record that could disagree. Requests that arrive together share a block.

mod book;
mod chain;
mod error;
mod http;
mod proposer;
mod scalars;
mod schema;
mod worker;

pub use book::Book;
pub use chain::{ChainFailure, FaucetChain, FaucetState};
pub use error::FaucetError;
pub use http::serve_faucet;
pub use proposer::Proposer;
pub use worker::{Faucet, FaucetOptions};

#[cfg(test)]
mod tests;
