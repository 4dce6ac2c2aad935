//! Values that exist only at the boundary between an application and its node.

use walnut_base::{ChainId, StreamId};

/// A message an application wants to send.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SendMessageRequest {
    /// The receiving chain; the receiving application is the sender's.
    pub destination: ChainId,
    /// Whether the sender wants it to carry the signer. Ignored by upstream: it always does.
    pub authenticated: bool,
    /// Whether it comes back when it is rejected.
    pub is_tracked: bool,
    /// What the sender pays for in advance.
    pub grant: Resources,
    /// The message.
    pub message: Vec<u8>,
}

/// Resources that a message's sender pays for in advance, so that the recipient need not.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Resources {
    /// Wasm fuel.
    pub wasm_fuel: u64,
    /// EVM fuel.
    pub evm_fuel: u64,
    /// Calls that read state.
    pub read_operations: u32,
    /// Single writes.
    pub write_operations: u32,
    /// Bytes handed out by the runtime.
    pub bytes_runtime: u32,
    /// Bytes read from state.
    pub bytes_to_read: u32,
    /// Bytes written to state.
    pub bytes_to_write: u32,
    /// Blobs read.
    pub blobs_to_read: u32,
    /// Blobs published.
    pub blobs_to_publish: u32,
    /// Bytes of blobs read.
    pub blob_bytes_to_read: u32,
    /// Bytes of blobs published.
    pub blob_bytes_to_publish: u32,
    /// Messages sent.
    pub messages: u32,
    /// Bytes of messages.
    pub message_size: u32,
    /// Growth of stored bytes.
    pub storage_size_delta: u32,
    /// Services run as oracles.
    pub service_as_oracle_queries: u32,
    /// HTTP requests.
    pub http_requests: u32,
}

/// A range of events of one stream that a subscriber has to process.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamUpdate {
    /// The chain that publishes.
    pub chain_id: ChainId,
    /// The stream.
    pub stream_id: StreamId,
    /// The first event to process.
    pub previous_index: u32,
    /// One past the last event to process.
    pub next_index: u32,
}

/// One change of an application's key-value store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WriteOperation {
    /// Deletes a key.
    Delete(Vec<u8>),
    /// Deletes all keys that start with a prefix.
    DeletePrefix(Vec<u8>),
    /// Sets a key to a value.
    Put(Vec<u8>, Vec<u8>),
}

/// How much a line of an application's log matters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something is odd.
    Warn,
    /// Something happened.
    Info,
    /// For developers.
    Debug,
    /// For developers with patience.
    Trace,
}

/// Whether the chain lets the application do what it asked for; if not, nothing was changed and the application may
/// go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Permitted(pub bool);
