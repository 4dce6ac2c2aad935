//! Memory that machines share.

use std::{cell::Cell, rc::Rc};

use wasmi::{ResourceLimiter, errors};
use wasmi_core::LimiterError;

use crate::limits::MAX_MEMORY_BYTES;

/// Bytes that the memories and tables of some machines may have together: those of one action or question, which are
/// alive at the same time. A machine gives back what it had when it is dropped.
#[derive(Clone, Debug)]
pub struct MemoryBudget(Rc<Cell<usize>>);

impl Default for MemoryBudget {
    fn default() -> Self {
        Self::new(MAX_MEMORY_BYTES)
    }
}

impl MemoryBudget {
    /// A budget of this many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(Rc::new(Cell::new(bytes)))
    }

    /// Bytes that nobody has.
    pub fn left(&self) -> usize {
        self.0.get()
    }
}

/// What one machine has of a budget. Asking for more than there is stops the machine; to answer that memory is used up
/// would be to say something that validators do not say.
#[derive(Debug)]
pub(crate) struct Share {
    budget: MemoryBudget,
    bytes: usize,
    /// What was taken last, which may come back.
    last: usize,
}

impl Share {
    pub(crate) fn new(budget: &MemoryBudget) -> Self {
        Self { budget: budget.clone(), bytes: 0, last: 0 }
    }

    fn take(&mut self, bytes: usize) -> Result<bool, LimiterError> {
        let left = self.budget.left().checked_sub(bytes);
        let left = left.ok_or(LimiterError::ResourceLimiterDeniedAllocation)?;
        self.budget.0.set(left);
        self.bytes += bytes;
        self.last = bytes;
        Ok(true)
    }

    fn give_back(&mut self) {
        let bytes = std::mem::take(&mut self.last);
        self.budget.0.set(self.budget.left() + bytes);
        self.bytes -= bytes;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.0.set(self.budget.left() + self.bytes);
    }
}

/// What an element of a table takes, in bytes.
const TABLE_ELEMENT_BYTES: usize = 16;

/// Sizes from which on `memory.grow` fails on validators: all that 32 bits can address, that is one page less than the
/// specification allows (`wasmer-vm/src/memory.rs`). The engine answers so by itself where `usize` has 32 bits.
const UNADDRESSABLE_BYTES: u64 = 1 << 32;

impl ResourceLimiter for Share {
    /// The engine has compared with the module's own maximum before.
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        if desired as u64 >= UNADDRESSABLE_BYTES && current > 0 {
            return Ok(false);
        }
        self.take(desired.saturating_sub(current))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.take(desired.saturating_sub(current).saturating_mul(TABLE_ELEMENT_BYTES))
    }

    /// A service that has used up its steps grows when it gets more.
    fn memory_grow_failed(&mut self, error: &errors::MemoryError) -> Result<(), LimiterError> {
        self.give_back();
        match error {
            errors::MemoryError::OutOfFuel { .. } => Ok(()),
            _ => Err(LimiterError::ResourceLimiterDeniedAllocation),
        }
    }

    fn table_grow_failed(&mut self, error: &errors::TableError) -> Result<(), LimiterError> {
        self.give_back();
        match error {
            errors::TableError::OutOfFuel { .. } => Ok(()),
            _ => Err(LimiterError::ResourceLimiterDeniedAllocation),
        }
    }

    fn instances(&self) -> usize {
        usize::MAX
    }

    fn tables(&self) -> usize {
        usize::MAX
    }

    fn memories(&self) -> usize {
        usize::MAX
    }
}
