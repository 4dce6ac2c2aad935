//! Hashes, keys and signatures.
//!
//! Acceptance rules are consensus: which encodings decode and which signatures verify must agree with the reference on
//! every input, so each scheme states its rules in its own file.

mod account;
mod ed25519;
mod error;
mod evm;
mod hash;
mod multiples;
mod prng;
mod secp256k1;

pub use account::{AccountPublicKey, AccountSecretKey, AccountSignature};
pub use ed25519::{Ed25519PublicKey, Ed25519SecretKey, Ed25519Signature};
pub use error::CryptoError;
pub use evm::{EvmPublicKey, EvmSecretKey, EvmSignature};
pub use hash::{BcsHashable, CryptoHash, CryptoHashVec, keccak256};
pub use prng::{ChaCha, ChaCha8, TestingPrng};
pub use secp256k1::{
    Secp256k1PublicKey, Secp256k1SecretKey, Secp256k1Signature, ValidatorKeypair, ValidatorPublicKey,
    ValidatorSecretKey, ValidatorSignature,
};

#[cfg(test)]
mod tests;
