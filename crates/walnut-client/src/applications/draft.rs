//! What a caller wants in a block.

use serde::de::IgnoredAny;
use walnut_base::{ApplicationId, Blob, BlobId, ModuleId, Operation, SystemOperation, VmRuntime};
use walnut_execution::compress;

/// The first bytes of every Wasm module in binary form.
const WASM_MAGIC: &[u8] = b"\0asm";

/// Operations, with the blobs that they publish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// In this order, in one block.
    pub operations: Vec<Operation>,
    /// Blobs that travel beside the block.
    pub blobs: Vec<Blob>,
}

/// Why something cannot be put into a block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// The bytes are not a Wasm module in binary form.
    #[error("the {0} is not a Wasm module")]
    NotWasm(&'static str),
    /// The bytecode could not be compressed.
    #[error("the {0} cannot be compressed")]
    Compression(&'static str),
    /// Not one JSON value.
    #[error("the {what} is not JSON: {reason}")]
    NotJson {
        /// What was to be JSON.
        what: &'static str,
        /// Where it ends to be.
        reason: String,
    },
}

impl Draft {
    /// Publishes a module: contract and service as a compiler writes them. The blobs are compressed exactly as
    /// validators compress inside execution, so that the same module has the same name everywhere. What the modules
    /// import and export is not looked at: that is checked when an application is created.
    ///
    /// # Errors
    /// [`DraftError::NotWasm`] and [`DraftError::Compression`]. Sizes are checked by staging, against the policy.
    pub fn publish_module(contract: &[u8], service: &[u8]) -> Result<(ModuleId, Self), DraftError> {
        let contract = Blob::new_contract_bytecode(compressed("contract", contract)?);
        let service = Blob::new_service_bytecode(compressed("service", service)?);
        let module_id = ModuleId::new(contract.id().hash, service.id().hash, VmRuntime::Wasm);
        let operation = SystemOperation::PublishModule { module_id }.into();
        Ok((module_id, Self { operations: vec![operation], blobs: vec![contract, service] }))
    }

    /// Publishes data that applications can read by its hash.
    pub fn publish_data(bytes: Vec<u8>) -> (BlobId, Self) {
        let blob = Blob::new_data(bytes);
        let operation = SystemOperation::PublishDataBlob { blob_hash: blob.id().hash }.into();
        (blob.id(), Self { operations: vec![operation], blobs: vec![blob] })
    }

    /// Creates an application of a module that an earlier block published. Parameters are public and part of its name; the argument is read
    /// once, when its contract is instantiated. Both are JSON and stay as they are, white space around them excepted.
    /// Which application it became is in the executed block: [`created_application`](super::created_application).
    ///
    /// # Errors
    /// [`DraftError::NotJson`].
    pub fn create_application(
        module_id: ModuleId,
        parameters: &str,
        argument: &str,
        required_application_ids: Vec<ApplicationId>,
    ) -> Result<Self, DraftError> {
        Ok(Self::of(
            SystemOperation::CreateApplication {
                module_id,
                parameters: json("parameters", parameters)?,
                instantiation_argument: json("argument", argument)?,
                required_application_ids,
            }
            .into(),
        ))
    }

    /// Calls an application with bytes that its contract decodes: with the SDK, the BCS form of its operation type.
    pub fn call(application_id: ApplicationId, bytes: Vec<u8>) -> Self {
        Self::of(Operation::User { application_id, bytes })
    }

    fn of(operation: Operation) -> Self {
        Self { operations: vec![operation], blobs: Vec::new() }
    }
}

/// Operations that a service asked for.
impl From<Vec<Operation>> for Draft {
    fn from(operations: Vec<Operation>) -> Self {
        Self { operations, blobs: Vec::new() }
    }
}

fn compressed(what: &'static str, bytecode: &[u8]) -> Result<Vec<u8>, DraftError> {
    if !bytecode.starts_with(WASM_MAGIC) {
        return Err(DraftError::NotWasm(what));
    }
    compress(bytecode).map_err(|_| DraftError::Compression(what))
}

/// The text's bytes, if it is one JSON value. It is not written anew: that would change large numbers and the order of
/// fields.
fn json(what: &'static str, text: &str) -> Result<Vec<u8>, DraftError> {
    let text = text.trim();
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(IgnoredAny) => Ok(text.as_bytes().to_vec()),
        Err(error) => Err(DraftError::NotJson { what, reason: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    //! What is refused before anything is executed.

    use walnut_base::CryptoHash;

    use super::*;

    fn create(parameters: &str, argument: &str) -> Result<Draft, DraftError> {
        let hash = CryptoHash::from([1; 32]);
        Draft::create_application(ModuleId::new(hash, hash, VmRuntime::Wasm), parameters, argument, vec![])
    }

    #[test]
    fn only_modules_are_published() {
        let refused = Draft::publish_module(b"\0asm\x01\0\0\0", b"(module)");
        assert_eq!(refused, Err(DraftError::NotWasm("service")));
        assert_eq!(Draft::publish_module(b"", b""), Err(DraftError::NotWasm("contract")));
        let (module_id, draft) =
            Draft::publish_module(b"\0asm\x01\0\0\0", b"\0asm\x01\0\0\0").expect("modules");
        assert_eq!(draft.operations[0].published_blob_ids(), module_id.bytecode_blob_ids());
        let blob_ids = draft.blobs.iter().map(Blob::id).collect::<Vec<_>>();
        assert_eq!(blob_ids, module_id.bytecode_blob_ids());
    }

    #[test]
    fn json_stays_as_it_is_written() {
        let draft = create(" null\n", r#"{ "b": 340282366920938463463374607431768211455, "a": 1e2 }"#);
        let Operation::System(operation) = draft.expect("both are JSON").operations.remove(0) else {
            panic!("a system operation")
        };
        let SystemOperation::CreateApplication { parameters, instantiation_argument, .. } = *operation else {
            panic!("creates an application")
        };
        assert_eq!(parameters, b"null");
        let argument = br#"{ "b": 340282366920938463463374607431768211455, "a": 1e2 }"#;
        assert_eq!(instantiation_argument, argument);
        for (parameters, argument, wrong) in
            [("", "0", "parameters"), ("1 2", "0", "parameters"), ("null", "{", "argument")]
        {
            let refused = create(parameters, argument);
            assert!(
                matches!(&refused, Err(DraftError::NotJson { what, .. }) if *what == wrong),
                "{parameters:?} {argument:?}: {refused:?}"
            );
        }
    }
}
