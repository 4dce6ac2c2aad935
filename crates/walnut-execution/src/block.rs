//! Executing a block: from its transactions to its outcome (`linera-chain/src/chain.rs`, `execute_block`, and
//! `block_tracker.rs`).
//!
//! Execution changes the state in memory and nothing else. The caller persists the result (confirmed block), keeps it
//! aside (proposal), or rolls it back (staging). After an error it must roll back.

mod compare;
mod error;
mod execute;
mod history;
mod retry;
mod tracker;

pub use compare::{FieldMismatch, OutcomeField, OutcomeMismatch, compare_outcomes};
pub use error::{BlockError, ChainExecutionContext};
pub use execute::{BlockInputs, ExecutedBlock, execute_block};
pub use history::{History, NoHistory};
pub use retry::{AutoRetry, DEFAULT_MAX_BUNDLE_FAILURES, StagedBlock, stage_block};

#[cfg(test)]
mod tests;
