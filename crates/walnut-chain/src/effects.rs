//! What a handled request asks its host to do.

use walnut_base::{BlockHeight, ChainId, CrossChainRequest, Notification};
use walnut_views::Batch;

/// The consequences of one request, in the order they may happen: commit, then speak.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Writes over the whole key space (partition prefixes included), to be committed in one piece *before* the reply or
    /// anything below leaves this process.
    pub batch: Batch,
    /// Requests to other chains of the same node or validator. Delivery is at least once and in any order.
    pub cross_chain: Vec<CrossChainRequest>,
    /// News for subscribers, best effort.
    pub notifications: Vec<Notification>,
    /// Chains whose messages up to a height have all been confirmed: waiters registered with
    /// [`DeliveryWaiters`](crate::DeliveryWaiters) at or below may go.
    pub delivered: Vec<(ChainId, BlockHeight)>,
}

impl Effects {
    /// Appends the effects of a later request.
    pub fn extend(&mut self, later: Effects) {
        self.batch.operations.extend(later.batch.operations);
        self.cross_chain.extend(later.cross_chain);
        self.notifications.extend(later.notifications);
        self.delivered.extend(later.delivered);
    }

    /// Whether the host has nothing to do.
    pub fn is_empty(&self) -> bool {
        self.batch.operations.is_empty()
            && self.cross_chain.is_empty()
            && self.notifications.is_empty()
            && self.delivered.is_empty()
    }
}
