//! Each thing that validators refuse is refused here, by its reason.

use super::{Refusal, Role, check};

/// What the host wants of a service.
const SERVICE: &str = r#"
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "linera:app/service-entrypoints#handle-query") (param i32 i32) (result i32) unreachable)
"#;

fn service(before: &str, after: &str) -> Result<(), Refusal> {
    let text = format!("(module {before} {SERVICE} {after})");
    check(Role::Service, &wat::parse_str(text).unwrap())
}

fn unreadable(result: Result<(), Refusal>) -> String {
    match result {
        Err(Refusal::Unreadable(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_version_with_mutable_globals_and_sign_extension_is_taken() {
    assert_eq!(service("", ""), Ok(()));
    let globals = "(global (export \"g\") (mut i32) (i32.const 1))";
    assert_eq!(service("", globals), Ok(()));
    assert_eq!(service("", "(func (result i32) (i32.extend8_s (i32.const 200)))"), Ok(()));
}

#[test]
fn newer_instructions_are_refused() {
    let code = |body: &str| unreadable(service("", &format!("(func {body})")));
    let prefix = |byte: u8| format!("Unknown opcode {byte}");
    let three = "(i32.const 0) (i32.const 0) (i32.const 0)";
    assert_eq!(code(&format!("(memory.copy {three})")), prefix(0xfc));
    assert_eq!(code(&format!("(memory.fill {three})")), prefix(0xfc));
    assert_eq!(code("(drop (i32.trunc_sat_f64_s (f64.const 1)))"), prefix(0xfc));
    assert_eq!(code("(drop (v128.const i64x2 0 0))"), prefix(0xfd));
    assert_eq!(code("(drop (ref.is_null (ref.null func)))"), prefix(0xd0));
    assert_ne!(unreadable(service("", "(func (result i32 i32) unreachable)")), "");
}

#[test]
fn counted_data_is_refused() {
    let counted = r#"(data "a") (func (data.drop 0))"#;
    // The instruction is refused first; without it, the section that announces it.
    assert_ne!(unreadable(service("", counted)), "");
    let mut bytes = wat::parse_str(format!("(module {SERVICE} (data (i32.const 0) \"a\"))")).unwrap();
    let code = section(&bytes, 10);
    bytes.splice(code..code, [12, 1, 1]);
    assert_eq!(check(Role::Service, &bytes), Err(Refusal::DataCount));
}

#[test]
fn a_start_function_is_refused() {
    assert_eq!(service("", "(func $f) (start $f)"), Err(Refusal::Start));
}

#[test]
fn foreign_imports_are_refused() {
    let import = |host: &str, what: &str| service(&format!("(import \"{host}\" \"f\" {what})"), "");
    assert_eq!(import("linera:app/base-runtime-api", "(func)"), Ok(()));
    assert_eq!(import("linera:app/service-runtime-api", "(func)"), Ok(()));
    for host in ["env", "wasi_snapshot_preview1", "linera:app/contract-runtime-api"] {
        assert_eq!(import(host, "(func)"), Err(Refusal::Import(format!("{host} f"))));
    }
    let global = import("linera:app/base-runtime-api", "(global i32)");
    assert_eq!(global, Err(Refusal::Import("linera:app/base-runtime-api f".into())));
}

#[test]
fn what_the_host_calls_must_be_there() {
    let without = |what: &str| check(Role::Service, &wat::parse_str(format!("(module {what})")).unwrap());
    assert_eq!(without(""), Err(Refusal::Export("memory")));
    let memory = r#"(memory (export "memory") 1)"#;
    assert_eq!(without(memory), Err(Refusal::Export("cabi_realloc")));
    let wrong = r#"(func (export "cabi_realloc") (param i32) (result i32) unreachable)"#;
    assert_eq!(without(&format!("{memory} {wrong}")), Err(Refusal::Export("cabi_realloc")));
    let a_service = wat::parse_str(format!("(module {SERVICE})")).unwrap();
    let first = "linera:app/contract-entrypoints#instantiate";
    assert_eq!(check(Role::Contract, &a_service), Err(Refusal::Export(first)));
}

/// Where a section begins.
fn section(bytes: &[u8], id: u8) -> usize {
    let mut at = 8; // after magic and version
    while bytes[at] != id {
        // Lengths in this test fit one byte of LEB128 or two.
        let (low, high) = (usize::from(bytes[at + 1]), usize::from(bytes[at + 2]));
        at += if low < 128 { 2 + low } else { 3 + (low - 128) + 128 * high };
    }
    at
}
