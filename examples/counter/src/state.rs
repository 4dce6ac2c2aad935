//! What the counter stores on a chain.

use linera_sdk::views::{RegisterView, RootView, ViewStorageContext, linera_views};

/// One register.
#[derive(RootView, async_graphql::SimpleObject)]
#[view(context = ViewStorageContext)]
pub struct Counter {
    /// The number.
    pub value: RegisterView<u64>,
}
