//! BCS and bincode with limits: the only doors for untrusted bytes.
//!
//! BCS is canonical except in three places, where decoding is more liberal than encoding: sets (unsorted or repeated
//! elements), recovery values of EVM signatures, and the compact tag of public keys. [`from_bcs_canonical`] closes them.
//! bincode accepts trailing bytes and unsorted maps, as the reference does. So received bytes are never hashed: decode,
//! then let [`crate::CryptoHash::new`] encode again.

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// Bytes were refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EncodingError {
    /// More bytes than the caller allows.
    #[error("{found} bytes exceed the limit of {limit}")]
    TooLong {
        /// The number of bytes.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The bytes are not a BCS value of the type.
    #[error("malformed BCS: {0}")]
    Bcs(bcs::Error),
    /// The bytes are not a bincode value of the type.
    #[error("malformed bincode: {0}")]
    Bincode(String),
    /// The bytes are a value, but not its one encoding.
    #[error("not the canonical encoding")]
    NotCanonical,
}

fn check_length(bytes: &[u8], limit: usize) -> Result<(), EncodingError> {
    if bytes.len() > limit {
        return Err(EncodingError::TooLong { found: bytes.len(), limit });
    }
    Ok(())
}

/// The BCS bytes of a wire value.
pub fn to_bcs<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    bcs::to_bytes(value).expect("wire types have no floats, bounded depth, and sequences that fit in memory")
}

/// The number of BCS bytes of a wire value, without building them.
pub fn bcs_size<T: Serialize + ?Sized>(value: &T) -> u64 {
    let size = bcs::serialized_size(value)
        .expect("wire types have no floats, bounded depth, and sequences that fit in memory");
    size as u64
}

/// Decodes BCS of at most `limit` bytes; trailing bytes are an error. Declared lengths cannot allocate more than a fixed
/// multiple of the bytes present.
pub fn from_bcs<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, EncodingError> {
    check_length(bytes, limit)?;
    bcs::from_bytes(bytes).map_err(EncodingError::Bcs)
}

/// Like [`from_bcs`], and the value must encode to the same bytes.
pub fn from_bcs_canonical<T: DeserializeOwned + Serialize>(
    bytes: &[u8],
    limit: usize,
) -> Result<T, EncodingError> {
    let value = from_bcs::<T>(bytes, limit)?;
    if to_bcs(&value) != bytes {
        return Err(EncodingError::NotCanonical);
    }
    Ok(value)
}

/// The bincode 1.3 bytes (fixed-width integers) of a wire value.
pub fn to_bincode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    bincode::serialize(value).expect("wire types serialize, and writing to memory does not fail")
}

/// Decodes bincode 1.3 of at most `limit` bytes; trailing bytes are ignored, as in the reference.
pub fn from_bincode<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, EncodingError> {
    check_length(bytes, limit)?;
    bincode::deserialize(bytes).map_err(|error| EncodingError::Bincode(error.to_string()))
}
