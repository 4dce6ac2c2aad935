//! Events: published, read, subscribed to, and processed.

use walnut_base::{ApplicationId, ChainId, EventId, OracleResponse, StreamId, StreamName, SystemOperation};

use super::{
    apps::{App, id, words},
    world::{AppDesk, assert_trap, call, desk, run, traces, try_run},
};
use crate::{
    ExecutionError,
    test_utils::{hash, operation},
};

fn publisher() -> ChainId {
    ChainId(hash(0xcc))
}

fn stream(application_id: ApplicationId, name: &[u8]) -> StreamId {
    StreamId { application_id: application_id.into(), stream_name: StreamName(name.to_vec()) }
}

#[test]
fn events_are_numbered_by_stream() {
    let mut desk = desk();
    let emit = |name: u32, at: u32| {
        format!(
            "(i32.store8 (i32.const {at}) (call $emit (i32.const {name}) (i32.const 1) (i32.const 1024) (i32.const 2)))"
        )
    };
    let operation = format!(
        "{}{}{}(call $answer (i32.const 64) (i32.const 3))",
        emit(1024, 64),
        emit(1025, 65),
        emit(1024, 66)
    );
    let app = App { operation, data: vec![(1024, b"ab".to_vec())], ..App::default() }.install(&desk);
    assert_eq!(run(&mut desk, app, b"").outcome.operation_results[0].0, [0, 0, 1]);
    let executed = run(&mut desk, app, b"");
    assert_eq!(executed.outcome.operation_results[0].0, [2, 1, 3]);
    let events: Vec<_> = executed.outcome.events[0]
        .iter()
        .map(|event| (event.stream_id.clone(), event.index, event.value.clone()))
        .collect();
    let (a, b) = (stream(app, b"a"), stream(app, b"b"));
    assert_eq!(events, [(a.clone(), 2, b"ab".to_vec()), (b, 1, b"ab".to_vec()), (a, 3, b"ab".to_vec())]);
}

#[test]
fn names_of_streams_have_a_largest_length() {
    let chain = words(publisher().0);
    let publisher_app = id(ApplicationId::new(hash(5)));
    let codes = |length: u32| {
        [
            format!("(drop (call $emit (i32.const 1024) (i32.const {length}) (i32.const 0) (i32.const 0)))"),
            format!(
                "(call $read-event {chain} (i32.const 1024) (i32.const {length}) (i32.const 0) (i32.const 64))"
            ),
            format!(
                "(call $subscribe-to-events {chain} {publisher_app} (i32.const 1024) (i32.const {length}))"
            ),
            format!(
                "(call $unsubscribe-from-events {chain} {publisher_app} (i32.const 1024) (i32.const {length}))"
            ),
        ]
    };
    let outcome = |code: &String| {
        let mut desk = desk();
        let operation = format!("{code} (call $answer (i32.const 0) (i32.const 0))");
        let app = App { operation, ..App::default() }.install(&desk);
        let event_id = EventId { chain_id: publisher(), stream_id: stream(app, &[0; 64]), index: 0 };
        desk.put_event(&event_id, b"value");
        try_run(&mut desk, app, b"").map(|_| ())
    };
    for (longest, too_long) in codes(64).iter().zip(&codes(65)) {
        assert_eq!(outcome(longest), Ok(()), "{longest}");
        assert_trap(outcome(too_long), &ExecutionError::StreamNameTooLong);
    }
}

#[test]
fn events_of_other_chains_are_read_by_the_application_that_publishes_there() {
    let mut desk = desk();
    let operation = format!(
        "(call $read-event {} (i32.const 0) (i32.const 1) (i32.const 4) (i32.const 64))
        (call $answer (i32.load (i32.const 64)) (i32.load (i32.const 68)))",
        words(publisher().0)
    );
    let app = App { operation, ..App::default() }.install(&desk);
    let event_id = EventId { chain_id: publisher(), stream_id: stream(app, b"t"), index: 4 };
    let missing = ExecutionError::EventsNotFound(vec![event_id.clone()]);
    assert_eq!(try_run(&mut desk, app, b"").unwrap_err(), missing);
    desk.put_event(&event_id, b"news");
    let executed = run(&mut desk, app, b"");
    assert_eq!(executed.outcome.operation_results[0].0, b"news");
    let response = OracleResponse::Event(event_id, b"news".to_vec());
    assert_eq!(executed.outcome.oracle_responses[0].last(), Some(&response));
}

/// An operation of one byte subscribes to the stream `t` of the publisher, any other one ends the subscription.
fn subscriber(publisher_app: ApplicationId) -> App {
    let parameters = format!("{} {} (i32.const 0) (i32.const 1)", words(publisher().0), id(publisher_app));
    App {
        operation: format!(
            "(if (i32.eq (local.get $n) (i32.const 1))
                (then (call $subscribe-to-events {parameters}))
                (else (call $unsubscribe-from-events {parameters})))
            (call $answer (local.get $p) (local.get $n))"
        ),
        // An update takes 88 bytes; its numbers are the last eight.
        streams: "(call $report (i32.const 83))
            (i32.store8 (i32.const 256) (local.get $n))
            (i32.store8 (i32.const 257) (i32.load offset=80 (local.get $p)))
            (i32.store8 (i32.const 258) (i32.load offset=84 (local.get $p)))
            (i32.store8 (i32.const 259) (i32.load8_u (i32.load offset=72 (local.get $p))))
            (call $trace (i32.const 256) (i32.const 4))"
            .into(),
        finalize: "(call $trace (i32.const 0) (i32.const 1))".into(),
        ..App::default()
    }
}

fn update(desk: &mut AppDesk, stream_id: &StreamId, next_index: u32) -> crate::ExecutedBlock {
    for index in 0..next_index {
        desk.put_event(&EventId { chain_id: publisher(), stream_id: stream_id.clone(), index }, b"e");
    }
    let updates = vec![(publisher(), stream_id.clone(), next_index)];
    desk.execute(vec![operation(SystemOperation::UpdateStreams(updates))]).unwrap()
}

#[test]
fn subscribers_process_what_is_new() {
    let mut desk = desk();
    let publisher_app = ApplicationId::new(hash(5));
    let stream_id = stream(publisher_app, b"t");
    let app = subscriber(publisher_app).install(&desk);
    let executed = run(&mut desk, app, b"s");
    assert_eq!(executed.outcome.operation_results[0].0, b"s");
    assert_eq!(traces(&executed), [(app, b"t".to_vec())]);

    let executed = update(&mut desk, &stream_id, 3);
    let traced = traces(&executed);
    // Nobody vouches for the processing of streams.
    assert_eq!(traced[0].1[8], 0);
    assert_eq!(traced[1].1, [1, 0, 3, b't']);
    assert_eq!(traced[2].1, b"t");
    let executed = update(&mut desk, &stream_id, 5);
    assert_eq!(traces(&executed)[1].1, [1, 3, 5, b't']);
    // Nothing is processed twice, and once more subscribing is nothing new.
    let executed = run(&mut desk, app, b"s");
    assert_eq!(traces(&executed).len(), 1);
    assert_eq!(executed.outcome.operation_results[0].0, b"s");

    run(&mut desk, app, b"un");
    let executed = update(&mut desk, &stream_id, 6);
    assert_eq!(traces(&executed), []);
}

/// The operation that subscribes to a stream which the chain already knows loses what it returned: the processing that
/// follows returns nothing, and that is the transaction's result.
#[test]
fn a_late_subscriber_processes_everything_and_its_operation_returns_nothing() {
    let mut desk = desk();
    let publisher_app = ApplicationId::new(hash(5));
    let stream_id = stream(publisher_app, b"t");
    let early = subscriber(publisher_app).install(&desk);
    run(&mut desk, early, b"s");
    update(&mut desk, &stream_id, 4);
    let late = App { parameters: vec![1], ..subscriber(publisher_app) }.install(&desk);
    let executed = desk.execute(vec![call(late, b"s")]).unwrap();
    assert_eq!(executed.outcome.operation_results[0].0, b"");
    let traced = traces(&executed);
    assert_eq!(traced.len(), 4);
    assert_eq!(traced[2], (late, vec![1, 0, 4, b't']));
}

/// A free application processes streams for nothing, even if the chain has nothing.
#[test]
fn subscribers_may_be_free() {
    let publisher_app = ApplicationId::new(hash(5));
    let stream_id = stream(publisher_app, b"t");
    let app = subscriber(publisher_app);
    let flag = walnut_base::ResourceControlPolicy::free_application_flag(&app.description().id());
    let mut desk = super::world::desk_with(|policy| {
        policy.http_request_allow_list.insert(flag);
        policy.wasm_fuel_unit = walnut_base::Amount::ONE;
        policy.byte_written = walnut_base::Amount::ONE;
    });
    desk.state.system.balance.set(walnut_base::Amount::from_tokens(1_000_000));
    desk.save();
    let app = app.install(&desk);
    run(&mut desk, app, b"s");
    let before = desk.balance();
    let executed = update(&mut desk, &stream_id, 2);
    assert_eq!(traces(&executed)[1].1, [1, 0, 2, b't']);
    assert!(executed.resources.wasm_fuel > 0);
    assert_eq!(desk.balance(), before);
}
