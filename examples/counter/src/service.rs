//! Questions about the counter.

#![cfg_attr(target_arch = "wasm32", no_main)]

use std::sync::Arc;

use async_graphql::{EmptySubscription, Object, Request, Response, Schema};
use counter::CounterAbi;
use counter::abi::Operation;
use counter::state::Counter;
use linera_sdk::linera_base_types::WithServiceAbi;
use linera_sdk::views::View;
use linera_sdk::{Service, ServiceRuntime};

/// The state as of the last block.
pub struct CounterService {
    state: Arc<Counter>,
    runtime: Arc<ServiceRuntime<Self>>,
}

linera_sdk::service!(CounterService);

impl WithServiceAbi for CounterService {
    type Abi = CounterAbi;
}

impl Service for CounterService {
    type Parameters = ();

    async fn new(runtime: ServiceRuntime<Self>) -> Self {
        let state = Counter::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state: Arc::new(state), runtime: Arc::new(runtime) }
    }

    async fn handle_query(&self, request: Request) -> Response {
        let mutation = Mutation { runtime: Arc::clone(&self.runtime) };
        Schema::new(Arc::clone(&self.state), mutation, EmptySubscription).execute(request).await
    }
}

/// Operations, scheduled for the next block.
struct Mutation {
    runtime: Arc<ServiceRuntime<CounterService>>,
}

#[Object]
impl Mutation {
    /// Adds to the number.
    async fn increment(&self, value: u64) -> bool {
        self.runtime.schedule_operation(&Operation::Increment { value });
        true
    }
}
