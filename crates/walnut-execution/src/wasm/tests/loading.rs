//! What has to be there before an application runs, and what the block remembers of it.

use walnut_base::{ApplicationId, BlobId, BlobType, ModuleId, OracleResponse, VmRuntime};
use walnut_views::View as _;

use super::{
    apps::{App, id, pack},
    world::{AppDesk, call, desk, run, try_run},
};
use crate::{ExecutionError, test_utils::hash};

fn uses(app: &App) -> Vec<OracleResponse> {
    let module_id = app.module_id();
    [
        app.description().id().description_blob_id(),
        BlobId::new(module_id.contract_blob_hash, BlobType::ContractBytecode),
        BlobId::new(module_id.service_blob_hash, BlobType::ServiceBytecode),
    ]
    .map(OracleResponse::Blob)
    .into()
}

/// Asks for the round, then calls.
fn caller(callee: ApplicationId, required: Vec<ApplicationId>) -> App {
    let operation = format!(
        "(call $validation-round (i32.const 64))
        (call $try-call-application (i32.const 0) {} (i32.const 0) (i32.const 0) (i32.const 64))
        (call $validation-round (i32.const 64))
        (call $answer (i32.const 0) (i32.const 0))",
        id(callee)
    );
    App { operation, required, ..App::default() }
}

/// A callee that was not announced is loaded when it is called, and that is where the block says so.
#[test]
fn what_was_not_announced_is_loaded_when_it_is_called() {
    for is_announced in [false, true] {
        let mut desk = desk();
        let callee = App { parameters: b"callee".to_vec(), ..App::default() };
        let callee_id = callee.install(&desk);
        let caller = caller(callee_id, Vec::from_iter(is_announced.then_some(callee_id)));
        let caller_id = caller.install(&desk);
        let block = desk.block(vec![call(caller_id, b""), call(caller_id, b"")]);
        let executed = desk.execute_with(&block, &[], None).unwrap();
        let round = vec![OracleResponse::Round(None)];
        // Both have the same service, so the bytecode that comes second is not new any more.
        let mut second = uses(&callee);
        second.retain(|response| !uses(&caller).contains(response));
        let first = if is_announced {
            [uses(&caller), second, round.clone(), round.clone()]
        } else {
            [uses(&caller), round.clone(), second, round.clone()]
        };
        let expected = vec![first.concat(), [round.clone(), round].concat()];
        assert_eq!(executed.outcome.oracle_responses, expected, "{is_announced}");
        desk.state.rollback();
        assert_eq!(desk.execute_with(&block, &[], Some(&expected)).unwrap(), executed);
    }
}

/// What is required is loaded, even if it is never called.
#[test]
fn what_is_required_must_load() {
    let mut desk = desk();
    let missing = ApplicationId::new(hash(77));
    let app = App { required: vec![missing], ..App::default() }.install(&desk);
    let error = ExecutionError::BlobsNotFound(vec![missing.description_blob_id()]);
    assert_eq!(try_run(&mut desk, app, b"").unwrap_err(), error);

    let broken = install_bytecode(&desk, b"no module");
    let app = App { required: vec![broken], ..App::default() }.install(&desk);
    assert_eq!(
        try_run(&mut desk, app, b"").unwrap_err(),
        ExecutionError::WasmError("Invalid bytecode: Invalid magic number at start of file".into())
    );
}

/// Stores an application whose contract is some bytes.
fn install_bytecode(desk: &AppDesk, contract: &[u8]) -> ApplicationId {
    install_packed(desk, pack(contract))
}

fn install_packed(desk: &AppDesk, contract: Vec<u8>) -> ApplicationId {
    let contract = walnut_base::Blob::new_contract_bytecode(contract);
    let service = App::default().blobs().1;
    desk.put_blob(&contract);
    desk.put_blob(&service);
    let mut description = App::default().description();
    description.module_id = ModuleId::new(contract.id().hash, service.id().hash, VmRuntime::Wasm);
    desk.put_blob(&description.to_blob());
    description.id()
}

#[test]
fn modules_that_do_not_fit_fail_when_they_are_used() {
    let mut desk = desk();
    for (text, reason) in [
        ("(module (import \"env\" \"f\" (func)))", "Failed to instantiate Wasm module: "),
        ("(module (func $f) (start $f))", "Failed to load contract module: "),
        ("(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy))", "Invalid bytecode: "),
        ("(module)", "Function `linera:app/contract-entrypoints#execute-operation` could not be found"),
    ] {
        let app = install_bytecode(&desk, &wat::parse_str(text).unwrap());
        let Err(ExecutionError::WasmError(actual)) = try_run(&mut desk, app, b"") else { panic!("{text}") };
        assert!(actual.starts_with(reason), "{text}: {actual}");
    }
    let app = install_packed(&desk, b"not zstd".to_vec());
    let error = ExecutionError::DecompressionError(crate::DecompressionError);
    assert_eq!(try_run(&mut desk, app, b"").unwrap_err(), error);
}

/// A network without limits may have bytecode that would fill the memory of this node.
#[test]
fn bytecode_has_a_largest_size_on_this_node() {
    let mut desk = desk();
    let zeros = vec![0; usize::try_from(super::super::limits::MAX_MODULE_BYTES).unwrap() + 1];
    let app = install_bytecode(&desk, &zeros);
    let error = try_run(&mut desk, app, b"").unwrap_err();
    assert!(matches!(&error, ExecutionError::MachineLimit(_)), "{error:?}");
    assert!(error.is_local());
}

#[test]
fn bytecode_that_is_missing_is_named() {
    let mut desk = desk();
    let app = App { parameters: b"only described".to_vec(), ..App::default() };
    let description = app.description();
    desk.put_blob(&description.to_blob());
    let missing = description.module_id.bytecode_blob_ids();
    let error = ExecutionError::BlobsNotFound(missing);
    assert_eq!(try_run(&mut desk, description.id(), b"").unwrap_err(), error);
}

/// An EVM application is refused by name, called by a block or by an application.
#[test]
fn other_machines_are_refused() {
    let mut desk = desk();
    let bytecode = walnut_base::Blob::new_evm_bytecode(pack(b"evm"));
    desk.put_blob(&bytecode);
    let mut description = App::default().description();
    description.module_id = ModuleId::new(bytecode.id().hash, bytecode.id().hash, VmRuntime::Evm);
    desk.put_blob(&description.to_blob());
    let evm = description.id();
    desk.put_blob(&walnut_base::Blob::with_hash_unchecked(
        evm.application_description_hash,
        description.to_blob().content().clone(),
    ));
    let error = ExecutionError::ApplicationsUnsupported(evm);
    assert_eq!(try_run(&mut desk, evm, b"").unwrap_err(), error);
    assert_eq!(super::world::ask(&desk, evm, b"").unwrap_err(), error);
    let caller = caller(evm, Vec::new()).install(&desk);
    assert_eq!(try_run(&mut desk, caller, b"").unwrap_err(), error);
}

/// A module is loaded once, however many machines are made of it.
#[test]
fn modules_are_loaded_once() {
    let mut desk = desk();
    let app = App::default().install(&desk);
    run(&mut desk, app, b"");
    let bytes = desk.applications.modules.bytes();
    assert_eq!(bytes, App::default().contract().len());
    run(&mut desk, app, b"");
    assert_eq!(desk.applications.modules.bytes(), bytes);
}
