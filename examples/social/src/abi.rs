//! The forms of the feed: BCS as operations, responses and events.

use serde::{Deserialize, Serialize};

use super::types::{AccountOwner, ChainId, Timestamp};

/// The stream on which every chain's posts appear.
pub const STREAM: &[u8] = b"posts";

/// Bytes of text in one post, at most.
pub const TEXT_BYTES_MAX: usize = 1_000;

/// What a block may ask of the feed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Operation {
    /// Publishes a post on this chain.
    Post {
        /// 1 to [`TEXT_BYTES_MAX`] bytes.
        text: String,
    },
    /// Follows the posts of another chain, from the first.
    Subscribe {
        /// Whose.
        chain_id: ChainId,
    },
    /// Stops following.
    Unsubscribe {
        /// Whom.
        chain_id: ChainId,
    },
}

/// The index of the new post; nothing for the other operations.
pub type Response = Option<u32>;

/// One post, as the event that subscribers read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Who signed the block; nobody when an application posted.
    pub author: Option<AccountOwner>,
    /// Time of the block.
    pub timestamp: Timestamp,
    /// What it says.
    pub text: String,
}
