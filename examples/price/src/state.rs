//! What the price stores on a chain.

use linera_sdk::views::{RegisterView, RootView, ViewStorageContext, linera_views};

/// One register.
#[derive(RootView, async_graphql::SimpleObject)]
#[view(context = ViewStorageContext)]
pub struct Price {
    /// The last price that a block has seen, and none before the first.
    pub value: RegisterView<Option<u64>>,
}
