//! Who still waits for the messages of which height, held in memory beside its records.

use std::{collections::BTreeMap, ops::RangeInclusive};

use walnut_base::BlockHeight;
use walnut_views::Store;

use crate::{
    error::ChainError,
    journal::{Journal, Key, Record},
};

/// Heights whose counters are asked for at once: those that share all bytes of their keys but the last.
const SPAN_BITS: u32 = 8;

/// Questions beyond which one about all counters is cheaper.
const SPANS_MAX: u64 = 64;

fn height_of(key: &[u8]) -> Result<BlockHeight, ChainError> {
    let height: [u8; 8] = key
        .try_into()
        .map_err(|_| ChainError::CorruptedChainState("an outbox counter has no height".into()))?;
    Ok(BlockHeight(u64::from_be_bytes(height)))
}

/// Per height, how many targets still wait for its messages. Heights nobody waits for have no record.
#[derive(Debug, Default)]
pub(crate) struct HeightCounters {
    counters: Option<BTreeMap<BlockHeight, u32>>,
}

impl HeightCounters {
    fn key(height: BlockHeight) -> Key {
        Key::of(Record::OutboxCounter).number(height.0)
    }

    pub(crate) fn is_loaded(&self) -> bool {
        self.counters.is_some()
    }

    /// Loads the counters, of which the caller knows that none is outside the heights. A database may have to step over
    /// every counter that was ever deleted, as many as the chain has blocks; so it is asked about no more than it must be.
    pub(crate) async fn load_within<S: Store>(
        &mut self,
        journal: &Journal,
        store: &S,
        heights: Option<RangeInclusive<BlockHeight>>,
    ) -> Result<(), ChainError> {
        let Some(heights) = heights else {
            self.counters = Some(BTreeMap::new());
            return Ok(());
        };
        let (first, last) = (heights.start().0 >> SPAN_BITS, heights.end().0 >> SPAN_BITS);
        if last.saturating_sub(first) >= SPANS_MAX {
            self.load(journal, store).await?;
            return Ok(());
        }
        let mut counters = BTreeMap::new();
        for span in first..=last {
            let prefix = (span << SPAN_BITS).to_be_bytes();
            let prefix = &prefix[..prefix.len() - 1];
            for (rest, value) in journal.scan(store, &Key::of(Record::OutboxCounter).raw(prefix)).await? {
                counters.insert(height_of(&[prefix, &rest].concat())?, bcs::from_bytes(&value)?);
            }
        }
        self.counters = Some(counters);
        Ok(())
    }

    async fn load<S: Store>(
        &mut self,
        journal: &Journal,
        store: &S,
    ) -> Result<&mut BTreeMap<BlockHeight, u32>, ChainError> {
        if self.counters.is_none() {
            let mut counters = BTreeMap::new();
            for (key, value) in journal.scan(store, &Key::of(Record::OutboxCounter)).await? {
                counters.insert(height_of(&key)?, bcs::from_bytes(&value)?);
            }
            self.counters = Some(counters);
        }
        Ok(self.counters.get_or_insert_default())
    }

    pub(crate) async fn add<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
        height: BlockHeight,
        count: u32,
    ) -> Result<(), ChainError> {
        if count == 0 {
            return Ok(());
        }
        let counter = self.load(journal, store).await?.entry(height).or_default();
        *counter = counter.checked_add(count).ok_or(walnut_base::ArithmeticError::Overflow)?;
        journal.put(Self::key(height), counter)
    }

    pub(crate) async fn decrement<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
        height: BlockHeight,
    ) -> Result<(), ChainError> {
        let counters = self.load(journal, store).await?;
        let Some(counter) = counters.get_mut(&height) else {
            return Err(ChainError::CorruptedChainState(format!("no outbox counter for height {height}")));
        };
        *counter = counter.checked_sub(1).ok_or(walnut_base::ArithmeticError::Underflow)?;
        if *counter == 0 {
            counters.remove(&height);
            journal.delete(Self::key(height));
            Ok(())
        } else {
            journal.put(Self::key(height), counter)
        }
    }

    /// The lowest height somebody waits for.
    pub(crate) async fn lowest<S: Store>(
        &mut self,
        journal: &Journal,
        store: &S,
    ) -> Result<Option<BlockHeight>, ChainError> {
        Ok(self.load(journal, store).await?.keys().next().copied())
    }

    /// Whether nobody waits for this height or a lower one.
    pub(crate) async fn all_delivered_up_to<S: Store>(
        &mut self,
        journal: &Journal,
        store: &S,
        height: BlockHeight,
    ) -> Result<bool, ChainError> {
        Ok(self.lowest(journal, store).await?.is_none_or(|lowest| lowest > height))
    }

    pub(crate) async fn clear<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
    ) -> Result<(), ChainError> {
        for height in std::mem::take(self.load(journal, store).await?).into_keys() {
            journal.delete(Self::key(height));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    //! Loading no more than may be there.

    use walnut_views::{Batch, MemoryStore};

    use super::*;
    use crate::test_utils::block_on;

    const HEIGHTS: [u64; 4] = [5, 255, 256, 70_000];

    fn stored() -> MemoryStore {
        let (store, mut journal) = (MemoryStore::new(), Journal::default());
        let mut counters = HeightCounters::default();
        for height in HEIGHTS {
            block_on(counters.add(&mut journal, &store, BlockHeight(height), 2)).expect("adds");
        }
        let mut batch = Batch::default();
        journal.emit(&mut batch);
        store.apply(&batch);
        store
    }

    fn loaded(range: Option<RangeInclusive<u64>>) -> Vec<u64> {
        let (store, journal) = (stored(), Journal::default());
        let mut counters = HeightCounters::default();
        let heights = range.map(|range| BlockHeight(*range.start())..=BlockHeight(*range.end()));
        block_on(counters.load_within(&journal, &store, heights)).expect("loads");
        assert!(counters.is_loaded());
        let counters = block_on(counters.load(&journal, &store)).expect("is loaded");
        counters.keys().map(|height| height.0).collect()
    }

    #[test]
    fn all_counters_within_the_heights_are_loaded() {
        assert_eq!(loaded(Some(5..=256)), [5, 255, 256]);
        assert_eq!(loaded(Some(256..=300)), [256]);
        // Too far apart for one question per span.
        assert_eq!(loaded(Some(5..=70_000)), HEIGHTS);
        assert_eq!(loaded(None), Vec::<u64>::new());
    }
}
