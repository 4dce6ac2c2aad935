//! Which chains have messages on the way, remembered across restarts.
//!
//! A chain sends its waiting messages again at its next activity; after a restart nobody else would. So the first message
//! leaves a mark in the node's own partition, in the same commit as the outbox it comes from, and the confirmation of the
//! last one takes it away. At the start every marked chain is asked to send again.

use std::collections::BTreeSet;

use walnut_base::{BlockHeight, ChainId, CrossChainRequest, CryptoHash};
use walnut_chain::Effects;
use walnut_views::{RootKey, Store, StoreError};

/// Follows the partition in the keys of marks.
const MARK: &[u8] = b"outgoing";

fn prefix() -> Vec<u8> {
    [RootKey::Local.bytes().as_slice(), MARK].concat()
}

fn key(chain_id: &ChainId) -> Vec<u8> {
    [prefix().as_slice(), chain_id.0.as_bytes()].concat()
}

/// The chains of one shard with messages on the way.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    marked: BTreeSet<ChainId>,
}

impl Outgoing {
    /// Reads the marks of the chains that `is_ours`.
    pub(crate) async fn load<S: Store>(
        store: &S,
        is_ours: impl Fn(&ChainId) -> bool,
    ) -> Result<Self, StoreError> {
        let keys = store.scan_keys(&prefix()).await?;
        let chains = keys.iter().filter_map(|key| CryptoHash::from_slice(key)).map(ChainId);
        Ok(Self { marked: chains.filter(is_ours).collect() })
    }

    /// The marked chains.
    pub(crate) fn chains(&self) -> impl Iterator<Item = ChainId> {
        self.marked.iter().copied()
    }

    /// Adds the change of marks to what a request commits.
    pub(crate) fn note(&mut self, effects: &mut Effects) {
        for (chain_id, height) in &effects.delivered {
            if *height == BlockHeight::MAX && self.marked.remove(chain_id) {
                effects.batch.delete(key(chain_id));
            }
        }
        for request in &effects.cross_chain {
            if let CrossChainRequest::UpdateRecipient { sender, .. } = request
                && self.marked.insert(*sender)
            {
                effects.batch.put(key(sender), Vec::new());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    //! Marks come and go with messages.

    use walnut_views::MemoryStore;

    use super::*;
    use crate::poll::block_on;

    fn chain(byte: u8) -> ChainId {
        ChainId(CryptoHash::from([byte; 32]))
    }

    fn sent(sender: u8) -> CrossChainRequest {
        CrossChainRequest::UpdateRecipient {
            sender: chain(sender),
            recipient: chain(9),
            bundles: Vec::new(),
            previous_height: None,
        }
    }

    #[test]
    fn a_mark_lasts_from_the_first_message_to_the_last_confirmation() {
        let store = MemoryStore::new();
        let mut outgoing = Outgoing::default();
        let mut note = |cross_chain, delivered| {
            let mut effects = Effects { cross_chain, delivered, ..Effects::default() };
            outgoing.note(&mut effects);
            store.apply(&effects.batch);
            effects.batch.len()
        };
        assert_eq!(note(vec![sent(1), sent(2)], vec![]), 2);
        assert_eq!(note(vec![sent(1)], vec![]), 0);
        assert_eq!(note(vec![], vec![(chain(1), BlockHeight(5))]), 0);
        assert_eq!(note(vec![], vec![(chain(2), BlockHeight::MAX)]), 1);
        let loaded = block_on(Outgoing::load(&store, |_| true)).unwrap();
        assert_eq!(loaded.chains().collect::<Vec<_>>(), vec![chain(1)]);
        let loaded = block_on(Outgoing::load(&store, |chain_id| *chain_id == chain(3))).unwrap();
        assert_eq!(loaded.chains().count(), 0);
    }
}
