//! What every conversion needs: required fields, and bytes fields with a limit.

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use walnut_base::encoding;

use super::error::ConversionError;
use crate::limits::MESSAGE_BYTES_MAX;

/// A sub-message that must be there.
pub(super) fn required<T>(value: Option<T>, field: &'static str) -> Result<T, ConversionError> {
    value.ok_or(ConversionError::MissingField(field))
}

/// Reads a bincode field.
pub(super) fn from_bincode<T: DeserializeOwned>(
    bytes: &[u8],
    field: &'static str,
) -> Result<T, ConversionError> {
    encoding::from_bincode(bytes, MESSAGE_BYTES_MAX)
        .map_err(|error| ConversionError::Encoding { field, error })
}

/// Reads a BCS field.
pub(super) fn from_bcs<T: DeserializeOwned>(bytes: &[u8], field: &'static str) -> Result<T, ConversionError> {
    encoding::from_bcs(bytes, MESSAGE_BYTES_MAX).map_err(|error| ConversionError::Encoding { field, error })
}

/// Reads a raw field of fixed length.
pub(super) fn from_raw<const N: usize>(
    bytes: &[u8],
    field: &'static str,
) -> Result<[u8; N], ConversionError> {
    bytes.try_into().map_err(|_| ConversionError::Length { field, expected: N, found: bytes.len() })
}

/// Writes a bincode field.
pub(super) fn to_bincode<T: Serialize + ?Sized>(value: &T) -> Bytes {
    encoding::to_bincode(value).into()
}

/// Writes a BCS field.
pub(super) fn to_bcs<T: Serialize + ?Sized>(value: &T) -> Bytes {
    encoding::to_bcs(value).into()
}

/// Writes a raw field.
pub(super) fn to_raw(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}
