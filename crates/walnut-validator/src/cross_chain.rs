//! Requests between chains that wait for a shard: at most one per sender, recipient and kind.
//!
//! Every `UpdateRecipient` carries all that its recipient has not confirmed, so the newest one is enough; of two
//! confirmations the higher one is, and of two requests to send again the lower one (`linera-rpc`,
//! `cross_chain_message_queue.rs`).

use std::collections::{BTreeMap, VecDeque};

use walnut_base::{ChainId, CrossChainRequest};

/// Requests that may wait for one shard. More are dropped: the sender keeps its messages until they are confirmed, and
/// sends them again at its next activity.
const REQUESTS_MAX: usize = 100_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Update,
    Confirm,
    Revert,
}

type Key = (ChainId, ChainId, Kind);

/// First come, first served; a request that joins a waiting one keeps that one's place.
#[derive(Debug, Default)]
pub(crate) struct CrossChainQueue {
    waiting: BTreeMap<Key, CrossChainRequest>,
    order: VecDeque<Key>,
}

impl CrossChainQueue {
    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Adds a request, or joins it with the one that waits.
    pub(crate) fn push(&mut self, request: CrossChainRequest) {
        let key = key(&request);
        if let Some(waiting) = self.waiting.get_mut(&key) {
            join(waiting, request);
        } else if self.order.len() < REQUESTS_MAX {
            self.order.push_back(key);
            self.waiting.insert(key, request);
        } else {
            tracing::error!(sender = %key.0, recipient = %key.1, "too many requests between chains; one is dropped");
        }
    }

    /// Takes the oldest requests.
    pub(crate) fn take(&mut self, limit: usize) -> Vec<CrossChainRequest> {
        let count = self.order.len().min(limit);
        self.order.drain(..count).filter_map(|key| self.waiting.remove(&key)).collect()
    }
}

fn key(request: &CrossChainRequest) -> Key {
    match request {
        CrossChainRequest::UpdateRecipient { sender, recipient, .. } => (*sender, *recipient, Kind::Update),
        CrossChainRequest::ConfirmUpdatedRecipient { sender, recipient, .. } => {
            (*sender, *recipient, Kind::Confirm)
        }
        CrossChainRequest::RevertConfirm { sender, recipient, .. } => (*sender, *recipient, Kind::Revert),
    }
}

fn join(waiting: &mut CrossChainRequest, newer: CrossChainRequest) {
    match (waiting, newer) {
        (
            CrossChainRequest::ConfirmUpdatedRecipient { latest_height: waiting, .. },
            CrossChainRequest::ConfirmUpdatedRecipient { latest_height: newer, .. },
        ) => *waiting = newer.max(*waiting),
        (
            CrossChainRequest::RevertConfirm { retransmit_from: waiting, .. },
            CrossChainRequest::RevertConfirm { retransmit_from: newer, .. },
        ) => *waiting = newer.min(*waiting),
        (waiting, newer) => *waiting = newer,
    }
}

#[cfg(test)]
mod tests {
    //! Joining.

    use walnut_base::{BlockHeight, CryptoHash};

    use super::*;

    fn chain(byte: u8) -> ChainId {
        ChainId(CryptoHash::from([byte; 32]))
    }

    fn update(sender: u8, height: u64) -> CrossChainRequest {
        CrossChainRequest::UpdateRecipient {
            sender: chain(sender),
            recipient: chain(9),
            bundles: Vec::new(),
            previous_height: Some(BlockHeight(height)),
        }
    }

    fn confirm(height: u64) -> CrossChainRequest {
        let latest_height = BlockHeight(height);
        CrossChainRequest::ConfirmUpdatedRecipient { sender: chain(1), recipient: chain(9), latest_height }
    }

    fn revert(height: u64) -> CrossChainRequest {
        let retransmit_from = BlockHeight(height);
        CrossChainRequest::RevertConfirm { sender: chain(1), recipient: chain(9), retransmit_from }
    }

    #[test]
    fn one_request_per_sender_recipient_and_kind() {
        let mut queue = CrossChainQueue::default();
        for request in
            [update(1, 1), confirm(5), update(2, 1), revert(7), update(1, 2), confirm(4), revert(6)]
        {
            queue.push(request);
        }
        assert_eq!(queue.take(2), vec![update(1, 2), confirm(5)]);
        assert_eq!(queue.take(9), vec![update(2, 1), revert(6)]);
        assert!(queue.is_empty());
        queue.push(update(1, 3));
        assert_eq!(queue.take(9), vec![update(1, 3)]);
    }
}
