//! The two hash chains of the execution state: SHA3-256 inside, Keccak-256 around the result.

use serde::{Deserialize, Serialize};
use sha3::{Digest, Keccak256, Sha3_256};
use walnut_base::CryptoHash;

use crate::Batch;

/// A SHA3-256 hash of a container (`linera-views/src/common.rs`). In BCS: 32 raw bytes.
pub type HasherOutput = [u8; 32];

/// SHA3-256 of `bytes`.
pub fn hash_bytes(bytes: &[u8]) -> HasherOutput {
    Sha3_256::digest(bytes).into()
}

/// Content hash of a struct of containers: SHA3-256 of its fields' hashes in declaration order.
pub fn hash_fields(fields: &[HasherOutput]) -> HasherOutput {
    hash_bytes(fields.as_flattened())
}

/// The next rolling hash: unchanged for an empty batch, else SHA3-256 of the previous one and BCS(batch)
/// (`linera-views/src/views/historical_hash_wrapper.rs`).
///
/// `batch` holds the writes of everything pending since the last save, with keys relative to the chain's partition.
pub fn advance(previous: HasherOutput, batch: &Batch) -> HasherOutput {
    if batch.is_empty() {
        return previous;
    }
    let mut hasher = Sha3_256::new();
    hasher.update(previous);
    hasher.update(encode(batch));
    hasher.finalize().into()
}

/// The state hash reported in a block: Keccak-256 over the name of upstream's wrapper type and the hash
/// (`linera-execution/src/execution.rs`, `ExecutionStateViewHash`).
pub fn wrap_state_hash(hash: HasherOutput) -> CryptoHash {
    let mut hasher = Keccak256::new();
    hasher.update(b"ExecutionStateViewHash::");
    hasher.update(hash);
    CryptoHash::from(<[u8; 32]>::from(hasher.finalize()))
}

/// BCS of a value kept in state.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    bcs::to_bytes(value).expect("values kept in state hold no floats, unsized sequences or deep nesting")
}

/// A value from its BCS form; trailing bytes are refused.
pub(crate) fn decode<T: for<'de> Deserialize<'de>>(key: &[u8], bytes: &[u8]) -> Result<T, crate::StoreError> {
    bcs::from_bytes(bytes).map_err(|error| crate::StoreError::malformed(key, error))
}

/// The number of entries as it enters a container's hash: a little-endian u32 (upstream's width).
pub(crate) fn count_bytes(count: usize) -> [u8; 4] {
    u32::try_from(count).expect("four billion entries do not fit in memory").to_le_bytes()
}
