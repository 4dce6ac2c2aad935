//! Real modules, cut off and with bytes changed: loaded or refused, run or trapped, but never a panic.

use walnut_vm::{EntryPoint, Machine, MemoryBudget, Module, ModuleError, ModuleKind, Step};

use crate::{
    application::{SMALL, answer},
    rng::Rng,
};

const CONTRACT: &[u8] = include_bytes!("../../../../tests/vectors/applications/counter_contract.wasm");
const SERVICE: &[u8] = include_bytes!("../../../../tests/vectors/applications/counter_service.wasm");

/// Loads, and runs what has loaded for a while. Tells whether it loaded.
fn try_out(kind: ModuleKind, bytecode: &[u8], rng: &mut Rng) -> bool {
    let module = match Module::new(kind, bytecode) {
        Ok(module) => module,
        Err(
            ModuleError::InvalidBytecode(_) | ModuleError::InstrumentModule | ModuleError::LoadModule { .. },
        ) => return false,
    };
    let Ok(mut machine) = Machine::sharing(&module, &MemoryBudget::new(16 << 20)) else { return true };
    let entry = match kind {
        ModuleKind::Contract => EntryPoint::ExecuteOperation(vec![1, 0, 0, 0, 0, 0, 0, 0]),
        ModuleKind::Service => EntryPoint::HandleQuery(br#"{"query":"query { value }"}"#.to_vec()),
    };
    let mut step = machine.enter(&entry, 100_000);
    for _ in 0..20 {
        step = match step {
            Ok(Step::Host(call)) => machine.resume(answer(&call, rng), 100_000),
            Ok(Step::Tired | Step::Done(_)) | Err(_) => break,
        };
    }
    true
}

#[test]
fn modules_that_are_cut_off_are_refused() {
    let mut rng = Rng::new(1);
    let mut loaded = 0;
    for cut in (0..CONTRACT.len()).step_by(1009) {
        loaded += usize::from(try_out(ModuleKind::Contract, &CONTRACT[..cut], &mut rng));
    }
    // Around the header and the first sections every byte counts.
    for cut in 0..200 {
        assert!(!try_out(ModuleKind::Contract, &CONTRACT[..cut], &mut rng) || cut == 8, "{cut}");
    }
    for cut in (0..SERVICE.len()).step_by(40_009) {
        loaded += usize::from(try_out(ModuleKind::Service, &SERVICE[..cut], &mut rng));
    }
    // The custom sections at the end may go without a trace, if a cut happens to be between two of them.
    assert!(loaded <= 3, "{loaded}");
}

fn mutate(original: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=rng.below(3) {
        let at = rng.below(bytes.len());
        match rng.next() % 8 {
            0..4 => bytes[at] ^= 1 << rng.below(8),
            4..6 => bytes[at] = rng.next() as u8,
            6 => drop(bytes.remove(at)),
            _ => bytes.insert(at, rng.next() as u8),
        }
    }
    bytes
}

#[test]
fn small_modules_with_changed_bytes_do_no_harm() {
    let mut rng = Rng::new(2);
    let (mut loaded, mut refused) = (0, 0);
    for text in SMALL {
        let original = wat::parse_str(text).unwrap();
        for _ in 0..1500 {
            let bytes = mutate(&original, &mut rng);
            for kind in [ModuleKind::Contract, ModuleKind::Service] {
                if try_out(kind, &bytes, &mut rng) { loaded += 1 } else { refused += 1 }
            }
        }
    }
    assert!(loaded > 300 && refused > 300, "{loaded} {refused}");
}

#[test]
fn real_modules_with_changed_bytes_do_no_harm() {
    let mut rng = Rng::new(3);
    let (mut loaded, mut refused) = (0, 0);
    for _ in 0..150 {
        let bytes = mutate(CONTRACT, &mut rng);
        if try_out(ModuleKind::Contract, &bytes, &mut rng) { loaded += 1 } else { refused += 1 }
    }
    for _ in 0..20 {
        let bytes = mutate(SERVICE, &mut rng);
        if try_out(ModuleKind::Service, &bytes, &mut rng) { loaded += 1 } else { refused += 1 }
    }
    assert!(loaded > 10 && refused > 10, "{loaded} {refused}");
}

/// Bytes behind a header are seldom a module.
#[test]
fn noise_is_refused() {
    let mut rng = Rng::new(4);
    for length in 1..400 {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend(rng.bytes(length));
        for kind in [ModuleKind::Contract, ModuleKind::Service] {
            try_out(kind, &bytes, &mut rng);
        }
    }
}
