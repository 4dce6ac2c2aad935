//! Limits of fuel and of what is read and written, to the unit.

use walnut_base::{Amount, VmRuntime};

use super::{
    apps::App,
    world::{AppDesk, assert_trap, call, desk, desk_with, execution_error, run, try_run},
};
use crate::ExecutionError;

/// Counts down from the first byte of its argument, writes, and counts again while finalizing.
fn busy() -> App {
    let count = "(loop $l (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))";
    App {
        operation: format!(
            "(local.set $i (i32.load8_u (local.get $p))) {count}
            (call $write-batch (i32.const 1024) (i32.const 1))
            (local.set $i (i32.const 10)) {count}
            (call $answer (i32.const 0) (i32.const 0))"
        ),
        finalize: format!("(local.set $i (i32.const 20)) {count}"),
        data: vec![(1024, put(1044, 1, 1045, 1)), (1044, b"kv".to_vec())],
        ..App::default()
    }
}

/// One `put` as it lies in memory.
pub(super) fn put(key: u32, key_length: u32, value: u32, value_length: u32) -> Vec<u8> {
    [2, key, key_length, value, value_length].into_iter().flat_map(u32::to_le_bytes).collect()
}

fn fuel_of(bytes: &[u8]) -> u64 {
    let mut desk = desk();
    let app = busy().install(&desk);
    run(&mut desk, app, bytes).resources.wasm_fuel
}

#[test]
fn fuel_may_reach_the_maximum() {
    let fuel = fuel_of(&[50]);
    let limited = |maximum| {
        let mut desk = desk_with(|policy| policy.maximum_wasm_fuel_per_block = maximum);
        let app = busy().install(&desk);
        try_run(&mut desk, app, &[50])
    };
    assert_eq!(limited(fuel).unwrap().resources.wasm_fuel, fuel);
    assert_trap(limited(fuel - 1), &ExecutionError::MaximumFuelExceeded(VmRuntime::Wasm));
}

/// The maximum is the block's: what one transaction leaves is what the next one has.
#[test]
fn fuel_is_counted_over_all_transactions() {
    let (first, second) = (fuel_of(&[50]), fuel_of(&[90]));
    let limited = |maximum| {
        let mut desk = desk_with(|policy| policy.maximum_wasm_fuel_per_block = maximum);
        let app = busy().install(&desk);
        desk.execute(vec![call(app, &[50]), call(app, &[90])]).map_err(execution_error)
    };
    assert_eq!(limited(first + second).unwrap().resources.wasm_fuel, first + second);
    assert_trap(limited(first + second - 1), &ExecutionError::MaximumFuelExceeded(VmRuntime::Wasm));
}

fn with_balance(price: Amount, balance: Amount) -> (AppDesk, walnut_base::ApplicationId) {
    let mut desk = desk_with(|policy| policy.wasm_fuel_unit = price);
    desk.state.system.balance.set(balance);
    desk.save();
    let app = busy().install(&desk);
    (desk, app)
}

/// Whoever runs out of money stops in the middle, and nothing has happened.
#[test]
fn fuel_is_paid_to_the_last_atto() {
    let fuel = fuel_of(&[50]);
    let price = Amount::from_attos(7);
    let enough = Amount::from_attos(7 * u128::from(fuel));
    let (mut desk, app) = with_balance(price, enough);
    run(&mut desk, app, &[50]);
    assert_eq!(desk.balance(), Amount::ZERO);
    for missing in [1, 7, 8, 7 * u128::from(fuel)] {
        let balance = Amount::from_attos(7 * u128::from(fuel) - missing);
        let (mut desk, app) = with_balance(price, balance);
        let Err(ExecutionError::WasmError(reason)) = try_run(&mut desk, app, &[50]) else {
            panic!("ran with {missing} too little")
        };
        assert!(reason.starts_with("Required execution fees exceeded"), "{reason}");
        assert_eq!(desk.balance(), balance);
    }
}

/// Applications may give fuel away, as much as they like; they cannot get any back.
#[test]
fn fuel_that_is_given_away_is_gone() {
    let spend = |fuel: i64| {
        let operation =
            format!("(call $consume-fuel (i64.const {fuel})) (call $answer (i32.const 0) (i32.const 0))");
        let mut desk = desk_with(|policy| policy.maximum_wasm_fuel_per_block = 1_000_000);
        let app = App { operation, ..App::default() }.install(&desk);
        try_run(&mut desk, app, b"").map(|executed| executed.resources.wasm_fuel)
    };
    let nothing = spend(0).unwrap();
    assert_eq!(spend(999_000).unwrap(), nothing + 999_000);
    let error = ExecutionError::MaximumFuelExceeded(VmRuntime::Wasm);
    assert_trap(spend(1_000_000), &error);
    let Err(ExecutionError::WasmError(_)) = spend(-1) else { panic!("fuel came back") };
    let Err(ExecutionError::WasmError(_)) = spend(i64::MIN) else { panic!("fuel came back") };
}

/// Bytes, unlike fuel, must stay below the maximum.
#[test]
fn bytes_must_stay_below_the_maximum() {
    let read = App {
        operation: "(call $write-batch (i32.const 1024) (i32.const 1))
            (call $read-value-bytes-wait (call $read-value-bytes-new (i32.const 1044) (i32.const 1)) (i32.const 64))
            (call $answer (i32.const 0) (i32.const 0))"
            .into(),
        data: vec![(1024, put(1044, 1, 1045, 1)), (1044, b"kv".to_vec())],
        ..App::default()
    };
    let limited = |read_maximum, written_maximum| {
        let mut desk = desk_with(|policy| {
            policy.maximum_bytes_read_per_block = read_maximum;
            policy.maximum_bytes_written_per_block = written_maximum;
        });
        let app = read.install(&desk);
        try_run(&mut desk, app, b"").map(|_| ())
    };
    assert_eq!(limited(2, 3), Ok(()));
    assert_trap(limited(1, 3), &ExecutionError::ExcessiveRead);
    assert_trap(limited(2, 2), &ExecutionError::ExcessiveWrite);
}

/// The error of the machine itself; another node may have more memory.
#[test]
fn memory_is_this_nodes_own_limit() {
    let mut desk = desk();
    let operation = "(drop (memory.grow (i32.const 10000))) (call $answer (i32.const 0) (i32.const 0))";
    let app = App { operation: operation.into(), ..App::default() }.install(&desk);
    let error = try_run(&mut desk, app, b"").unwrap_err();
    assert!(matches!(&error, ExecutionError::MachineLimit(_)), "{error:?}");
    // Together, too: each of them takes 300 MiB.
    let operation = "(drop (memory.grow (i32.const 4800)))";
    let b = App {
        operation: format!("{operation} (call $answer (i32.const 0) (i32.const 0))"),
        ..App::default()
    };
    let b = b.install(&desk);
    let operation = format!(
        "{operation} (call $try-call-application (i32.const 0) {} (i32.const 0) (i32.const 0) (i32.const 64))
        (call $answer (i32.const 0) (i32.const 0))",
        super::apps::id(b)
    );
    let a = App { operation, ..App::default() }.install(&desk);
    run(&mut desk, b, b"");
    let error = try_run(&mut desk, a, b"").unwrap_err();
    assert!(matches!(&error, ExecutionError::MachineLimit(_)), "{error:?}");
}

/// Messages and blobs are checked at the end of a transaction; until then they must not fill the node's memory.
#[test]
fn what_is_left_with_the_node_has_a_bound() {
    let mut desk = desk();
    let operation = "(loop $l
            (drop (call $emit (i32.const 0) (i32.const 1) (i32.const 65536) (i32.const 2000000)))
            (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))
        (call $answer (i32.const 0) (i32.const 0))";
    let app = App { operation: operation.into(), ..App::default() }.install(&desk);
    let error = try_run(&mut desk, app, b"").unwrap_err();
    assert!(matches!(&error, ExecutionError::MachineLimit(_)), "{error:?}");
}
