//! Bounds of this crate.

/// Longest key or key prefix an application may use, in bytes.
///
/// Validators on ScyllaDB refuse longer ones: 10 240 − 4 for the backend, less one tag byte and the 44 bytes of the
/// application's base key. Other backends allow more, so refusing here keeps a proposer from making a block that
/// part of the validators cannot execute.
pub const APPLICATION_KEY_BYTES_MAX: usize = 10_191;

/// Largest application store, in bytes of keys and values, that is kept in memory after it had to be hashed.
///
/// A larger one is read again in one scan each time its content hash is needed. An application can grow its store
/// to any size by paying for the writes; this bounds what that costs us between blocks.
pub const RESIDENT_BYTES_MAX: usize = 32 << 20;

/// Bytes of keys and values between two checkpoints of a content hash. A change absorbs again what follows the
/// checkpoint before it; a checkpoint costs about 350 bytes.
pub(crate) const CHUNK_BYTES_MAX: usize = 16 << 10;

/// Elements of a log or queue read at once when the whole of it is hashed.
pub(crate) const ELEMENTS_PER_READ: u64 = 256;
