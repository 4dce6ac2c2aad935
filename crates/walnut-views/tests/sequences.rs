//! Logs, queues, registers and stores.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::VecDeque;

use common::{hash, now};
use proptest::prelude::*;
use walnut_base::ChainId;
use walnut_views::{
    Batch, HashView, LazyRegister, Log, MemoryStore, Overlay, Prefixed, Queue, Register, RootKey, Store,
    StoreError, View, hash_bytes,
};

fn save<V: View>(view: &mut V, store: &MemoryStore) -> usize {
    let mut batch = Batch::new();
    view.emit(&mut batch);
    store.apply(&batch);
    view.mark_saved();
    batch.len()
}

#[derive(Clone, Debug)]
enum Step {
    Push(u16),
    Pop,
    Clear,
    Save,
    Load,
    Rollback,
    Checkpoint,
    Restore,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<u16>().prop_map(Step::Push),
        4 => Just(Step::Pop),
        1 => Just(Step::Clear),
        2 => Just(Step::Save),
        1 => Just(Step::Load),
        1 => Just(Step::Rollback),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::Restore),
    ]
}

proptest! {
    #[test]
    fn queue_is_a_queue(steps in prop::collection::vec(step(), 0..60)) {
        let store = MemoryStore::new();
        let mut queue = Queue::<u16>::new([1]);
        let mut model = VecDeque::new();
        let mut saved = VecDeque::new();
        let mut checkpoint = None;
        for step in steps {
            match step {
                Step::Push(value) => { queue.push_back(value); model.push_back(value); }
                Step::Pop => { queue.delete_front(); model.pop_front(); }
                Step::Clear => { queue.clear(); model.clear(); }
                Step::Save => {
                    save(&mut queue, &store);
                    saved = model.clone();
                    checkpoint = None;
                    prop_assert_eq!(save(&mut queue, &store), 0, "no change, no write");
                }
                Step::Load => { queue = now(Queue::load(&store, [1])).unwrap(); model = saved.clone(); checkpoint = None; }
                Step::Rollback => { queue.rollback(); model = saved.clone(); }
                Step::Checkpoint => checkpoint = Some((queue.clone(), model.clone())),
                Step::Restore => if let Some((old_queue, old_model)) = checkpoint.clone() {
                    (queue, model) = (old_queue, old_model);
                },
            }
            prop_assert_eq!(queue.count(), model.len() as u64);
            prop_assert_eq!(queue.is_empty(), model.is_empty());
            prop_assert_eq!(now(queue.front(&store)).unwrap(), model.front().copied());
            prop_assert_eq!(now(queue.back(&store)).unwrap(), model.back().copied());
            let all = Vec::from_iter(model.iter().copied());
            prop_assert_eq!(&now(queue.read_front(&store, 1000)).unwrap(), &all);
            let middle = now(queue.read(&store, 1..3)).unwrap();
            prop_assert_eq!(middle, Vec::from_iter(all.iter().copied().skip(1).take(2)));
            prop_assert_eq!(now(queue.content_hash(&store)).unwrap(), hash_bytes(&bcs::to_bytes(&all).unwrap()));
        }
        // Nothing is left behind: the range and the live elements are all there is.
        save(&mut queue, &store);
        prop_assert!(store.entries().len() <= model.len() + 1);
    }

    #[test]
    fn log_is_a_list(steps in prop::collection::vec(step(), 0..60)) {
        let store = MemoryStore::new();
        let mut log = Log::<u16>::new([1]);
        let mut model = Vec::new();
        let mut saved = Vec::new();
        let mut checkpoint = None;
        for step in steps {
            match step {
                Step::Push(value) => { log.push(value); model.push(value); }
                Step::Pop => {}
                Step::Clear => { log.clear(); model.clear(); }
                Step::Save => { save(&mut log, &store); saved = model.clone(); checkpoint = None; }
                Step::Load => { log = now(Log::load(&store, [1])).unwrap(); model = saved.clone(); checkpoint = None; }
                Step::Rollback => { log.rollback(); model = saved.clone(); }
                Step::Checkpoint => checkpoint = Some((log.clone(), model.clone())),
                Step::Restore => if let Some((old_log, old_model)) = checkpoint.clone() {
                    (log, model) = (old_log, old_model);
                },
            }
            prop_assert_eq!(log.count(), model.len() as u64);
            prop_assert_eq!(&now(log.read(&store, 0..1000)).unwrap(), &model);
            prop_assert_eq!(now(log.get(&store, 2)).unwrap(), model.get(2).copied());
            prop_assert_eq!(now(log.read(&store, 1..3)).unwrap(), Vec::from_iter(model.iter().copied().skip(1).take(2)));
            prop_assert_eq!(now(log.content_hash(&store)).unwrap(), hash_bytes(&bcs::to_bytes(&model).unwrap()));
        }
    }
}

#[test]
fn a_long_log_is_written_and_hashed_in_parts() {
    let store = MemoryStore::new();
    let mut log = Log::<u64>::new([]);
    for index in 0..1000 {
        log.push(index);
        assert_eq!(save(&mut log, &store), 2, "one element, one count");
    }
    let all = Vec::from_iter(0..1000_u64);
    assert_eq!(now(log.content_hash(&store)).unwrap(), hash_bytes(&bcs::to_bytes(&all).unwrap()));
    // A hole is damage, and is named.
    let mut batch = Batch::new();
    let key = [&[2][..], &7_u64.to_le_bytes()].concat();
    batch.delete(key.clone());
    store.apply(&batch);
    let error = now(log.get(&store, 7)).unwrap_err();
    assert!(matches!(error, StoreError::Malformed { key: found, .. } if found == key));
}

#[test]
fn register_writes_what_was_touched() {
    let store = MemoryStore::new();
    let mut register = Register::<u16>::new([3]);
    assert_eq!(save(&mut register, &store), 0);
    register.get_mut();
    assert_eq!(save(&mut register, &store), 1, "written though it is the default");
    assert_eq!(store.entries(), [(vec![3], vec![0, 0])]);
    register.set(7);
    register.rollback();
    assert_eq!(register.get(), &0);
    register.set(8);
    let checkpoint = register.clone();
    *register.get_mut() += 1;
    assert_eq!((checkpoint.get(), register.get()), (&8, &9));
    assert_eq!(now(register.content_hash(&store)).unwrap(), hash_bytes(&[9, 0]));
    register.rollback();
    assert_eq!(now(register.content_hash(&store)).unwrap(), hash_bytes(&[0, 0]));
    register = checkpoint;
    save(&mut register, &store);
    assert_eq!(now(Register::<u16>::load(&store, [3])).unwrap().get(), &8);
    register.clear();
    assert_eq!(register.get(), &0);
    save(&mut register, &store);
    assert_eq!(store.entries(), []);
    let mut batch = Batch::new();
    batch.put([3], [1]);
    store.apply(&batch);
    let error = now(Register::<u16>::load(&store, [3])).unwrap_err();
    assert!(matches!(error, StoreError::Malformed { key, .. } if key == [3]));
}

#[test]
fn lazy_register_is_a_register() {
    let store = MemoryStore::new();
    let mut register = LazyRegister::<u16>::new([3]);
    assert_eq!(now(register.get(&store)).unwrap(), &0);
    assert_eq!(save(&mut register, &store), 0);
    now(register.set(&store, 5)).unwrap();
    assert_eq!(save(&mut register, &store), 1);
    let mut register = LazyRegister::<u16>::new([3]);
    assert_eq!(now(register.content_hash(&store)).unwrap(), hash_bytes(&[5, 0]));
    *now(register.get_mut(&store)).unwrap() += 1;
    assert_eq!(now(register.get(&store)).unwrap(), &6);
    register.rollback();
    assert_eq!(now(register.get(&store)).unwrap(), &5);
}

#[test]
fn partitions_are_separate() {
    let store = MemoryStore::new();
    let (one, two) = (RootKey::ChainState(ChainId(hash(1))), RootKey::ChainState(ChainId(hash(2))));
    let mut batch = Batch::new();
    for (root_key, value) in [(one, 1), (two, 2)] {
        let mut inner = Batch::new();
        inner.put([5], [value]);
        inner.put([5, 5], [value]);
        batch.append_prefixed(&root_key.bytes(), inner);
    }
    store.apply(&batch);
    let partition = Prefixed::new(&store, two.bytes());
    assert_eq!(now(partition.read(&[5])).unwrap(), Some(vec![2]));
    assert_eq!(now(partition.scan(&[5])).unwrap(), [(vec![], vec![2]), (vec![5], vec![2])]);
    let mut everything = Batch::new();
    everything.delete_prefix([]);
    store.apply(&everything.with_prefix(&one.bytes()));
    assert_eq!(now(partition.scan_keys(&[])).unwrap().len(), 2);
    assert_eq!(store.entries().len(), 2);
}

#[test]
fn overlay_shows_uncommitted_batches() {
    let overlay = Overlay::new(MemoryStore::new());
    let mut first = Batch::new();
    first.put([1], [1]);
    first.put([1, 2], [1]);
    first.put([0xff, 0xff], [1]);
    let first_id = overlay.push(&first);
    let mut second = Batch::new();
    second.delete_prefix([1]);
    second.put([1, 3], [2]);
    second.delete([0xff, 0xff]);
    second.put([0xff], [2]);
    let second_id = overlay.push(&second);
    let check = |overlay: &Overlay<MemoryStore>| {
        let expected = [(vec![1, 3], vec![2]), (vec![0xff], vec![2])];
        assert_eq!(now(overlay.scan(&[])).unwrap(), expected);
        assert_eq!(now(overlay.scan_keys(&[1])).unwrap(), [vec![3]]);
        assert_eq!(now(overlay.scan_keys(&[0xff])).unwrap(), [Vec::<u8>::new()]);
        assert_eq!(now(overlay.read(&[1])).unwrap(), None);
        let keys = [vec![0xff], vec![1, 2], vec![1, 3], vec![0xff]];
        let expected = [Some(vec![2]), None, Some(vec![2]), Some(vec![2])];
        assert_eq!(now(overlay.read_multi(&keys)).unwrap(), expected);
    };
    check(&overlay);
    overlay.base().apply(&first);
    check(&overlay);
    assert!(overlay.remove(first_id));
    check(&overlay);
    overlay.base().apply(&second);
    assert!(overlay.remove(second_id));
    assert!(!overlay.remove(second_id));
    assert_eq!(overlay.depth(), 0);
    check(&overlay);
}
