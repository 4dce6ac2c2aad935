//! What contracts may not contain, whether it is the parser or the engine that says so.

use walnut_vm::{Module, ModuleError, ModuleKind};

fn load(kind: ModuleKind, bytecode: &[u8]) -> Result<(), ModuleError> {
    Module::new(kind, bytecode).map(|_| ())
}

fn text(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn assert_refused(kind: ModuleKind, bytecode: &[u8], what: &str) {
    match load(kind, bytecode) {
        Err(ModuleError::InvalidBytecode(reason) | ModuleError::LoadModule { reason, .. }) => {
            assert!(!reason.is_empty(), "{what}");
        }
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn later_features_are_refused_in_contracts() {
    for code in [
        // Bulk memory.
        "(memory 1) (func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(memory 1) (data $d \"x\") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(memory 1) (data $d \"x\") (func (data.drop $d))",
        "(table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(data \"passive\")",
        // Several values.
        "(func (result i32 i32) i32.const 0 i32.const 0)",
        "(func i32.const 0 (block (param i32) drop))",
        "(func (block (result i32 i32) i32.const 0 i32.const 0) drop drop)",
        "(type (func (result i64 i64)))",
        // Conversions.
        "(func (drop (i32.trunc_sat_f32_s (f32.const 0))))",
        "(func (drop (i64.trunc_sat_f64_u (f64.const 0))))",
        // Vectors.
        "(func (drop (v128.const i32x4 0 0 0 0)))",
        "(func (param v128))",
        "(func (local v128))",
        "(global v128 (v128.const i32x4 0 0 0 0))",
        // References.
        "(func (drop (ref.null func)))",
        "(func (param externref))",
        "(table 1 externref)",
        "(table 1 funcref) (func (drop (table.get (i32.const 0))))",
        "(table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1))))",
        "(table 1 funcref) (func (drop (table.size)))",
        "(func (drop (select (result i32) (i32.const 0) (i32.const 0) (i32.const 0))))",
        "(func $f) (elem declare func $f) (func (drop (ref.func $f)))",
        // Tail calls.
        "(func $f return_call $f)",
        "(table 1 funcref) (func (return_call_indirect (i32.const 0)))",
        // Threads.
        "(memory 1 1 shared)",
        "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))",
        "(func atomic.fence)",
        // Large and several memories.
        "(memory i64 1)",
        "(memory 1) (memory 1)",
        "(memory 1 (pagesize 1))",
        // Constants that are computed.
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
        "(memory 1) (data (i32.mul (i32.const 1) (i32.const 2)) \"x\")",
        "(global $g i32 (i32.const 1)) (global i32 (global.get $g))",
        // Exceptions.
        "(tag (param i32))",
        "(tag $t) (func (throw $t))",
        // Code that would run too early.
        "(func $f) (start $f)",
    ] {
        assert_refused(ModuleKind::Contract, &text(&format!("(module {code})")), code);
    }
}

#[test]
fn features_that_validators_do_not_enable_are_refused_in_services() {
    for code in [
        "(func $f return_call $f)",
        "(memory i64 1)",
        "(memory 1) (memory 1)",
        "(memory 1 (pagesize 1))",
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
        "(tag (param i32))",
        "(func (param v128 v128) (drop (i32x4.relaxed_trunc_f32x4_s (local.get 0))))",
        "(func $f) (start $f)",
    ] {
        assert_refused(ModuleKind::Service, &text(&format!("(module {code})")), code);
    }
}

#[test]
fn what_the_first_version_had_is_accepted() {
    for code in [
        "",
        "(memory 1 65536)",
        "(memory 1) (data (i32.const 0) \"x\")",
        "(table 10 20 funcref) (func $f) (elem (i32.const 0) $f $f)",
        "(global (mut i64) (i64.const 1)) (global (export \"g\") (mut f32) (f32.const 1))",
        "(func (drop (i32.extend8_s (i32.const 0))) (drop (i64.extend32_s (i64.const 0))))",
        "(func (result f64) (f64.sqrt (f64.const 2)))",
        "(memory 1) (func (drop (memory.grow (i32.const 1))))",
        "(table 1 funcref) (func (call_indirect (i32.const 0)))",
        "(func (block (block (block (br_table 0 1 2 (i32.const 1))))))",
        "(func (param i32) (local i64 f32 f64) unreachable)",
    ] {
        let bytecode = text(&format!("(module {code})"));
        assert_eq!(load(ModuleKind::Contract, &bytecode), Ok(()), "{code}");
        assert_eq!(load(ModuleKind::Service, &bytecode), Ok(()), "{code}");
    }
}

const HEADER: &[u8] = b"\0asm\x01\0\0\0";

fn module(sections: &[&[u8]]) -> Vec<u8> {
    [&[HEADER], sections].concat().concat()
}

const TYPES: &[u8] = &[1, 4, 1, 0x60, 0, 0];
const FUNCTIONS: &[u8] = &[3, 2, 1, 0];
const CODE: &[u8] = &[10, 4, 1, 2, 0, 0x0b];

#[test]
fn modules_with_errors_of_form_are_refused() {
    assert_eq!(load(ModuleKind::Contract, &module(&[TYPES, FUNCTIONS, CODE])), Ok(()));
    let memory: &[u8] = &[5, 3, 1, 0, 1];
    let cases: [(&str, Vec<u8>); 18] = [
        ("nothing", vec![]),
        ("another version", b"\0asm\x02\0\0\0".to_vec()),
        ("a component", b"\0asm\x0d\0\x01\0".to_vec()),
        ("functions without code", module(&[TYPES, FUNCTIONS])),
        ("code without functions", module(&[TYPES, CODE])),
        ("sections in another order", module(&[FUNCTIONS, TYPES, CODE])),
        ("a section twice", module(&[TYPES, TYPES, FUNCTIONS, CODE])),
        ("an unknown section", module(&[TYPES, &[14, 0]])),
        ("a section that is longer than the module", module(&[&[1, 100, 1, 0x60, 0, 0]])),
        ("a section that is shorter than it says", module(&[&[1, 5, 1, 0x60, 0, 0, 0]])),
        ("a number of more than 32 bits", module(&[&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]])),
        ("more types than anybody has", module(&[&[1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]])),
        ("a type that does not exist", module(&[TYPES, &[3, 2, 1, 7], CODE])),
        ("limits with an unknown flag", module(&[&[5, 4, 1, 2, 1, 1]])),
        ("a body without an end", module(&[TYPES, FUNCTIONS, &[10, 4, 1, 2, 0, 1]])),
        ("an opcode that does not exist", module(&[TYPES, FUNCTIONS, &[10, 5, 1, 3, 0, 0xff, 0x0b]])),
        (
            "a memory that is not the first",
            module(&[TYPES, FUNCTIONS, memory, &[10, 8, 1, 6, 0, 0x3f, 1, 0x1a, 0x0b, 0x0b]]),
        ),
        (
            "a number of data segments, which is emitted at another place",
            module(&[TYPES, FUNCTIONS, memory, &[12, 1, 1], CODE, &[11, 7, 1, 0, 0x41, 0, 0x0b, 1, 0x78]]),
        ),
    ];
    for (what, bytecode) in cases {
        assert_refused(ModuleKind::Contract, &bytecode, what);
    }
}

/// More locals than an engine has room for, in a body of a few bytes.
#[test]
fn locals_have_a_bound() {
    let body = [1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b];
    let code = [&[10, body.len() as u8 + 2, 1, body.len() as u8], body.as_slice()].concat();
    let bytecode = module(&[TYPES, FUNCTIONS, &code]);
    assert_refused(ModuleKind::Contract, &bytecode, "locals");
    assert_refused(ModuleKind::Service, &bytecode, "locals");
}

/// Neither nesting nor length overflows a stack of ours.
#[test]
fn code_may_be_deep_and_long() {
    for (open, count) in [([0x02, 0x40], 50_000), ([0x03, 0x40], 50_000)] {
        let mut body = vec![0];
        body.extend(open.repeat(count));
        body.extend(vec![0x0b; count + 1]);
        let code = section(10, &[&[1], leb(body.len()).as_slice(), &body].concat());
        assert_eq!(load(ModuleKind::Contract, &module(&[TYPES, FUNCTIONS, &code])), Ok(()));
        assert_eq!(load(ModuleKind::Service, &module(&[TYPES, FUNCTIONS, &code])), Ok(()));
    }
    let mut globals = leb(10_000);
    globals.extend([0x7f, 1, 0x41, 0, 0x0b].repeat(10_000));
    assert_eq!(load(ModuleKind::Contract, &module(&[&section(6, &globals)])), Ok(()));
}

fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id], leb(content.len()).as_slice(), content].concat()
}
