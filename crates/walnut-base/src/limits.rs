//! Bounds that hold for every network of this release, whatever its policy says.

/// Longest stream name in bytes; checked where applications use streams, not when decoding.
pub const STREAM_NAME_BYTES_MAX: usize = 64;

/// BCS size of a block with empty lists, no previous hash and no signer: where block-size accounting starts
/// (`linera-chain/src/chain.rs`, `EMPTY_BLOCK_SIZE`).
pub const EMPTY_BLOCK_SIZE: u64 = 94;

/// Largest gRPC message in bytes, both ways.
pub const GRPC_MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Fill limit for batches put into one gRPC message: 70 % of the message limit.
pub const GRPC_CHUNK_BYTES_MAX: usize = GRPC_MESSAGE_BYTES_MAX * 7 / 10;

/// Entries of the received log in one chain-info answer.
pub const RECEIVED_LOG_ENTRIES_MAX: usize = 20_000;

/// Stream IDs in one request; clients split.
pub const STREAM_IDS_PER_REQUEST_MAX: usize = 10_000;

/// Largest value decoded from one untrusted byte string. Nothing larger fits through any transport.
pub const DECODED_BYTES_MAX: usize = GRPC_MESSAGE_BYTES_MAX;

/// Votes of every validator in a committee made by the stock tools.
pub const DEFAULT_VALIDATOR_VOTES: u64 = 100;
