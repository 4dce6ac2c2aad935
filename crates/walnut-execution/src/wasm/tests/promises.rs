//! Reads: begun, waited for, and what happens when the two do not match.

use super::{
    apps::App,
    fuel::put,
    world::{assert_trap, desk, run, traces, try_run},
};
use crate::ExecutionError;

/// Has written `k` = `v` before `code` runs; `l` = `w` can be written by `(call $write-batch (i32.const 1100) ...)`.
fn app(code: &str) -> App {
    App {
        operation: format!(
            "(call $write-batch (i32.const 1024) (i32.const 1)) {code} (call $answer (i32.const 0) (i32.const 0))"
        ),
        data: vec![
            (1024, put(1044, 1, 1045, 1)),
            (1044, b"kvlw".to_vec()),
            // Puts `w` at `k`.
            (1100, put(1044, 1, 1047, 1)),
            // Deletes everything that starts with nothing.
            (1120, [1u32, 1044, 0, 0, 0].into_iter().flat_map(u32::to_le_bytes).collect()),
            // The keys `k`, `l` and `k`.
            (1140, [1044u32, 1, 1046, 1, 1044, 1].into_iter().flat_map(u32::to_le_bytes).collect()),
        ],
        ..App::default()
    }
}

fn traced(code: &str) -> Vec<Vec<u8>> {
    let mut desk = desk();
    let app = app(code).install(&desk);
    let executed = run(&mut desk, app, b"");
    traces(&executed).into_iter().map(|(_, bytes)| bytes).collect()
}

fn fails(code: &str) {
    let mut desk = desk();
    let app = app(code).install(&desk);
    assert_trap(try_run(&mut desk, app, b""), &ExecutionError::InvalidPromise);
}

const BEGIN: &str = "(call $read-value-bytes-new (i32.const 1044) (i32.const 1))";
const TRACE: &str = "(call $trace (i32.const 64) (i32.const 1))
    (call $trace (i32.load (i32.const 68)) (i32.load (i32.const 72)))";

#[test]
fn a_read_shows_what_was_there_when_it_began() {
    let wait = format!("(call $read-value-bytes-wait (local.get $i) (i32.const 64)) {TRACE}");
    let write = "(call $write-batch (i32.const 1100) (i32.const 1))";
    let late = traced(&format!("(local.set $i {BEGIN}) {write} {wait}"));
    assert_eq!(late, [vec![1], b"v".to_vec()]);
    let early = traced(&format!("{write} (local.set $i {BEGIN}) {wait}"));
    assert_eq!(early, [vec![1], b"w".to_vec()]);
    let deleted = traced(&format!(
        "(call $write-batch (i32.const 1120) (i32.const 1)) (local.set $i {BEGIN})
        (call $read-value-bytes-wait (local.get $i) (i32.const 64)) (call $trace (i32.const 64) (i32.const 1))"
    ));
    assert_eq!(deleted, [vec![0]]);
}

#[test]
fn a_promise_is_waited_for_once() {
    let wait = "(call $read-value-bytes-wait (local.get $i) (i32.const 64))";
    fails(&format!("(local.set $i {BEGIN}) {wait} {wait}"));
    fails(wait);
    fails("(call $read-value-bytes-wait (i32.const -1) (i32.const 64))");
}

#[test]
fn promises_may_be_waited_for_in_any_order_or_never() {
    let code = format!(
        "(local.set $i {BEGIN}) (local.set $j {BEGIN}) (drop {BEGIN})
        (call $read-value-bytes-wait (local.get $j) (i32.const 64)) {TRACE}
        (call $read-value-bytes-wait (local.get $i) (i32.const 64)) {TRACE}"
    );
    assert_eq!(traced(&code), [vec![1], b"v".to_vec(), vec![1], b"v".to_vec()]);
    let mut desk = desk();
    let app = app(&code).install(&desk);
    let used = run(&mut desk, app, b"").resources;
    // The one that nobody waits for counts as a read, but its byte is not counted.
    assert_eq!((used.read_operations, used.bytes_read), (3, 2));
}

/// Numbers are handed out over all kinds, values are kept by kind: the wrong function finds another read, or none.
#[test]
fn the_wrong_function_finds_another_read_or_none() {
    fails(&format!("(drop (call $contains-key-wait {BEGIN}))"));
    let code = format!(
        "(local.set $i (call $contains-key-new (i32.const 1044) (i32.const 1)))
        (local.set $j {BEGIN})
        (call $read-value-bytes-wait (local.get $i) (i32.const 64)) {TRACE}"
    );
    assert_eq!(traced(&code), [vec![1], b"v".to_vec()]);
    // Now the value is gone, and its own number finds nothing.
    fails(&format!("{code} (call $read-value-bytes-wait (local.get $j) (i32.const 64))"));
}

#[test]
fn every_kind_of_read_finds_what_was_written() {
    let code = "
        (i32.store8 (i32.const 64) (call $contains-key-wait
            (call $contains-key-new (i32.const 1044) (i32.const 1))))
        (i32.store8 (i32.const 65) (call $contains-key-wait
            (call $contains-key-new (i32.const 1046) (i32.const 1))))
        (call $trace (i32.const 64) (i32.const 2))
        (call $contains-keys-wait (call $contains-keys-new (i32.const 1140) (i32.const 3)) (i32.const 64))
        (call $trace (i32.load (i32.const 64)) (i32.load (i32.const 68)))
        (call $read-multi-values-bytes-wait
            (call $read-multi-values-bytes-new (i32.const 1140) (i32.const 3)) (i32.const 64))
        (call $trace (i32.load (i32.const 64)) (i32.mul (i32.const 12) (i32.load (i32.const 68))))
        (call $find-keys-wait (call $find-keys-new (i32.const 1044) (i32.const 1)) (i32.const 64))
        (call $trace (i32.const 68) (i32.const 4))
        (call $trace (i32.load offset=0 (i32.load (i32.const 64))) (i32.load offset=4 (i32.load (i32.const 64))))
        (call $find-keys-wait (call $find-keys-new (i32.const 0) (i32.const 0)) (i32.const 64))
        (call $trace (i32.load offset=0 (i32.load (i32.const 64))) (i32.load offset=4 (i32.load (i32.const 64))))
        (call $find-key-values-wait (call $find-key-values-new (i32.const 0) (i32.const 0)) (i32.const 64))
        (call $trace (i32.load offset=0 (i32.load (i32.const 64))) (i32.load offset=4 (i32.load (i32.const 64))))
        (call $trace (i32.load offset=8 (i32.load (i32.const 64))) (i32.load offset=12 (i32.load (i32.const 64))))
        (call $find-keys-wait (call $find-keys-new (i32.const 1046) (i32.const 1)) (i32.const 64))
        (call $trace (i32.const 68) (i32.const 4))";
    let traced = traced(code);
    assert_eq!(traced[0], [1, 0]);
    assert_eq!(traced[1], [1, 0, 1]);
    let present: Vec<_> = traced[2].chunks(12).map(|value| (value[0], value[8])).collect();
    // Nothing is written behind the tag of a value that is not there.
    assert_eq!(present, [(1, 1), (0, 0), (1, 1)]);
    assert_eq!(traced[3], [1, 0, 0, 0]);
    assert_eq!(traced[4], b"", "the prefix is taken off");
    assert_eq!(traced[5], b"k");
    assert_eq!((traced[6].as_slice(), traced[7].as_slice()), (b"k".as_slice(), b"v".as_slice()));
    assert_eq!(traced[8], [0, 0, 0, 0]);
}

/// An application without any entries reads nothing, and does not get a store by reading.
#[test]
fn reading_alone_leaves_no_store() {
    let mut desk = desk();
    let reads = App {
        operation: format!(
            "(call $read-value-bytes-wait {BEGIN} (i32.const 64)) (call $answer (i32.const 64) (i32.const 1))"
        ),
        data: vec![(1044, b"k".to_vec())],
        ..App::default()
    };
    let app = reads.install(&desk);
    let executed = run(&mut desk, app, b"");
    assert_eq!(executed.outcome.operation_results[0].0, [0]);
    assert!(desk.state.users.ids().is_empty());
    // An empty batch makes one.
    let writes = App {
        operation:
            "(call $write-batch (i32.const 0) (i32.const 0)) (call $answer (i32.const 0) (i32.const 0))"
                .into(),
        ..App::default()
    };
    let app = writes.install(&desk);
    let used = run(&mut desk, app, b"").resources;
    assert_eq!((used.write_operations, used.bytes_written), (0, 0));
    assert_eq!(desk.state.users.ids(), [app].into());
}

/// The same value a thousand times over: more than this node holds, and it stops before it does.
#[test]
fn one_read_has_a_largest_size() {
    let value = 1_000_000;
    let reads = App {
        operation: "(call $write-batch (i32.const 1024) (i32.const 1))
            (loop $l
                (i32.store offset=1500000 (local.get $i) (i32.const 1044))
                (i32.store offset=1500004 (local.get $i) (i32.const 1))
                (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 8000))))
            (i32.store8 (i32.const 64)
                (call $read-multi-values-bytes-new (i32.const 1500000) (i32.load (local.get $p))))
            (call $answer (i32.const 64) (i32.const 1))"
            .into(),
        data: vec![(1024, put(1044, 1, 100_000, value)), (1044, b"k".to_vec())],
        ..App::default()
    };
    let mut desk = desk();
    let app = reads.install(&desk);
    run(&mut desk, app, &10u32.to_le_bytes());
    let error = try_run(&mut desk, app, &1000u32.to_le_bytes()).unwrap_err();
    assert!(matches!(&error, ExecutionError::MachineLimit(_)), "{error:?}");
}
