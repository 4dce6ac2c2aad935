//! The client against a network in one process.

#![expect(clippy::await_holding_refcell_ref, reason = "reads of memory never wait")]

mod applications;
mod committees;
mod fast;
mod network;
mod owners;
mod proposing;
mod shared;
mod syncing;
