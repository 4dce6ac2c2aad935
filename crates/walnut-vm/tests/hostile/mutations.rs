//! Real modules, cut off and with bytes changed: loaded or refused, run or trapped, but never a panic.

use walnut_vm::{EntryPoint, Machine, MemoryBudget, Module, ModuleError, ModuleKind, Step};

use crate::{calls::answer, rng::Rng};

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

/// Small modules, so that a change is likely to hit something that matters.
const SMALL: [&str; 4] = [
    r#"(module
        (import "linera:app/base-runtime-api" "application-parameters" (func $parameters (param i32)))
        (import "linera:app/contract-runtime-api" "write-batch" (func $write (param i32 i32)))
        (memory (export "memory") 2)
        (table 4 funcref) (elem (i32.const 1) $a $b)
        (global $next (mut i32) (i32.const 4096))
        (func $a (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
        (func $b (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (global.get $next) (global.set $next (i32.add (global.get $next) (local.get 3))))
        (func (export "linera:app/contract-entrypoints#execute-operation") (param i32 i32) (result i32)
            (local $i i32) (local $x f64)
            (local.set $i (i32.const 5))
            (block $out (loop $again
                (br_if $out (i32.eqz (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
                (drop (call_indirect (param i32) (result i32) (local.get $i) (i32.const 2)))
                (local.set $x (f64.div (local.get $x) (f64.const 0)))
                (br $again)))
            (call $parameters (i32.const 64))
            (call $write (i32.const 128) (i32.const 1))
            (i32.const 64))
        (data (i32.const 128) "\02\00\00\00\00\10\00\00\01\00\00\00\00\10\00\00\01\00\00\00"))"#,
    "(module (memory (export \"memory\") 1 2) (func (export \"f\") (result i32) (memory.grow (i32.const 1))))",
    "(module (func (param i32) (block (block (block (br_table 0 1 2 0 (local.get 0)))))))",
    "(module (global (export \"g\") (mut i64) (i64.const 7)) (func (result i64) (i64.extend8_s (global.get 0))))",
];

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
