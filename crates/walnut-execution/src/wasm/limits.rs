//! Limits of what one action or question may take of this node. Validators of the reference implementation have none of
//! these; an application that reaches one stops with an error of this node's own.

use walnut_vm::HostCall;

use crate::{ExecutionError, HostError};

/// Bytes that an application may leave with its node before anything is charged or checked: messages, blobs, events,
/// and the values of reads that it does not wait for. Messages and blobs are checked at the end of a transaction only.
const MAX_KEPT_BYTES: usize = 256 * 1024 * 1024;

/// Size of a module after decompression, in bytes. Networks allow ten million; one without a limit must not fill the
/// memory of its nodes.
pub(super) const MAX_MODULE_BYTES: u64 = 64 * 1024 * 1024;

/// Steps a service takes before its node looks at the clock: about a tenth of a second in a browser.
pub(super) const STEPS_PER_LOOK: u64 = 2_000_000;

/// What an application has left with its node.
#[derive(Debug, Default)]
pub(super) struct Kept(usize);

impl Kept {
    pub(super) fn add(&mut self, bytes: usize) -> Result<(), HostError> {
        self.0 = self.0.saturating_add(bytes);
        if self.0 <= MAX_KEPT_BYTES {
            return Ok(());
        }
        let reason = format!("The application leaves more than {MAX_KEPT_BYTES} bytes with its node");
        Err(HostError::Fail(ExecutionError::MachineLimit(reason)))
    }

    /// Bytes are taken back.
    pub(super) fn remove(&mut self, bytes: usize) {
        self.0 = self.0.saturating_sub(bytes);
    }

    /// Notes what a contract leaves with a call.
    pub(super) fn add_call(&mut self, call: &HostCall) -> Result<(), HostError> {
        match call {
            HostCall::SendMessage(request) => self.add(request.message.len()),
            HostCall::CreateDataBlob(bytes) | HostCall::Emit(_, bytes) => self.add(bytes.len()),
            HostCall::PublishModule { contract, service, .. } => self.add(contract.len() + service.len()),
            HostCall::CreateApplication { parameters, .. } => self.add(parameters.len()),
            _ => Ok(()),
        }
    }
}
