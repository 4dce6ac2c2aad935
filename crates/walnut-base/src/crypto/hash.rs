//! Keccak-256 hashes of named BCS values.

use std::{fmt, io, str::FromStr};

use serde::{Deserialize, Serialize};
use sha3::{Digest, Keccak256};

use crate::text::{FixedBytes, ParseError, parse_hex};

/// A Keccak-256 digest (original Keccak padding, as in Ethereum; not NIST SHA3-256).
///
/// Text form: 64 lower-case hexadecimal digits, no prefix.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CryptoHash([u8; 32]);

/// A value with a place in hashes and signatures.
///
/// The preimage is `NAME::` followed by the BCS bytes; `NAME` is the type's serde container name upstream
/// (`linera-base/src/crypto/mod.rs`, `BcsHashable`).
pub trait BcsHashable: Serialize {
    /// The name in front of the bytes.
    const NAME: &'static str;
}

impl CryptoHash {
    /// 32 zero bytes.
    pub const ZERO: Self = Self([0; 32]);

    /// The hash of a value. Bytes stream into the hasher; nothing is buffered except maps.
    pub fn new<T: BcsHashable + ?Sized>(value: &T) -> Self {
        let mut sink = KeccakSink(Keccak256::new());
        sink.0.update(T::NAME.as_bytes());
        sink.0.update(b"::");
        bcs::serialize_into(&mut sink, value)
            .expect("wire types have no floats, bounded depth, and sequences that fit in memory");
        Self(sink.0.finalize().into())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads a slice of exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Keccak-256 of the concatenation of `parts`.
pub fn keccak256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

struct KeccakSink(Keccak256);

impl io::Write for KeccakSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<[u8; 32]> for CryptoHash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl From<CryptoHash> for [u8; 32] {
    fn from(hash: CryptoHash) -> Self {
        hash.0
    }
}

impl AsRef<[u8]> for CryptoHash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for CryptoHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = formatter.precision().map_or(64, |precision| precision.min(64));
        let mut buffer = [0; 64];
        hex::encode_to_slice(self.0, &mut buffer).expect("the buffer has two digits per byte");
        formatter.write_str(std::str::from_utf8(&buffer[..digits]).expect("hexadecimal digits are ASCII"))
    }
}

impl fmt::Debug for CryptoHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for CryptoHash {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_hex(text).map(Self)
    }
}

impl Serialize for CryptoHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_newtype_struct("CryptoHash", &FixedBytes(self.0))
        }
    }
}

impl<'de> Deserialize<'de> for CryptoHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return crate::text::from_text(deserializer);
        }
        crate::text::deserialize_fixed_newtype(deserializer, "CryptoHash").map(Self)
    }
}

/// A list of hashes as one hashable value: the inner node of the block's sub-hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CryptoHashVec(pub Vec<CryptoHash>);

impl BcsHashable for CryptoHashVec {
    const NAME: &'static str = "CryptoHashVec";
}
