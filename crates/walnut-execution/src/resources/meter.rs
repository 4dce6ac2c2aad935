//! Counting, limiting and charging, one method per kind of resource.

use serde::Serialize;
use walnut_base::{
    AccountOwner, Amount, ApplicationDescription, ArithmeticError, BlobContent, ChainOwnership, Message,
    Operation, ResourceControlPolicy, TimeDelta, VmRuntime,
};

use super::{Payer, ResourceTracker, sizes};
use crate::{ExecutionError, policy};

/// Charges one payer and counts into one tracker. Every method adds to the counter first, then tests the limit, then
/// takes the fee.
#[derive(Debug)]
pub struct Meter<'a, P> {
    pub(super) policy: &'a ResourceControlPolicy,
    pub(super) tracker: &'a mut ResourceTracker,
    pub(super) payer: P,
    pub(super) is_free: bool,
}

impl<P: Payer> Meter<'_, P> {
    /// What the payer has left.
    pub fn balance(&self) -> Result<Amount, ArithmeticError> {
        self.payer.balance()
    }

    /// Takes a fee that was computed elsewhere: the difference between the pool of a user action at its start and at
    /// its end. Free applications do not get here with a difference.
    pub fn settle(&mut self, fees: Amount) -> Result<(), ExecutionError> {
        match self.payer.take(fees) {
            Ok(()) => Ok(()),
            // Upstream reports what the attempt left behind, and other nodes compare the text.
            Err(_) => Err(ExecutionError::FeesExceedFunding {
                fees,
                balance: self.payer.balance().unwrap_or(Amount::MAX),
            }),
        }
    }

    fn charge(&mut self, fees: Amount) -> Result<(), ExecutionError> {
        if self.is_free {
            return Ok(());
        }
        self.settle(fees)
    }

    /// The grant attached to an outgoing message.
    pub fn track_grant(&mut self, grant: Amount) -> Result<(), ExecutionError> {
        self.tracker.grants = self.tracker.grants.try_add(grant)?;
        self.charge(grant)
    }

    /// An operation that has run.
    pub fn track_operation(&mut self, operation: &Operation) -> Result<(), ExecutionError> {
        add(&mut self.tracker.operations, 1)?;
        self.charge(self.policy.operation)?;
        let Operation::User { bytes, .. } = operation else { return Ok(()) };
        let size = bytes.len() as u64;
        add_long(&mut self.tracker.operation_bytes, size)?;
        self.charge(self.policy.operation_byte.try_mul(size.into())?)
    }

    /// An outgoing message.
    pub fn track_message(&mut self, message: &Message) -> Result<(), ExecutionError> {
        add(&mut self.tracker.messages, 1)?;
        self.charge(self.policy.message)?;
        let Message::User { bytes, .. } = message else { return Ok(()) };
        let size = bytes.len() as u64;
        add_long(&mut self.tracker.message_bytes, size)?;
        self.charge(self.policy.message_byte.try_mul(size.into())?)
    }

    /// A blob that this block publishes or creates. Committee blobs are free but not unlimited. `is_checked`: the
    /// size of this very blob was already checked against this policy in this block.
    pub fn track_blob_published(
        &mut self,
        content: &BlobContent,
        is_checked: bool,
    ) -> Result<(), ExecutionError> {
        if !is_checked {
            policy::check_blob_size(self.policy, content)?;
        }
        if content.blob_type().is_committee_blob() {
            return Ok(());
        }
        let size = content.bytes().len() as u64;
        add_long(&mut self.tracker.blob_bytes_published, size)?;
        add(&mut self.tracker.blobs_published, 1)?;
        let bytes = self.policy.blob_byte_published.try_mul(size.into())?;
        self.charge(bytes.try_add(self.policy.blob_published)?)
    }

    /// A blob that was read, of which `size` bytes count.
    pub fn track_blob_read(&mut self, size: u64) -> Result<(), ExecutionError> {
        add_long(&mut self.tracker.blob_bytes_read, size)?;
        add(&mut self.tracker.blobs_read, 1)?;
        let bytes = self.policy.blob_byte_read.try_mul(size.into())?;
        self.charge(bytes.try_add(self.policy.blob_read)?)
    }

    /// Fuel used by a contract.
    pub fn track_fuel(&mut self, fuel: u64, vm_runtime: VmRuntime) -> Result<(), ExecutionError> {
        let (counter, limit, price) = match vm_runtime {
            VmRuntime::Wasm => {
                let policy = self.policy;
                (&mut self.tracker.wasm_fuel, policy.maximum_wasm_fuel_per_block, policy.wasm_fuel_unit)
            }
            VmRuntime::Evm => {
                let policy = self.policy;
                (&mut self.tracker.evm_fuel, policy.maximum_evm_fuel_per_block, policy.evm_fuel_unit)
            }
        };
        add_long(counter, fuel)?;
        if *counter > limit {
            return Err(ExecutionError::MaximumFuelExceeded(vm_runtime));
        }
        self.charge(price.try_mul(fuel.into())?)
    }

    /// The fuel that can still be used: bounded by the block's limit and by what the payer can afford.
    pub fn remaining_fuel(&self, vm_runtime: VmRuntime) -> u64 {
        let (used, limit, price) = match vm_runtime {
            VmRuntime::Wasm => {
                (self.tracker.wasm_fuel, self.policy.maximum_wasm_fuel_per_block, self.policy.wasm_fuel_unit)
            }
            VmRuntime::Evm => {
                (self.tracker.evm_fuel, self.policy.maximum_evm_fuel_per_block, self.policy.evm_fuel_unit)
            }
        };
        let left = limit.saturating_sub(used);
        if self.is_free {
            return left;
        }
        let affordable = self.payer.balance().unwrap_or(Amount::MAX).saturating_ratio(price);
        u64::try_from(affordable).unwrap_or(u64::MAX).min(left)
    }

    /// One call that reads application state.
    pub fn track_read_operation(&mut self) -> Result<(), ExecutionError> {
        add(&mut self.tracker.read_operations, 1)?;
        self.charge(self.policy.read_operation)
    }

    /// `count` writes of application state.
    pub fn track_write_operations(&mut self, count: u32) -> Result<(), ExecutionError> {
        add(&mut self.tracker.write_operations, count)?;
        self.charge(self.policy.write_operation.try_mul(count.into())?)
    }

    /// Bytes read from application state or events. Reaching the maximum is already too much.
    pub fn track_bytes_read(&mut self, count: u64) -> Result<(), ExecutionError> {
        add_long(&mut self.tracker.bytes_read, count)?;
        if self.tracker.bytes_read >= self.policy.maximum_bytes_read_per_block {
            return Err(ExecutionError::ExcessiveRead);
        }
        self.charge(self.policy.byte_read.try_mul(count.into())?)
    }

    /// Bytes written to application state or events. Reaching the maximum is already too much.
    pub fn track_bytes_written(&mut self, count: u64) -> Result<(), ExecutionError> {
        add_long(&mut self.tracker.bytes_written, count)?;
        if self.tracker.bytes_written >= self.policy.maximum_bytes_written_per_block {
            return Err(ExecutionError::ExcessiveWrite);
        }
        self.charge(self.policy.byte_written.try_mul(count.into())?)
    }

    /// An HTTP request of a contract; charged in replay too.
    pub fn track_http_request(&mut self) -> Result<(), ExecutionError> {
        add(&mut self.tracker.http_requests, 1)?;
        self.charge(self.policy.http_request)
    }

    /// A service to be run as oracle; charged in replay too.
    pub fn track_service_oracle_call(&mut self) -> Result<(), ExecutionError> {
        add(&mut self.tracker.service_oracle_queries, 1)?;
        self.charge(self.policy.service_as_oracle_query)
    }

    /// The time that services run as oracles may still take in this block.
    pub fn remaining_service_oracle_time(&self) -> Result<TimeDelta, ExecutionError> {
        let limit = self.service_oracle_limit_micros();
        match limit.checked_sub(self.tracker.service_oracle_execution.as_micros()) {
            Some(left) => Ok(TimeDelta::from_micros(left)),
            None => Err(ExecutionError::MaximumServiceOracleExecutionTimeExceeded),
        }
    }

    /// The time a service run as oracle took; zero in replay.
    pub fn track_service_oracle_execution(&mut self, elapsed: TimeDelta) -> Result<(), ExecutionError> {
        let spent = self.tracker.service_oracle_execution.as_micros().saturating_add(elapsed.as_micros());
        self.tracker.service_oracle_execution = TimeDelta::from_micros(spent);
        if spent < self.service_oracle_limit_micros() {
            Ok(())
        } else {
            Err(ExecutionError::MaximumServiceOracleExecutionTimeExceeded)
        }
    }

    fn service_oracle_limit_micros(&self) -> u64 {
        self.policy.maximum_service_oracle_execution_ms.saturating_mul(1000)
    }

    /// The length of a service's answer.
    pub fn check_service_oracle_response(&self, bytes: usize) -> Result<(), ExecutionError> {
        if bytes as u64 <= self.policy.maximum_oracle_response_bytes {
            Ok(())
        } else {
            Err(ExecutionError::ServiceOracleResponseTooLarge)
        }
    }

    /// A contract read a chain ID or an application ID.
    pub fn track_runtime_hash(&mut self) -> Result<(), ExecutionError> {
        self.track_runtime_bytes(sizes::HASH)
    }

    /// A contract read a block height or a timestamp.
    pub fn track_runtime_word(&mut self) -> Result<(), ExecutionError> {
        self.track_runtime_bytes(sizes::WORD)
    }

    /// A contract read a balance.
    pub fn track_runtime_amount(&mut self) -> Result<(), ExecutionError> {
        self.track_runtime_bytes(sizes::AMOUNT)
    }

    /// A contract read its parameters.
    pub fn track_runtime_parameters(&mut self, parameters: &[u8]) -> Result<(), ExecutionError> {
        self.track_runtime_bytes(sizes::count(parameters.len())?)
    }

    /// A contract listed the accounts and their balances.
    pub fn track_runtime_owner_balances<'b>(
        &mut self,
        owners: impl IntoIterator<Item = &'b AccountOwner>,
    ) -> Result<(), ExecutionError> {
        self.track_runtime_bytes(sizes::sum(owners.into_iter().map(|owner| owner.size() + sizes::AMOUNT))?)
    }

    /// A contract listed the accounts.
    pub fn track_runtime_owners<'b>(
        &mut self,
        owners: impl IntoIterator<Item = &'b AccountOwner>,
    ) -> Result<(), ExecutionError> {
        self.track_runtime_bytes(sizes::sum(owners.into_iter().map(AccountOwner::size))?)
    }

    /// A contract read the chain's ownership.
    pub fn track_runtime_chain_ownership(
        &mut self,
        ownership: &ChainOwnership,
    ) -> Result<(), ExecutionError> {
        self.track_runtime_bytes(sizes::ownership(ownership)?)
    }

    /// A contract read an application's description.
    pub fn track_runtime_application_description(
        &mut self,
        description: &ApplicationDescription,
    ) -> Result<(), ExecutionError> {
        self.track_runtime_bytes(sizes::description(description)?)
    }

    fn track_runtime_bytes(&mut self, size: u32) -> Result<(), ExecutionError> {
        add(&mut self.tracker.bytes_runtime, size)?;
        self.charge(self.policy.byte_runtime.try_mul(size.into())?)
    }

    /// Part of the block, accounted by its encoded size.
    pub fn track_block_size_of(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), ExecutionError> {
        track_block_size_of(self.policy, self.tracker, value)
    }
}

/// As [`Meter::track_block_size_of`]: size costs nothing, so no payer is needed.
pub(super) fn track_block_size_of(
    policy: &ResourceControlPolicy,
    tracker: &mut ResourceTracker,
    value: &(impl Serialize + ?Sized),
) -> Result<(), ExecutionError> {
    track_block_size(policy, tracker, bcs::serialized_size(value)? as u64)
}

pub(super) fn track_block_size(
    policy: &ResourceControlPolicy,
    tracker: &mut ResourceTracker,
    size: u64,
) -> Result<(), ExecutionError> {
    tracker.block_size = tracker.block_size.checked_add(size).ok_or(ExecutionError::BlockTooLarge)?;
    if tracker.block_size <= policy.maximum_block_size { Ok(()) } else { Err(ExecutionError::BlockTooLarge) }
}

fn add(counter: &mut u32, count: u32) -> Result<(), ArithmeticError> {
    *counter = counter.checked_add(count).ok_or(ArithmeticError::Overflow)?;
    Ok(())
}

fn add_long(counter: &mut u64, count: u64) -> Result<(), ArithmeticError> {
    *counter = counter.checked_add(count).ok_or(ArithmeticError::Overflow)?;
    Ok(())
}
