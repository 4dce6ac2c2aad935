//! Blobs that applications create and read, and modules that they publish.

use walnut_base::{Blob, BlobId, BlobType, OracleResponse};
use walnut_views::View as _;

use super::{
    apps::{App, hash_in, id_at, words},
    world::{AppDesk, call, desk, execution_error, run, try_run},
};
use crate::ExecutionError;

/// Creates a blob of its argument if it has one byte, else reads the one whose hash is its argument.
fn keeper() -> App {
    App {
        operation: format!(
            "(if (i32.eq (local.get $n) (i32.const 1)) (then
                (call $create-data-blob (local.get $p) (local.get $n) (i32.const 64))
                (return (call $answer (i32.const 64) (i32.const 32)))))
            (call $read-data-blob {} (i32.const 64))
            (call $answer (i32.load (i32.const 64)) (i32.load (i32.const 68)))",
            id_at("(local.get $p)")
        ),
        ..App::default()
    }
}

/// Only checks.
fn checker() -> App {
    App {
        operation: format!(
            "(call $assert-data-blob-exists {}) (call $answer (i32.const 0) (i32.const 0))",
            id_at("(local.get $p)")
        ),
        ..App::default()
    }
}

fn argument(blob: &Blob) -> [u8; 32] {
    super::apps::image(blob.id().hash)
}

#[test]
fn blobs_of_the_block_are_read_without_a_trace() {
    let mut desk = desk();
    let app = keeper().install(&desk);
    let blob = Blob::new_data(b"x".to_vec());
    let block = desk.block(vec![call(app, b"x"), call(app, &argument(&blob)), call(app, b"x")]);
    let executed = desk.execute_with(&block, &[], None).unwrap();
    let results: Vec<_> = executed.outcome.operation_results.iter().map(|result| result.0.clone()).collect();
    assert_eq!(hash_in(&results[0]), blob.id().hash);
    assert_eq!(results[1], b"x");
    assert_eq!(executed.outcome.blobs, [vec![blob.clone()], vec![], vec![blob.clone()]]);
    assert_eq!(executed.outcome.oracle_responses[1], []);
    assert!(!desk.uses_blob(blob.id()));
    // It is not stored yet.
    desk.state.rollback();
    let checker = checker().install(&desk);
    let error = desk.execute(vec![call(app, b"x"), call(checker, &argument(&blob))]).map_err(execution_error);
    assert_eq!(error.unwrap_err(), ExecutionError::BlobsNotFound(vec![blob.id()]));
}

fn last_uses(desk: &mut AppDesk, app: walnut_base::ApplicationId, blob: &Blob) -> Vec<OracleResponse> {
    let executed = run(desk, app, &argument(blob));
    let is_data = |response: &OracleResponse| {
        matches!(response, OracleResponse::Blob(BlobId { blob_type: BlobType::Data, .. }))
    };
    executed.outcome.oracle_responses[0].iter().filter(|response| is_data(response)).cloned().collect()
}

/// The first use is recorded once, or twice if it is only asked whether the blob is there; later ones are not.
#[test]
fn the_first_use_of_a_blob_is_recorded() {
    for (app, count) in [(keeper(), 1), (checker(), 2)] {
        let mut desk = desk();
        let blob = Blob::new_data(b"stored".to_vec());
        let app = app.install(&desk);
        let missing = ExecutionError::BlobsNotFound(vec![blob.id()]);
        assert_eq!(try_run(&mut desk, app, &argument(&blob)).unwrap_err(), missing);
        desk.put_blob(&blob);
        assert_eq!(last_uses(&mut desk, app, &blob), vec![OracleResponse::Blob(blob.id()); count]);
        assert!(desk.uses_blob(blob.id()));
        assert_eq!(last_uses(&mut desk, app, &blob), []);
    }
}

/// Compressed by the node, inside of execution: every byte counts.
#[test]
fn modules_are_published_as_validators_compress_them() {
    let mut desk = desk();
    let publish = |vm_runtime: u32| App {
        operation: format!(
            "(call $publish-module (i32.const 1024) (i32.const 8) (i32.const 1032) (i32.const 7)
            (i32.const {vm_runtime}) (i32.const 64)) (call $answer (i32.const 64) (i32.const 65))"
        ),
        data: vec![(1024, b"contractservice".to_vec())],
        ..App::default()
    };
    let wasm = publish(0).install(&desk);
    let executed = run(&mut desk, wasm, b"");
    let contract = Blob::new_contract_bytecode(crate::compress(b"contract").unwrap());
    let service = Blob::new_service_bytecode(crate::compress(b"service").unwrap());
    let result = &executed.outcome.operation_results[0].0;
    assert_eq!(hash_in(&result[..32]), contract.id().hash);
    assert_eq!(hash_in(&result[32..64]), service.id().hash);
    assert_eq!(result[64], 0);
    assert_eq!(executed.outcome.blobs, [vec![contract, service]]);
    let evm = publish(1).install(&desk);
    let executed = run(&mut desk, evm, b"");
    let bytecode = Blob::new_evm_bytecode(crate::compress(b"contract").unwrap());
    let result = &executed.outcome.operation_results[0].0;
    assert_eq!((hash_in(&result[..32]), hash_in(&result[32..64])), (bytecode.id().hash, bytecode.id().hash));
    assert_eq!(executed.outcome.blobs, [vec![bytecode]]);
}

/// Published and used in the same block, by an operation of the next transaction.
#[test]
fn what_is_published_can_be_created_in_the_same_transaction() {
    let mut desk = desk();
    let module = App { instantiate: "(call $trace (local.get $p) (local.get $n))".into(), ..App::default() };
    let (contract, service) = (module.contract(), module.service());
    let (at, length) = (131_072, contract.len());
    let operation = format!(
        "(call $publish-module (i32.const {at}) (i32.const {length}) (i32.const {}) (i32.const {}) (i32.const 0)
        (i32.const 64))
        (call $create-application {} {} (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1)
        (i32.const 0) (i32.const 0) (i32.const 192)) (call $answer (i32.const 192) (i32.const 32))",
        at + length,
        service.len(),
        id_at("(i32.const 64)"),
        id_at("(i32.const 96)"),
    );
    let app = App { operation, data: vec![(131_072, [contract, service].concat())], ..App::default() };
    let app = app.install(&desk);
    let executed = run(&mut desk, app, b"");
    assert_eq!(super::world::traces(&executed)[0].1, b"t");
    assert_eq!(executed.outcome.blobs[0].len(), 3);
    // What is created in this block is used without a trace: only the publisher's three blobs were new, and the
    // bytecode of what was created.
    assert_eq!(executed.outcome.oracle_responses[0].len(), 5);
}

#[test]
fn descriptions_are_read_from_the_block_or_from_storage() {
    let mut desk = desk();
    let described = App { parameters: b"parameters".to_vec(), ..App::default() };
    let described_id = described.description().id();
    let read = App {
        operation: format!(
            "(call $read-application-description {} (i32.const 64))
            (call $answer (i32.load offset=116 (i32.const 64)) (i32.load offset=120 (i32.const 64)))",
            words(described_id.application_description_hash)
        ),
        ..App::default()
    };
    let app = read.install(&desk);
    let missing = described_id.description_blob_id();
    assert_eq!(try_run(&mut desk, app, b"").unwrap_err(), ExecutionError::BlobsNotFound(vec![missing]));
    desk.put_blob(&described.description().to_blob());
    let executed = run(&mut desk, app, b"");
    assert_eq!(executed.outcome.operation_results[0].0, b"parameters");
    // The description counts as used, its bytecode does not, and need not even be there.
    assert_eq!(executed.outcome.oracle_responses[0].last(), Some(&OracleResponse::Blob(missing)));
}
