//! Every host function, with pointers, lengths and memory of the caller's choice, and an allocator that returns anything.
//!
//! Promises: a question, a result or a trap, never one that blames the node; memory is given back; twice the same.

use walnut_vm::{EntryPoint, Machine, MemoryBudget, Module, ModuleKind, Step, Trap};

use crate::{application, rng::Rng};

const MEMORY: usize = 8 << 20;
const FUEL: u64 = 1_000_000;

thread_local! {
    static CONTRACT: (Module, usize) = application::module(ModuleKind::Contract);
    static SERVICE: (Module, usize) = application::module(ModuleKind::Service);
}

/// Whether a service, which function, a seed for answers; then the argument: what the allocator returns, sixteen
/// parameters, and what memory holds.
pub(crate) fn run(data: &[u8]) {
    let Some(([kind, function, seed], rest)) = data.split_first_chunk() else { return };
    let (key, kind) = match kind % 2 {
        0 => (&CONTRACT, ModuleKind::Contract),
        _ => (&SERVICE, ModuleKind::Service),
    };
    key.with(|(module, functions)| {
        let function = usize::from(*function) % functions;
        let mut argument = u32::try_from(function).unwrap_or_default().to_le_bytes().to_vec();
        argument.extend(rest);
        let entry = match kind {
            ModuleKind::Contract => EntryPoint::ExecuteOperation(argument),
            ModuleKind::Service => EntryPoint::HandleQuery(argument),
        };
        assert_eq!(try_out(module, &entry, *seed), try_out(module, &entry, *seed));
    });
}

fn try_out(module: &Module, entry: &EntryPoint, seed: u8) -> Vec<String> {
    let budget = MemoryBudget::new(MEMORY);
    let mut said = Vec::new();
    {
        let mut machine = Machine::sharing(module, &budget).expect("it has little memory");
        let mut rng = Rng::new(u64::from(seed));
        let mut step = machine.enter(entry, FUEL);
        for _ in 0..10 {
            said.push(format!("{step:?} after {}", machine.take_fuel()));
            step = match step {
                Ok(Step::Host(call)) => machine.resume(application::answer(&call, &mut rng), FUEL),
                Ok(Step::Tired) => panic!("a single call takes few steps"),
                Err(Trap::WrongAnswer(reason)) => panic!("{reason}"),
                Ok(Step::Done(_)) | Err(_) => break,
            };
        }
    }
    assert_eq!(budget.left(), MEMORY, "memory was not given back");
    said
}
