//! Questions to services, and those that services ask each other.

use walnut_base::{Operation, TimeDelta, Timestamp};

use super::{
    apps::{App, id, id_at},
    fuel::put,
    world::{Senses, ask, assert_trap, desk, desk_in, run},
};
use crate::ExecutionError;

const ANSWER: &str = "(call $answer (i32.load (i32.const 64)) (i32.load (i32.const 68)))";

#[test]
fn a_service_reads_but_leaves_nothing() {
    let mut desk = desk();
    let app = App {
        operation: "(call $write-batch (i32.const 1024) (i32.const 1)) (call $answer (i32.const 0) (i32.const 0))".into(),
        query: "(call $read-value-bytes-wait (call $read-value-bytes-new (i32.const 1044) (i32.const 1)) (i32.const 64))
            (call $schedule-operation (local.get $p) (local.get $n))
            (call $answer (i32.load (i32.const 68)) (i32.load (i32.const 72)))"
            .into(),
        data: vec![(1024, put(1044, 1, 1045, 3)), (1044, b"kval".to_vec())],
        ..App::default()
    };
    let app = app.install(&desk);
    run(&mut desk, app, b"");
    let outcome = ask(&desk, app, b"operation").unwrap();
    assert_eq!(outcome.response, b"val");
    assert_eq!(outcome.operations, [Operation::User { application_id: app, bytes: b"operation".to_vec() }]);
    assert_eq!(ask(&desk, app, b"operation").unwrap(), outcome);
}

/// A service hears the next height and the last block's time.
#[test]
fn a_service_knows_where_it_is() {
    let query = "(i64.store (i32.const 64) (call $get-block-height))
        (i64.store (i32.const 72) (call $read-system-timestamp))
        (call $get-chain-id (i32.const 80)) (call $get-application-id (i32.const 112))
        (call $answer (i32.const 64) (i32.const 80))";
    let desk = desk();
    let app = App { query: query.into(), ..App::default() }.install(&desk);
    let response = ask(&desk, app, b"").unwrap().response;
    assert_eq!(response[..8], 7u64.to_le_bytes());
    assert_eq!(response[8..16], 1000u64.to_le_bytes());
    assert_eq!(super::apps::hash_in(&response[16..48]), desk.chain_id.0);
    assert_eq!(super::apps::hash_in(&response[48..80]), app.application_description_hash);
    assert!(!desk.uses_blob(app.description_blob_id()));
}

/// Asks `callee` with its own argument, then schedules it.
fn link(callee: walnut_base::ApplicationId) -> App {
    App {
        query: format!(
            "(call $try-query-application {} (local.get $p) (local.get $n) (i32.const 64))
            (call $schedule-operation (local.get $p) (i32.const 1)) {ANSWER}",
            id(callee)
        ),
        ..App::default()
    }
}

/// Operations belong to the service that schedules them, in the order in which they do.
#[test]
fn services_ask_each_other() {
    let desk = desk();
    let last = App {
        query: "(i32.store8 (i32.const 256) (i32.add (i32.load8_u (i32.const 256)) (i32.const 1)))
            (call $schedule-operation (i32.const 256) (i32.const 1)) (call $answer (i32.const 256) (i32.const 1))"
            .into(),
        ..App::default()
    };
    let c = last.install(&desk);
    let b = link(c).install(&desk);
    let a = App {
        query: format!(
            "(call $try-query-application {} (local.get $p) (local.get $n) (i32.const 64))
            (call $try-query-application {} (local.get $p) (local.get $n) (i32.const 64)) {ANSWER}",
            id(b),
            id(c)
        ),
        ..App::default()
    };
    let a = a.install(&desk);
    let outcome = ask(&desk, a, b"x").unwrap();
    // The second question to C reaches the same instance.
    assert_eq!(outcome.response, [2]);
    let operation = |application_id, bytes: &[u8]| Operation::User { application_id, bytes: bytes.to_vec() };
    assert_eq!(outcome.operations, [operation(c, &[1]), operation(b, b"x"), operation(c, &[2])]);
}

#[test]
fn no_service_is_asked_while_it_answers() {
    let desk = desk();
    let itself = App {
        query: format!(
            "(call $get-application-id (i32.const 64))
            (call $try-query-application {} (i32.const 0) (i32.const 0) (i32.const 128)) unreachable",
            id_at("(i32.const 64)")
        ),
        ..App::default()
    };
    let itself = itself.install(&desk);
    assert_trap(ask(&desk, itself, b""), &ExecutionError::ReentrantCall(itself));
    let back = App {
        query: format!(
            "(call $try-query-application {} (i32.const 0) (i32.const 0) (i32.const 64)) unreachable",
            id_at("(local.get $p)")
        ),
        ..App::default()
    };
    let back = back.install(&desk);
    let forth = link(back).install(&desk);
    let argument = super::apps::image(forth.application_description_hash);
    assert_trap(ask(&desk, forth, &argument), &ExecutionError::ReentrantCall(forth));
}

#[test]
fn what_a_service_needs_is_named() {
    let desk = desk();
    let missing = walnut_base::ApplicationId::new(crate::test_utils::hash(44));
    let app = link(missing).install(&desk);
    let error = ExecutionError::BlobsNotFound(vec![missing.description_blob_id()]);
    assert_eq!(ask(&desk, app, b"x").unwrap_err(), error);
    let blob = walnut_base::Blob::new_data(b"data".to_vec());
    let query =
        format!("(call $read-data-blob {} (i32.const 64)) {ANSWER}", super::apps::words(blob.id().hash));
    let app = App { query, ..App::default() }.install(&desk);
    assert_eq!(ask(&desk, app, b"").unwrap_err(), ExecutionError::BlobsNotFound(vec![blob.id()]));
    desk.put_blob(&blob);
    assert_eq!(ask(&desk, app, b"").unwrap().response, b"data");
    assert!(!desk.uses_blob(blob.id()));
}

#[test]
fn a_question_from_outside_has_the_nodes_clock() {
    let desk = desk();
    let app = |timestamp| App {
        query: format!(
            "(call $assert-before (i64.const {timestamp})) (call $answer (i32.const 0) (i32.const 0))"
        ),
        ..App::default()
    };
    ask(&desk, app(5001).install(&desk), b"").unwrap();
    let (timestamp, local_time) = (Timestamp::from_micros(5000), Timestamp::from_micros(5000));
    assert_trap(
        ask(&desk, app(5000).install(&desk), b""),
        &ExecutionError::AssertBefore { timestamp, local_time },
    );
}

/// By the clock, if the node has a limit; by steps in any case, those of all services together.
#[test]
fn a_question_comes_to_an_end() {
    let endless = App { query: "(loop $l br $l) unreachable".into(), ..App::default() };
    let senses = Senses::default();
    let desk = desk_in(&senses, |_| {});
    let app = endless.install(&desk);
    senses.0.borrow_mut().tick_micros = 10_000;
    senses.0.borrow_mut().query_limit = Some(TimeDelta::from_millis(50));
    let error = ExecutionError::MaximumServiceOracleExecutionTimeExceeded;
    assert_trap(ask(&desk, app, b""), &error);
}

#[test]
fn applications_write_to_the_log() {
    let senses = Senses::default();
    let mut desk = desk_in(&senses, |_| {});
    let log = |level| format!("(call $log (i32.const 1024) (i32.const 4) (i32.const {level}))");
    let app = App {
        operation: format!("{} (call $answer (i32.const 0) (i32.const 0))", log(2)),
        query: format!("{} (call $answer (i32.const 0) (i32.const 0))", log(4)),
        data: vec![(1024, b"line".to_vec())],
        ..App::default()
    };
    let app = app.install(&desk);
    run(&mut desk, app, b"");
    ask(&desk, app, b"").unwrap();
    let line = |level| (app, level, "line".to_string());
    assert_eq!(senses.0.borrow().logs, [line(crate::LogLevel::Info), line(crate::LogLevel::Trace)]);
}
