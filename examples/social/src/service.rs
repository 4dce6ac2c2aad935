//! Questions about the feed.

#![cfg_attr(target_arch = "wasm32", no_main)]

use std::sync::Arc;

use async_graphql::{EmptySubscription, Object, Request, Response, Schema};
use linera_sdk::linera_base_types::{ChainId, WithServiceAbi};
use linera_sdk::views::View;
use linera_sdk::{Service, ServiceRuntime};
use social::SocialAbi;
use social::abi::Operation;
use social::state::{Feed, FeedPost};

/// Posts in one answer when nobody says how many.
const NEWEST: u32 = 20;

/// The feed as of the last block.
#[derive(Clone)]
pub struct SocialService {
    state: Arc<Feed>,
    runtime: Arc<ServiceRuntime<Self>>,
}

linera_sdk::service!(SocialService);

impl WithServiceAbi for SocialService {
    type Abi = SocialAbi;
}

impl Service for SocialService {
    type Parameters = ();

    async fn new(runtime: ServiceRuntime<Self>) -> Self {
        let state = Feed::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state: Arc::new(state), runtime: Arc::new(runtime) }
    }

    async fn handle_query(&self, request: Request) -> Response {
        let mutation = Mutation { runtime: Arc::clone(&self.runtime) };
        Schema::new(self.clone(), mutation, EmptySubscription).execute(request).await
    }
}

#[Object]
impl SocialService {
    /// The newest posts, newest first.
    async fn feed(&self, newest: Option<u32>) -> async_graphql::Result<Vec<FeedPost>> {
        let count = self.state.posts.count();
        let wanted = usize::try_from(newest.unwrap_or(NEWEST))?;
        let mut posts = self.state.posts.read(count.saturating_sub(wanted)..count).await?;
        posts.reverse();
        Ok(posts)
    }

    /// Number of posts in the feed.
    async fn count(&self) -> usize {
        self.state.posts.count()
    }

    /// The chains that this one follows.
    async fn following(&self) -> async_graphql::Result<Vec<ChainId>> {
        Ok(self.state.following.indices().await?)
    }
}

/// Operations, scheduled for the next block.
struct Mutation {
    runtime: Arc<ServiceRuntime<SocialService>>,
}

#[Object]
impl Mutation {
    /// Publishes a post on this chain.
    async fn post(&self, text: String) -> bool {
        self.runtime.schedule_operation(&Operation::Post { text });
        true
    }

    /// Follows the posts of another chain.
    async fn subscribe(&self, chain_id: ChainId) -> bool {
        self.runtime.schedule_operation(&Operation::Subscribe { chain_id });
        true
    }

    /// Stops following.
    async fn unsubscribe(&self, chain_id: ChainId) -> bool {
        self.runtime.schedule_operation(&Operation::Unsubscribe { chain_id });
        true
    }
}
