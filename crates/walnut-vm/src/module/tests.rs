//! What is loaded and what is refused.

use std::sync::Arc;

use wasmi::{Engine, Linker};

use super::{Loaded, Module, ModuleKind, config};
use crate::{Machine, ModuleError, Trap, imports, metering};

impl Module {
    /// A contract that runs as on validators, with a call of the host wherever fuel is used.
    pub(crate) fn metered_by_calls(bytecode: &[u8]) -> Self {
        let engine = Engine::new(&config(ModuleKind::Contract));
        let metered = metering::instrument(bytecode).unwrap();
        let module = wasmi::Module::new(&engine, metered.bytecode).unwrap();
        let mut linker = Linker::new(&engine);
        imports::link(&mut linker, ModuleKind::Contract).unwrap();
        let (kind, size) = (ModuleKind::Contract, bytecode.len());
        Self(Arc::new(Loaded { module, linker, kind, variables: None, size }))
    }
}

fn load(kind: ModuleKind, text: &str) -> Result<Module, ModuleError> {
    Module::new(kind, &wat::parse_str(text).unwrap())
}

#[test]
fn services_may_use_more_of_the_language() {
    for text in [
        "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy))",
        "(module (func (result i32 i32) i32.const 0 i32.const 0))",
        "(module (func (result i32) f32.const 0 i32.trunc_sat_f32_s))",
        "(module (func (result i32) v128.const i32x4 0 0 0 0 i32x4.extract_lane 0))",
    ] {
        load(ModuleKind::Service, text).unwrap();
    }
    for text in [
        "(module (func $f return_call $f))",
        "(module (memory 1) (memory 1))",
        "(module (memory i64 1))",
        "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
    ] {
        let error = load(ModuleKind::Service, text).unwrap_err();
        assert!(matches!(&error, ModuleError::LoadModule { kind: "service", .. }), "{text}: {error:?}");
    }
}

#[test]
fn data_count_sections_are_refused_in_contracts() {
    let text = r#"(module (memory 1) (data "a") (func data.drop 0))"#;
    let bytecode = wat::parse_str(text).unwrap();
    assert!(matches!(
        Module::new(ModuleKind::Contract, &bytecode),
        Err(ModuleError::InvalidBytecode(_) | ModuleError::LoadModule { .. })
    ));
}

#[test]
fn imports_must_exist_with_their_type() {
    for (kind, import, is_linked) in [
        (ModuleKind::Contract, "\"linera:app/base-runtime-api\" \"get-chain-id\" (func (param i32))", true),
        (ModuleKind::Contract, "\"linera:app/base-runtime-api\" \"get-chain-id\" (func (result i32))", false),
        (ModuleKind::Contract, "\"linera:app/base-runtime-api\" \"get-weather\" (func)", false),
        (ModuleKind::Contract, "\"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32))", false),
        (ModuleKind::Contract, "\"env\" \"memory\" (memory 1)", false),
        (
            ModuleKind::Contract,
            "\"linera:app/service-runtime-api\" \"check-execution-time\" (func (param i64))",
            false,
        ),
        (
            ModuleKind::Contract,
            "\"linera:app/contract-runtime-api\" \"consume-fuel\" (func (param i64))",
            true,
        ),
        (
            ModuleKind::Service,
            "\"linera:app/contract-runtime-api\" \"consume-fuel\" (func (param i64))",
            false,
        ),
        (
            ModuleKind::Service,
            "\"linera:app/service-runtime-api\" \"check-execution-time\" (func (param i64))",
            true,
        ),
    ] {
        let module = load(kind, &format!("(module (import {import}))")).unwrap();
        let machine = Machine::new(&module).map(|_| ());
        if is_linked {
            assert_eq!(machine, Ok(()), "{import}");
        } else {
            assert!(matches!(machine, Err(Trap::Instantiate(_))), "{import}: {machine:?}");
        }
    }
}

/// Signatures that protocol documents list, in core Wasm.
#[test]
fn signatures_are_those_of_the_interface() {
    for (function, signature) in [
        ("try-call-application", "(param i32 i64 i64 i64 i64 i32 i32 i32)"),
        ("transfer", "(param i32 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64)"),
        ("claim", "(param i32)"),
        ("send-message", "(param i32)"),
        ("open-chain", "(param i32 i32)"),
        ("close-chain", "(param i32)"),
        ("change-ownership", "(param i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i32)"),
        (
            "change-application-permissions",
            "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)",
        ),
        ("create-application", "(param i64 i64 i64 i64 i64 i64 i64 i64 i32 i32 i32 i32 i32 i32 i32 i32)"),
        ("create-data-blob", "(param i32 i32 i32)"),
        ("publish-module", "(param i32 i32 i32 i32 i32 i32)"),
        ("emit", "(param i32 i32 i32 i32) (result i32)"),
        ("read-event", "(param i64 i64 i64 i64 i32 i32 i32 i32)"),
        ("subscribe-to-events", "(param i64 i64 i64 i64 i64 i64 i64 i64 i32 i32)"),
        ("query-service", "(param i64 i64 i64 i64 i32 i32 i32)"),
        ("validation-round", "(param i32)"),
        ("write-batch", "(param i32 i32)"),
    ] {
        let text = format!(
            "(module (import \"linera:app/contract-runtime-api\" \"{function}\" (func {signature})))"
        );
        let module = load(ModuleKind::Contract, &text).unwrap();
        assert_eq!(Machine::new(&module).map(|_| ()), Ok(()), "{function}");
    }
}

#[test]
fn start_functions_do_not_run() {
    let module = load(ModuleKind::Contract, "(module (memory (export \"memory\") 1) (func $s) (start $s))");
    let refusal = match module {
        Ok(module) => matches!(Machine::new(&module), Err(Trap::Instantiate(_))),
        Err(error) => matches!(error, ModuleError::LoadModule { .. }),
    };
    assert!(refusal);
}
