//! Ed25519 owner keys.
//!
//! Acceptance rule (consensus): public key bytes are not checked when decoded. Verification is the *non-strict* one of
//! `ed25519-dalek` 2.2: the key is decompressed without canonicality or small-order checks, s must be canonical, and
//! the equation is checked without cofactor by recomputing R and comparing bytes. Not "strict", not ZIP-215, not batch.

use std::{fmt, str::FromStr};

use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::{BcsHashable, CryptoError, CryptoHash, error::VERIFICATION_FAILED};
use crate::text::{ParseError, hex_or_fixed_bytes, hex_text, parse_hex};

/// An Ed25519 secret key: 32 bytes. Overwritten when dropped; has no text form of its own.
pub struct Ed25519SecretKey(SigningKey);

/// An Ed25519 public key: 32 unchecked bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ed25519PublicKey([u8; 32]);

/// An Ed25519 signature: R ‖ s, 64 unchecked bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ed25519Signature([u8; 64]);

impl BcsHashable for Ed25519PublicKey {
    const NAME: &'static str = "Ed25519PublicKey";
}

impl Ed25519SecretKey {
    /// Draws a key: takes 32 bytes from the generator.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut());
        Self::from_bytes(&bytes)
    }

    /// From the 32 secret bytes (the seed in RFC 8032's words).
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// The 32 secret bytes, in a buffer that is overwritten when dropped.
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    pub fn public(&self) -> Ed25519PublicKey {
        Ed25519PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs the 32 bytes of a digest as an ordinary Ed25519 message.
    pub fn sign_prehash(&self, digest: CryptoHash) -> Ed25519Signature {
        Ed25519Signature(self.0.sign(digest.as_bytes()).to_bytes())
    }
}

impl Ed25519PublicKey {
    /// Number of bytes.
    pub const LENGTH: usize = 32;

    /// From 32 bytes, unchecked.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Reads a slice of exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, CryptoError> {
        let found = bytes.len();
        bytes.try_into().map(Self).map_err(|_| CryptoError::WrongLength { expected: Self::LENGTH, found })
    }

    fn from_wire(bytes: &[u8; 32]) -> Result<Self, CryptoError> {
        Ok(Self(*bytes))
    }

    fn from_hex(text: &str) -> Result<Self, ParseError> {
        parse_hex(text).map(Self)
    }
}

impl Ed25519Signature {
    /// Number of bytes.
    pub const LENGTH: usize = 64;

    /// From 64 bytes, unchecked.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    pub const fn to_bytes(&self) -> [u8; 64] {
        self.0
    }

    /// Reads a slice of exactly 64 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, CryptoError> {
        let found = bytes.len();
        bytes.try_into().map(Self).map_err(|_| CryptoError::WrongLength { expected: Self::LENGTH, found })
    }

    /// Checks the signature over the digest of a value.
    pub fn check<T: BcsHashable>(&self, value: &T, public_key: &Ed25519PublicKey) -> Result<(), CryptoError> {
        self.check_prehash(CryptoHash::new(value), public_key, T::NAME)
    }

    /// Checks the signature over a digest; `type_name` only serves the error.
    pub fn check_prehash(
        &self,
        digest: CryptoHash,
        public_key: &Ed25519PublicKey,
        type_name: &'static str,
    ) -> Result<(), CryptoError> {
        let invalid = |error| CryptoError::InvalidSignature { type_name, error };
        let key =
            VerifyingKey::from_bytes(&public_key.0).map_err(|_| invalid("public key is not a point"))?;
        key.verify(digest.as_bytes(), &Signature::from_bytes(&self.0))
            .map_err(|_| invalid(VERIFICATION_FAILED))
    }

    fn from_wire(bytes: &[u8; 64]) -> Result<Self, CryptoError> {
        Ok(Self(*bytes))
    }

    fn from_hex(text: &str) -> Result<Self, ParseError> {
        parse_hex(text).map(Self)
    }
}

hex_or_fixed_bytes!(Ed25519PublicKey, 32);
hex_or_fixed_bytes!(Ed25519Signature, 64);
hex_text!(Ed25519PublicKey);
hex_text!(Ed25519Signature);
