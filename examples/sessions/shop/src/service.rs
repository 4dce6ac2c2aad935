//! Questions about the shop.

#![cfg_attr(target_arch = "wasm32", no_main)]

use std::sync::Arc;

use async_graphql::{EmptySubscription, Object, Request, Response, Schema};
use linera_sdk::linera_base_types::WithServiceAbi;
use linera_sdk::{Service, ServiceRuntime};
use shop::ShopAbi;
use shop::abi::{Operation, Parameters};
use shop::types::{Amount, ApplicationId};

/// One instance.
#[derive(Clone)]
pub struct ShopService {
    runtime: Arc<ServiceRuntime<Self>>,
}

linera_sdk::service!(ShopService);

impl WithServiceAbi for ShopService {
    type Abi = ShopAbi;
}

impl Service for ShopService {
    type Parameters = Parameters;

    async fn new(runtime: ServiceRuntime<Self>) -> Self {
        Self { runtime: Arc::new(runtime) }
    }

    async fn handle_query(&self, request: Request) -> Response {
        let mutation = Mutation { runtime: Arc::clone(&self.runtime) };
        Schema::new(self.clone(), mutation, EmptySubscription).execute(request).await
    }
}

#[Object]
impl ShopService {
    /// What this instance wants for its part.
    async fn price(&self) -> Amount {
        self.runtime.application_parameters().price
    }

    /// Whose sessions it takes.
    async fn purse(&self) -> ApplicationId {
        self.runtime.application_parameters().purse
    }
}

/// Operations, scheduled for the next block.
struct Mutation {
    runtime: Arc<ServiceRuntime<ShopService>>,
}

#[Object]
impl Mutation {
    /// Buys from this shop and its suppliers.
    async fn buy(&self, budget: Amount, suppliers: Vec<ApplicationId>) -> bool {
        self.runtime.schedule_operation(&Operation::Buy { budget, suppliers });
        true
    }

    /// Opens a session and forgets it: the block fails.
    async fn forget(&self, budget: Amount) -> bool {
        self.runtime.schedule_operation(&Operation::Forget { budget });
        true
    }
}
