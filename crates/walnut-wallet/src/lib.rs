//! Vault, lock state, approvals and the UI messages, as pure machines.
//!
//! The crate promises: everything that decides about keys, permissions and what people are shown can be tested
//! without a browser. It refuses to know clocks, randomness, storage and threads: time and randomness are arguments,
//! every machine is a value that serialises, and a kill between any two calls loses at most the later call.
//!
//! Start reading at [`messages`] (the contract between the extension's parts), then [`vault`] (how keys are kept).

pub mod activity;
pub mod messages;
pub mod vault;
