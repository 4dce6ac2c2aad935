//! From an application to a machine that runs its bytecode.

use walnut_base::{ApplicationId, BlobId, BlobType, VmRuntime};
use walnut_views::Store;
use walnut_vm::{Machine, MemoryBudget, Module, ModuleKind, Trap};

use super::{Outside, WasmApplications, limits::MAX_MODULE_BYTES, promises::Promises};
use crate::{ActionHost, ExecutionError, LoadedApplication, bytecode};

impl<O: Outside> WasmApplications<O> {
    /// The module of a loaded application: from the cache, else from its blob.
    pub(super) async fn module<S: Store>(
        &self,
        host: &ActionHost<'_, S, Self>,
        kind: ModuleKind,
        application: &LoadedApplication,
    ) -> Result<Module, ExecutionError> {
        let module_id = &application.description.module_id;
        if module_id.vm_runtime != VmRuntime::Wasm {
            return Err(ExecutionError::ApplicationsUnsupported(application.application_id));
        }
        let blob_id = match kind {
            ModuleKind::Contract => BlobId::new(module_id.contract_blob_hash, BlobType::ContractBytecode),
            ModuleKind::Service => BlobId::new(module_id.service_blob_hash, BlobType::ServiceBytecode),
        };
        let key = (kind, blob_id.hash);
        if let Some(module) = self.modules.find(&key) {
            return Ok(module);
        }
        let compressed = host.executor.bytecode(blob_id).await?;
        if !bytecode::decompressed_size_at_most(compressed.bytes(), MAX_MODULE_BYTES)? {
            let reason = format!("The bytecode has more than {MAX_MODULE_BYTES} bytes");
            return Err(ExecutionError::MachineLimit(reason));
        }
        let bytecode = bytecode::decompress(compressed.bytes())?;
        self.modules.load(key, &bytecode).map_err(|error| ExecutionError::WasmError(error.to_string()))
    }

    /// Makes an instance of an application. One that nobody announced leaves the traces of its loading now.
    pub(super) async fn instantiate<S: Store>(
        &self,
        host: &mut ActionHost<'_, S, Self>,
        kind: ModuleKind,
        application_id: ApplicationId,
        memory: &MemoryBudget,
    ) -> Result<Instance, ExecutionError> {
        let known = host.loaded.iter().find(|application| application.application_id == application_id);
        let application = match known {
            Some(application) => application.clone(),
            None => host.executor.load_application(application_id).await?,
        };
        let module = self.module(host, kind, &application).await?;
        let machine = Machine::sharing(&module, memory).map_err(trap_error)?;
        Ok(Instance { application, machine, promises: Promises::default() })
    }
}

/// An application that takes part, with its memory, for as long as the action or the question lasts.
pub(super) struct Instance {
    pub(super) application: LoadedApplication,
    pub(super) machine: Machine,
    pub(super) promises: Promises,
}

/// A trap as an error of the action.
pub(super) fn trap_error(trap: Trap) -> ExecutionError {
    if trap.is_local() {
        ExecutionError::MachineLimit(trap.to_string())
    } else {
        ExecutionError::WasmError(trap.to_string())
    }
}
