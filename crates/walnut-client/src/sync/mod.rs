//! Fetching what others did: blocks of own chains, messages, events, blobs.
//!
//! Everything is verified by the local node before it counts; here is only the question whom to ask for what, and in which
//! order (`linera-core/src/client/mod.rs`).

mod blobs;
mod blocks;
mod chain;
mod events;
mod manager;
mod messages;
mod received;

pub(crate) use blocks::{Fetched, Keep};
pub(crate) use chain::to_node_error;
