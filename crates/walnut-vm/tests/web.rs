//! Applications in the browser: the fuel of the reference, and loops that do not use up the stack.
#![cfg(target_arch = "wasm32")]

use std::collections::BTreeMap;

use walnut_vm::{Answer, EntryPoint, HostCall, Machine, Module, ModuleKind, Step, WriteOperation};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const CONTRACT: &[u8] = include_bytes!("../../../tests/vectors/applications/counter_contract.wasm");

/// Answers what the counter asks.
fn answer(entries: &mut BTreeMap<Vec<u8>, Vec<u8>>, keys: &mut Vec<Vec<u8>>, call: HostCall) -> Answer {
    match call {
        HostCall::ReadMultiValuesBytesNew(new) => {
            *keys = new;
            Answer::new(&0u32)
        }
        HostCall::ReadMultiValuesBytesWait(_) => {
            let values: Vec<_> = keys.iter().map(|key| entries.get(key).cloned()).collect();
            Answer::new(&values)
        }
        HostCall::ApplicationParameters => Answer::new(&b"null".to_vec()),
        HostCall::WriteBatch(operations) => {
            for operation in operations {
                let WriteOperation::Put(key, value) = operation else { panic!("the counter only puts") };
                entries.insert(key, value);
            }
            Answer::new(&())
        }
        other => panic!("the counter does not ask this: {other:?}"),
    }
}

#[wasm_bindgen_test]
fn the_counter_uses_the_fuel_of_the_reference() {
    let module = Module::new(ModuleKind::Contract, CONTRACT).unwrap();
    let (mut entries, mut keys, mut fuel) = (BTreeMap::new(), Vec::new(), 0);
    for number in [2u64, 9, 7, 1000] {
        let mut machine = Machine::new(&module).unwrap();
        for entry in [EntryPoint::ExecuteOperation(number.to_le_bytes().to_vec()), EntryPoint::Finalize] {
            let mut step = machine.enter(&entry, u64::MAX).unwrap();
            while let Step::Host(call) = step {
                step = machine.resume(answer(&mut entries, &mut keys, call), u64::MAX).unwrap();
            }
        }
        fuel += machine.take_fuel();
    }
    assert_eq!(fuel, 71_229);
    assert_eq!(entries.into_values().collect::<Vec<_>>(), [1018u64.to_le_bytes().to_vec()]);
}

#[wasm_bindgen_test]
fn ten_million_turns() {
    let text = "(module (memory (export \"memory\") 1)
        (func (export \"linera:app/contract-entrypoints#finalize\") (local $i i32)
            (local.set $i (i32.const 10000000))
            (loop $l (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))))";
    let module = Module::new(ModuleKind::Contract, &wat::parse_str(text).unwrap()).unwrap();
    let mut machine = Machine::new(&module).unwrap();
    assert_eq!(machine.enter(&EntryPoint::Finalize, u64::MAX), Ok(Step::Done(None)));
    assert_eq!(machine.take_fuel(), 50_000_002);
}
