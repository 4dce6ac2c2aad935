//! Answers from outside of the chain that the block remembers: services, rounds, clocks.

use walnut_base::{BlobId, BlobType, OracleResponse, Timestamp};

use super::{
    apps::{App, id_at},
    fuel::put,
    world::{AppDesk, Senses, assert_trap, call, desk, desk_in, desk_with, execution_error, run, try_run},
};
use crate::ExecutionError;

/// Asks the service that lies at the start of the argument, with the rest of it, and returns the answer.
const ASK: &str = "
    (i32.add (local.get $p) (i32.const 32)) (i32.sub (local.get $n) (i32.const 32)) (i32.const 64))
    (call $answer (i32.load (i32.const 64)) (i32.load (i32.const 68)))";

fn asks(first: &str) -> String {
    format!("{first} (call $query-service {} {ASK}", id_at("(local.get $p)"))
}

/// Writes, then asks; its service answers with what is written.
fn reader() -> App {
    App {
        operation: asks("(call $write-batch (i32.const 1024) (i32.const 1))"),
        query: "(call $read-value-bytes-wait (call $read-value-bytes-new (i32.const 1044) (i32.const 1)) (i32.const 64))
            (call $answer (i32.load (i32.const 68)) (i32.load (i32.const 72)))"
            .into(),
        data: vec![(1024, put(1044, 1, 1045, 3)), (1044, b"kval".to_vec())],
        ..App::default()
    }
}

fn argument(service: walnut_base::ApplicationId, query: &[u8]) -> Vec<u8> {
    [&super::apps::image(service.application_description_hash), query].concat()
}

fn service_answer(bytes: &[u8]) -> OracleResponse {
    OracleResponse::Service(bytes.to_vec())
}

#[test]
fn a_service_sees_what_its_contract_has_written() {
    let mut desk = desk();
    let app = reader().install(&desk);
    let executed = run(&mut desk, app, &argument(app, b""));
    assert_eq!(executed.outcome.operation_results[0].0, b"val");
    let responses = &executed.outcome.oracle_responses[0];
    assert_eq!(responses.last(), Some(&service_answer(b"val")));
    assert_eq!(executed.resources.service_oracle_queries, 1);
}

/// A replay asks nobody: it takes the record, whatever it says, and it does not look at the clock.
#[test]
fn a_replay_takes_the_record() {
    let senses = Senses::default();
    let mut desk = desk_in(&senses, |_| {});
    let app = reader().install(&desk);
    let block = desk.block(vec![call(app, &argument(app, b""))]);
    let mut recorded = desk.execute_with(&block, &[], None).unwrap().outcome.oracle_responses;
    let mut desk = desk_in(&senses, |_| {});
    reader().install(&desk);
    *recorded[0].last_mut().unwrap() = service_answer(b"what others heard");
    senses.0.borrow_mut().tick_micros = 1;
    let before = senses.0.borrow().now_micros;
    let executed = desk.execute_with(&block, &[], Some(&recorded)).unwrap();
    assert_eq!(executed.outcome.operation_results[0].0, b"what others heard");
    assert_eq!(senses.0.borrow().now_micros, before);
    assert_eq!(executed.resources.service_oracle_queries, 1);
    *recorded[0].last_mut().unwrap() = OracleResponse::Assert;
    walnut_views::View::rollback(&mut desk.state);
    let error = desk.execute_with(&block, &[], Some(&recorded)).map_err(execution_error);
    assert_eq!(error.unwrap_err(), ExecutionError::OracleResponseMismatch);
}

/// What a service uses for the first time counts as used, although the block does not say so. Upstream is the same.
#[test]
fn a_service_that_was_never_used_leaves_its_mark_only_where_it_ran() {
    let other = App { query: "(call $answer (local.get $p) (local.get $n))".into(), ..App::default() };
    let prepare = || {
        let desk = desk();
        let other = other.install(&desk);
        let app = App { operation: asks(""), ..App::default() }.install(&desk);
        (desk, app, other)
    };
    let (mut desk, app, other_id) = prepare();
    let block = desk.block(vec![call(app, &argument(other_id, b"echo"))]);
    let executed = desk.execute_with(&block, &[], None).unwrap();
    assert_eq!(executed.outcome.operation_results[0].0, b"echo");
    let responses = &executed.outcome.oracle_responses;
    assert!(!responses[0].contains(&OracleResponse::Blob(other_id.description_blob_id())));
    assert!(desk.uses_blob(other_id.description_blob_id()));
    let (mut desk, ..) = prepare();
    desk.execute_with(&block, &[], Some(responses)).unwrap();
    assert!(!desk.uses_blob(other_id.description_blob_id()));
}

fn oracle(
    app: &App,
    change: impl FnOnce(&mut walnut_base::ResourceControlPolicy),
) -> Result<Vec<u8>, ExecutionError> {
    let mut desk = desk_with(change);
    let app = app.install(&desk);
    try_run(&mut desk, app, &argument(app, b"query"))
        .map(|executed| executed.outcome.operation_results[0].0.clone())
}

fn with_service(query: &str) -> App {
    App { operation: asks(""), query: query.into(), ..App::default() }
}

#[test]
fn an_oracle_proposes_nothing() {
    let app = with_service(
        "(call $schedule-operation (local.get $p) (local.get $n)) (call $answer (i32.const 0) (i32.const 0))",
    );
    let operation =
        walnut_base::Operation::User { application_id: app.description().id(), bytes: b"query".to_vec() };
    let error = ExecutionError::ServiceOracleQueryOperations(vec![operation]);
    assert_eq!(oracle(&app, |_| {}).unwrap_err(), error);
}

#[test]
fn an_answer_has_a_largest_size() {
    let app = with_service("(call $answer (local.get $p) (local.get $n))");
    assert_eq!(oracle(&app, |policy| policy.maximum_oracle_response_bytes = 5), Ok(b"query".to_vec()));
    let too_large = oracle(&app, |policy| policy.maximum_oracle_response_bytes = 4);
    assert_trap(too_large, &ExecutionError::ServiceOracleResponseTooLarge);
}

/// A service that traps traps its contract; one whose blobs are missing names them.
#[test]
fn errors_of_services_are_the_actions() {
    let error = ExecutionError::WasmError(
        "Failed to execute Wasm module: wasm `unreachable` instruction executed".into(),
    );
    assert_eq!(oracle(&with_service("unreachable"), |_| {}).unwrap_err(), error);
    let mut desk = desk();
    let app = App { operation: asks(""), ..App::default() }.install(&desk);
    let missing = walnut_base::ApplicationId::new(crate::test_utils::hash(66));
    let error = ExecutionError::BlobsNotFound(vec![missing.description_blob_id()]);
    assert_eq!(try_run(&mut desk, app, &argument(missing, b"")).unwrap_err(), error);
}

fn timed(app: &App, tick_micros: u64, limit_ms: u64) -> Result<(), ExecutionError> {
    let senses = Senses::default();
    let mut desk = desk_in(&senses, |policy| policy.maximum_service_oracle_execution_ms = limit_ms);
    let app = app.install(&desk);
    senses.0.borrow_mut().tick_micros = tick_micros;
    let block = vec![call(app, &argument(app, b"")), call(app, &argument(app, b""))];
    desk.execute(block).map(|_| ()).map_err(execution_error)
}

/// Two questions of one block share the time; reaching the limit is too much.
#[test]
fn services_of_a_block_share_its_time() {
    let app = with_service("(call $answer (local.get $p) (local.get $n))");
    // Start, deadline and end are looked at: two ticks for each question.
    assert_eq!(timed(&app, 2000, 9), Ok(()));
    let error = ExecutionError::MaximumServiceOracleExecutionTimeExceeded;
    assert_trap(timed(&app, 2000, 8), &error);
    assert_trap(timed(&app, 0, 0), &error);
}

/// Endless services are stopped by the clock, or by their steps if it stands still.
#[test]
fn a_service_that_never_ends_is_stopped() {
    let app = with_service("(loop $l br $l) unreachable");
    let error = ExecutionError::MaximumServiceOracleExecutionTimeExceeded;
    assert_trap(timed(&app, 1000, 10), &error);
    // A service that asks for the time is stopped by its answer.
    let app = with_service("(loop $l (call $check-execution-time (i64.const 1)) br $l) unreachable");
    assert_trap(timed(&app, 1000, 10), &error);
}

#[test]
fn the_chain_decides_who_may_ask() {
    let mut desk = desk();
    let app = reader().install(&desk);
    let permissions = |call_service_as_oracle| walnut_base::ApplicationPermissions {
        call_service_as_oracle,
        ..Default::default()
    };
    desk.state.system.application_permissions.set(permissions(Some(vec![])));
    desk.save();
    let refused = try_run(&mut desk, app, &argument(app, b""));
    assert_trap(refused, &ExecutionError::UnauthorizedApplication(app));
    desk.state.system.application_permissions.set(permissions(Some(vec![app])));
    desk.save();
    run(&mut desk, app, &argument(app, b""));
}

fn before(timestamp: u64) -> App {
    let operation =
        format!("(call $assert-before (i64.const {timestamp})) (call $answer (i32.const 0) (i32.const 0))");
    App { operation, ..App::default() }
}

/// The desk's clock shows 2000.
#[test]
fn a_block_may_insist_on_being_early() {
    let mut desk = desk();
    let early = before(2001).install(&desk);
    let executed = run(&mut desk, early, b"");
    assert_eq!(executed.outcome.oracle_responses[0].last(), Some(&OracleResponse::Assert));
    let late = before(2000).install(&desk);
    let (timestamp, local_time) = (Timestamp::from_micros(2000), Timestamp::from_micros(2000));
    assert_trap(try_run(&mut desk, late, b""), &ExecutionError::AssertBefore { timestamp, local_time });
    // The record says that it was early.
    let block = desk.block(vec![call(late, b"")]);
    let module_id = before(2000).module_id();
    let uses = [
        late.description_blob_id(),
        BlobId::new(module_id.contract_blob_hash, BlobType::ContractBytecode),
        BlobId::new(module_id.service_blob_hash, BlobType::ServiceBytecode),
    ];
    let recorded = uses.map(OracleResponse::Blob).into_iter().chain([OracleResponse::Assert]).collect();
    desk.execute_with(&block, &[], Some(&[recorded])).unwrap();
}

/// To a service that is run as an oracle it is always the beginning of time; upstream does not tell it more.
#[test]
fn services_as_oracles_have_no_clock() {
    let app = |timestamp| {
        with_service(&format!(
            "(call $assert-before (i64.const {timestamp})) (call $answer (i32.const 0) (i32.const 0))"
        ))
    };
    assert_eq!(oracle(&app(1), |_| {}), Ok(vec![]));
    let (timestamp, local_time) = (Timestamp::from_micros(0), Timestamp::from_micros(0));
    assert_trap(oracle(&app(0), |_| {}), &ExecutionError::AssertBefore { timestamp, local_time });
}

/// Two rounds in one block, and another one in the record.
#[test]
fn the_round_is_asked_for_and_recorded() {
    let mut desk = desk();
    let operation = "(call $validation-round (i32.const 64)) (call $answer (i32.const 64) (i32.const 8))";
    let app = App { operation: operation.into(), ..App::default() }.install(&desk);
    let block = desk.block(vec![call(app, b"")]);
    let executed = desk.execute_with(&block, &[], None).unwrap();
    assert_eq!(executed.outcome.operation_results[0].0[0], 0);
    let mut recorded = executed.outcome.oracle_responses;
    assert_eq!(recorded[0].pop(), Some(OracleResponse::Round(None)));
    let replay = |desk: &mut AppDesk, responses: Vec<OracleResponse>| {
        walnut_views::View::rollback(&mut desk.state);
        desk.execute_with(&block, &[], Some(&[[recorded[0].clone(), responses].concat()]))
            .map_err(execution_error)
    };
    let executed = replay(&mut desk, vec![OracleResponse::Round(Some(3))]).unwrap();
    assert_eq!(executed.outcome.operation_results[0].0, [1, 0, 0, 0, 3, 0, 0, 0]);
    assert_eq!(replay(&mut desk, vec![]).unwrap_err(), ExecutionError::MissingOracleResponse);
    let error = replay(&mut desk, vec![OracleResponse::Assert]).unwrap_err();
    assert_eq!(error, ExecutionError::OracleResponseMismatch);
    let extra = vec![OracleResponse::Round(None), OracleResponse::Round(None)];
    assert_eq!(replay(&mut desk, extra).unwrap_err(), ExecutionError::UnexpectedOracleResponse);
}

/// A service run as an oracle sees the blobs of its own transaction only.
#[test]
fn an_oracle_sees_the_blobs_of_its_transaction() {
    let app = App {
        operation: "(call $create-data-blob (i32.const 1024) (i32.const 4) (i32.const 64))
            (call $get-application-id (i32.const 128))
            (call $query-service (i64.load (i32.const 128)) (i64.load (i32.const 136)) (i64.load (i32.const 144))
            (i64.load (i32.const 152)) (i32.const 64) (i32.const 32) (i32.const 192))
            (call $answer (i32.load (i32.const 192)) (i32.load (i32.const 196)))"
            .into(),
        query: format!(
            "(call $read-data-blob {} (i32.const 64)) (call $answer (i32.load (i32.const 64)) (i32.load (i32.const 68)))",
            id_at("(local.get $p)")
        ),
        data: vec![(1024, b"blob".to_vec())],
        ..App::default()
    };
    let mut desk = desk();
    let app = app.install(&desk);
    assert_eq!(run(&mut desk, app, b"").outcome.operation_results[0].0, b"blob");
}
