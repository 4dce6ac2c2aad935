//! The counter inside blocks.

#![cfg_attr(target_arch = "wasm32", no_main)]

use counter::CounterAbi;
use counter::abi::{InstantiationArgument, Operation, Response};
use counter::state::Counter;
use linera_sdk::linera_base_types::WithContractAbi;
use linera_sdk::views::{RootView, View};
use linera_sdk::{Contract, ContractRuntime};

/// The state in memory, for the length of one transaction.
pub struct CounterContract {
    state: Counter,
}

linera_sdk::contract!(CounterContract);

impl WithContractAbi for CounterContract {
    type Abi = CounterAbi;
}

impl Contract for CounterContract {
    type Message = ();
    type Parameters = ();
    type InstantiationArgument = InstantiationArgument;
    type EventValue = ();

    async fn load(runtime: ContractRuntime<Self>) -> Self {
        let state = Counter::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state }
    }

    async fn instantiate(&mut self, value: InstantiationArgument) {
        self.state.value.set(value);
    }

    async fn execute_operation(&mut self, operation: Operation) -> Response {
        let Operation::Increment { value } = operation;
        let sum = self.state.value.get().checked_add(value).expect("the counter is full");
        self.state.value.set(sum);
        sum
    }

    async fn execute_message(&mut self, (): ()) {
        panic!("the counter sends no messages");
    }

    async fn store(mut self) {
        self.state.save().await.expect("the state can be written");
    }
}
