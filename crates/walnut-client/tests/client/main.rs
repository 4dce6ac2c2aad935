//! The client against a network in one process.

mod network;
mod proposing;
mod syncing;
