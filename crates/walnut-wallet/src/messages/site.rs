//! Web pages: what they may ask, what waits for an answer, who is connected.

use serde::{Deserialize, Serialize};
use walnut_base::{AccountOwner, ChainId, Timestamp};

use super::{AccountId, Review};

/// Number of a connected site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteId(pub u32);

/// Number of a request of a site, never reused: also after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteRequestId(pub u64);

/// What a page asks. The origin is the browser's word, never the page's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteCall {
    /// Asks to be connected (`linera_requestAccounts`).
    Connect(ConnectRequest),
    /// Owners the site may see (`linera_accounts`).
    Accounts,
    /// Chains the site may see (`linera_chains`).
    Chains,
    /// Name of the network (`linera_networkInfo`).
    NetworkInfo,
    /// Asks for a block (`linera_propose`): BCS of each operation, hex.
    Propose {
        /// The chain that is to get it.
        chain_id: ChainId,
        /// BCS of each `Operation`, as hex.
        operations: Vec<String>,
    },
    /// Gives its permissions back.
    Disconnect,
}

/// What a page asks for when it connects. Its own words are claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectRequest {
    /// What the page calls itself; a claim.
    pub claimed_name: Option<String>,
    /// Whether it wants to propose blocks, not only read.
    pub wants_propose: bool,
}

/// What a page gets back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteAnswer {
    /// Owners it may see.
    Accounts(
        /// The owners.
        Vec<AccountOwner>,
    ),
    /// Chains it may see.
    Chains(
        /// The chains.
        Vec<ChainId>,
    ),
    /// Name of the network.
    NetworkInfo {
        /// Its name.
        name: String,
    },
    /// The block is certified.
    Proposed {
        /// Hash of the block, hex.
        block_hash: String,
        /// Its height.
        height: u64,
    },
    /// Done; nothing to say.
    Done,
}

/// What the person grants a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectPermissions {
    /// Accounts it may see.
    pub accounts: Vec<AccountId>,
    /// Chains it may see: balances, blocks, notifications.
    pub chains: Vec<ChainId>,
    /// Whether it may propose blocks there. Each one is still reviewed.
    pub may_propose: bool,
    /// Until when; none = until revoked.
    pub expires_at: Option<Timestamp>,
}

/// A request that waits for the person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingSiteRequest {
    /// Its number.
    pub id: SiteRequestId,
    /// The site's origin, from the browser.
    pub origin: String,
    /// When it came.
    pub asked_at: Timestamp,
    /// What is asked.
    pub body: SiteRequestBody,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteRequestBody {
    /// To be connected.
    Connect(ConnectRequest),
    /// To sign a block.
    Sign {
        /// The chain that is to get it.
        chain_id: ChainId,
        /// BCS of each `Operation`, as hex.
        operations: Vec<String>,
        /// The staged block; none while it is being staged or when the chain is not up to date.
        review: Option<Box<Review>>,
    },
}

/// A site with permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedSite {
    /// Its number.
    pub id: SiteId,
    /// Its origin, from the browser.
    pub origin: String,
    /// What it may.
    pub permissions: ConnectPermissions,
    /// When it was connected.
    pub connected_at: Timestamp,
    /// When it last asked for something.
    pub last_used: Option<Timestamp>,
    /// True when the person chose "ignore this site": it gets a refusal without a question.
    pub is_ignored: bool,
}
