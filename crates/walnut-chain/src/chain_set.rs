//! A set of chains, held in memory beside its records.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use walnut_base::ChainId;
use walnut_views::Store;

use crate::{
    error::ChainError,
    journal::{Journal, Key, Record},
};

/// Members in the head. A set that comes and goes with every block is one record, written once however many members
/// changed, and read without a search: a database steps over every record that was ever deleted in the range of a search,
/// as many as the chain has blocks.
const NEAR_MAX: usize = 64;

/// The whole set in memory once it was needed. Stored as a head with the first members, and an empty record for each
/// member that found the head full.
#[derive(Debug)]
pub(crate) struct ChainSet {
    record: Record,
    loaded: Option<Loaded>,
}

#[derive(Debug, Default)]
struct Loaded {
    all: BTreeSet<ChainId>,
    /// Those in the head.
    near: BTreeSet<ChainId>,
}

/// What is stored under the record without a member.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Head {
    near: BTreeSet<ChainId>,
    has_far: bool,
}

impl ChainSet {
    pub(crate) fn new(record: Record) -> Self {
        ChainSet { record, loaded: None }
    }

    /// All members, in order.
    pub(crate) async fn members<S: Store>(
        &mut self,
        journal: &Journal,
        store: &S,
    ) -> Result<&BTreeSet<ChainId>, ChainError> {
        Ok(&self.load(journal, store).await?.all)
    }

    pub(crate) async fn insert<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
        member: ChainId,
    ) -> Result<(), ChainError> {
        let record = self.record;
        let set = self.load(journal, store).await?;
        if !set.all.insert(member) {
            return Ok(());
        }
        if set.near.len() < NEAR_MAX {
            set.near.insert(member);
            return set.save_head(record, journal);
        }
        journal.put_bytes(Key::of(record).value(&member)?, Vec::new());
        match set.far_count() {
            1 => set.save_head(record, journal),
            _ => Ok(()),
        }
    }

    pub(crate) async fn remove<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
        member: &ChainId,
    ) -> Result<(), ChainError> {
        let record = self.record;
        let set = self.load(journal, store).await?;
        if !set.all.remove(member) {
            return Ok(());
        }
        if set.near.remove(member) {
            return set.save_head(record, journal);
        }
        journal.delete(Key::of(record).value(member)?);
        match set.far_count() {
            0 => set.save_head(record, journal),
            _ => Ok(()),
        }
    }

    pub(crate) async fn clear<S: Store>(
        &mut self,
        journal: &mut Journal,
        store: &S,
    ) -> Result<(), ChainError> {
        let record = self.record;
        let set = self.load(journal, store).await?;
        for member in set.all.difference(&set.near) {
            journal.delete(Key::of(record).value(member)?);
        }
        *set = Loaded::default();
        set.save_head(record, journal)
    }

    async fn load<S: Store>(&mut self, journal: &Journal, store: &S) -> Result<&mut Loaded, ChainError> {
        if self.loaded.is_none() {
            let head: Head = journal.peek(store, &Key::of(self.record)).await?.unwrap_or_default();
            let mut all = head.near.clone();
            if head.has_far {
                for (key, _) in journal.scan(store, &Key::of(self.record)).await? {
                    // The head itself has no member in its key.
                    if !key.is_empty() {
                        all.insert(bcs::from_bytes(&key)?);
                    }
                }
            }
            self.loaded = Some(Loaded { all, near: head.near });
        }
        Ok(self.loaded.get_or_insert_default())
    }
}

impl Loaded {
    fn far_count(&self) -> usize {
        self.all.len() - self.near.len()
    }

    fn save_head(&self, record: Record, journal: &mut Journal) -> Result<(), ChainError> {
        let key = Key::of(record);
        if self.all.is_empty() {
            journal.delete(key);
            return Ok(());
        }
        journal.put(key, &Head { near: self.near.clone(), has_far: self.far_count() > 0 })
    }
}

#[cfg(test)]
mod tests {
    //! A set that is saved and loaded between any two steps.

    use walnut_base::CryptoHash;
    use walnut_views::{Batch, MemoryStore, Store as _};

    use super::*;
    use crate::test_utils::block_on;

    #[derive(Default)]
    struct Fixture {
        store: MemoryStore,
        expected: BTreeSet<ChainId>,
    }

    fn chain(number: u8) -> ChainId {
        ChainId(CryptoHash::from([number; 32]))
    }

    impl Fixture {
        fn step(&mut self, work: impl AsyncFnOnce(&mut ChainSet, &mut Journal, &MemoryStore)) {
            let mut journal = Journal::default();
            let mut set = ChainSet::new(Record::NonemptyInbox);
            block_on(work(&mut set, &mut journal, &self.store));
            let mut batch = Batch::default();
            journal.emit(&mut batch);
            self.store.apply(&batch);
            assert_eq!(self.stored(), self.expected);
        }

        fn stored(&self) -> BTreeSet<ChainId> {
            let mut set = ChainSet::new(Record::NonemptyInbox);
            block_on(set.members(&Journal::default(), &self.store)).expect("readable").clone()
        }

        fn insert(&mut self, number: u8) {
            self.expected.insert(chain(number));
            self.step(async |set, journal, store| {
                set.insert(journal, store, chain(number)).await.expect("inserts");
            });
        }

        fn remove(&mut self, number: u8) {
            self.expected.remove(&chain(number));
            self.step(async |set, journal, store| {
                set.remove(journal, store, &chain(number)).await.expect("removes");
            });
        }

        fn records(&self) -> usize {
            block_on(self.store.scan(&[])).expect("readable").len()
        }
    }

    #[test]
    fn members_come_and_go() {
        let near = u8::try_from(NEAR_MAX).expect("a small number");
        let mut set = Fixture::default();
        for number in 0..near {
            set.insert(number);
            set.insert(number);
        }
        assert_eq!(set.records(), 1, "a small set is one record");
        for number in near..near + 10 {
            set.insert(number);
        }
        assert_eq!(set.records(), 11);
        // From the head, into the room that this makes, and from the records.
        for number in [3, 4, 4] {
            set.remove(number);
        }
        set.insert(200);
        for number in near..near + 10 {
            set.remove(number);
        }
        assert_eq!(set.records(), 1);
        set.insert(201);
        set.insert(202);
        assert_eq!(set.records(), 2, "the head is full again");
        for number in (0..near).chain(200..203) {
            set.remove(number);
        }
        assert_eq!(set.records(), 0, "an empty set has no records");
    }

    #[test]
    fn clearing_leaves_nothing() {
        let mut set = Fixture::default();
        for number in 0..100 {
            set.insert(number);
        }
        set.expected.clear();
        set.step(async |set, journal, store| set.clear(journal, store).await.expect("clears"));
        assert_eq!(set.records(), 0);
        set.insert(7);
        assert_eq!(set.records(), 1);
    }
}
