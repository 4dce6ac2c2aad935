//! Vault, lock state, approvals and the UI messages, as pure machines.
//!
//! The crate promises: everything that decides about keys, permissions and what people are shown can be tested
//! without a browser. It refuses to know clocks, randomness, storage and threads: time and randomness are arguments,
//! every machine is a value that serialises, and a kill between any two calls loses at most the later call.
//!
//! * [`messages`]: the contract between interface, host document, node worker and vault. Start reading here.
//! * [`vault`]: how keys are kept, derived, imported, and what is signed.
//! * [`lock`]: open or closed, and when it closes by itself.
//! * [`approvals`], [`grants`]: what sites ask, and what they may.
//! * [`activity`]: what was done and what became of it.
//! * [`owners`]: changing who owns a chain.
//! * [`amount_input`], [`address`], [`address_book`], [`time_words`]: what people type and read.

pub mod activity;
pub mod address;
pub mod address_book;
pub mod amount_input;
pub mod applications;
pub mod approvals;
pub mod grants;
pub mod lock;
pub mod messages;
pub mod owners;
pub mod time_words;
pub mod vault;

#[cfg(test)]
mod test_values;
