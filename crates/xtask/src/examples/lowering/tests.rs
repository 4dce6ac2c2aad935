//! The quick functions do what the instructions do, and they get where they belong.

use wasmi::{Engine, Instance, Linker, Memory, Module, Store, TypedFunc};

use super::{MEMORY, function, with_quick_memory};

/// Long enough for some words and some bytes, short enough to try everything.
const SIZE: usize = 40;

/// `memory.wat`, running.
struct Running {
    store: Store<()>,
    memory: Memory,
    copy: TypedFunc<(i32, i32, i32), ()>,
    fill: TypedFunc<(i32, i32, i32), ()>,
}

impl Running {
    fn start() -> Self {
        let exports = r#"(memory (export "memory") 1)
            (export "copy" (func $__memory_copy)) (export "fill" (func $__memory_fill))"#;
        let engine = Engine::default();
        let bytes = wat::parse_str(format!("(module {MEMORY} {exports})")).unwrap();
        let module = Module::new(&engine, &bytes).unwrap();
        let mut store = Store::new(&engine, ());
        let instance: Instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        let copy = instance.get_typed_func(&store, "copy").unwrap();
        let fill = instance.get_typed_func(&store, "fill").unwrap();
        Self { store, memory, copy, fill }
    }

    /// Distinct bytes at the beginning of the memory.
    fn reset(&mut self) -> Vec<u8> {
        let bytes: Vec<u8> = (1..).take(2 * SIZE).collect();
        self.memory.data_mut(&mut self.store)[..bytes.len()].copy_from_slice(&bytes);
        bytes
    }

    fn bytes(&self) -> &[u8] {
        &self.memory.data(&self.store)[..2 * SIZE]
    }
}

fn int(number: usize) -> i32 {
    i32::try_from(number).unwrap()
}

#[test]
fn copies_are_exact_wherever_the_ranges_lie() {
    let mut running = Running::start();
    for size in 0..=SIZE {
        for from in [0, 1, 7, 8, 9, 20, SIZE] {
            for to in 0..=SIZE {
                let mut expected = running.reset();
                expected.copy_within(from..from + size, to);
                running.copy.call(&mut running.store, (int(to), int(from), int(size))).unwrap();
                assert_eq!(running.bytes(), expected, "{size} bytes from {from} to {to}");
            }
        }
    }
}

#[test]
fn fills_are_exact_and_take_the_lowest_byte() {
    let mut running = Running::start();
    for size in 0..=SIZE {
        for to in [0, 1, 7, 8] {
            let mut expected = running.reset();
            expected[to..to + size].fill(0xab);
            running.fill.call(&mut running.store, (int(to), 0x77ab, int(size))).unwrap();
            assert_eq!(running.bytes(), expected, "{size} bytes at {to}");
        }
    }
}

#[test]
fn ranges_outside_the_memory_trap() {
    let out_of_bounds = Some(wasmi::TrapCode::MemoryOutOfBounds);
    for (to, from, size) in [(0, 65_535, 2), (65_535, 0, 2), (65_530, 65_528, 8), (0, 1, -1), (1, 0, -1)] {
        let mut running = Running::start();
        let trap = running.copy.call(&mut running.store, (to, from, size)).unwrap_err();
        assert_eq!(trap.as_trap_code(), out_of_bounds, "copy of {size} from {from} to {to}");
    }
    for (to, size) in [(65_535, 2), (65_536, 1), (0, -1)] {
        let mut running = Running::start();
        let trap = running.fill.call(&mut running.store, (to, 1, size)).unwrap_err();
        assert_eq!(trap.as_trap_code(), out_of_bounds, "fill of {size} at {to}");
    }
}

#[test]
fn only_functions_of_those_names_are_replaced() {
    let module =
        "(module (func $f (call $__memory_copy)) (func $__memory_copy (param i32) (nop)) (memory 1))";
    let copy = &MEMORY[function(MEMORY, "__memory_copy").unwrap()];
    let expected = format!("(module (func $f (call $__memory_copy)) {copy} (memory 1))");
    assert_eq!(with_quick_memory(module), Some(expected));
    assert_eq!(with_quick_memory("(module)"), Some("(module)".into()));
}
