//! Small indices held in memory beside their records.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{BlockHeight, ChainId};
use walnut_views::Store;

use crate::{
    error::ChainError,
    journal::{Journal, Key, Record},
};

/// A set of chains: one empty record per member, the whole set in memory once it was needed.
#[derive(Debug)]
pub(crate) struct ChainSet {
    record: Record,
    members: Option<BTreeSet<ChainId>>,
}

impl ChainSet {
    pub(crate) fn new(record: Record) -> Self {
        ChainSet { record, members: None }
    }

    pub(crate) async fn members<S: Store>(
        &mut self,
        journal: &Journal,
        store: &S,
    ) -> Result<&mut BTreeSet<ChainId>, ChainError> {
        if self.members.is_none() {
            let entries = journal.scan(store, &Key::of(self.record)).await?;
            let members: Result<_, bcs::Error> =
                entries.iter().map(|(key, _)| bcs::from_bytes(key)).collect();
            self.members = Some(members?);
        }
        Ok(self.members.get_or_insert_default())
    }

    pub(crate) async fn insert<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
        member: ChainId,
    ) -> Result<(), ChainError> {
        if self.members(journal, store).await?.insert(member) {
            journal.put_bytes(Key::of(self.record).value(&member)?, Vec::new());
        }
        Ok(())
    }

    pub(crate) async fn remove<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
        member: &ChainId,
    ) -> Result<(), ChainError> {
        if self.members(journal, store).await?.remove(member) {
            journal.delete(Key::of(self.record).value(member)?);
        }
        Ok(())
    }

    pub(crate) async fn clear<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
    ) -> Result<(), ChainError> {
        for member in std::mem::take(self.members(journal, store).await?) {
            journal.delete(Key::of(self.record).value(&member)?);
        }
        Ok(())
    }
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

    async fn load<S: Store>(
        &mut self,
        journal: &Journal,
        store: &S,
    ) -> Result<&mut BTreeMap<BlockHeight, u32>, ChainError> {
        if self.counters.is_none() {
            let mut counters = BTreeMap::new();
            for (key, value) in journal.scan(store, &Key::of(Record::OutboxCounter)).await? {
                let height: [u8; 8] = key
                    .try_into()
                    .map_err(|_| ChainError::CorruptedChainState("an outbox counter has no height".into()))?;
                counters.insert(BlockHeight(u64::from_be_bytes(height)), bcs::from_bytes(&value)?);
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
