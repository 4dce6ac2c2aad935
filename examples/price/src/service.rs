//! Questions about the price.

#![cfg_attr(target_arch = "wasm32", no_main)]

use std::sync::Arc;

use async_graphql::{EmptySubscription, Object, Request, Response, Schema};
use linera_sdk::linera_base_types::WithServiceAbi;
use linera_sdk::views::View;
use linera_sdk::{Service, ServiceRuntime, http};
use price::PriceAbi;
use price::abi::{Operation, Parameters};
use price::answer::read_price;
use price::state::Price;

/// The state as of the last block.
pub struct PriceService {
    state: Arc<Price>,
    runtime: Arc<ServiceRuntime<Self>>,
}

linera_sdk::service!(PriceService);

impl WithServiceAbi for PriceService {
    type Abi = PriceAbi;
}

impl Service for PriceService {
    type Parameters = Parameters;

    async fn new(runtime: ServiceRuntime<Self>) -> Self {
        let state = Price::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state: Arc::new(state), runtime: Arc::new(runtime) }
    }

    async fn handle_query(&self, request: Request) -> Response {
        let query = Query { state: Arc::clone(&self.state), runtime: Arc::clone(&self.runtime) };
        let mutation = Mutation { runtime: Arc::clone(&self.runtime) };
        Schema::new(query, mutation, EmptySubscription).execute(request).await
    }
}

/// Answers.
struct Query {
    state: Arc<Price>,
    runtime: Arc<ServiceRuntime<PriceService>>,
}

#[Object]
impl Query {
    /// The last price that a block has seen.
    async fn value(&self) -> Option<u64> {
        *self.state.value.get()
    }

    /// What the server says now.
    async fn current(&self) -> Result<u64, String> {
        let Parameters { url } = self.runtime.application_parameters();
        let response = self.runtime.http_request(http::Request::get(url));
        read_price(response.status, &response.body)
    }
}

/// Operations, scheduled for the next block.
struct Mutation {
    runtime: Arc<ServiceRuntime<PriceService>>,
}

#[Object]
impl Mutation {
    /// Takes the current price into a block, by way of the service.
    async fn update(&self) -> bool {
        self.runtime.schedule_operation(&Operation::Update);
        true
    }

    /// Takes the current price into a block, response and all.
    async fn fetch(&self) -> bool {
        self.runtime.schedule_operation(&Operation::Fetch);
        true
    }
}
