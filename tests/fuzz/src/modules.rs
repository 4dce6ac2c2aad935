//! Bytecode that somebody published: loaded, metered, run for a while.
//!
//! Promises: it is refused or it runs or it traps, within its fuel and its memory; and it does so again in the same way,
//! question for question, because validators must agree.

use walnut_vm::{EntryPoint, Machine, MemoryBudget, Module, ModuleKind, Step};

use crate::{application::answer, rng::Rng};

const MEMORY: usize = 4 << 20;
const FUEL: u64 = 50_000;

/// The first byte says what for, the rest is the bytecode.
pub(crate) fn run(data: &[u8]) {
    let Some((kind, bytecode)) = data.split_first() else { return };
    let (kind, entry) = match kind % 4 {
        0 => (ModuleKind::Contract, EntryPoint::ExecuteOperation(vec![1, 0, 0, 0, 0, 0, 0, 0])),
        1 => (ModuleKind::Contract, EntryPoint::Instantiate(b"null".to_vec())),
        2 => (ModuleKind::Contract, EntryPoint::Finalize),
        _ => (ModuleKind::Service, EntryPoint::HandleQuery(b"{}".to_vec())),
    };
    let Ok(module) = Module::new(kind, bytecode) else { return };
    assert_eq!(try_out(&module, &entry), try_out(&module, &entry));
}

/// What was asked, and what became of it.
fn try_out(module: &Module, entry: &EntryPoint) -> Vec<String> {
    let budget = MemoryBudget::new(MEMORY);
    let mut said = Vec::new();
    {
        let Ok(mut machine) = Machine::sharing(module, &budget) else { return said };
        let mut rng = Rng::new(1);
        let mut step = machine.enter(entry, FUEL);
        for _ in 0..20 {
            said.push(format!("{step:?} after {}", machine.take_fuel()));
            step = match step {
                Ok(Step::Host(call)) => machine.resume(answer(&call, &mut rng), FUEL),
                Ok(Step::Tired | Step::Done(_)) | Err(_) => break,
            };
        }
    }
    assert_eq!(budget.left(), MEMORY, "memory was not given back");
    said
}
