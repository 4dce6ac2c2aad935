//! Pending, remembered and stored values.

use walnut_views::{Batch, MemoryStore};

use super::{Journal, Key, Record};
use crate::{limits::JOURNAL_CACHE_BYTES, test_utils::block_on};

fn key(number: u64) -> Key {
    Key::of(Record::Received).number(number)
}

fn read(journal: &mut Journal, store: &MemoryStore, number: u64) -> Option<u32> {
    block_on(journal.read(store, &key(number))).expect("readable")
}

fn save(journal: &mut Journal, store: &MemoryStore) {
    let mut batch = Batch::default();
    journal.emit(&mut batch);
    store.apply(&batch);
    journal.mark_saved();
}

#[test]
fn reads_see_pending_changes_until_they_are_rolled_back() {
    let store = MemoryStore::new();
    let mut journal = Journal::default();
    journal.put(key(1), &7_u32).expect("encodes");
    save(&mut journal, &store);
    journal.put(key(1), &8_u32).expect("encodes");
    journal.delete(key(2));
    assert_eq!(read(&mut journal, &store, 1), Some(8));
    assert!(journal.is_dirty());
    journal.rollback();
    assert!(!journal.is_dirty());
    assert_eq!(read(&mut journal, &store, 1), Some(7));
    assert_eq!(read(&mut Journal::default(), &store, 1), Some(7));
}

#[test]
fn scans_merge_pending_changes_in_key_order() {
    let store = MemoryStore::new();
    let mut journal = Journal::default();
    for number in [1, 256, 300] {
        journal.put(key(number), &number).expect("encodes");
    }
    save(&mut journal, &store);
    journal.delete(key(256));
    journal.put(key(2), &2_u64).expect("encodes");
    journal.put(Key::of(Record::Preprocessed).number(9), &9_u64).expect("encodes");
    let found = block_on(journal.scan(&store, &Key::of(Record::Received))).expect("readable");
    let numbers: Vec<u64> = found.iter().map(|(_, value)| bcs::from_bytes(value).expect("decodes")).collect();
    assert_eq!(numbers, [1, 2, 300]);
}

#[test]
fn remembered_values_are_bounded() {
    let store = MemoryStore::new();
    let mut journal = Journal::default();
    for number in 0..100 {
        journal.put_bytes(key(number), vec![0; JOURNAL_CACHE_BYTES / 10]);
        save(&mut journal, &store);
        assert!(journal.clean_bytes <= JOURNAL_CACHE_BYTES);
    }
    journal.put_bytes(key(100), vec![0; JOURNAL_CACHE_BYTES + 1]);
    save(&mut journal, &store);
    assert!(journal.clean_bytes <= JOURNAL_CACHE_BYTES);
    let large = block_on(journal.read_bytes(&store, &key(100))).expect("readable");
    assert_eq!(large.map(|bytes| bytes.len()), Some(JOURNAL_CACHE_BYTES + 1));
}
