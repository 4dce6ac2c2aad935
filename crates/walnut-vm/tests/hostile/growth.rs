//! Memories, tables and stacks that grow as far as they can.

use walnut_vm::{EntryPoint, Machine, MemoryBudget, Module, ModuleKind, Step, Trap};

const QUERY: &str = "linera:app/service-entrypoints#handle-query";
const FINALIZE: &str = "linera:app/contract-entrypoints#finalize";

fn contract(body: &str, code: &str) -> Module {
    let text = format!("(module {body} (func (export \"{FINALIZE}\") (local $i i32) {code}))");
    Module::new(ModuleKind::Contract, &wat::parse_str(text).unwrap()).unwrap()
}

fn finalize(module: &Module, budget: &MemoryBudget) -> Result<Step, Trap> {
    Machine::sharing(module, budget)?.enter(&EntryPoint::Finalize, 100_000_000)
}

fn service(body: &str, code: &str) -> Module {
    let text = format!(
        "(module {body} (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 64))
        (func (export \"{QUERY}\") (param i32 i32) (result i32) {code}))"
    );
    Module::new(ModuleKind::Service, &wat::parse_str(text).unwrap()).unwrap()
}

fn query(module: &Module, budget: &MemoryBudget) -> Result<Step, Trap> {
    Machine::sharing(module, budget)?.enter(&EntryPoint::HandleQuery(vec![]), 100_000_000)
}

/// Page by page to the budget: never an answer of -1, which validators would not give.
#[test]
fn memory_that_grows_page_by_page_stops_at_the_budget() {
    let grow = "(loop $l
        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable))
        (br $l))";
    let budget = MemoryBudget::new(200 << 16);
    let module = contract("(memory (export \"memory\") 1)", grow);
    assert_eq!(finalize(&module, &budget), Err(Trap::OutOfMemory));
    assert_eq!(budget.left(), 200 << 16);
    // With a maximum of its own the answer is -1, at exactly that size.
    let count = "(loop $l
        (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then (br $l))))
        (if (i32.ne (memory.size) (i32.const 7)) (then unreachable))";
    let module = contract("(memory (export \"memory\") 1 7)", count);
    assert_eq!(finalize(&module, &budget), Ok(Step::Done(None)));
    let module = contract("(memory (export \"memory\") 0)", "(drop (memory.grow (i32.const 200)))");
    assert_eq!(finalize(&module, &budget), Ok(Step::Done(None)));
    let module = contract("(memory (export \"memory\") 201)", "");
    assert_eq!(finalize(&module, &budget), Err(Trap::OutOfMemory));
}

#[test]
fn tables_have_a_budget_too() {
    let budget = MemoryBudget::new(1 << 20);
    let module = contract("(memory (export \"memory\") 1) (table 100000 funcref)", "");
    assert_eq!(finalize(&module, &budget), Err(Trap::OutOfMemory));
    let module = contract("(memory (export \"memory\") 1) (table 10000 funcref)", "");
    assert_eq!(finalize(&module, &budget), Ok(Step::Done(None)));

    let body = "(memory (export \"memory\") 1) (table 1 funcref)";
    let forever = "(loop $l (drop (table.grow (ref.null func) (i32.const 1000))) (br $l)) unreachable";
    assert_eq!(query(&service(body, forever), &budget), Err(Trap::OutOfMemory));
    assert_eq!(budget.left(), 1 << 20);
    let body = "(memory (export \"memory\") 1) (table 1 5 funcref)";
    let code = "(if (i32.ne (table.grow (ref.null func) (i32.const 5)) (i32.const -1)) (then unreachable)) (i32.const 0)";
    assert_eq!(query(&service(body, code), &budget), Ok(Step::Done(Some(vec![]))));
}

/// Every kind of call, with large frames, without end.
#[test]
fn stacks_overflow_into_traps() {
    let locals = "(local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)";
    for (body, code) in [
        (format!("(memory (export \"memory\") 1) (func $f {locals} (call $f))"), "(call $f)"),
        (
            format!(
                "(memory (export \"memory\") 1) (table 1 funcref) (elem (i32.const 0) $f)
                (func $f {locals} (call_indirect (i32.const 0)))"
            ),
            "(call_indirect (i32.const 0))",
        ),
        (
            "(memory (export \"memory\") 1) (func $f (param i32) (result i32)
                (i32.add (call $g (local.get 0)) (i32.const 1)))
            (func $g (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))"
                .into(),
            "(drop (call $f (i32.const 1)))",
        ),
    ] {
        let result = finalize(&contract(&body, code), &MemoryBudget::default());
        assert!(matches!(&result, Err(Trap::Execute(reason)) if reason.contains("stack")), "{result:?}");
    }
}

/// Traps of the language itself, none of which is this node's fault.
#[test]
fn traps_are_the_applications_own() {
    for code in [
        "unreachable",
        "(drop (i32.div_s (i32.const 1) (local.get $i)))",
        "(drop (i32.div_s (i32.const -2147483648) (i32.sub (local.get $i) (i32.const 1))))",
        "(drop (i32.trunc_f64_s (f64.div (f64.const 0) (f64.const 0))))",
        "(drop (i64.trunc_f32_u (f32.const 1e30)))",
        "(drop (i32.load (i32.const 65533)))",
        "(drop (i64.load offset=4294967295 (i32.const 1)))",
        "(i64.store (i32.const -1) (i64.const 0))",
        "(call_indirect (i32.const 0))",
        "(call_indirect (i32.const 1))",
        "(call_indirect (i32.const 77))",
    ] {
        let body =
            "(memory (export \"memory\") 1) (table 2 funcref) (func $g (param i32)) (elem (i32.const 1) $g)";
        let trap = finalize(&contract(body, code), &MemoryBudget::default()).unwrap_err();
        assert!(matches!(&trap, Trap::Execute(_)), "{code}: {trap:?}");
        assert!(!trap.is_local());
    }
    let body = "(memory (export \"memory\") 1) (data (i32.const 65535) \"xx\")";
    let trap = finalize(&contract(body, ""), &MemoryBudget::default()).unwrap_err();
    assert!(matches!(&trap, Trap::Instantiate(_)), "{trap:?}");
    let body = "(memory (export \"memory\") 1) (table 1 funcref) (func $f) (elem (i32.const 1) $f)";
    let trap = finalize(&contract(body, ""), &MemoryBudget::default()).unwrap_err();
    assert!(matches!(&trap, Trap::Instantiate(_)), "{trap:?}");
}
