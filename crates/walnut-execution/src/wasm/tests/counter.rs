//! The counter of the reference, on a chain.

use walnut_base::{Amount, ApplicationDescription, ApplicationId, Blob, BlockHeight, ModuleId, VmRuntime};
use walnut_views::View as _;

use super::{
    apps::pack,
    world::{AppDesk, ask, assert_trap, call, desk, desk_with, run, try_run},
};
use crate::{ExecutionError, test_utils::other_chain};

const CONTRACT: &[u8] = include_bytes!("../../../../../tests/vectors/applications/counter_contract.wasm");
const SERVICE: &[u8] = include_bytes!("../../../../../tests/vectors/applications/counter_service.wasm");

fn install(desk: &AppDesk) -> ApplicationId {
    let contract = Blob::new_contract_bytecode(pack(CONTRACT));
    let service = Blob::new_service_bytecode(pack(SERVICE));
    desk.put_blob(&contract);
    desk.put_blob(&service);
    let description = ApplicationDescription {
        module_id: ModuleId::new(contract.id().hash, service.id().hash, VmRuntime::Wasm),
        creator_chain_id: other_chain(),
        block_height: BlockHeight(1),
        application_index: 0,
        parameters: b"null".to_vec(),
        required_application_ids: Vec::new(),
    };
    desk.put_blob(&description.to_blob());
    description.id()
}

fn number(number: u64) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

#[test]
fn it_counts_and_uses_the_fuel_of_the_reference() {
    let mut desk = desk();
    let counter = install(&desk);
    let operations = [2, 9, 7, 1000].map(|count| call(counter, &number(count)));
    let executed = desk.execute(operations.into()).unwrap();
    assert_eq!(executed.resources.wasm_fuel, 71_229);
    let results = executed.outcome.operation_results.iter().map(|result| result.0.clone());
    assert_eq!(results.collect::<Vec<_>>(), [2, 11, 18, 1018].map(number));
    let answer = ask(&desk, counter, br#"{"query":"query { value }"}"#).unwrap();
    assert_eq!(String::from_utf8(answer.response).unwrap(), r#"{"data":{"value":1018}}"#);
    assert_eq!(answer.operations, []);
    let answer = ask(&desk, counter, br#"{"query":"mutation { increment(value: 5) }"}"#).unwrap();
    let operation = walnut_base::Operation::User { application_id: counter, bytes: number(5) };
    assert_eq!(answer.operations, [operation]);
}

/// Wherever fuel runs out, between host calls, in the allocator, or in `finalize`: the same error, and nothing has
/// changed.
#[test]
fn fuel_may_run_out_anywhere() {
    let fuel = 17_412;
    // A prime, so that the places differ in all loops; and everything around the ends.
    let budgets = (0..fuel).step_by(211).chain([1, 2, fuel / 2, 11_974, 11_975, 11_976, fuel - 2, fuel - 1]);
    let mut plain = desk_with(|policy| policy.maximum_wasm_fuel_per_block = fuel);
    let counter = install(&plain);
    assert_eq!(run(&mut plain, counter, &number(2)).resources.wasm_fuel, fuel);
    let mut applications = Some(plain.applications);
    for budget in budgets {
        let mut desk = desk_with(|policy| policy.maximum_wasm_fuel_per_block = budget);
        // The module is loaded once.
        desk.applications = applications.take().unwrap();
        install(&desk);
        let result = try_run(&mut desk, counter, &number(2));
        assert_trap(result, &ExecutionError::MaximumFuelExceeded(VmRuntime::Wasm));
        let mut batch = walnut_views::Batch::new();
        desk.state.emit(&mut batch);
        assert!(batch.is_empty(), "{budget}");
        applications = Some(desk.applications);
    }
}

/// The same with money, which runs out at the same places.
#[test]
fn money_may_run_out_anywhere() {
    let mut applications = None;
    for budget in (0..17_412u64).step_by(997) {
        let mut desk = desk_with(|policy| policy.wasm_fuel_unit = Amount::from_attos(3));
        desk.state.system.balance.set(Amount::from_attos(u128::from(budget) * 3 + 2));
        desk.save();
        if let Some(applications) = applications.take() {
            desk.applications = applications;
        }
        let counter = install(&desk);
        let Err(ExecutionError::WasmError(reason)) = try_run(&mut desk, counter, &number(2)) else {
            panic!("ran for {budget}")
        };
        assert!(
            reason.starts_with("Required execution fees exceeded the total funding available"),
            "{reason}"
        );
        applications = Some(desk.applications);
    }
}
