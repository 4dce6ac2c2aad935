//! Blobs: bytes with a type, named by their hash.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    ApplicationDescription, BcsHashable, BlobId, BlobType, ChainDescription, Committee, CryptoHash,
    EncodingError, VmRuntime, encoding,
    text::{ParseError, arc_bytes, from_text},
};

/// Type and bytes of a blob; the bytes are shared between clones.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlobContent {
    blob_type: BlobType,
    #[serde(with = "arc_bytes")]
    bytes: Arc<[u8]>,
}

impl BcsHashable for BlobContent {
    const NAME: &'static str = "BlobContent";
}

impl BlobContent {
    /// Any type with any bytes. Bytecode must come compressed.
    pub fn new(blob_type: BlobType, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { blob_type, bytes: bytes.into() }
    }

    /// What it holds.
    pub const fn blob_type(&self) -> BlobType {
        self.blob_type
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, shared.
    pub const fn shared_bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }
}

impl fmt::Debug for BlobContent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BlobContent({}, {} bytes)", self.blob_type, self.bytes.len())
    }
}

/// A blob with its hash. Binary form: the content alone; JSON: hexadecimal of the content's BCS bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blob {
    hash: CryptoHash,
    content: BlobContent,
}

impl Blob {
    /// Computes the hash. Fails only for an application description whose bytes are not one: its hash depends on
    /// the virtual machine named inside (the reference implementation panics here).
    pub fn new(content: BlobContent) -> Result<Self, EncodingError> {
        let mut hash = CryptoHash::new(&content);
        if content.blob_type == BlobType::ApplicationDescription {
            let description =
                encoding::from_bcs::<ApplicationDescription>(&content.bytes, content.bytes.len())?;
            if description.module_id.vm_runtime == VmRuntime::Evm {
                hash = truncate_for_evm(hash);
            }
        }
        Ok(Self { hash, content })
    }

    /// A blob whose hash is known, from our own storage.
    pub const fn with_hash_unchecked(hash: CryptoHash, content: BlobContent) -> Self {
        Self { hash, content }
    }

    fn of_plain_type(blob_type: BlobType, bytes: impl Into<Arc<[u8]>>) -> Self {
        let content = BlobContent::new(blob_type, bytes);
        Self { hash: CryptoHash::new(&content), content }
    }

    /// A data blob.
    pub fn new_data(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::of_plain_type(BlobType::Data, bytes)
    }

    /// A contract's bytecode, already compressed.
    pub fn new_contract_bytecode(compressed_bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::of_plain_type(BlobType::ContractBytecode, compressed_bytes)
    }

    /// A service's bytecode, already compressed.
    pub fn new_service_bytecode(compressed_bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::of_plain_type(BlobType::ServiceBytecode, compressed_bytes)
    }

    /// EVM bytecode, already compressed.
    pub fn new_evm_bytecode(compressed_bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::of_plain_type(BlobType::EvmBytecode, compressed_bytes)
    }

    /// An application description.
    pub fn new_application_description(description: &ApplicationDescription) -> Self {
        let blob = Self::of_plain_type(BlobType::ApplicationDescription, encoding::to_bcs(description));
        match description.module_id.vm_runtime {
            VmRuntime::Wasm => blob,
            VmRuntime::Evm => Self { hash: truncate_for_evm(blob.hash), ..blob },
        }
    }

    /// A committee.
    pub fn new_committee(committee: &Committee) -> Self {
        Self::of_plain_type(BlobType::Committee, encoding::to_bcs(committee))
    }

    /// A chain description.
    pub fn new_chain_description(description: &ChainDescription) -> Self {
        Self::of_plain_type(BlobType::ChainDescription, encoding::to_bcs(description))
    }

    /// The blob's name.
    pub const fn id(&self) -> BlobId {
        BlobId::new(self.hash, self.content.blob_type)
    }

    /// Type and bytes.
    pub const fn content(&self) -> &BlobContent {
        &self.content
    }

    /// Type and bytes.
    pub fn into_content(self) -> BlobContent {
        self.content
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.content.bytes
    }
}

/// Zeroes the last 12 bytes: the name of an EVM application starts with its address.
fn truncate_for_evm(hash: CryptoHash) -> CryptoHash {
    let mut bytes: [u8; 32] = hash.into();
    bytes[20..].fill(0);
    bytes.into()
}

impl fmt::Debug for Blob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Blob({}, {} bytes)", self.id(), self.content.bytes.len())
    }
}

/// Hashes as its content.
impl BcsHashable for Blob {
    const NAME: &'static str = BlobContent::NAME;
}

impl Serialize for Blob {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&hex::encode(encoding::to_bcs(&self.content)))
        } else {
            self.content.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;

        if deserializer.is_human_readable() {
            return from_text(deserializer);
        }
        Self::new(BlobContent::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Hexadecimal of the content's BCS bytes.
impl std::str::FromStr for Blob {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = hex::decode(text).map_err(|_| ParseError::NotHex)?;
        encoding::from_bcs::<BlobContent>(&bytes, bytes.len())
            .and_then(Self::new)
            .map_err(|error| ParseError::InvalidValue(error.to_string()))
    }
}

#[cfg(test)]
mod tests;
