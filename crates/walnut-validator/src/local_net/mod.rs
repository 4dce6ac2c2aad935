//! A whole network in one process: validators, their shards, and a faucet, on loopback only.

mod folder;
mod listeners;
mod options;
mod start;

pub use folder::FolderError;
pub use options::LocalNetOptions;
pub use start::{LocalNet, LocalNetError};
