//! What a chain has read.

use async_graphql::SimpleObject;
use linera_sdk::linera_base_types::{AccountOwner, ChainId, Timestamp};
use linera_sdk::views::{LogView, MapView, RootView, SetView, ViewStorageContext, linera_views};
use serde::{Deserialize, Serialize};

/// The feed of one chain.
#[derive(RootView)]
#[view(context = ViewStorageContext)]
pub struct Feed {
    /// The posts of this chain and of those it follows, in the order in which they came.
    pub posts: LogView<FeedPost>,
    /// Whom this chain follows or followed: the index of the next post to read, so that none is read twice.
    pub read: MapView<ChainId, u32>,
    /// Whom this chain follows.
    pub following: SetView<ChainId>,
}

/// One post, with where it stands.
#[derive(Clone, Debug, Serialize, Deserialize, SimpleObject)]
pub struct FeedPost {
    /// The chain it was published on.
    pub chain_id: ChainId,
    /// Its index there.
    pub index: u32,
    /// Who signed it.
    pub author: Option<AccountOwner>,
    /// When.
    pub timestamp: Timestamp,
    /// What it says.
    pub text: String,
}
