//! What the resource policy of a committee says about execution: prices of grants, blob sizes, and the feature flags
//! hidden in its list of HTTP hosts.

use std::collections::BTreeSet;

use walnut_base::{
    Amount, ApplicationId, ArithmeticError, BlobContent, ResourceControlPolicy,
    policy::{FLAG_FREE_APPLICATION_ID_PREFIX, FLAG_SUFFIX, StateHashMode},
};

use walnut_vm::Resources;

use crate::{ExecutionError, bytecode};

/// The flags of a policy, read once per committee.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PolicyFlags {
    /// The state-hash mode.
    pub state_hash_mode: StateHashMode,
    /// Whether bouncing messages cost nothing.
    pub free_reject: bool,
    /// Whether rejected messages do not satisfy mandatory applications.
    pub mandatory_apps_need_accepted_message: bool,
    /// Applications whose messages cost nothing to receive and to send.
    pub free_applications: BTreeSet<ApplicationId>,
}

impl PolicyFlags {
    /// Reads the flags.
    pub fn new(policy: &ResourceControlPolicy) -> Self {
        let list = &policy.http_request_allow_list;
        Self {
            state_hash_mode: policy.state_hash_mode(),
            free_reject: policy.is_free_reject(),
            mandatory_apps_need_accepted_message: policy.mandatory_apps_need_accepted_message(),
            free_applications: list.iter().filter_map(|entry| free_application(entry)).collect(),
        }
    }

    /// Whether the application's messages cost nothing.
    pub fn is_free(&self, application_id: &ApplicationId) -> bool {
        self.free_applications.contains(application_id)
    }
}

/// The application of a free-application flag. Upper-case digits do not match: upstream compares with the text it
/// would write.
fn free_application(entry: &str) -> Option<ApplicationId> {
    let id = entry.strip_prefix(FLAG_FREE_APPLICATION_ID_PREFIX)?.strip_suffix(FLAG_SUFFIX)?;
    let parsed: ApplicationId = id.parse().ok()?;
    (parsed.to_string() == id).then_some(parsed)
}

/// Checks a blob against the limits of a policy: its length, and for bytecode the decompressed length. A limit that is
/// met exactly passes. The decompression runs even when there is no limit, so that invalid bytecode always fails.
pub fn check_blob_size(policy: &ResourceControlPolicy, content: &BlobContent) -> Result<(), ExecutionError> {
    if content.bytes().len() as u64 > policy.maximum_blob_size {
        return Err(ExecutionError::BlobTooLarge);
    }
    let is_bytecode = content.blob_type().is_bytecode();
    if is_bytecode && !bytecode::decompressed_size_at_most(content.bytes(), policy.maximum_bytecode_size)? {
        return Err(ExecutionError::BytecodeTooLarge);
    }
    Ok(())
}

/// The price of a grant. Operations have no part in it (`linera-execution/src/policy.rs`, `total_price`).
pub fn total_price(policy: &ResourceControlPolicy, resources: &Resources) -> Result<Amount, ArithmeticError> {
    [
        (policy.wasm_fuel_unit, resources.wasm_fuel),
        (policy.evm_fuel_unit, resources.evm_fuel),
        (policy.read_operation, resources.read_operations.into()),
        (policy.byte_runtime, resources.bytes_runtime.into()),
        (policy.write_operation, resources.write_operations.into()),
        (policy.byte_read, resources.bytes_to_read.into()),
        (policy.byte_written, resources.bytes_to_write.into()),
        (policy.blob_byte_read, resources.blob_bytes_to_read.into()),
        (policy.blob_read, resources.blobs_to_read.into()),
        (policy.blob_byte_published, resources.blob_bytes_to_publish.into()),
        (policy.blob_published, resources.blobs_to_publish.into()),
        (policy.message, resources.messages.into()),
        (policy.message_byte, resources.message_size.into()),
        (policy.byte_stored, resources.storage_size_delta.into()),
        (policy.service_as_oracle_query, resources.service_as_oracle_queries.into()),
        (policy.http_request, resources.http_requests.into()),
    ]
    .into_iter()
    .try_fold(Amount::ZERO, |total, (price, count)| total.try_add(price.try_mul(count.into())?))
}

#[cfg(test)]
mod tests;
