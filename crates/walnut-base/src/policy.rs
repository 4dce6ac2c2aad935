//! Prices and limits, and the feature flags hidden in the list of HTTP hosts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Amount, ApplicationId};

/// Prices and limits of an epoch; part of the committee. The field order is the wire order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResourceControlPolicy {
    /// Price per Wasm fuel unit.
    pub wasm_fuel_unit: Amount,
    /// Price per EVM gas unit.
    pub evm_fuel_unit: Amount,
    /// Price per storage read.
    pub read_operation: Amount,
    /// Price per storage write.
    pub write_operation: Amount,
    /// Price per byte returned by runtime queries.
    pub byte_runtime: Amount,
    /// Price per byte read from storage.
    pub byte_read: Amount,
    /// Price per byte written to storage.
    pub byte_written: Amount,
    /// Base price per blob read.
    pub blob_read: Amount,
    /// Base price per blob published.
    pub blob_published: Amount,
    /// Price per blob byte read.
    pub blob_byte_read: Amount,
    /// Price per blob byte published.
    pub blob_byte_published: Amount,
    /// Price per byte of storage growth; enters message grants only.
    pub byte_stored: Amount,
    /// Price per operation.
    pub operation: Amount,
    /// Price per byte of a user operation.
    pub operation_byte: Amount,
    /// Price per outgoing message.
    pub message: Amount,
    /// Price per byte of an outgoing user message.
    pub message_byte: Amount,
    /// Price per query of a service as an oracle.
    pub service_as_oracle_query: Amount,
    /// Price per HTTP request.
    pub http_request: Amount,
    /// Wasm fuel per block, at most.
    pub maximum_wasm_fuel_per_block: u64,
    /// EVM gas per block, at most.
    pub maximum_evm_fuel_per_block: u64,
    /// Milliseconds of services as oracles per block, strictly less.
    pub maximum_service_oracle_execution_ms: u64,
    /// Accounted BCS size of a block, at most.
    pub maximum_block_size: u64,
    /// Decompressed bytecode size, at most.
    pub maximum_bytecode_size: u64,
    /// Blob size as stored, at most.
    pub maximum_blob_size: u64,
    /// Uploaded blobs per proposal, strictly less.
    pub maximum_published_blobs: u64,
    /// BCS size of a proposed block, at most.
    pub maximum_block_proposal_size: u64,
    /// Bytes read per block, strictly less.
    pub maximum_bytes_read_per_block: u64,
    /// Bytes written per block, strictly less.
    pub maximum_bytes_written_per_block: u64,
    /// Size of a service's answer, at most; also caps HTTP answers for contracts.
    pub maximum_oracle_response_bytes: u64,
    /// Size of HTTP headers and body, at most.
    pub maximum_http_response_bytes: u64,
    /// Time for an HTTP request in milliseconds.
    pub http_request_timeout_ms: u64,
    /// Host names that may be asked, and feature flags.
    pub http_request_allow_list: BTreeSet<String>,
}

/// How state hashes are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StateHashMode {
    /// From the full content, every block.
    #[default]
    Full,
    /// Always zero.
    Zero,
    /// Rolling over the history of writes.
    Historical,
    /// Full, while the historical hash is computed on the side.
    HistoricalShadow,
}

/// Sets [`StateHashMode::Zero`].
pub const FLAG_ZERO_HASH: &str = "FLAG_ZERO_HASH.linera.network";
/// Sets [`StateHashMode::Historical`].
pub const FLAG_HISTORICAL_HASH: &str = "FLAG_HISTORICAL_HASH.linera.network";
/// Sets [`StateHashMode::HistoricalShadow`].
pub const FLAG_HISTORICAL_HASH_SHADOW: &str = "FLAG_HISTORICAL_HASH_SHADOW.linera.network";
/// Rejecting bundles costs nothing.
pub const FLAG_FREE_REJECT: &str = "FLAG_FREE_REJECT.linera.network";
/// Only accepted bundles count for mandatory applications.
pub const FLAG_MANDATORY_APPS_NEED_ACCEPTED_MESSAGE: &str =
    "FLAG_MANDATORY_APPS_NEED_ACCEPTED_MESSAGE.linera.network";
/// With an application ID and [`FLAG_SUFFIX`]: messages of that application are free.
pub const FLAG_FREE_APPLICATION_ID_PREFIX: &str = "FLAG_FREE_APPLICATION_ID_";
/// Ends every flag.
pub const FLAG_SUFFIX: &str = ".linera.network";

impl Default for ResourceControlPolicy {
    fn default() -> Self {
        Self::no_fees()
    }
}

impl ResourceControlPolicy {
    /// Everything free and without limit.
    pub const fn no_fees() -> Self {
        Self {
            wasm_fuel_unit: Amount::ZERO,
            evm_fuel_unit: Amount::ZERO,
            read_operation: Amount::ZERO,
            write_operation: Amount::ZERO,
            byte_runtime: Amount::ZERO,
            byte_read: Amount::ZERO,
            byte_written: Amount::ZERO,
            blob_read: Amount::ZERO,
            blob_published: Amount::ZERO,
            blob_byte_read: Amount::ZERO,
            blob_byte_published: Amount::ZERO,
            byte_stored: Amount::ZERO,
            operation: Amount::ZERO,
            operation_byte: Amount::ZERO,
            message: Amount::ZERO,
            message_byte: Amount::ZERO,
            service_as_oracle_query: Amount::ZERO,
            http_request: Amount::ZERO,
            maximum_wasm_fuel_per_block: u64::MAX,
            maximum_evm_fuel_per_block: u64::MAX,
            maximum_service_oracle_execution_ms: u64::MAX,
            maximum_block_size: u64::MAX,
            maximum_bytecode_size: u64::MAX,
            maximum_blob_size: u64::MAX,
            maximum_published_blobs: u64::MAX,
            maximum_block_proposal_size: u64::MAX,
            maximum_bytes_read_per_block: u64::MAX,
            maximum_bytes_written_per_block: u64::MAX,
            maximum_oracle_response_bytes: u64::MAX,
            maximum_http_response_bytes: u64::MAX,
            http_request_timeout_ms: u64::MAX,
            http_request_allow_list: BTreeSet::new(),
        }
    }

    /// The preset of the public testnet (`linera-execution/src/policy.rs`).
    pub const fn testnet() -> Self {
        Self {
            wasm_fuel_unit: Amount::from_nanos(10),
            evm_fuel_unit: Amount::from_nanos(10),
            read_operation: Amount::from_micros(10),
            write_operation: Amount::from_micros(20),
            byte_runtime: Amount::from_nanos(1),
            byte_read: Amount::from_nanos(10),
            byte_written: Amount::from_nanos(100),
            blob_read: Amount::from_nanos(100),
            blob_published: Amount::from_nanos(1_000),
            blob_byte_read: Amount::from_nanos(10),
            blob_byte_published: Amount::from_nanos(100),
            byte_stored: Amount::from_nanos(10),
            operation: Amount::from_micros(10),
            operation_byte: Amount::from_nanos(10),
            message: Amount::from_micros(10),
            message_byte: Amount::from_nanos(100),
            service_as_oracle_query: Amount::from_millis(10),
            http_request: Amount::from_micros(50),
            maximum_wasm_fuel_per_block: 100_000_000,
            maximum_evm_fuel_per_block: 100_000_000,
            maximum_service_oracle_execution_ms: 10_000,
            maximum_block_size: 1_000_000,
            maximum_bytecode_size: 10_000_000,
            maximum_blob_size: 1_000_000,
            maximum_published_blobs: 10,
            maximum_block_proposal_size: 13_000_000,
            maximum_bytes_read_per_block: 100_000_000,
            maximum_bytes_written_per_block: 10_000_000,
            maximum_oracle_response_bytes: 10_000,
            maximum_http_response_bytes: 10_000,
            http_request_timeout_ms: 20_000,
            http_request_allow_list: BTreeSet::new(),
        }
    }

    /// Test preset: no fees but for fuel, a millionth of a token per unit.
    pub fn only_fuel() -> Self {
        Self {
            wasm_fuel_unit: Amount::from_micros(1),
            evm_fuel_unit: Amount::from_micros(1),
            ..Self::no_fees()
        }
    }

    /// Test preset: a price on most things, no limits.
    pub fn all_categories() -> Self {
        Self {
            wasm_fuel_unit: Amount::from_nanos(1),
            evm_fuel_unit: Amount::from_nanos(1),
            byte_read: Amount::from_attos(100),
            byte_written: Amount::from_attos(1_000),
            blob_read: Amount::from_nanos(1),
            blob_published: Amount::from_nanos(10),
            blob_byte_read: Amount::from_attos(100),
            blob_byte_published: Amount::from_attos(1_000),
            operation: Amount::from_attos(10),
            operation_byte: Amount::from_attos(1),
            message: Amount::from_attos(10),
            message_byte: Amount::from_attos(1),
            http_request: Amount::from_micros(1),
            ..Self::no_fees()
        }
    }

    /// Whether the list holds this flag.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.http_request_allow_list.contains(flag)
    }

    /// How state hashes are computed. The first flag present decides: zero, historical, shadow.
    pub fn state_hash_mode(&self) -> StateHashMode {
        if self.has_flag(FLAG_ZERO_HASH) {
            StateHashMode::Zero
        } else if self.has_flag(FLAG_HISTORICAL_HASH) {
            StateHashMode::Historical
        } else if self.has_flag(FLAG_HISTORICAL_HASH_SHADOW) {
            StateHashMode::HistoricalShadow
        } else {
            StateHashMode::Full
        }
    }

    /// Whether rejecting bundles costs nothing.
    pub fn is_free_reject(&self) -> bool {
        self.has_flag(FLAG_FREE_REJECT)
    }

    /// Whether only accepted bundles count for mandatory applications.
    pub fn mandatory_apps_need_accepted_message(&self) -> bool {
        self.has_flag(FLAG_MANDATORY_APPS_NEED_ACCEPTED_MESSAGE)
    }

    /// The flag that makes an application's messages free.
    pub fn free_application_flag(application_id: &ApplicationId) -> String {
        format!("{FLAG_FREE_APPLICATION_ID_PREFIX}{application_id}{FLAG_SUFFIX}")
    }

    /// Whether an application's messages are free.
    pub fn is_free_application(&self, application_id: &ApplicationId) -> bool {
        self.has_flag(&Self::free_application_flag(application_id))
    }
}
