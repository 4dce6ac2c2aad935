//! What can be wrong with a key or signature.

use thiserror::Error;

/// What is wrong with a signature over something else, in the words of the reference's libraries.
pub(super) const VERIFICATION_FAILED: &str = "signature error";

/// A key or signature was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CryptoError {
    /// The signature does not belong to this key and value.
    #[error("Signature for object {type_name} is not valid: {error}")]
    InvalidSignature {
        /// Name of the signed type.
        type_name: &'static str,
        /// What failed.
        error: &'static str,
    },
    /// The bytes are not a public key.
    #[error("invalid public key")]
    InvalidPublicKey,
    /// The bytes are not a secret key.
    #[error("invalid secret key")]
    InvalidSecretKey,
    /// The bytes are not a signature: r or s zero or too large, or an unknown recovery value.
    #[error("malformed signature")]
    MalformedSignature,
    /// The byte string has the wrong length.
    #[error("wrong number of bytes: expected {expected}, found {found}")]
    WrongLength {
        /// The length of the type in bytes.
        expected: usize,
        /// The length found.
        found: usize,
    },
    /// A chain-info answer carries no validator signature.
    #[error("missing validator signature")]
    MissingValidatorSignature,
}
