//! The price inside blocks.

#![cfg_attr(target_arch = "wasm32", no_main)]

use linera_sdk::linera_base_types::WithContractAbi;
use linera_sdk::views::{RootView, View};
use linera_sdk::{Contract, ContractRuntime, http};
use price::PriceAbi;
use price::abi::{Operation, Parameters, Response};
use price::answer::read_price;
use price::state::Price;

/// The state in memory, for the length of one transaction.
pub struct PriceContract {
    state: Price,
    runtime: ContractRuntime<Self>,
}

linera_sdk::contract!(PriceContract);

impl WithContractAbi for PriceContract {
    type Abi = PriceAbi;
}

impl Contract for PriceContract {
    type Message = ();
    type Parameters = Parameters;
    type InstantiationArgument = ();
    type EventValue = ();

    async fn load(runtime: ContractRuntime<Self>) -> Self {
        let state = Price::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state, runtime }
    }

    async fn instantiate(&mut self, (): ()) {
        // Fails here when the parameters have another form.
        self.runtime.application_parameters();
    }

    async fn execute_operation(&mut self, operation: Operation) -> Response {
        let price = match operation {
            Operation::Update => self.ask_service(),
            Operation::Fetch => self.ask_server(),
        };
        self.state.value.set(Some(price));
        price
    }

    async fn execute_message(&mut self, (): ()) {
        panic!("the price sends no messages");
    }

    async fn store(mut self) {
        self.state.save().await.expect("the state can be written");
    }
}

impl PriceContract {
    /// The service, on the machine of whoever executes this block, asks the server.
    fn ask_service(&mut self) -> u64 {
        let own = self.runtime.application_id();
        let response = self.runtime.query_service(own, async_graphql::Request::new("query { current }"));
        if let Some(error) = response.errors.first() {
            panic!("{}", error.message);
        }
        let data = response.data.into_json().expect("an answer is JSON");
        data["current"].as_u64().expect("the current price is a number")
    }

    fn ask_server(&mut self) -> u64 {
        let Parameters { url } = self.runtime.application_parameters();
        let response = self.runtime.http_request(http::Request::get(url));
        read_price(response.status, &response.body).unwrap_or_else(|reason| panic!("{reason}"))
    }
}
