//! The storage keys of containers: part of what the rolling hash is computed over.
//!
//! Sources: `linera-views-derive/src/lib.rs` (fields of a struct), the `KeyTag` enums of
//! `linera-views/src/views/*.rs`.

use std::sync::Arc;

/// The base key of a container, shared by its clones.
pub(crate) type BaseKey = Arc<[u8]>;

/// Base key of field number `index` (from 0, in declaration order) of a struct of containers with base `base`:
/// tag 1, then the index as a little-endian i32.
pub fn field_key(base: &[u8], index: u32) -> Vec<u8> {
    tagged(base, 1, &index.to_le_bytes())
}

/// `base ++ tag ++ rest`.
pub(crate) fn tagged(base: &[u8], tag: u8, rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(base.len() + 1 + rest.len());
    key.extend_from_slice(base);
    key.push(tag);
    key.extend_from_slice(rest);
    key
}
