//! Who pays, in which order, and every limit from both sides.

use walnut_base::{
    Amount, ApplicationId, ArithmeticError, Message, Operation, ResourceControlPolicy, VmRuntime,
};

use super::{ActionController, Meter, Payer, ResourceTracker, Sources};
use crate::{
    ActiveCommittee, ExecutionError,
    test_utils::{hash, owner, policy, tokens},
};

fn atto(count: u128) -> Amount {
    Amount::from_attos(count)
}

fn controller(policy: ResourceControlPolicy, balance: Amount) -> ActionController {
    let committee = walnut_base::Committee::new(Default::default(), policy).unwrap();
    ActionController {
        committee: std::rc::Rc::new(ActiveCommittee::new(committee)),
        tracker: ResourceTracker::default(),
        balance,
        is_free: false,
    }
}

/// (first, second, fee) → (first, second) after it, or the error's remaining balance.
type Case = ((u128, Option<u128>, u128), Result<(u128, Option<u128>), u128>);

#[test]
fn fees_come_from_the_first_source_then_the_second() {
    let cases: [Case; 9] = [
        ((10, None, 4), Ok((6, None))),
        ((10, None, 10), Ok((0, None))),
        ((10, None, 11), Err(0)),
        ((10, Some(5), 4), Ok((6, Some(5)))),
        ((10, Some(5), 10), Ok((0, Some(5)))),
        ((10, Some(5), 12), Ok((0, Some(3)))),
        ((10, Some(5), 15), Ok((0, Some(0)))),
        ((10, Some(5), 16), Err(0)),
        ((0, Some(5), 0), Ok((0, Some(5)))),
    ];
    for ((first, second, fee), expected) in cases {
        let (mut first, mut second) = (atto(first), second.map(atto));
        let policy = policy(|policy| policy.message = atto(fee));
        let mut tracker = ResourceTracker::default();
        let payer = Sources { first: &mut first, second: second.as_mut() };
        let mut meter = Meter { policy: &policy, tracker: &mut tracker, payer, is_free: false };
        let message = Message::User { application_id: ApplicationId::new(hash(1)), bytes: Vec::new() };
        let result = meter.track_message(&message);
        match expected {
            Ok((first_left, second_left)) => {
                assert_eq!(result, Ok(()));
                assert_eq!((first, second), (atto(first_left), second_left.map(atto)));
            }
            Err(balance) => {
                let error = ExecutionError::FeesExceedFunding { fees: atto(fee), balance: atto(balance) };
                assert_eq!(result, Err(error));
            }
        }
    }
}

#[test]
fn sources_add_up_or_overflow() {
    let (mut first, mut second) = (Amount::MAX, Amount::ONE);
    let sources = Sources { first: &mut first, second: Some(&mut second) };
    assert_eq!(sources.balance(), Err(ArithmeticError::Overflow));
    let (mut first, mut second) = (tokens(2), tokens(3));
    let sources = Sources { first: &mut first, second: Some(&mut second) };
    assert_eq!(sources.balance(), Ok(tokens(5)));
}

#[test]
fn block_size_may_reach_its_limit() {
    let committee = controller(policy(|policy| policy.maximum_block_size = 100), Amount::ZERO).committee;
    for (size, expected) in [(99, Ok(())), (100, Ok(())), (101, Err(ExecutionError::BlockTooLarge))] {
        let mut resources = super::ResourceController::new(committee.clone(), None);
        resources.track_block_size(40).unwrap();
        assert_eq!(resources.track_block_size(size - 40), expected);
    }
    let mut resources = super::ResourceController::new(committee, None);
    assert_eq!(resources.track_block_size_of(&[0u8; 99][..]), Ok(()));
    assert_eq!(resources.tracker.block_size, 100);
    assert_eq!(resources.track_block_size(u64::MAX), Err(ExecutionError::BlockTooLarge));
}

#[test]
fn fuel_may_reach_its_limit() {
    for vm_runtime in [VmRuntime::Wasm, VmRuntime::Evm] {
        for (fuel, expected) in
            [(99, Ok(())), (100, Ok(())), (101, Err(ExecutionError::MaximumFuelExceeded(vm_runtime)))]
        {
            let mut controller = controller(
                policy(|policy| {
                    policy.maximum_wasm_fuel_per_block = 100;
                    policy.maximum_evm_fuel_per_block = 100;
                }),
                Amount::ZERO,
            );
            controller.meter().track_fuel(60, vm_runtime).unwrap();
            assert_eq!(controller.meter().remaining_fuel(vm_runtime), 40);
            assert_eq!(controller.meter().track_fuel(fuel - 60, vm_runtime), expected);
        }
    }
}

#[test]
fn reads_and_writes_may_not_reach_their_limits() {
    let limits = || {
        policy(|policy| {
            policy.maximum_bytes_read_per_block = 100;
            policy.maximum_bytes_written_per_block = 100;
        })
    };
    for (bytes, is_allowed) in [(99, true), (100, false), (101, false)] {
        let mut controller = controller(limits(), Amount::ZERO);
        controller.meter().track_bytes_read(50).unwrap();
        controller.meter().track_bytes_written(50).unwrap();
        let read = controller.meter().track_bytes_read(bytes - 50);
        let written = controller.meter().track_bytes_written(bytes - 50);
        if is_allowed {
            assert_eq!((read, written), (Ok(()), Ok(())));
        } else {
            assert_eq!(
                (read, written),
                (Err(ExecutionError::ExcessiveRead), Err(ExecutionError::ExcessiveWrite))
            );
        }
    }
}

#[test]
fn service_time_is_checked_differently_before_and_after() {
    let limits = || policy(|policy| policy.maximum_service_oracle_execution_ms = 10);
    let exceeded = ExecutionError::MaximumServiceOracleExecutionTimeExceeded;
    for (micros, before, after) in [(9_999, true, true), (10_000, true, false), (10_001, false, false)] {
        let mut controller = controller(limits(), Amount::ZERO);
        let elapsed = walnut_base::TimeDelta::from_micros(micros);
        let result = controller.meter().track_service_oracle_execution(elapsed);
        assert_eq!(result, if after { Ok(()) } else { Err(exceeded.clone()) });
        assert_eq!(controller.meter().remaining_service_oracle_time().is_ok(), before);
    }
    let mut controller = controller(policy(|policy| policy.maximum_oracle_response_bytes = 5), Amount::ZERO);
    assert_eq!(controller.meter().check_service_oracle_response(5), Ok(()));
    let too_large = Err(ExecutionError::ServiceOracleResponseTooLarge);
    assert_eq!(controller.meter().check_service_oracle_response(6), too_large);
}

#[test]
fn limit_comes_before_fee() {
    let mut controller = controller(
        policy(|policy| {
            policy.maximum_bytes_read_per_block = 10;
            policy.byte_read = tokens(1);
        }),
        Amount::ZERO,
    );
    assert_eq!(controller.meter().track_bytes_read(10), Err(ExecutionError::ExcessiveRead));
    assert_eq!(controller.tracker.bytes_read, 10);
}

#[test]
fn counters_do_not_wrap() {
    let mut controller = controller(ResourceControlPolicy::no_fees(), Amount::ZERO);
    controller.tracker.write_operations = u32::MAX;
    let overflow = Err(ExecutionError::ArithmeticError(ArithmeticError::Overflow));
    assert_eq!(controller.meter().track_write_operations(1), overflow);
    controller.tracker.bytes_runtime = u32::MAX - 31;
    assert_eq!(controller.meter().track_runtime_hash(), overflow);
    controller.tracker.wasm_fuel = u64::MAX;
    assert_eq!(controller.meter().track_fuel(1, VmRuntime::Wasm), overflow);
}

#[test]
fn fees_do_not_wrap() {
    let mut controller = controller(policy(|policy| policy.operation_byte = Amount::MAX), Amount::MAX);
    let operation = Operation::User { application_id: ApplicationId::new(hash(1)), bytes: vec![0; 2] };
    let overflow = Err(ExecutionError::ArithmeticError(ArithmeticError::Overflow));
    assert_eq!(controller.meter().track_operation(&operation), overflow);
}

#[test]
fn free_applications_count_but_do_not_pay() {
    let mut controller = controller(ResourceControlPolicy::testnet(), Amount::ZERO);
    controller.is_free = true;
    controller.meter().track_fuel(1000, VmRuntime::Wasm).unwrap();
    controller.meter().track_grant(tokens(1)).unwrap();
    assert_eq!((controller.tracker.wasm_fuel, controller.tracker.grants), (1000, tokens(1)));
    let too_much = controller.meter().track_fuel(100_000_000, VmRuntime::Wasm);
    assert_eq!(too_much, Err(ExecutionError::MaximumFuelExceeded(VmRuntime::Wasm)));
}

#[test]
fn runtime_bytes_have_upstreams_sizes() {
    let mut controller = controller(ResourceControlPolicy::no_fees(), Amount::ZERO);
    let mut sizes = Vec::new();
    let mut measure = |charge: &mut dyn FnMut(&mut Meter<'_, &mut Amount>)| {
        let before = controller.tracker.bytes_runtime;
        charge(&mut controller.meter());
        sizes.push(controller.tracker.bytes_runtime - before);
    };
    let owners = [owner(1), walnut_base::AccountOwner::Address20([1; 20]), walnut_base::AccountOwner::CHAIN];
    let ownership = walnut_base::ChainOwnership {
        super_owners: [owners[1]].into(),
        owners: [(owners[0], 1)].into(),
        ..Default::default()
    };
    let description = walnut_base::ApplicationDescription {
        module_id: walnut_base::ModuleId::new(hash(1), hash(2), VmRuntime::Wasm),
        creator_chain_id: walnut_base::ChainId(hash(3)),
        block_height: walnut_base::BlockHeight(0),
        application_index: 0,
        parameters: vec![0; 7],
        required_application_ids: vec![ApplicationId::new(hash(4)); 2],
    };
    measure(&mut |meter| meter.track_runtime_hash().unwrap());
    measure(&mut |meter| meter.track_runtime_word().unwrap());
    measure(&mut |meter| meter.track_runtime_amount().unwrap());
    measure(&mut |meter| meter.track_runtime_parameters(&[0; 5]).unwrap());
    measure(&mut |meter| meter.track_runtime_owners(&owners).unwrap());
    measure(&mut |meter| meter.track_runtime_owner_balances(&owners).unwrap());
    measure(&mut |meter| meter.track_runtime_chain_ownership(&ownership).unwrap());
    measure(&mut |meter| meter.track_runtime_application_description(&description).unwrap());
    assert_eq!(sizes, [32, 8, 16, 5, 53, 53 + 48, 20 + 40 + 36, 109 + 7 + 64]);
}
