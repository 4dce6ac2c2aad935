//! Every bound of this crate, with its unit and its reason.
//!
//! A hostile peer can fill each of these structures; the bound says what that costs us.

/// Bytes of bundles in one `UpdateRecipient` a validator sends: 70 % of the 16 MiB message limit of the transport
/// (`linera-rpc/src/grpc/mod.rs`), so that one request always fits. At least one block is sent whatever its size.
pub const CROSS_CHAIN_CHUNK_BYTES: usize = 11_744_051;

/// Sender blocks in one `UpdateRecipient`. The rest follows after the confirmation. Keeps the cost of a block flat when
/// a recipient does not confirm for a long time.
pub const CROSS_CHAIN_CHUNK_BLOCKS: usize = 128;

/// Entries of the received log in one chain info answer (`CHAIN_INFO_MAX_RECEIVED_LOG_ENTRIES` upstream).
pub const RECEIVED_LOG_ENTRIES: u64 = 20_000;

/// Blocks kept in memory for lite certificates and cross-chain requests: as many as the reference keeps.
pub const BLOCK_CACHE_ENTRIES: usize = 5_000;

/// Bytes of blocks kept in memory. Blocks may be a megabyte each, so the entry limit alone would not bound memory.
pub const BLOCK_CACHE_BYTES: usize = 64 * 1024 * 1024;

/// Executed states kept until their block is confirmed. Each holds what its block touched.
pub const EXECUTED_CACHE_ENTRIES: usize = 1_000;

/// Bytes (estimated by block size) of executed states kept until their block is confirmed.
pub const EXECUTED_CACHE_BYTES: usize = 32 * 1024 * 1024;

/// Certificates remembered as verified, so that the same bytes are not verified twice (32 bytes each).
pub const VERIFIED_CERTIFICATES: usize = 10_000;

/// Chains held in memory. The least recently used ones are dropped and loaded again on demand.
pub const LOADED_CHAINS: usize = 2_000;

/// Bytes of a chain's bookkeeping records remembered between requests. Beyond it the memory is dropped and read again.
pub const JOURNAL_CACHE_BYTES: usize = 256 * 1024;

/// Certificates read back per request when a `RevertConfirm` walks the message history of a sender chain.
pub const REVERT_CONFIRM_BLOCKS: usize = 10_000;
