//! Questions to a validator about a chain.

use serde::{Deserialize, Serialize};

use crate::{AccountOwner, BlockHeight, BlockHeightRange, ChainId, Round};

/// A question; answered by [`crate::ChainInfoResponse`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainInfoQuery {
    /// The chain.
    pub chain_id: ChainId,
    /// Fails unless this is the next height.
    pub test_next_block_height: Option<BlockHeight>,
    /// Whose balance to tell.
    pub request_owner_balance: AccountOwner,
    /// Whether to tell committees; validators refuse.
    pub request_committees: bool,
    /// Whether to tell which bundles wait.
    pub request_pending_message_bundles: bool,
    /// Obsolete; not sent over gRPC.
    pub request_sent_certificate_hashes_in_range: Option<BlockHeightRange>,
    /// Whether to tell the log of senders, from this position on.
    pub request_received_log_excluding_first_n: Option<u64>,
    /// Whether to tell the `requested_*` fields of the consensus state.
    pub request_manager_values: bool,
    /// Whether to vote that this round at this height timed out.
    pub request_leader_timeout: Option<(BlockHeight, Round)>,
    /// Whether to vote for validator rounds.
    pub request_fallback: bool,
    /// Heights whose block hashes to tell.
    pub request_sent_certificate_hashes_by_heights: Vec<BlockHeight>,
    /// Whether to send undelivered messages again. Missing in JSON means true.
    #[serde(default = "default_true")]
    pub create_network_actions: bool,
}

const fn default_true() -> bool {
    true
}

impl ChainInfoQuery {
    /// Asks for nothing special: the chain's own balance, everything else off.
    pub const fn new(chain_id: ChainId) -> Self {
        Self {
            chain_id,
            test_next_block_height: None,
            request_owner_balance: AccountOwner::CHAIN,
            request_committees: false,
            request_pending_message_bundles: false,
            request_sent_certificate_hashes_in_range: None,
            request_received_log_excluding_first_n: None,
            request_manager_values: false,
            request_leader_timeout: None,
            request_fallback: false,
            request_sent_certificate_hashes_by_heights: Vec::new(),
            create_network_actions: false,
        }
    }

    /// Fails unless this is the next height.
    pub const fn test_next_block_height(mut self, height: BlockHeight) -> Self {
        self.test_next_block_height = Some(height);
        self
    }

    /// Asks for the balance of an owner.
    pub const fn with_owner_balance(mut self, owner: AccountOwner) -> Self {
        self.request_owner_balance = owner;
        self
    }

    /// Asks for bundles that wait.
    pub const fn with_pending_message_bundles(mut self) -> Self {
        self.request_pending_message_bundles = true;
        self
    }

    /// Asks for block hashes at heights.
    pub fn with_sent_certificate_hashes_by_heights(mut self, heights: Vec<BlockHeight>) -> Self {
        self.request_sent_certificate_hashes_by_heights = heights;
        self
    }

    /// Asks for the log of senders from a position on.
    pub const fn with_received_log_excluding_first_n(mut self, count: u64) -> Self {
        self.request_received_log_excluding_first_n = Some(count);
        self
    }

    /// Asks for the `requested_*` fields of the consensus state.
    pub const fn with_manager_values(mut self) -> Self {
        self.request_manager_values = true;
        self
    }

    /// Asks for a vote that a round timed out.
    pub const fn with_timeout(mut self, height: BlockHeight, round: Round) -> Self {
        self.request_leader_timeout = Some((height, round));
        self
    }

    /// Asks for a vote for validator rounds.
    pub const fn with_fallback(mut self) -> Self {
        self.request_fallback = true;
        self
    }

    /// Asks to send undelivered messages again.
    pub const fn with_network_actions(mut self) -> Self {
        self.create_network_actions = true;
        self
    }
}
