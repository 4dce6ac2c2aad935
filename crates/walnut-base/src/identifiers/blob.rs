//! Blobs by type and hash.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    CryptoHash,
    text::{ParseError, text_or_binary},
};

/// What a blob holds. Part of the hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BlobType {
    /// Any bytes.
    #[default]
    Data,
    /// A contract's Wasm, zstd-compressed.
    ContractBytecode,
    /// A service's Wasm, zstd-compressed.
    ServiceBytecode,
    /// EVM bytecode, zstd-compressed.
    EvmBytecode,
    /// BCS of an `ApplicationDescription`.
    ApplicationDescription,
    /// BCS of a `Committee`.
    Committee,
    /// BCS of a `ChainDescription`.
    ChainDescription,
}

impl BlobType {
    const ALL: [Self; 7] = [
        Self::Data,
        Self::ContractBytecode,
        Self::ServiceBytecode,
        Self::EvmBytecode,
        Self::ApplicationDescription,
        Self::Committee,
        Self::ChainDescription,
    ];

    /// Whether publishing and reading is free of charge.
    pub const fn is_committee_blob(self) -> bool {
        matches!(self, Self::Committee)
    }

    /// Whether the bytes are compressed bytecode, with a limit on their decompressed size.
    pub const fn is_bytecode(self) -> bool {
        matches!(self, Self::ContractBytecode | Self::ServiceBytecode | Self::EvmBytecode)
    }
}

impl fmt::Display for BlobType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}

impl FromStr for BlobType {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|blob_type| blob_type.to_string() == text);
        found.ok_or(ParseError::UnknownVariant("blob type"))
    }
}

/// The name of a blob. Ordered by type first, written with the hash first. Text form `Data:63a7…`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId {
    /// What the blob holds.
    pub blob_type: BlobType,
    /// The hash of type and bytes.
    pub hash: CryptoHash,
}

impl BlobId {
    /// Names a blob.
    pub const fn new(hash: CryptoHash, blob_type: BlobType) -> Self {
        Self { blob_type, hash }
    }
}

text_or_binary!(BlobId, BlobIdRepr);

#[derive(Serialize, Deserialize)]
#[serde(rename = "BlobId")]
struct BlobIdRepr {
    hash: CryptoHash,
    blob_type: BlobType,
}

impl From<&BlobId> for BlobIdRepr {
    fn from(id: &BlobId) -> Self {
        Self { hash: id.hash, blob_type: id.blob_type }
    }
}

impl From<BlobIdRepr> for BlobId {
    fn from(repr: BlobIdRepr) -> Self {
        Self { blob_type: repr.blob_type, hash: repr.hash }
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.blob_type, self.hash)
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for BlobId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (blob_type, hash) = text.split_once(':').ok_or(ParseError::Malformed("blob ID"))?;
        Ok(Self { blob_type: blob_type.parse()?, hash: hash.parse()? })
    }
}

/// The hash of a blob of type `Data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DataBlobHash(pub CryptoHash);

impl From<DataBlobHash> for BlobId {
    fn from(hash: DataBlobHash) -> Self {
        Self::new(hash.0, BlobType::Data)
    }
}
