//! One inbox by itself, saved and loaded between any two steps.

use walnut_base::{BlockHeight, ChainId, CryptoHash, MessageBundle};
use walnut_views::{Batch, MemoryStore};

use super::block_on;
use crate::{
    error::ChainError,
    inbox::{Inbox, InboxError},
    journal::Journal,
};

const ORIGIN: ChainId = ChainId(CryptoHash::ZERO);

/// The inbox of a chain for one sender. What an error leaves behind is rolled back, as in a chain.
#[derive(Default)]
pub struct TestInbox {
    store: MemoryStore,
}

impl TestInbox {
    /// The sender delivers. Whether it is new to the chain, or why it is refused.
    pub fn add(&mut self, bundle: &MessageBundle) -> Result<bool, String> {
        self.step(async |inbox, store| inbox.add_bundle(store, bundle).await)
    }

    /// A block consumes. Whether it had been delivered, or why it is refused.
    pub fn remove(&mut self, bundle: &MessageBundle) -> Result<bool, String> {
        self.step(async |inbox, store| inbox.remove_bundle(store, bundle).await)
    }

    /// Delivered and not consumed, in order.
    pub fn added(&mut self) -> Vec<MessageBundle> {
        self.read(async |inbox, store| inbox.added_bundles(store).await)
    }

    /// Height of the last bundle that was consumed and not delivered.
    pub fn anticipated_height(&mut self) -> Option<BlockHeight> {
        self.read(async |inbox, store| inbox.anticipated_height(store).await)
    }

    /// The lowest height of which not everything was delivered.
    pub fn next_block_height_to_receive(&mut self) -> BlockHeight {
        self.read(async |inbox, _| inbox.next_block_height_to_receive())
    }

    fn step(
        &mut self,
        work: impl AsyncFnOnce(&mut Inbox<'_>, &MemoryStore) -> Result<Result<bool, InboxError>, ChainError>,
    ) -> Result<bool, String> {
        let mut journal = Journal::default();
        let outcome = block_on(async {
            let mut inbox = Inbox::load(&mut journal, &self.store, ORIGIN).await?;
            work(&mut inbox, &self.store).await
        });
        let outcome = outcome.expect("an inbox in memory can be read").map_err(|error| format!("{error:?}"));
        if outcome.is_ok() {
            let mut batch = Batch::default();
            journal.emit(&mut batch);
            self.store.apply(&batch);
        }
        outcome
    }

    fn read<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Inbox<'_>, &MemoryStore) -> Result<T, ChainError>,
    ) -> T {
        let mut journal = Journal::default();
        let outcome = block_on(async {
            let mut inbox = Inbox::load(&mut journal, &self.store, ORIGIN).await?;
            work(&mut inbox, &self.store).await
        });
        outcome.expect("an inbox in memory can be read")
    }
}
