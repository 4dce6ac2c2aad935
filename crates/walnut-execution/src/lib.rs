//! The deterministic function: operations and messages to new state.
//!
//! The crate promises that a block, executed on the state it was made for, gives the outcome that every validator of
//! Linera 0.15.23 computes, byte for byte: messages, events, blobs, oracle answers, fees and the state hash in all of
//! its modes. Data that is missing is named in a typed error, so that the caller can fetch it and try again.
//!
//! It refuses to know: consensus, inboxes, clocks, networks, and where state is stored. It writes nothing: the changed
//! state hands out its writes as a batch.
//!
//! Start with [`execute_block`], then [`Executor`], then the files of `operations/`. [`ExecutionState`] is what changes,
//! [`Environment`] is what is read, [`Applications`] is the seam to the virtual machine.

mod block;
mod bytecode;
mod committees;
mod context;
mod environment;
mod error;
mod executor;
mod initialize;
mod messages;
mod operations;
mod policy;
mod queries;
mod resources;
mod runtime;
mod state;
pub mod storage;
mod system;
#[cfg(test)]
mod test_utils;
mod transaction;
mod wasm;

pub use block::{
    AutoRetry, BlockError, BlockInputs, ChainExecutionContext, DEFAULT_MAX_BUNDLE_FAILURES, ExecutedBlock,
    FieldMismatch, History, NoHistory, OutcomeField, OutcomeMismatch, StagedBlock, compare_outcomes,
    execute_block, stage_block,
};
pub use bytecode::{DecompressionError, compress, decompress, decompressed_size_at_most};
pub use committees::{ActiveCommittee, Committees, TrustedCommittees, epoch_event, removed_epoch_event};
pub use context::{MessageContext, OperationContext, ProcessStreamsContext, QueryContext};
pub use environment::Environment;
pub use error::{ExecutionError, Fault};
pub use executor::Executor;
pub use initialize::initialize_chain;
pub use operations::LoadedApplication;
pub use policy::{PolicyFlags, check_blob_size, total_price};
pub use queries::{SystemResponse, query_application, query_system};
pub use resources::{ActionController, Meter, Payer, ResourceController, ResourceTracker, Sources};
pub use runtime::{
    ActionHost, Applications, HostError, KeyValues, ServiceQuery, UnsupportedApplications, UserAction,
    UserQueryOutcome,
};
pub use state::{ExecutionState, execution_state_key};
pub use system::{EventSubscriptions, SystemState};
pub use transaction::{CreatedBlobs, TransactionOutcome, TransactionStart, TransactionTracker};
pub use walnut_vm::{LogLevel, ModuleCache, Resources, SendMessageRequest, StreamUpdate};
pub use wasm::{NothingOutside, Outside, WasmApplications};

/// Longest name of an event stream, in bytes.
pub const MAX_STREAM_NAME_LEN: usize = 64;
