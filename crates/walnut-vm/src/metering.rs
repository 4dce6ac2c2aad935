//! Fuel: what every instruction costs, and the rewriting of bytecode so that it says how much it uses
//! (`linera-execution/src/wasm/mod.rs`, `add_metering`).

mod inside;

use linera_wasm_instrument::{
    gas_metering::{self, MemoryGrowCost, Rules, host_function},
    parity_wasm::{self, elements::Instruction},
};

use crate::{
    ModuleError,
    imports::{CONSUME_FUEL, CONTRACT},
};

pub(crate) use inside::Variables;

/// One unit for every instruction that does something.
struct Costs;

impl Rules for Costs {
    fn instruction_cost(&self, instruction: &Instruction) -> Option<u32> {
        use Instruction::*;
        let cost = match instruction {
            Nop | Drop | Block(_) | Loop(_) | Unreachable | Else | End => 0,
            _ => 1,
        };
        Some(cost)
    }

    fn memory_grow_cost(&self) -> MemoryGrowCost {
        MemoryGrowCost::Free
    }

    fn call_per_local_cost(&self) -> u32 {
        0
    }
}

/// Bytecode with metering.
#[derive(Debug)]
pub(crate) struct Metered {
    /// What validators run, to the byte. It calls `consume-fuel`.
    pub(crate) bytecode: Vec<u8>,
    /// The same with counting inside, and where the count is.
    pub(crate) inside: Option<(Vec<u8>, Variables)>,
}

/// Parses a contract, refusing whatever validators refuse, and adds calls of `consume-fuel`.
pub(crate) fn instrument(bytecode: &[u8]) -> Result<Metered, ModuleError> {
    let module = parity_wasm::deserialize_buffer(bytecode)
        .map_err(|error: parity_wasm::elements::Error| ModuleError::InvalidBytecode(error.to_string()))?;
    let backend = host_function::Injector::new(CONTRACT, CONSUME_FUEL);
    let module = gas_metering::inject(module, backend, &Costs).map_err(|_| ModuleError::InstrumentModule)?;
    let bytecode = parity_wasm::serialize(module.clone()).map_err(|_| ModuleError::InstrumentModule)?;
    Ok(Metered { bytecode, inside: inside::count_inside(module) })
}

#[cfg(test)]
mod tests;
