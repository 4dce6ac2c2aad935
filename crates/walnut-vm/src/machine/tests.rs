//! Real bytecode, hand-written modules, and modules that mean harm.
#![expect(clippy::cast_possible_truncation, reason = "the numbers are small")]

use std::collections::BTreeMap;

use walnut_base::{BlockHeight, ChainId, CryptoHash, StreamId, StreamName};

use super::{Machine, Step};
use crate::{
    AbiError, Answer, EntryPoint, HostCall, MemoryBudget, Module, ModuleKind, StreamUpdate, Trap,
    WriteOperation,
};

const CONTRACT: &[u8] = include_bytes!("../../../../tests/vectors/applications/counter_contract.wasm");
const SERVICE: &[u8] = include_bytes!("../../../../tests/vectors/applications/counter_service.wasm");

/// Plays the node for the counter: a store, and nothing else.
#[derive(Default)]
struct Node {
    entries: BTreeMap<Vec<u8>, Vec<u8>>,
    calls: Vec<HostCall>,
    scheduled: Vec<Vec<u8>>,
}

impl Node {
    fn answer(&mut self, call: HostCall) -> Answer {
        self.calls.push(call.clone());
        match call {
            HostCall::ReadMultiValuesBytesNew(_) => Answer::new(&0u32),
            HostCall::ReadMultiValuesBytesWait(_) => {
                let Some(HostCall::ReadMultiValuesBytesNew(keys)) = self.calls.iter().rev().nth(1) else {
                    panic!("waits for what it did not begin")
                };
                let values: Vec<_> = keys.iter().map(|key| self.entries.get(key).cloned()).collect();
                Answer::new(&values)
            }
            HostCall::ApplicationParameters => Answer::new(&b"null".to_vec()),
            HostCall::WriteBatch(operations) => {
                for operation in operations {
                    match operation {
                        WriteOperation::Put(key, value) => drop(self.entries.insert(key, value)),
                        other => panic!("the counter only puts: {other:?}"),
                    }
                }
                Answer::new(&())
            }
            HostCall::ScheduleOperation(bytes) => {
                self.scheduled.push(bytes);
                Answer::new(&())
            }
            other => panic!("the counter does not ask this: {other:?}"),
        }
    }

    fn run(&mut self, machine: &mut Machine, entry: &EntryPoint) -> Option<Vec<u8>> {
        let mut step = machine.enter(entry, u64::MAX).unwrap();
        loop {
            match step {
                Step::Host(call) => step = machine.resume(self.answer(call), u64::MAX).unwrap(),
                Step::Tired => step = machine.go_on(u64::MAX).unwrap(),
                Step::Done(output) => return output,
            }
        }
    }
}

#[test]
fn the_counter_uses_the_fuel_of_the_reference() {
    let module = Module::new(ModuleKind::Contract, CONTRACT).unwrap();
    let mut node = Node::default();
    let mut fuel = Vec::new();
    let mut results = Vec::new();
    for operation in [2u64, 9, 7, 1000] {
        let mut machine = Machine::new(&module).unwrap();
        let bytes = operation.to_le_bytes().to_vec();
        let result = node.run(&mut machine, &EntryPoint::ExecuteOperation(bytes)).unwrap();
        results.push(u64::from_le_bytes(result.try_into().unwrap()));
        assert_eq!(node.run(&mut machine, &EntryPoint::Finalize), None);
        fuel.push(machine.take_fuel());
    }
    assert_eq!(results, [2, 11, 18, 1018]);
    assert_eq!(fuel, [17_412, 17_939, 17_939, 17_939]);
    assert_eq!(fuel.iter().sum::<u64>(), 71_229);
    assert_eq!(
        node.entries.into_iter().collect::<Vec<_>>(),
        [(vec![1, 0, 0, 0, 0], 1018u64.to_le_bytes().to_vec())]
    );
}

#[test]
fn the_counter_answers_queries() {
    let module = Module::new(ModuleKind::Service, SERVICE).unwrap();
    let mut node = Node::default();
    node.entries.insert(vec![1, 0, 0, 0, 0], 1018u64.to_le_bytes().to_vec());
    let mut ask = |query: &str| {
        let mut machine = Machine::new(&module).unwrap();
        let request = format!("{{\"query\":\"{query}\"}}").into_bytes();
        let response = node.run(&mut machine, &EntryPoint::HandleQuery(request)).unwrap();
        (String::from_utf8(response).unwrap(), std::mem::take(&mut node.scheduled))
    };
    assert_eq!(ask("query { value }"), ("{\"data\":{\"value\":1018}}".into(), vec![]));
    assert_eq!(
        ask("query { nope }").0,
        "{\"data\":null,\"errors\":[{\"message\":\"Unknown field \\\"nope\\\" on type \\\"QueryRoot\\\".\",\
         \"locations\":[{\"line\":1,\"column\":9}]}]}"
    );
    let (response, scheduled) = ask("mutation { increment(value: 5) }");
    assert_eq!(response, "{\"data\":{\"increment\":[]}}");
    assert_eq!(scheduled, [5u64.to_le_bytes().to_vec()]);
}

#[test]
fn fuel_that_is_used_up_stops_the_contract_and_is_counted() {
    let module = Module::new(ModuleKind::Contract, CONTRACT).unwrap();
    let entry = EntryPoint::ExecuteOperation(2u64.to_le_bytes().to_vec());
    let mut machine = Machine::new(&module).unwrap();
    assert_eq!(machine.enter(&entry, 100), Err(Trap::OutOfFuel));
    assert!(machine.take_fuel() > 100);
    assert_eq!(machine.take_fuel(), 0);
}

/// A module whose allocator hands out ascending addresses from 4096, as `$room` bytes of memory allow.
fn contract(body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
        (import "linera:app/base-runtime-api" "get-chain-id" (func $chain_id (param i32)))
        (import "linera:app/base-runtime-api" "get-block-height" (func $height (result i64)))
        (import "linera:app/base-runtime-api" "application-parameters" (func $parameters (param i32)))
        (import "linera:app/base-runtime-api" "log" (func $log (param i32 i32 i32)))
        (import "linera:app/base-runtime-api" "contains-keys-new" (func $keys (param i32 i32) (result i32)))
        (import "linera:app/contract-runtime-api" "write-batch" (func $write (param i32 i32)))
        (memory (export "memory") 1)
        (global $next (mut i32) (i32.const 4096))
        {body})"#
    );
    wat::parse_str(text).unwrap()
}

const ALLOCATOR: &str = r#"
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        global.get $next
        global.get $next
        local.get 3
        i32.add
        global.set $next)"#;

fn machine(body: &str) -> Machine {
    Machine::new(&Module::new(ModuleKind::Contract, &contract(body)).unwrap()).unwrap()
}

fn finalize(code: &str) -> Machine {
    machine(&format!("{ALLOCATOR} (func (export \"linera:app/contract-entrypoints#finalize\") {code})"))
}

#[test]
fn values_lie_where_the_canonical_abi_puts_them() {
    let mut machine = finalize("i32.const 64 call $chain_id i32.const 128 call $parameters");
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Ok(Step::Host(HostCall::ChainId)));
    let bytes: [u8; 32] = std::array::from_fn(|index| index as u8);
    let chain_id = ChainId(CryptoHash::from(bytes));
    let step = machine.resume(Answer::new(&chain_id), 1000);
    assert_eq!(step, Ok(Step::Host(HostCall::ApplicationParameters)));
    let step = machine.resume(Answer::new(&b"abc".to_vec()), 1000);
    assert_eq!(step, Ok(Step::Done(None)));
    let memory = machine.memory().unwrap().data(&machine.store);
    assert_eq!(memory[64..72], [7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(memory[88..96], [31, 30, 29, 28, 27, 26, 25, 24]);
    assert_eq!(memory[128..136], [0, 16, 0, 0, 3, 0, 0, 0]);
    assert_eq!(memory[4096..4099], *b"abc");
}

#[test]
fn stream_updates_are_one_list_whose_names_follow() {
    let mut machine = machine(&format!(
        "{ALLOCATOR} (func (export \"linera:app/contract-entrypoints#process-streams\") (param i32 i32))"
    ));
    let chain_id = ChainId(CryptoHash::from([1; 32]));
    let stream_id = StreamId {
        application_id: walnut_base::ApplicationId::new(CryptoHash::from([2; 32])).into(),
        stream_name: StreamName(b"posts".to_vec()),
    };
    let update = StreamUpdate { chain_id, stream_id, previous_index: 3, next_index: 4 };
    let entry = EntryPoint::ProcessStreams(vec![update]);
    assert_eq!(machine.enter(&entry, 1000), Ok(Step::Done(None)));
    let memory = machine.memory().unwrap().data(&machine.store);
    let list = &memory[4096..4096 + 88];
    assert_eq!(list[..32], [1; 32]);
    assert_eq!(list[32], 1);
    assert_eq!(list[40..72], [2; 32]);
    assert_eq!(list[72..80], [0x58, 0x10, 0, 0, 5, 0, 0, 0]);
    assert_eq!(list[80..88], [3, 0, 0, 0, 4, 0, 0, 0]);
    assert_eq!(memory[0x1058..0x105d], *b"posts");
}

#[test]
fn answers_of_another_type_are_refused() {
    let mut machine = finalize("call $height drop");
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Ok(Step::Host(HostCall::BlockHeight)));
    let trap = Trap::WrongAnswer("the answer has another type");
    assert_eq!(machine.resume(Answer::new(&7u32), 1000), Err(trap));
    let mut machine = finalize("nop");
    let trap = Trap::WrongAnswer("nothing was asked");
    assert_eq!(machine.resume(Answer::new(&BlockHeight(7)), 1000), Err(trap));
}

#[test]
fn pointers_and_lengths_that_mean_harm_trap() {
    for (code, error) in [
        ("i32.const -4 i32.const 4 i32.const 0 call $log", AbiError::InvalidNumber),
        ("i32.const 65534 i32.const 4 i32.const 0 call $log", AbiError::OutOfBounds),
        ("i32.const 0 i32.const -1 i32.const 0 call $log", AbiError::OutOfBounds),
        ("i32.const 0 i32.const 0 i32.const 5 call $log", AbiError::InvalidVariant),
        (
            "i32.const 8 i32.const 255 i32.store i32.const 8 i32.const 1 i32.const 0 call $log",
            AbiError::InvalidString,
        ),
        ("i32.const 65532 i32.const 1 call $keys drop", AbiError::OutOfBounds),
        ("i32.const 0 i32.const -1 call $keys drop", AbiError::OutOfBounds),
        ("i32.const 0 i32.const 3 i32.store i32.const 0 i32.const 1 call $write", AbiError::InvalidVariant),
        ("i32.const 2147483647 i32.const 1 call $write", AbiError::OutOfBounds),
        ("i32.const -1 call $chain_id", AbiError::InvalidNumber),
    ] {
        let mut machine = finalize(code);
        assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Err(Trap::Abi(error)), "{code}");
    }
    let mut machine = finalize("i32.const 65520 call $chain_id");
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Ok(Step::Host(HostCall::ChainId)));
    let answer = Answer::new(&ChainId(CryptoHash::ZERO));
    assert_eq!(machine.resume(answer, 1000), Err(Trap::Abi(AbiError::OutOfBounds)));
}

#[test]
fn nothing_may_be_anywhere_unless_it_is_text() {
    let mut machine = finalize("i32.const 70000 i32.const 0 call $keys drop");
    let call = HostCall::ContainsKeysNew(Vec::new());
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Ok(Step::Host(call)));
    let mut machine = finalize("i32.const 65536 i32.const 0 i32.const 0 call $log");
    let call = HostCall::Log(String::new(), crate::LogLevel::Error);
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Ok(Step::Host(call)));
    let mut machine = finalize("i32.const 65537 i32.const 0 i32.const 0 call $log");
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Err(Trap::Abi(AbiError::OutOfBounds)));
}

fn enter_with(allocator: &str) -> Result<Step, Trap> {
    let entry = "(func (export \"linera:app/contract-entrypoints#instantiate\") (param i32 i32))";
    let mut machine = machine(&format!("{allocator} {entry}"));
    machine.enter(&EntryPoint::Instantiate(b"{}".to_vec()), 1_000_000)
}

#[test]
fn allocators_that_mean_harm_trap() {
    let allocator = |code: &str| {
        format!("(func $a (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) {code})")
    };
    assert_eq!(enter_with(ALLOCATOR), Ok(Step::Done(None)));
    assert_eq!(enter_with(""), Err(Trap::FunctionNotFound("cabi_realloc")));
    assert_eq!(enter_with("(func (export \"cabi_realloc\"))"), Err(Trap::FunctionNotFound("cabi_realloc")));
    assert_eq!(enter_with(&allocator("i32.const -8")), Err(Trap::Abi(AbiError::AllocationFailed)));
    assert_eq!(enter_with(&allocator("i32.const 65535")), Err(Trap::Abi(AbiError::OutOfBounds)));
    assert_eq!(
        enter_with(&allocator("unreachable")),
        Err(Trap::Execute("wasm `unreachable` instruction executed".into()))
    );
    assert_eq!(enter_with(&allocator("(loop $l br $l) unreachable")), Err(Trap::OutOfFuel));
}

/// An allocator that asks the chain for something, whose answer needs an allocation, and so on.
#[test]
fn questions_inside_of_answers_have_an_end() {
    let body = "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)
            i32.const 128 call $parameters i32.const 256)
        (func (export \"linera:app/contract-entrypoints#finalize\") i32.const 64 call $parameters)";
    let mut machine = machine(body);
    let mut step = machine.enter(&EntryPoint::Finalize, 1_000_000);
    let mut questions = 0;
    while let Ok(Step::Host(HostCall::ApplicationParameters)) = step {
        questions += 1;
        step = machine.resume(Answer::new(&b"{}".to_vec()), 1_000_000);
    }
    assert_eq!(step, Err(Trap::NestedHostCalls));
    assert_eq!(questions, crate::MAX_NESTED_ANSWERS + 1);
}

/// An allocator that asks for one thing that needs no room is harmless.
#[test]
fn allocators_may_ask() {
    let body = "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)
            i32.const 128 call $chain_id i32.const 256)
        (func (export \"linera:app/contract-entrypoints#finalize\") i32.const 64 call $parameters)";
    let mut machine = machine(body);
    let step = machine.enter(&EntryPoint::Finalize, 1000);
    assert_eq!(step, Ok(Step::Host(HostCall::ApplicationParameters)));
    let step = machine.resume(Answer::new(&b"{}".to_vec()), 1000);
    assert_eq!(step, Ok(Step::Host(HostCall::ChainId)));
    let step = machine.resume(Answer::new(&ChainId(CryptoHash::from([9; 32]))), 1000);
    assert_eq!(step, Ok(Step::Done(None)));
    let memory = machine.memory().unwrap().data(&machine.store);
    assert_eq!(memory[64..72], [0, 1, 0, 0, 2, 0, 0, 0]);
    assert_eq!(memory[128..160], [9; 32]);
    assert_eq!(memory[256..258], *b"{}");
}

#[test]
fn memory_has_a_limit_that_is_this_nodes_own() {
    let mut machine = finalize("i32.const 60000 memory.grow drop");
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Err(Trap::OutOfMemory));
    assert!(Trap::OutOfMemory.is_local());
    let mut machine = finalize("i32.const 100 memory.grow drop");
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Ok(Step::Done(None)));
    let module = wat::parse_str("(module (memory (export \"memory\") 60000))").unwrap();
    let module = Module::new(ModuleKind::Contract, &module).unwrap();
    assert_eq!(Machine::new(&module).unwrap_err(), Trap::OutOfMemory);
}

#[test]
fn a_declared_maximum_is_answered_not_trapped() {
    let module = wat::parse_str(
        "(module (memory (export \"memory\") 1 2)
        (func (export \"linera:app/contract-entrypoints#finalize\")
            i32.const 2 memory.grow i32.const -1 i32.ne (if (then unreachable))))",
    )
    .unwrap();
    let module = Module::new(ModuleKind::Contract, &module).unwrap();
    let mut machine = Machine::new(&module).unwrap();
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Ok(Step::Done(None)));
}

/// As deep as serialization of nested values goes, and then without end.
#[test]
fn recursion_is_deep_but_not_endless() {
    let recursive = |depth: i32| {
        let mut machine = machine(&format!(
            "(func $f (param i32) local.get 0 (if (then local.get 0 i32.const 1 i32.sub call $f)))
            (func (export \"linera:app/contract-entrypoints#finalize\") i32.const {depth} call $f)"
        ));
        machine.enter(&EntryPoint::Finalize, u64::MAX)
    };
    assert_eq!(recursive(20_000), Ok(Step::Done(None)));
    let Err(Trap::Execute(reason)) = recursive(-1) else { panic!("recursion came to an end") };
    assert!(reason.contains("stack"), "{reason}");
}

#[test]
fn a_service_that_never_ends_is_stopped_and_may_go_on() {
    let text = format!(
        "(module (memory (export \"memory\") 1) (global $next (mut i32) (i32.const 64)) {ALLOCATOR}
        (func (export \"linera:app/service-entrypoints#handle-query\") (param i32 i32) (result i32)
            (loop $l br $l) unreachable))"
    );
    let module = Module::new(ModuleKind::Service, &wat::parse_str(text).unwrap()).unwrap();
    let mut machine = Machine::new(&module).unwrap();
    assert_eq!(machine.enter(&EntryPoint::HandleQuery(Vec::new()), 100_000), Ok(Step::Tired));
    assert!((90_000..=100_000).contains(&machine.take_fuel()));
    assert_eq!(machine.take_fuel(), 0);
    assert_eq!(machine.go_on(50_000), Ok(Step::Tired));
    assert!((40_000..=50_000).contains(&machine.take_fuel()));
    assert_eq!(machine.resume(Answer::new(&()), 1), Err(Trap::WrongAnswer("nothing was asked")));
}

/// Stopping after every few steps changes nothing: not in calls, not while memory grows or is filled.
#[test]
fn a_service_comes_to_the_same_answer_in_small_steps() {
    let module = Module::new(ModuleKind::Service, SERVICE).unwrap();
    let mut node = Node::default();
    node.entries.insert(vec![1, 0, 0, 0, 0], 1018u64.to_le_bytes().to_vec());
    let mut machine = Machine::new(&module).unwrap();
    let query = EntryPoint::HandleQuery(br#"{"query":"query { value }"}"#.to_vec());
    let mut step = machine.enter(&query, 1000).unwrap();
    let mut stops = 0;
    let response = loop {
        step = match step {
            Step::Host(call) => machine.resume(node.answer(call), 1000).unwrap(),
            Step::Tired => {
                stops += 1;
                machine.go_on(1000).unwrap()
            }
            Step::Done(output) => break output.unwrap(),
        }
    };
    assert_eq!(String::from_utf8(response).unwrap(), "{\"data\":{\"value\":1018}}");
    assert!(stops > 100, "{stops}");

    let text = "(module (memory (export \"memory\") 1)
        (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) i32.const 64)
        (func (export \"linera:app/service-entrypoints#handle-query\") (param i32 i32) (result i32)
            (if (i32.ne (memory.grow (i32.const 100)) (i32.const 1)) (then unreachable))
            (memory.fill (i32.const 0) (i32.const 7) (i32.const 6000000))
            (i32.store (i32.const 0) (i32.const 5999999)) (i32.store (i32.const 4) (i32.const 2))
            i32.const 0))";
    let module = Module::new(ModuleKind::Service, &wat::parse_str(text).unwrap()).unwrap();
    let budget = MemoryBudget::new(101 << 16);
    let mut machine = Machine::sharing(&module, &budget).unwrap();
    let mut step = machine.enter(&EntryPoint::HandleQuery(Vec::new()), 20);
    while step == Ok(Step::Tired) {
        step = machine.go_on(20);
    }
    assert_eq!(step, Ok(Step::Done(Some(vec![7, 0]))));
    assert_eq!(budget.left(), 0);
    drop(machine);
    assert_eq!(budget.left(), 101 << 16);
}

/// Machines of one action share what there is.
#[test]
fn machines_share_memory() {
    let module = Module::new(ModuleKind::Contract, &contract("")).unwrap();
    let budget = MemoryBudget::new(3 << 16);
    let machines: Vec<_> = (0..3).map(|_| Machine::sharing(&module, &budget).unwrap()).collect();
    assert_eq!(Machine::sharing(&module, &budget).unwrap_err(), Trap::OutOfMemory);
    drop(machines);
    assert!(Machine::sharing(&module, &budget).is_ok());
    assert_eq!(budget.left(), 3 << 16);
}

/// Validators do not let a memory grow to all that 32 bits can address, and say so to the application.
#[test]
fn no_memory_grows_to_four_gibibytes() {
    for pages in [65_535, 65_536, -1] {
        let code = format!("i32.const {pages} memory.grow i32.const -1 i32.ne (if (then unreachable))");
        let mut machine = finalize(&code);
        assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Ok(Step::Done(None)), "{pages}");
    }
    let mut machine = finalize("i32.const 65534 memory.grow drop");
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Err(Trap::OutOfMemory));
}

#[test]
fn an_entry_point_must_be_there_and_have_its_type() {
    let name = "linera:app/contract-entrypoints#finalize";
    let mut missing = machine("");
    assert_eq!(missing.enter(&EntryPoint::Finalize, 1000), Err(Trap::FunctionNotFound(name)));
    let mut wrong = machine(&format!("(func (export \"{name}\") (param i32))"));
    assert_eq!(wrong.enter(&EntryPoint::Finalize, 1000), Err(Trap::FunctionNotFound(name)));
    let mut wrong = machine(&format!("{ALLOCATOR} (func (export \"{name}\"))"));
    let query = EntryPoint::HandleQuery(Vec::new());
    let name = "linera:app/service-entrypoints#handle-query";
    assert_eq!(wrong.enter(&query, 1000), Err(Trap::FunctionNotFound(name)));
}

#[test]
fn host_functions_need_the_memory() {
    let module = wat::parse_str(
        "(module (func (export \"linera:app/contract-entrypoints#finalize\") i32.const 1 drop))",
    )
    .unwrap();
    let module = Module::new(ModuleKind::Contract, &module).unwrap();
    let mut machine = Machine::new(&module).unwrap();
    let step = machine.enter(&EntryPoint::Finalize, 1000);
    assert_eq!(step, Err(Trap::Abi(AbiError::MissingMemory)));
}

/// Results of arithmetic that are no number have one form (`linera-execution/src/wasm/wasmer.rs` canonicalizes).
#[test]
fn results_that_are_no_number_are_canonical() {
    let mut machine = machine(
        "(func (export \"linera:app/contract-entrypoints#finalize\")
            i32.const 0 f64.const 0 f64.const 0 f64.div f64.store
            i32.const 8 f32.const 0 f32.const 0 f32.div f32.store
            i32.const 16 f64.const -1 f64.sqrt f64.store
            i32.const 24 f64.const nan:0x1234 f64.const 1 f64.add f64.store)",
    );
    assert_eq!(machine.enter(&EntryPoint::Finalize, 1000), Ok(Step::Done(None)));
    let memory = machine.memory().unwrap().data(&machine.store);
    let canonical = 0x7ff8_0000_0000_0000u64.to_le_bytes();
    assert_eq!(memory[0..8], canonical);
    assert_eq!(memory[8..12], 0x7fc0_0000u32.to_le_bytes());
    assert_eq!(memory[16..24], canonical);
    assert_eq!(memory[24..32], canonical);
}

/// Runs `operation` with some fuel for each step and tells how it ended, what was asked, and the fuel.
fn trace(
    module: &Module,
    entry: &EntryPoint,
    fuel: u64,
) -> (Result<Option<Vec<u8>>, Trap>, Vec<HostCall>, u64) {
    let mut node = Node::default();
    let mut machine = Machine::new(module).unwrap();
    let (mut step, mut used) = (machine.enter(entry, fuel), machine.take_fuel());
    loop {
        let left = fuel.saturating_sub(used);
        step = match step {
            Ok(Step::Host(call)) => {
                let answer = match call {
                    HostCall::BlockHeight => Answer::new(&BlockHeight(7)),
                    call => node.answer(call),
                };
                machine.resume(answer, left)
            }
            Ok(Step::Done(output)) => return (Ok(output), node.calls, used),
            Ok(Step::Tired) => panic!("contracts do not tire"),
            Err(trap) => return (Err(trap), node.calls, used),
        };
        used += machine.take_fuel();
    }
}

/// Counting inside and counting by calls come to the same end at the same place, whatever the fuel.
#[test]
fn both_ways_of_counting_agree() {
    let body = format!(
        "(import \"linera:app/contract-runtime-api\" \"consume-fuel\" (func $burn (param i64)))
        (import \"linera:app/base-runtime-api\" \"get-block-height\" (func $height (result i64)))
        (memory (export \"memory\") 1)
        (table 2 funcref) (elem (i32.const 0) $f $f)
        (global $next (mut i32) (i32.const 64))
        (global (export \"fuel left\") i64 (i64.const 1))
        (export \"fuel excess\" (func $f))
        {ALLOCATOR}
        (func $f (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))
                (else (i32.mul (local.get 0) (call $f (i32.sub (local.get 0) (i32.const 1)))))))
        (func (export \"linera:app/contract-entrypoints#execute-operation\") (param i32 i32) (result i32)
            (drop (call_indirect (param i32) (result i32) (i32.const 6) (i32.const 1)))
            (call $burn (i64.const 40))
            (drop (call $height))
            (block $out (loop $l
                (br_table $out 1 (i32.const 0)) (br $l)))
            (call $burn (i64.const 5))
            (i32.const 1024))"
    );
    let bytecode = wat::parse_str(format!("(module {body})")).unwrap();
    let (inside, calls) =
        (Module::new(ModuleKind::Contract, &bytecode).unwrap(), Module::metered_by_calls(&bytecode));
    assert!(inside.0.variables.as_ref().is_some_and(|variables| variables.left == "fuel left+"));
    let entry = EntryPoint::ExecuteOperation(vec![1, 2, 3]);
    let (result, _, total) = trace(&calls, &entry, u64::MAX);
    assert_eq!(result, Ok(Some(vec![])));
    for fuel in (0..=total + 1).chain([u64::MAX]) {
        assert_eq!(trace(&inside, &entry, fuel), trace(&calls, &entry, fuel), "{fuel}");
    }

    let (inside, calls) =
        (Module::new(ModuleKind::Contract, CONTRACT).unwrap(), Module::metered_by_calls(CONTRACT));
    let entry = EntryPoint::ExecuteOperation(7u64.to_le_bytes().to_vec());
    for fuel in (0..12_000).step_by(487).chain([11_974, 11_975, 11_976, u64::MAX]) {
        assert_eq!(trace(&inside, &entry, fuel), trace(&calls, &entry, fuel), "{fuel}");
    }
}

/// What is no variable of the application's does not become one by metering.
#[test]
fn applications_cannot_reach_their_fuel() {
    for code in ["(global.set 0 (i64.const 1000000))", "(drop (global.get 1))", "(call 1)"] {
        let function = "(func (export \"linera:app/contract-entrypoints#finalize\")";
        let text = format!("(module (memory (export \"memory\") 1) {function} {code}))");
        let result = wat::parse_str(&text).map(|bytecode| Module::new(ModuleKind::Contract, &bytecode));
        assert!(matches!(result, Ok(Err(crate::ModuleError::LoadModule { .. }))), "{code}: {result:?}");
    }
}
