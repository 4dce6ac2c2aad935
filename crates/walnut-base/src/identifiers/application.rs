//! Modules and applications.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{AccountOwner, BlobId, BlobType};
use crate::{
    CryptoHash,
    text::{ParseError, parse_hex, text_or_binary},
};

/// The virtual machine of a module. Displays `Wasm` and `Evm`, parses `wasm` and `evm`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum VmRuntime {
    /// WebAssembly.
    #[default]
    Wasm,
    /// Ethereum's.
    Evm,
}

impl fmt::Display for VmRuntime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}

impl FromStr for VmRuntime {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "wasm" => Ok(Self::Wasm),
            "evm" => Ok(Self::Evm),
            _ => Err(ParseError::UnknownVariant("VM runtime")),
        }
    }
}

/// The name of a module: its bytecode blobs. Text form: hexadecimal of the 65 BCS bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId {
    /// Hash of the contract's bytecode blob.
    pub contract_blob_hash: CryptoHash,
    /// Hash of the service's bytecode blob; unused for EVM.
    pub service_blob_hash: CryptoHash,
    /// What runs the bytecode.
    pub vm_runtime: VmRuntime,
}

impl ModuleId {
    /// Names a module.
    pub const fn new(
        contract_blob_hash: CryptoHash,
        service_blob_hash: CryptoHash,
        vm_runtime: VmRuntime,
    ) -> Self {
        Self { contract_blob_hash, service_blob_hash, vm_runtime }
    }

    /// The blob of the contract's bytecode.
    pub const fn contract_bytecode_blob_id(&self) -> BlobId {
        let blob_type = match self.vm_runtime {
            VmRuntime::Wasm => BlobType::ContractBytecode,
            VmRuntime::Evm => BlobType::EvmBytecode,
        };
        BlobId::new(self.contract_blob_hash, blob_type)
    }

    /// The blob of the service's bytecode; for EVM the contract's.
    pub const fn service_bytecode_blob_id(&self) -> BlobId {
        match self.vm_runtime {
            VmRuntime::Wasm => BlobId::new(self.service_blob_hash, BlobType::ServiceBytecode),
            VmRuntime::Evm => BlobId::new(self.contract_blob_hash, BlobType::EvmBytecode),
        }
    }

    /// All bytecode blobs, contract first.
    pub fn bytecode_blob_ids(&self) -> Vec<BlobId> {
        match self.vm_runtime {
            VmRuntime::Wasm => vec![self.contract_bytecode_blob_id(), self.service_bytecode_blob_id()],
            VmRuntime::Evm => vec![self.contract_bytecode_blob_id()],
        }
    }
}

text_or_binary!(ModuleId, ModuleIdRepr);

#[derive(Serialize, Deserialize)]
#[serde(rename = "ModuleId")]
struct ModuleIdRepr {
    contract_blob_hash: CryptoHash,
    service_blob_hash: CryptoHash,
    vm_runtime: VmRuntime,
}

impl From<&ModuleId> for ModuleIdRepr {
    fn from(id: &ModuleId) -> Self {
        let ModuleId { contract_blob_hash, service_blob_hash, vm_runtime } = *id;
        Self { contract_blob_hash, service_blob_hash, vm_runtime }
    }
}

impl From<ModuleIdRepr> for ModuleId {
    fn from(repr: ModuleIdRepr) -> Self {
        Self::new(repr.contract_blob_hash, repr.service_blob_hash, repr.vm_runtime)
    }
}

impl fmt::Display for ModuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runtime = match self.vm_runtime {
            VmRuntime::Wasm => "00",
            VmRuntime::Evm => "01",
        };
        write!(formatter, "{}{}{runtime}", self.contract_blob_hash, self.service_blob_hash)
    }
}

impl fmt::Debug for ModuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for ModuleId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = parse_hex::<65>(text)?;
        bcs::from_bytes(&bytes).map_err(|error| ParseError::InvalidValue(error.to_string()))
    }
}

/// The name of an application: the hash of the blob that holds its description, with the last 12 bytes zero for EVM.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationId {
    /// The hash.
    pub application_description_hash: CryptoHash,
}

impl ApplicationId {
    /// Names an application.
    pub const fn new(application_description_hash: CryptoHash) -> Self {
        Self { application_description_hash }
    }

    /// The blob that holds the description.
    pub const fn description_blob_id(&self) -> BlobId {
        BlobId::new(self.application_description_hash, BlobType::ApplicationDescription)
    }

    /// Whether this names an EVM application.
    pub fn is_evm(&self) -> bool {
        self.application_description_hash.as_bytes()[20..] == [0; 12]
    }

    /// The address of an EVM application.
    pub fn evm_address(&self) -> [u8; 20] {
        let mut address = [0; 20];
        address.copy_from_slice(&self.application_description_hash.as_bytes()[..20]);
        address
    }
}

/// An application owns accounts under its own name.
impl From<ApplicationId> for AccountOwner {
    fn from(id: ApplicationId) -> Self {
        Self::Address32(id.application_description_hash)
    }
}

text_or_binary!(ApplicationId, ApplicationIdRepr);

#[derive(Serialize, Deserialize)]
#[serde(rename = "ApplicationId")]
struct ApplicationIdRepr {
    application_description_hash: CryptoHash,
}

impl From<&ApplicationId> for ApplicationIdRepr {
    fn from(id: &ApplicationId) -> Self {
        Self { application_description_hash: id.application_description_hash }
    }
}

impl From<ApplicationIdRepr> for ApplicationId {
    fn from(repr: ApplicationIdRepr) -> Self {
        Self::new(repr.application_description_hash)
    }
}

impl fmt::Display for ApplicationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.application_description_hash, formatter)
    }
}

impl fmt::Debug for ApplicationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for ApplicationId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::new)
    }
}

/// A user application or the system itself. Text form `System` or `User:<hex>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum GenericApplicationId {
    /// The system application.
    #[default]
    System,
    /// A user application.
    User(ApplicationId),
}

impl From<ApplicationId> for GenericApplicationId {
    fn from(id: ApplicationId) -> Self {
        Self::User(id)
    }
}

impl fmt::Display for GenericApplicationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => formatter.write_str("System"),
            Self::User(id) => write!(formatter, "User:{id}"),
        }
    }
}

impl FromStr for GenericApplicationId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "System" {
            return Ok(Self::System);
        }
        let id = text.strip_prefix("User:").ok_or(ParseError::UnknownVariant("application kind"))?;
        id.parse().map(Self::User)
    }
}
