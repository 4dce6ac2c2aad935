//! Secp256k1 keys of validators and owners.
//!
//! Acceptance rules (consensus): a public key decodes from any SEC1 form that fits (33 bytes with tag `02`, `03` or the
//! compact tag `05`, read as even Y and written back as `02`; in text and raw bytes also 65 bytes with tag `04`). A
//! signature whose r or s is zero or not below the group order does not even *decode*; one with high s decodes but never
//! verifies. Points are decompressed once, at decoding, and kept.

use std::{
    cell::RefCell,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use k256::{
    ecdsa::{
        Signature, SigningKey, VerifyingKey,
        signature::hazmat::{PrehashSigner as _, PrehashVerifier as _},
    },
    elliptic_curve::sec1::ToEncodedPoint as _,
};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::{BcsHashable, CryptoError, CryptoHash, error::VERIFICATION_FAILED, multiples};
use crate::text::{ParseError, hex_or_fixed_bytes, hex_text, parse_hex};

/// A secp256k1 secret key: a number below the group order. Overwritten when dropped; has no text form of its own.
pub struct Secp256k1SecretKey(SigningKey);

/// A secp256k1 public key.
///
/// Ordered by the *uncompressed* SEC1 form, that is by X, then Y: the order of signatures in certificates and of
/// validators in memory. The parity prefix of the compressed form takes no part.
#[derive(Clone, Copy)]
pub struct Secp256k1PublicKey {
    /// Compressed SEC1 form; determines the point.
    sec1: [u8; 33],
    point: VerifyingKey,
}

/// A secp256k1 signature: r ‖ s, both in 1..n.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secp256k1Signature(Signature);

/// How many decoded public keys a thread remembers (16 KB).
const DECODED_KEYS_MAX: usize = 128;

/// The public key of a validator.
pub type ValidatorPublicKey = Secp256k1PublicKey;
/// The secret key of a validator.
pub type ValidatorSecretKey = Secp256k1SecretKey;
/// The signature of a validator.
pub type ValidatorSignature = Secp256k1Signature;

/// The keys of one validator.
pub struct ValidatorKeypair {
    /// The secret half.
    pub secret_key: ValidatorSecretKey,
    /// The public half.
    pub public_key: ValidatorPublicKey,
}

impl ValidatorKeypair {
    /// Draws a key pair.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self::from(Secp256k1SecretKey::generate(rng))
    }
}

impl From<ValidatorSecretKey> for ValidatorKeypair {
    fn from(secret_key: ValidatorSecretKey) -> Self {
        let public_key = secret_key.public();
        Self { secret_key, public_key }
    }
}

impl BcsHashable for Secp256k1PublicKey {
    const NAME: &'static str = "Secp256k1PublicKey";
}

impl Secp256k1SecretKey {
    /// Draws a key: takes 32 bytes from the generator until they are a valid key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        loop {
            rng.fill_bytes(bytes.as_mut());
            if let Ok(key) = Self::from_bytes(&bytes) {
                return key;
            }
        }
    }

    /// From 32 big-endian bytes; zero and numbers from the group order up are refused.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, CryptoError> {
        SigningKey::from_slice(bytes).map(Self).map_err(|_| CryptoError::InvalidSecretKey)
    }

    /// The 32 secret bytes, in a buffer that is overwritten when dropped.
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes().into())
    }

    /// The public key.
    pub fn public(&self) -> Secp256k1PublicKey {
        Secp256k1PublicKey::from_point(*self.0.verifying_key())
    }

    /// Signs a value.
    pub fn sign<T: BcsHashable>(&self, value: &T) -> Secp256k1Signature {
        self.sign_prehash(CryptoHash::new(value))
    }

    /// Signs a digest: RFC 6979 nonce, low s.
    pub fn sign_prehash(&self, digest: CryptoHash) -> Secp256k1Signature {
        let signature: Signature =
            self.0.sign_prehash(digest.as_bytes()).expect("signing fails only for prehashes below 16 bytes");
        Secp256k1Signature(signature.normalize_s().unwrap_or(signature))
    }

    pub(super) fn signing_key(&self) -> &SigningKey {
        &self.0
    }
}

impl Secp256k1PublicKey {
    /// Number of bytes of the compressed form.
    pub const LENGTH: usize = 33;

    /// From any SEC1 form: 33 bytes (`02`, `03`, `05`) or 65 bytes (`04`).
    pub fn from_sec1_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        VerifyingKey::from_sec1_bytes(bytes).map(Self::from_point).map_err(|_| CryptoError::InvalidPublicKey)
    }

    /// The compressed form.
    pub const fn to_bytes(&self) -> [u8; 33] {
        self.sec1
    }

    /// The compressed form.
    pub const fn as_bytes(&self) -> &[u8; 33] {
        &self.sec1
    }

    pub(super) fn from_point(point: VerifyingKey) -> Self {
        let mut sec1 = [0; 33];
        sec1.copy_from_slice(point.to_encoded_point(true).as_bytes());
        Self { sec1, point }
    }

    /// X ‖ Y, big-endian.
    pub(super) fn uncompressed(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes.copy_from_slice(&self.point.as_affine().to_encoded_point(false).as_bytes()[1..]);
        bytes
    }

    /// Decompressing a point takes a square root. Certificates repeat the same few keys, so the last ones decoded on this
    /// thread are remembered, by a few bits of X: a stranger's key can displace another, at the cost of one square root.
    fn from_wire(bytes: &[u8; 33]) -> Result<Self, CryptoError> {
        thread_local! {
            static DECODED: RefCell<[Option<Secp256k1PublicKey>; DECODED_KEYS_MAX]> =
                const { RefCell::new([None; DECODED_KEYS_MAX]) };
        }
        let slot = usize::from(bytes[32]) % DECODED_KEYS_MAX;
        DECODED.with_borrow_mut(|decoded| match &decoded[slot] {
            Some(key) if key.sec1 == *bytes => Ok(*key),
            _ => {
                let key = Self::from_sec1_bytes(bytes)?;
                decoded[slot] = Some(key);
                Ok(key)
            }
        })
    }

    pub(super) fn from_hex(text: &str) -> Result<Self, ParseError> {
        let bytes = hex::decode(text).map_err(|_| ParseError::NotHex)?;
        Self::from_sec1_bytes(&bytes).map_err(|error| ParseError::InvalidValue(error.to_string()))
    }
}

impl PartialEq for Secp256k1PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.sec1 == other.sec1
    }
}

impl Eq for Secp256k1PublicKey {}

impl Hash for Secp256k1PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sec1.hash(state);
    }
}

impl PartialOrd for Secp256k1PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Secp256k1PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sec1[1..].cmp(&other.sec1[1..]).then_with(|| {
            // Same X: equal keys, or the two opposite points, told apart by Y.
            if self.sec1 == other.sec1 {
                Ordering::Equal
            } else {
                self.uncompressed().cmp(&other.uncompressed())
            }
        })
    }
}

impl Secp256k1Signature {
    /// Number of bytes.
    pub const LENGTH: usize = 64;

    /// From r ‖ s; both must be in 1..n.
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, CryptoError> {
        Signature::from_slice(bytes).map(Self).map_err(|_| CryptoError::MalformedSignature)
    }

    /// Reads a slice of exactly 64 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, CryptoError> {
        let array =
            bytes.try_into().map_err(|_| CryptoError::WrongLength { expected: 64, found: bytes.len() })?;
        Self::from_bytes(array)
    }

    /// r ‖ s.
    pub fn to_bytes(&self) -> [u8; 64] {
        self.0.to_bytes().into()
    }

    /// Checks the signature over the digest of a value. High s is refused.
    pub fn check<T: BcsHashable>(
        &self,
        value: &T,
        public_key: &Secp256k1PublicKey,
    ) -> Result<(), CryptoError> {
        self.check_prehash(CryptoHash::new(value), public_key, T::NAME)
    }

    /// Checks the signature over a digest; `type_name` only serves the error.
    pub fn check_prehash(
        &self,
        digest: CryptoHash,
        public_key: &Secp256k1PublicKey,
        type_name: &'static str,
    ) -> Result<(), CryptoError> {
        let is_valid = public_key.point.verify_prehash(digest.as_bytes(), &self.0).is_ok();
        Self::verdict(is_valid, type_name)
    }

    /// Checks signatures over one digest by keys that are expected to sign often: from a key's third use on about three times
    /// faster, at the price of 44 KB per key. For members of committees only, as strangers could fill the memory.
    pub fn check_all_of_members(
        digest: CryptoHash,
        signatures: &[(Secp256k1PublicKey, Self)],
        type_name: &'static str,
    ) -> Result<(), CryptoError> {
        let mut with_tables = Vec::with_capacity(signatures.len());
        for (public_key, signature) in signatures {
            match multiples::table_for(&public_key.sec1, public_key.point.as_affine()) {
                Some(table) => with_tables.push((signature.0, table)),
                None => signature.check_prehash(digest, public_key, type_name)?,
            }
        }
        Self::verdict(multiples::verify_all(digest.as_bytes(), &with_tables), type_name)
    }

    fn verdict(is_valid: bool, type_name: &'static str) -> Result<(), CryptoError> {
        let error = VERIFICATION_FAILED;
        if is_valid { Ok(()) } else { Err(CryptoError::InvalidSignature { type_name, error }) }
    }

    fn from_wire(bytes: &[u8; 64]) -> Result<Self, CryptoError> {
        Self::from_bytes(bytes)
    }

    fn from_hex(text: &str) -> Result<Self, ParseError> {
        Self::from_bytes(&parse_hex(text)?).map_err(|error| ParseError::InvalidValue(error.to_string()))
    }
}

impl Hash for Secp256k1Signature {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_bytes().hash(state);
    }
}

hex_or_fixed_bytes!(Secp256k1PublicKey, 33);
hex_or_fixed_bytes!(Secp256k1Signature, 64);
hex_text!(Secp256k1PublicKey);
hex_text!(Secp256k1Signature);
