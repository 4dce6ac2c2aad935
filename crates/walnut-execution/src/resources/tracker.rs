//! Counters of one block.

use walnut_base::{Amount, TimeDelta};

/// What a block has used so far. The limits of the policy apply to these totals, so they carry over from one
/// transaction to the next.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ResourceTracker {
    /// Accounted size of the block in bytes; a formula, not the size of its encoding.
    pub block_size: u64,
    /// Fuel used by EVM contracts.
    pub evm_fuel: u64,
    /// Fuel used by Wasm contracts.
    pub wasm_fuel: u64,
    /// Calls that read application state.
    pub read_operations: u32,
    /// Single writes of application state.
    pub write_operations: u32,
    /// Bytes handed to contracts by calls that do not read application state.
    pub bytes_runtime: u32,
    /// Bytes of application state and events read.
    pub bytes_read: u64,
    /// Bytes of application state and events written.
    pub bytes_written: u64,
    /// Blobs read.
    pub blobs_read: u32,
    /// Blobs published or created, committee blobs excepted.
    pub blobs_published: u32,
    /// Bytes of blobs read.
    pub blob_bytes_read: u64,
    /// Bytes of blobs published or created, committee blobs excepted.
    pub blob_bytes_published: u64,
    /// Growth of stored bytes; upstream counts nothing here.
    pub bytes_stored: i32,
    /// Operations executed.
    pub operations: u32,
    /// Argument bytes of user operations.
    pub operation_bytes: u64,
    /// Outgoing messages that were charged.
    pub messages: u32,
    /// Bytes of outgoing user messages that were charged.
    pub message_bytes: u64,
    /// HTTP requests made by contracts.
    pub http_requests: u32,
    /// Services run as oracles.
    pub service_oracle_queries: u32,
    /// Time spent in services run as oracles.
    pub service_oracle_execution: TimeDelta,
    /// Grants attached to outgoing messages.
    pub grants: Amount,
}
