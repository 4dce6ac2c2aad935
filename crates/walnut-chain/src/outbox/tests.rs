//! The queue of heights that one target waits for.

use walnut_base::{BlockHeight, ChainId, CryptoHash};
use walnut_views::{Batch, MemoryStore, Store as _};

use super::Outbox;
use crate::{journal::Journal, test_utils::block_on};

const TARGET: ChainId = ChainId(CryptoHash::ZERO);

/// An outbox that is saved and loaded between any two steps.
#[derive(Default)]
struct Fixture {
    store: MemoryStore,
}

impl Fixture {
    fn step<T>(&mut self, work: impl AsyncFnOnce(&mut Outbox<'_>, &MemoryStore) -> T) -> T {
        let mut journal = Journal::default();
        let result = block_on(async {
            let mut outbox = Outbox::load(&mut journal, &self.store, TARGET).await.expect("readable");
            work(&mut outbox, &self.store).await
        });
        let mut batch = Batch::default();
        journal.emit(&mut batch);
        self.store.apply(&batch);
        result
    }

    fn schedule(&mut self, height: u64) -> bool {
        self.step(async |outbox, _| outbox.schedule_message(BlockHeight(height)).expect("no overflow"))
    }

    fn receive(&mut self, height: u64) -> Vec<u64> {
        self.step(async |outbox, store| {
            let popped =
                outbox.mark_messages_as_received(store, BlockHeight(height)).await.expect("readable");
            popped.into_iter().map(|height| height.0).collect()
        })
    }

    fn revert(&mut self, heights: &[u64]) -> Vec<u64> {
        let heights: Vec<BlockHeight> = heights.iter().copied().map(BlockHeight).collect();
        self.step(async |outbox, store| {
            let new = outbox.revert(store, &heights).await.expect("readable");
            new.into_iter().map(|height| height.0).collect()
        })
    }

    /// How many records there are.
    fn records(&self) -> usize {
        block_on(self.store.scan(&[])).expect("readable").len()
    }

    fn queue(&mut self) -> Vec<u64> {
        self.step(async |outbox, store| {
            let heights = outbox.heights(store, usize::MAX).await.expect("readable");
            heights.into_iter().map(|height| height.0).collect()
        })
    }
}

#[test]
fn a_height_is_scheduled_once() {
    let mut outbox = Fixture::default();
    assert!(outbox.schedule(2));
    assert!(!outbox.schedule(2));
    assert!(!outbox.schedule(1));
    assert!(outbox.schedule(5));
    assert_eq!(outbox.queue(), [2, 5]);
}

#[test]
fn confirmation_takes_everything_up_to_the_height() {
    let mut outbox = Fixture::default();
    for height in [1, 3, 4, 8] {
        outbox.schedule(height);
    }
    assert_eq!(outbox.receive(0), Vec::<u64>::new());
    assert_eq!(outbox.receive(3), [1, 3]);
    assert_eq!(outbox.receive(3), Vec::<u64>::new());
    assert_eq!(outbox.receive(100), [4, 8]);
    assert_eq!(outbox.queue(), Vec::<u64>::new());
    assert!(!outbox.schedule(8));
    assert!(outbox.schedule(9));
}

#[test]
fn revert_puts_heights_back_in_order() {
    let mut outbox = Fixture::default();
    for height in [1, 3, 4, 8] {
        outbox.schedule(height);
    }
    outbox.receive(4);
    assert_eq!(outbox.revert(&[8]), Vec::<u64>::new());
    assert_eq!(outbox.revert(&[4, 3, 8]), [4, 3]);
    assert_eq!(outbox.queue(), [3, 4, 8]);
    assert!(!outbox.schedule(8));
    assert_eq!(outbox.receive(8), [3, 4, 8]);
}

/// A queue that outgrows its head, shrinks and grows again keeps the order of the heights.
#[test]
fn a_long_queue_is_the_same_as_a_short_one() {
    let mut outbox = Fixture::default();
    let mut expected = Vec::new();
    let mut next = 0;
    for (scheduled, received) in [(40, 1), (3, 20), (1, 16), (30, 6), (0, 30), (5, 5), (17, 1), (16, 33)] {
        for _ in 0..scheduled {
            next += 2;
            assert!(outbox.schedule(next));
            expected.push(next);
        }
        assert_eq!(outbox.queue(), expected);
        let gone: Vec<u64> = expected.drain(..received.min(expected.len())).collect();
        assert_eq!(outbox.receive(gone.last().copied().unwrap_or_default()), gone);
        assert_eq!(outbox.queue(), expected);
    }
    let all: Vec<u64> = (1..=next / 2).map(|height| 2 * height).collect();
    let missing: Vec<u64> = all.iter().copied().filter(|height| !expected.contains(height)).collect();
    assert_eq!(outbox.revert(&all), missing);
    assert_eq!(outbox.queue(), all);
    assert_eq!(outbox.receive(next), all);
    assert_eq!(outbox.records(), 1, "nothing but the head is left");
}

#[test]
fn the_last_height_cannot_be_scheduled() {
    let mut outbox = Fixture::default();
    let result = outbox.step(async |outbox, _| outbox.schedule_message(BlockHeight::MAX));
    assert_eq!(result, Err(crate::ChainError::ArithmeticError(walnut_base::ArithmeticError::Overflow)));
}
