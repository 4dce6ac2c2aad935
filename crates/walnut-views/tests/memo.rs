//! Which memoized hashes are persisted: bits that every node has to agree on.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{State, app, now};
use walnut_base::{AccountOwner, Amount, Timestamp};
use walnut_views::{Batch, MemoryStore, WriteOperation};

fn put(key: u8, value: u8) -> Batch {
    let mut batch = Batch::new();
    batch.put([key], [value]);
    batch
}

fn write(state: &mut State, store: &MemoryStore, id: u8, batch: &Batch) {
    now(state.users.write_batch(store, &app(id), batch)).unwrap();
}

fn app_bit(state: &State, store: &MemoryStore, id: u8) -> bool {
    let key = [&common::state_key()[..], &[1, 1, 0, 0, 0, 1, 2], &[id; 32], &[4]].concat();
    let stored = now(walnut_views::Store::read(store, &key)).unwrap().is_some();
    assert!(state.users.contains(&app(id)));
    stored
}

#[test]
fn zero_mode_sets_no_bits() {
    let store = MemoryStore::new();
    let mut state = State::load(&store);
    state.timestamp.set(Timestamp::from(1));
    write(&mut state, &store, 1, &put(1, 1));
    assert!(state.hashed_batch().operations.iter().all(|op| !matches!(op, WriteOperation::Delete { .. })));
    state.save(&store);
    assert_eq!(state.bits(), "0000000000000");
    assert!(!app_bit(&state, &store, 1));
}

#[test]
fn legacy_blocks_set_all_bits_of_touched_units() {
    let store = MemoryStore::new();
    let mut state = State::load(&store);
    write(&mut state, &store, 1, &put(1, 1));
    // A block in zero mode leaves application 1 without a memo.
    state.save(&store);
    // A block in legacy mode, which touches application 2 only.
    write(&mut state, &store, 2, &put(1, 1));
    let (_, first) = state.content(&store);
    state.save(&store);
    assert_eq!(state.bits(), "1111111111111");
    assert!(!app_bit(&state, &store, 1), "hashed in passing");
    assert!(app_bit(&state, &store, 2));
    // Loaded again, the hash is the same and nothing is left to write.
    let mut state = State::load(&store);
    assert_eq!(state.content(&store).1, first);
    assert!(state.hashed_batch().is_empty());
    // The next touch of each application: only the second has a memo to delete.
    for (id, deletes) in [(1, 1), (2, 2)] {
        let mut state = state.clone();
        write(&mut state, &store, id, &Batch::new());
        let batch = state.hashed_batch();
        let count = batch.operations.iter().filter(|op| matches!(op, WriteOperation::Delete { .. })).count();
        assert_eq!(count, deletes, "application {id}");
    }
}

#[test]
fn users_memo_is_computed_once() {
    let store = MemoryStore::new();
    let mut state = State::load(&store);
    write(&mut state, &store, 1, &put(1, 1));
    state.content(&store);
    // Touched after the hash: the memo of the application and of `users` are gone again.
    write(&mut state, &store, 1, &Batch::new());
    state.save(&store);
    assert_eq!(state.bits(), "1111111111110");
    assert!(!app_bit(&state, &store, 1));
}

#[test]
fn only_the_first_touch_deletes_a_memo() {
    let store = MemoryStore::new();
    let mut state = State::load(&store);
    state.content(&store);
    state.save(&store);
    state.closed.set(true);
    assert_eq!(state.hashed_batch().len(), 2);
    state.save(&store);
    assert_eq!(state.bits(), "1111111101111");
    state.closed.set(true);
    assert_eq!(state.hashed_batch().len(), 1, "a write of the same value, no delete");
}

#[test]
fn a_missing_balance_touches_but_writes_nothing() {
    let store = MemoryStore::new();
    let mut state = State::load(&store);
    state.content(&store);
    state.save(&store);
    let owner = AccountOwner::Address20([1; 20]);
    assert_eq!(now(state.balances.read(&store, &owner)).unwrap(), None);
    assert!(state.hashed_batch().is_empty(), "reading does not touch");
    assert!(now(state.balances.get_mut(&store, &owner)).unwrap().is_none());
    let batch = state.hashed_batch();
    let memo = hex::decode("01000000000100000000010600000002").unwrap();
    assert_eq!(batch.operations, [WriteOperation::Delete { key: memo }]);
}

#[test]
fn rollback_and_checkpoint_restore_bits() {
    let store = MemoryStore::new();
    let mut state = State::load(&store);
    write(&mut state, &store, 1, &put(1, 1));
    state.content(&store);
    state.save(&store);
    let (_, saved) = state.content(&store);

    // A bundle that succeeds, then one that fails.
    state.balance.set(Amount::from_attos(1));
    let checkpoint = state.clone();
    write(&mut state, &store, 1, &put(2, 2));
    write(&mut state, &store, 2, &put(2, 2));
    state.closed.set(true);
    assert_ne!(state.content(&store).1, saved);
    state = checkpoint;
    assert_eq!(state.hashed_batch().len(), 2, "the balance and its memo");
    assert!(!state.users.contains(&app(2)));

    state.rollback();
    assert!(state.hashed_batch().is_empty());
    assert_eq!(state.content(&store).1, saved);
    assert!(state.hashed_batch().is_empty());
    assert_eq!(state.bits(), "1111111111111");
    assert!(app_bit(&state, &store, 1));

    // A rollback of an application that is new takes it away.
    write(&mut state, &store, 3, &Batch::new());
    assert!(state.users.contains(&app(3)));
    assert_ne!(state.content(&store).1, saved, "an empty batch creates the entry");
    state.rollback();
    assert!(!state.users.contains(&app(3)));
    assert_eq!(state.content(&store).1, saved);
}

#[test]
fn markers_follow_the_data_in_order_of_applications() {
    let store = MemoryStore::new();
    let mut state = State::load(&store);
    write(&mut state, &store, 2, &put(9, 9));
    write(&mut state, &store, 1, &Batch::new());
    state.save(&store);
    // Again: the marker is written in every block that writes.
    write(&mut state, &store, 2, &put(8, 8));
    write(&mut state, &store, 1, &put(7, 7));
    let users = [&common::state_key()[..], &[1, 1, 0, 0, 0, 1]].concat();
    let entry = |id: u8, key: u8| [&users[..], &[2], &[id; 32], &[1, key]].concat();
    let marker = |id: u8| [&users[..], &[1], &[id; 32]].concat();
    let mut expected = Batch::new();
    expected.put(entry(1, 7), [7]);
    expected.put(marker(1), []);
    expected.put(entry(2, 8), [8]);
    expected.put(marker(2), []);
    assert_eq!(state.hashed_batch(), expected);
}

#[test]
fn released_stores_are_read_again() {
    let store = MemoryStore::new();
    let mut state = State::load(&store);
    write(&mut state, &store, 1, &put(1, 1));
    let (_, before) = state.content(&store);
    state.save(&store);
    state.users.release();
    write(&mut state, &store, 1, &put(1, 1));
    assert_eq!(state.content(&store).1, before);
    assert_eq!(now(state.users.store(&app(1)).read(&store, &[1])).unwrap(), Some(vec![1]));
}
