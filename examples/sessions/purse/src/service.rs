//! Questions about the purse. There is none about sessions: no block ends with one.

#![cfg_attr(target_arch = "wasm32", no_main)]

use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, Request, Response, Schema};
use linera_sdk::linera_base_types::WithServiceAbi;
use linera_sdk::views::View;
use linera_sdk::{Service, ServiceRuntime};
use purse::PurseAbi;
use purse::state::Purse;

/// The accounts as of the last block.
pub struct PurseService {
    state: Arc<Purse>,
}

linera_sdk::service!(PurseService);

impl WithServiceAbi for PurseService {
    type Abi = PurseAbi;
}

impl Service for PurseService {
    type Parameters = ();

    async fn new(runtime: ServiceRuntime<Self>) -> Self {
        let state = Purse::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state: Arc::new(state) }
    }

    async fn handle_query(&self, request: Request) -> Response {
        Schema::new(Arc::clone(&self.state), EmptyMutation, EmptySubscription).execute(request).await
    }
}
