//! What every host function costs. All prices are different primes, so no two sums agree by chance.

use walnut_base::{Amount, Blob, ChainId, EventId, ResourceControlPolicy, StreamId, StreamName, http};

use super::{
    apps::{App, id, words},
    fuel::put,
    world::{AppDesk, Senses, call, desk_in},
};
use crate::{ResourceTracker, test_utils::owner};

fn attos(price: u128) -> Amount {
    Amount::from_attos(price)
}

fn primes(policy: &mut ResourceControlPolicy) {
    policy.wasm_fuel_unit = attos(2);
    policy.evm_fuel_unit = attos(3);
    policy.read_operation = attos(10_007);
    policy.write_operation = attos(20_011);
    policy.byte_runtime = attos(103);
    policy.byte_read = attos(211);
    policy.byte_written = attos(307);
    policy.blob_read = attos(1_000_003);
    policy.blob_published = attos(2_000_003);
    policy.blob_byte_read = attos(401);
    policy.blob_byte_published = attos(503);
    policy.byte_stored = attos(601);
    policy.operation = attos(3_000_017);
    policy.operation_byte = attos(701);
    policy.message = attos(4_000_037);
    policy.message_byte = attos(809);
    policy.service_as_oracle_query = attos(5_000_011);
    policy.http_request = attos(6_000_011);
    policy.http_request_allow_list.insert("example.com".into());
}

/// What the counters come to in money.
fn price(used: &ResourceTracker) -> u128 {
    let counts: [(u128, u64); 15] = [
        (2, used.wasm_fuel),
        (10_007, used.read_operations.into()),
        (20_011, used.write_operations.into()),
        (103, used.bytes_runtime.into()),
        (211, used.bytes_read),
        (307, used.bytes_written),
        (1_000_003, used.blobs_read.into()),
        (401, used.blob_bytes_read),
        (2_000_003, used.blobs_published.into()),
        (503, used.blob_bytes_published),
        (3_000_017, used.operations.into()),
        (701, used.operation_bytes),
        (4_000_037, used.messages.into()),
        (809, used.message_bytes),
        (5_000_011, used.service_oracle_queries.into()),
    ];
    let sum: u128 = counts.iter().map(|(price, count)| price * u128::from(*count)).sum();
    sum + 6_000_011 * u128::from(used.http_requests) + used.grants.to_attos()
}

fn prepared() -> AppDesk {
    let senses = Senses::default();
    let response = http::Response { status: 200, headers: vec![], body: b"body".to_vec() };
    senses.0.borrow_mut().responses.push_back(Ok(response));
    let mut desk = desk_in(&senses, primes);
    desk.state.system.balances.insert(&owner(3), attos(5));
    desk.save();
    desk.put_blob(&Blob::new_data(b"twelve bytes".to_vec()));
    desk
}

/// Runs one operation of one byte and checks that the balance has fallen by what the counters say, and `untracked`
/// attos. The counters of a block, without fuel.
fn used(code: &str, untracked: u128) -> ResourceTracker {
    let mut desk = prepared();
    let app = App {
        operation: format!("{code} (call $answer (i32.const 0) (i32.const 0))"),
        query: "(call $answer (i32.const 0) (i32.const 1))".into(),
        parameters: b"seven b".to_vec(),
        data: vec![
            (1024, put(1044, 2, 1046, 3)),
            (1044, b"keyval".to_vec()),
            (1060, b"http://example.com/".to_vec()),
            (1200, message()),
        ],
        ..App::default()
    };
    let app = app.install(&desk);
    let event_id = EventId {
        chain_id: ChainId(crate::test_utils::hash(0)),
        stream_id: StreamId { application_id: app.into(), stream_name: StreamName(b"t".to_vec()) },
        index: 0,
    };
    desk.put_event(&event_id, b"event");
    let before = desk.balance();
    let executed = desk.execute(vec![call(app, &[9])]).unwrap();
    let mut used = executed.resources;
    let paid = before.to_attos() - desk.balance().to_attos();
    assert_eq!(paid, price(&used) + untracked, "{code}");
    assert_eq!((used.operations, used.operation_bytes), (1, 1));
    used.wasm_fuel = 0;
    used.block_size = 0;
    used.operations = 0;
    used.operation_bytes = 0;
    used
}

/// A message of four bytes to some chain, with a grant of one unit of fuel and one write.
fn message() -> Vec<u8> {
    let mut bytes = vec![0; 120];
    bytes[40] = 1;
    bytes[60] = 1;
    bytes[112..116].copy_from_slice(&1024u32.to_le_bytes());
    bytes[116] = 4;
    bytes
}

fn nothing() -> ResourceTracker {
    ResourceTracker::default()
}

fn runtime(bytes: u32) -> ResourceTracker {
    ResourceTracker { bytes_runtime: bytes, ..nothing() }
}

#[test]
fn what_the_node_tells_is_charged_by_the_byte() {
    let description = "(call $get-application-id (i32.const 64))
        (call $read-application-description (i64.load (i32.const 64)) (i64.load (i32.const 72))
        (i64.load (i32.const 80)) (i64.load (i32.const 88)) (i32.const 128))";
    for (code, bytes) in [
        ("", 0),
        ("(call $get-chain-id (i32.const 64))", 32),
        ("(drop (call $get-block-height))", 8),
        ("(call $get-application-id (i32.const 64))", 32),
        ("(call $get-application-creator-chain-id (i32.const 64))", 32),
        (description, 32 + 109 + 7),
        ("(call $application-parameters (i32.const 64))", 7),
        // One owner with a weight, and the rest.
        ("(call $get-chain-ownership (i32.const 64))", 32 + 8 + 36),
        ("(call $get-application-permissions (i32.const 64))", 0),
        ("(drop (call $read-system-timestamp))", 8),
        ("(call $read-chain-balance (i32.const 64))", 16),
        (
            "(call $read-owner-balance (i32.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i32.const 64))",
            16,
        ),
        ("(call $read-owner-balances (i32.const 64))", 48),
        ("(call $read-balance-owners (i32.const 64))", 32),
        ("(call $authenticated-signer (i32.const 64))", 0),
        ("(call $authenticated-caller-id (i32.const 64))", 0),
        ("(call $message-is-bouncing (i32.const 64))", 0),
        ("(call $message-origin-chain-id (i32.const 64))", 0),
        ("(call $log (i32.const 0) (i32.const 1) (i32.const 0))", 0),
        ("(call $assert-before (i64.const 1000000))", 0),
        ("(call $validation-round (i32.const 64))", 0),
        ("(call $close-chain (i32.const 64))", 0),
    ] {
        assert_eq!(used(code, 0), runtime(bytes), "{code}");
    }
}

#[test]
fn state_is_charged_by_the_call_and_by_the_byte() {
    let write = "(call $write-batch (i32.const 1024) (i32.const 1))";
    let written = ResourceTracker { write_operations: 1, bytes_written: 5, ..nothing() };
    assert_eq!(used(write, 0), written);
    assert_eq!(used("(call $write-batch (i32.const 0) (i32.const 0))", 0), nothing());
    let read = |bytes| ResourceTracker { read_operations: 1, bytes_read: bytes, ..written };
    for (code, bytes) in [
        ("(drop (call $contains-key-wait (call $contains-key-new (i32.const 1044) (i32.const 2))))", 0),
        ("(drop (call $contains-key-new (i32.const 1044) (i32.const 2)))", 0),
        (
            "(call $contains-keys-wait (call $contains-keys-new (i32.const 1028) (i32.const 2)) (i32.const 64))",
            0,
        ),
        (
            "(call $read-multi-values-bytes-wait (call $read-multi-values-bytes-new (i32.const 1028) (i32.const 2)) (i32.const 64))",
            3,
        ),
        (
            "(call $read-value-bytes-wait (call $read-value-bytes-new (i32.const 1044) (i32.const 2)) (i32.const 64))",
            3,
        ),
        ("(drop (call $read-value-bytes-new (i32.const 1044) (i32.const 2)))", 0),
        (
            "(call $read-value-bytes-wait (call $read-value-bytes-new (i32.const 1044) (i32.const 1)) (i32.const 64))",
            0,
        ),
        ("(call $find-keys-wait (call $find-keys-new (i32.const 1044) (i32.const 1)) (i32.const 64))", 1),
        (
            "(call $find-key-values-wait (call $find-key-values-new (i32.const 1044) (i32.const 1)) (i32.const 64))",
            4,
        ),
    ] {
        assert_eq!(used(&format!("{write} {code}"), 0), read(bytes), "{code}");
    }
}

#[test]
fn events_are_charged_as_bytes_of_state() {
    let emit = "(drop (call $emit (i32.const 0) (i32.const 1) (i32.const 1044) (i32.const 6)))";
    assert_eq!(used(emit, 0), ResourceTracker { bytes_written: 6, ..nothing() });
    let read = format!(
        "(call $read-event {} (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 64))",
        words(crate::test_utils::hash(0))
    );
    assert_eq!(used(&read, 0), ResourceTracker { bytes_read: 5, ..nothing() });
}

/// Reads of blobs are paid by the chain at once; the counters of the action overwrite theirs.
#[test]
fn blobs_are_charged_to_the_chain() {
    let hash = words(Blob::new_data(b"twelve bytes".to_vec()).id().hash);
    let read = format!("(call $read-data-blob {hash} (i32.const 64))");
    assert_eq!(used(&read, 1_000_003 + 12 * 401), nothing());
    let assert = format!("(call $assert-data-blob-exists {hash})");
    assert_eq!(used(&assert, 1_000_003), nothing());
    let create = "(call $create-data-blob (i32.const 1044) (i32.const 6) (i32.const 64))";
    let published = ResourceTracker { blobs_published: 1, blob_bytes_published: 6, ..nothing() };
    assert_eq!(used(create, 0), published);
    // What was created in this block is read for nothing.
    let again = format!(
        "{create} (call $read-data-blob (i64.load (i32.const 64)) (i64.load (i32.const 72)) (i64.load (i32.const 80))
        (i64.load (i32.const 88)) (i32.const 128))"
    );
    assert_eq!(used(&again, 0), published);
}

#[test]
fn messages_are_charged_with_their_grant() {
    let send = "(call $send-message (i32.const 1200))";
    let grants = attos(2 + 20_011);
    assert_eq!(used(send, 0), ResourceTracker { messages: 1, message_bytes: 4, grants, ..nothing() });
}

#[test]
fn oracles_are_charged_by_the_call() {
    let http = "(call $perform-http-request (i32.const 0) (i32.const 1060) (i32.const 19) (i32.const 0) (i32.const 0)
        (i32.const 0) (i32.const 0) (i32.const 64))";
    assert_eq!(used(http, 0), ResourceTracker { http_requests: 1, ..nothing() });
    let query = "(call $get-application-id (i32.const 64))
        (call $query-service (i64.load (i32.const 64)) (i64.load (i32.const 72)) (i64.load (i32.const 80))
        (i64.load (i32.const 88)) (i32.const 0) (i32.const 0) (i32.const 128))";
    assert_eq!(used(query, 0), ResourceTracker { service_oracle_queries: 1, ..runtime(32) });
}

/// What a callee uses is the action's; the calls themselves are free.
#[test]
fn callees_are_charged_to_the_action() {
    let mut desk = prepared();
    let callee = App {
        operation: "(call $get-chain-id (i32.const 64)) (call $answer (i32.const 64) (i32.const 32))".into(),
        finalize: "(drop (call $get-block-height))".into(),
        ..App::default()
    };
    let callee = callee.install(&desk);
    let operation = format!(
        "(call $try-call-application (i32.const 0) {} (i32.const 0) (i32.const 0) (i32.const 64))
        (call $answer (i32.const 0) (i32.const 0))",
        id(callee)
    );
    let caller = App { operation, ..App::default() }.install(&desk);
    let before = desk.balance();
    let used = desk.execute(vec![call(caller, b"")]).unwrap().resources;
    assert_eq!(used.bytes_runtime, 40);
    assert_eq!(before.to_attos() - desk.balance().to_attos(), price(&used));
}
