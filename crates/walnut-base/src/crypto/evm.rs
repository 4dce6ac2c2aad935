//! Ethereum-style owner keys: secp256k1 with EIP-191 `personal_sign`.
//!
//! Acceptance rules (consensus): the signed digest is keccak256 of `0x19 "Ethereum Signed Message:\n32"` and the 32 raw
//! bytes. High s is accepted when v fits, by flipping both. v decodes from 0, 1, 27, 28 and everything from 35 up (parity
//! of v − 35) and is always written as 27 or 28; r and s are not range-checked before verification.

use std::{fmt, str::FromStr};

use k256::ecdsa::{RecoveryId, Signature, VerifyingKey, signature::hazmat::PrehashVerifier as _};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::{BcsHashable, CryptoError, CryptoHash, Secp256k1PublicKey, Secp256k1SecretKey, keccak256};
use crate::text::{ParseError, hex_or_fixed_bytes, parse_hex};

/// What is wrong with a signature, in the words of the reference: clients weigh what validators say by its text.
const NOT_RECOVERED: &str = "Failed to recover public key from signature";
/// As [`NOT_RECOVERED`].
const OTHER_ADDRESS: &str = "Recovered public key does not match sender address";

/// An EVM secret key. Overwritten when dropped; has no text form of its own.
pub struct EvmSecretKey(Secp256k1SecretKey);

/// An EVM public key: a secp256k1 point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvmPublicKey(Secp256k1PublicKey);

/// An EVM signature: r ‖ s ‖ v.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EvmSignature {
    r_and_s: [u8; 64],
    odd_y: bool,
}

impl BcsHashable for EvmPublicKey {
    const NAME: &'static str = "EvmPublicKey";
}

/// The digest that is really signed for a value's digest.
fn personal_message_digest(digest: CryptoHash) -> [u8; 32] {
    keccak256(&[b"\x19Ethereum Signed Message:\n32", digest.as_bytes()])
}

impl EvmSecretKey {
    /// Draws a key: takes 32 bytes from the generator until they are a valid key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self(Secp256k1SecretKey::generate(rng))
    }

    /// From 32 big-endian bytes; zero and numbers from the group order up are refused.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, CryptoError> {
        Secp256k1SecretKey::from_bytes(bytes).map(Self)
    }

    /// The 32 secret bytes, in a buffer that is overwritten when dropped.
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.to_secret_bytes()
    }

    /// The public key.
    pub fn public(&self) -> EvmPublicKey {
        EvmPublicKey(self.0.public())
    }

    /// Signs a digest as `personal_sign` does.
    pub fn sign_prehash(&self, digest: CryptoHash) -> EvmSignature {
        let (signature, recovery_id) = self
            .0
            .signing_key()
            .sign_prehash_recoverable(&personal_message_digest(digest))
            .expect("signing fails only for prehashes below 16 bytes");
        EvmSignature { r_and_s: signature.to_bytes().into(), odd_y: recovery_id.is_y_odd() }
    }
}

impl EvmPublicKey {
    /// Number of bytes of the compressed form.
    pub const LENGTH: usize = 33;

    /// From any SEC1 form.
    pub fn from_sec1_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        Secp256k1PublicKey::from_sec1_bytes(bytes).map(Self)
    }

    /// The compressed form.
    pub const fn to_bytes(&self) -> [u8; 33] {
        self.0.to_bytes()
    }

    /// The Ethereum address: the last 20 bytes of keccak256(X ‖ Y).
    pub fn address(&self) -> [u8; 20] {
        let hash = keccak256(&[&self.0.uncompressed()]);
        let mut address = [0; 20];
        address.copy_from_slice(&hash[12..]);
        address
    }

    fn from_wire(bytes: &[u8; 33]) -> Result<Self, CryptoError> {
        Self::from_sec1_bytes(bytes)
    }

    fn from_hex(text: &str) -> Result<Self, ParseError> {
        Secp256k1PublicKey::from_hex(text).map(Self)
    }
}

impl EvmSignature {
    /// Number of bytes.
    pub const LENGTH: usize = 65;

    /// From r ‖ s ‖ v; only v is checked.
    pub fn from_bytes(bytes: &[u8; 65]) -> Result<Self, CryptoError> {
        let odd_y = match bytes[64] {
            0 | 27 => false,
            1 | 28 => true,
            v @ 35.. => (v - 35) % 2 == 1,
            _ => return Err(CryptoError::MalformedSignature),
        };
        let mut r_and_s = [0; 64];
        r_and_s.copy_from_slice(&bytes[..64]);
        Ok(Self { r_and_s, odd_y })
    }

    /// Reads a slice of exactly 65 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, CryptoError> {
        let array =
            bytes.try_into().map_err(|_| CryptoError::WrongLength { expected: 65, found: bytes.len() })?;
        Self::from_bytes(array)
    }

    /// r ‖ s ‖ v with v 27 or 28.
    pub fn to_bytes(&self) -> [u8; 65] {
        let mut bytes = [0; 65];
        bytes[..64].copy_from_slice(&self.r_and_s);
        bytes[64] = 27 + u8::from(self.odd_y);
        bytes
    }

    /// Checks the signature over the digest of a value: the key recovered from it must have this address.
    pub fn check<T: BcsHashable>(&self, value: &T, address: &[u8; 20]) -> Result<(), CryptoError> {
        self.check_prehash(CryptoHash::new(value), address, T::NAME)
    }

    /// Checks the signature over a digest; `type_name` only serves the error.
    pub fn check_prehash(
        &self,
        digest: CryptoHash,
        address: &[u8; 20],
        type_name: &'static str,
    ) -> Result<(), CryptoError> {
        let invalid = |error| CryptoError::InvalidSignature { type_name, error };
        let digest = personal_message_digest(digest);
        let key = self.recover(&digest).ok_or_else(|| invalid(NOT_RECOVERED))?;
        if EvmPublicKey(Secp256k1PublicKey::from_point(key)).address() != *address {
            return Err(invalid(OTHER_ADDRESS));
        }
        Ok(())
    }

    /// The key under which this signature of the digest verifies; none if r or s is out of range or no point belongs to r.
    fn recover(&self, digest: &[u8; 32]) -> Option<VerifyingKey> {
        let signature = Signature::from_slice(&self.r_and_s).ok()?;
        let (signature, odd_y) = match signature.normalize_s() {
            Some(normalized) => (normalized, !self.odd_y),
            None => (signature, self.odd_y),
        };
        let key =
            VerifyingKey::recover_from_prehash(digest, &signature, RecoveryId::new(odd_y, false)).ok()?;
        key.verify_prehash(digest, &signature).ok()?;
        Some(key)
    }

    fn from_wire(bytes: &[u8; 65]) -> Result<Self, CryptoError> {
        Self::from_bytes(bytes)
    }

    fn from_hex(text: &str) -> Result<Self, ParseError> {
        Self::from_bytes(&parse_hex(text)?).map_err(|error| ParseError::InvalidValue(error.to_string()))
    }
}

hex_or_fixed_bytes!(EvmPublicKey, 33);
hex_or_fixed_bytes!(EvmSignature, 65);

impl fmt::Display for EvmPublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for EvmPublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Unlike JSON, plain text may start with `0x`.
impl FromStr for EvmPublicKey {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_hex(text.strip_prefix("0x").unwrap_or(text))
    }
}

impl fmt::Display for EvmSignature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.to_bytes()))
    }
}

impl fmt::Debug for EvmSignature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Unlike JSON, plain text may start with `0x`.
impl FromStr for EvmSignature {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_hex(text.strip_prefix("0x").unwrap_or(text))
    }
}
