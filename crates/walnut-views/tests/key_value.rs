//! Maps, sets and application stores against plain maps.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::now;
use proptest::prelude::*;
use walnut_views::{
    APPLICATION_KEY_BYTES_MAX, Batch, HashView, HasherOutput, KeyValueStore, Map, MemoryStore,
    RESIDENT_BYTES_MAX, Set, StoreError, View, WriteOperation, hash_bytes,
};

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

/// The definition, with nothing remembered.
fn hash_of(model: &Model) -> HasherOutput {
    let mut bytes: Vec<u8> =
        model.iter().flat_map(|(key, value)| [key.clone(), value.clone()]).flatten().collect();
    bytes.extend(u32::try_from(model.len()).unwrap().to_le_bytes());
    hash_bytes(&bytes)
}

fn apply(model: &mut Model, batch: &Batch) {
    for operation in &batch.operations {
        match operation {
            WriteOperation::Delete { key } => {
                model.remove(key);
            }
            WriteOperation::DeletePrefix { key_prefix } => {
                model.retain(|key, _| !key.starts_with(key_prefix))
            }
            WriteOperation::Put { key, value } => {
                model.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Entries of the model under `prefix`, with it removed.
fn under(model: &Model, prefix: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let entry =
        |(key, value): (&Vec<u8>, &Vec<u8>)| Some((key.strip_prefix(prefix)?.to_vec(), value.clone()));
    model.iter().filter_map(entry).collect()
}

fn emitted(view: &impl View) -> Batch {
    let mut batch = Batch::new();
    view.emit(&mut batch);
    batch
}

fn save(view: &mut impl View, store: &MemoryStore) {
    store.apply(&emitted(view));
    view.mark_saved();
}

/// Prefixes first, ascending, none covering another; then one operation per key, ascending; no delete that a prefix
/// already did.
fn check_minimal(batch: &Batch) -> Result<(), TestCaseError> {
    let mut prefixes = Vec::<&[u8]>::new();
    let mut keys = Vec::<&[u8]>::new();
    for operation in &batch.operations {
        match operation {
            WriteOperation::DeletePrefix { key_prefix } => {
                prop_assert!(keys.is_empty());
                prop_assert!(prefixes.iter().all(|prefix| !key_prefix.starts_with(prefix)));
                prop_assert!(prefixes.last().is_none_or(|last| *last < key_prefix.as_slice()));
                prefixes.push(key_prefix);
            }
            WriteOperation::Delete { key } | WriteOperation::Put { key, .. } => {
                prop_assert!(keys.last().is_none_or(|last| *last < key.as_slice()));
                keys.push(key);
                if let WriteOperation::Delete { key } = operation {
                    prop_assert!(prefixes.iter().all(|prefix| !key.starts_with(prefix)));
                }
            }
        }
    }
    Ok(())
}

#[derive(Clone, Debug)]
enum Step {
    Write(Batch),
    Hash,
    Save,
    Load,
    Rollback,
    Checkpoint,
    Restore,
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(vec![0, 1, 0xfe, 0xff]), 0..4)
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    // Some values are large, so that the entries need several chunks.
    prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 0..3),
        2 => (any::<u8>(), 4000..9000_usize).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

fn operation() -> impl Strategy<Value = WriteOperation> {
    prop_oneof![
        6 => (key(), value()).prop_map(|(key, value)| WriteOperation::Put { key, value }),
        3 => key().prop_map(|key| WriteOperation::Delete { key }),
        1 => key().prop_map(|key_prefix| WriteOperation::DeletePrefix { key_prefix }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(operation(), 0..6).prop_map(|operations| Step::Write(Batch { operations })),
        3 => Just(Step::Hash),
        2 => Just(Step::Save),
        1 => Just(Step::Load),
        1 => Just(Step::Rollback),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::Restore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn application_store_is_a_map(steps in prop::collection::vec(step(), 0..40), probe in key()) {
        let store = MemoryStore::new();
        let mut kvs = KeyValueStore::new(&[7]);
        let mut model = Model::new();
        let mut saved = Model::new();
        let mut checkpoint = None;
        for step in steps {
            match step {
                Step::Write(batch) => { kvs.write_batch(&batch).unwrap(); apply(&mut model, &batch); }
                Step::Hash => prop_assert_eq!(now(kvs.content_hash(&store)).unwrap(), hash_of(&model)),
                Step::Save => {
                    let batch = emitted(&kvs);
                    // The memo comes last and is not one of the entries.
                    let memos = batch.operations.iter().filter(|operation| operation.key() == [7, 4]).count();
                    let mut entries = batch.clone();
                    entries.operations.truncate(batch.len() - memos);
                    check_minimal(&entries)?;
                    save(&mut kvs, &store);
                    saved = model.clone();
                    checkpoint = None;
                    prop_assert!(emitted(&kvs).is_empty());
                    let stored: Model = now(walnut_views::Store::scan(&store, &[7, 1])).unwrap().into_iter().collect();
                    prop_assert_eq!(&stored, &model);
                }
                Step::Load => {
                    kvs = now(KeyValueStore::load(&store, &[7])).unwrap();
                    model = saved.clone();
                    checkpoint = None;
                }
                Step::Rollback => { kvs.rollback(); model = saved.clone(); prop_assert!(emitted(&kvs).is_empty()); }
                Step::Checkpoint => checkpoint = Some((kvs.clone(), model.clone())),
                Step::Restore => if let Some((old_kvs, old_model)) = checkpoint.clone() {
                    (kvs, model) = (old_kvs, old_model);
                },
            }
            prop_assert_eq!(now(kvs.read(&store, &probe)).unwrap(), model.get(&probe).cloned());
            prop_assert_eq!(now(kvs.contains_key(&store, &probe)).unwrap(), model.contains_key(&probe));
            let keys = [vec![], probe.clone(), vec![0xff], probe.clone()];
            let expected = keys.each_ref().map(|key| model.get(key).cloned());
            prop_assert_eq!(now(kvs.read_multi(&store, &keys)).unwrap(), expected);
            for prefix in [&probe[..], &[], &[0xff], &[0xff, 0xff]] {
                let expected = under(&model, prefix);
                let keys: Vec<_> = expected.iter().map(|(key, _)| key.clone()).collect();
                prop_assert_eq!(now(kvs.find_keys_by_prefix(&store, prefix)).unwrap(), keys);
                prop_assert_eq!(now(kvs.find_key_values_by_prefix(&store, prefix)).unwrap(), expected);
            }
        }
        prop_assert_eq!(now(kvs.content_hash(&store)).unwrap(), hash_of(&model));
    }

    #[test]
    fn map_is_a_map(
        steps in prop::collection::vec((0..10_u8, 0..300_u16, any::<u64>()), 0..80),
        resident in any::<bool>(),
    ) {
        let load = |store: &MemoryStore| {
            if resident { now(Map::<u16, u64>::load(store, [7])).unwrap() } else { Map::lazy([7]) }
        };
        let bytes = |model: &BTreeMap<u16, u64>| -> Model {
            let entry = |(key, value): (&u16, &u64)| (key.to_le_bytes().to_vec(), value.to_le_bytes().to_vec());
            model.iter().map(entry).collect()
        };
        let store = MemoryStore::new();
        let mut map = load(&store);
        let mut model = BTreeMap::<u16, u64>::new();
        let mut saved = model.clone();
        let mut checkpoint = None;
        for (step, key, value) in steps {
            match step {
                0 | 1 => { map.insert(&key, value); model.insert(key, value); }
                2 => { map.remove(&key); model.remove(&key); }
                3 => {
                    *now(map.get_mut_or_default(&store, &key)).unwrap() ^= value;
                    *model.entry(key).or_default() ^= value;
                }
                4 => {
                    let key = model.keys().next().copied().unwrap_or(key);
                    let found = now(map.get_mut(&store, &key)).unwrap();
                    prop_assert_eq!(found.is_some(), model.contains_key(&key));
                    if let Some(found) = found { *found = value; model.insert(key, value); }
                }
                5 => { save(&mut map, &store); saved = model.clone(); checkpoint = None; }
                6 => { map = load(&store); model = saved.clone(); checkpoint = None; }
                7 if value % 4 == 0 => { map.clear(); model.clear(); }
                7 => { map.rollback(); model = saved.clone(); }
                8 => checkpoint = Some((map.clone(), model.clone())),
                _ => if let Some((old_map, old_model)) = checkpoint.clone() { (map, model) = (old_map, old_model); },
            }
            check_minimal(&emitted(&map))?;
            prop_assert_eq!(now(map.read(&store, &key)).unwrap(), model.get(&key).copied());
            prop_assert_eq!(now(map.contains_key(&store, &key)).unwrap(), model.contains_key(&key));
            prop_assert_eq!(now(map.read_multi(&store, &[key, 1])).unwrap(), [key, 1].map(|key| model.get(&key).copied()));
            prop_assert_eq!(now(map.count(&store)).unwrap(), model.len());
            prop_assert_eq!(now(map.content_hash(&store)).unwrap(), hash_of(&bytes(&model)));
        }
        let order: Vec<_> = bytes(&model).into_keys().collect();
        let keys = now(map.keys(&store)).unwrap();
        prop_assert_eq!(keys.iter().map(|key| key.to_le_bytes().to_vec()).collect::<Vec<_>>(), order);
        prop_assert_eq!(now(map.entries(&store)).unwrap().into_iter().collect::<BTreeMap<_, _>>(), model);
    }

    #[test]
    fn set_is_a_set(steps in prop::collection::vec((0..6_u8, 0..40_u32), 0..80), resident in any::<bool>()) {
        let load = |store: &MemoryStore| {
            if resident { now(Set::<u32>::load(store, [7])).unwrap() } else { Set::lazy([7]) }
        };
        let store = MemoryStore::new();
        let mut set = load(&store);
        let mut model = BTreeSet::<u32>::new();
        let mut saved = model.clone();
        for (step, key) in steps {
            match step {
                0 | 1 => { set.insert(&key); model.insert(key); }
                2 => { set.remove(&key); model.remove(&key); }
                3 => { save(&mut set, &store); saved = model.clone(); }
                4 => { set = load(&store); model = saved.clone(); }
                _ if key == 0 => { set.clear(); model.clear(); }
                _ => { set.rollback(); model = saved.clone(); }
            }
            check_minimal(&emitted(&set))?;
            prop_assert_eq!(now(set.contains(&store, &key)).unwrap(), model.contains(&key));
            prop_assert_eq!(now(set.count(&store)).unwrap(), model.len());
            prop_assert_eq!(now(set.keys(&store)).unwrap().into_iter().collect::<BTreeSet<_>>(), model.clone());
            let bytes = model.iter().map(|key| (key.to_le_bytes().to_vec(), Vec::new())).collect();
            prop_assert_eq!(now(set.content_hash(&store)).unwrap(), hash_of(&bytes));
        }
    }
}

/// What is written for a series of operations, in upstream's words.
#[test]
fn application_writes_are_minimized() {
    fn put(key: &[u8]) -> WriteOperation {
        WriteOperation::Put { key: key.to_vec(), value: vec![9] }
    }
    fn delete(key: &[u8]) -> WriteOperation {
        WriteOperation::Delete { key: key.to_vec() }
    }
    fn prefix(key: &[u8]) -> WriteOperation {
        WriteOperation::DeletePrefix { key_prefix: key.to_vec() }
    }
    let cases = [
        (vec![delete(&[9])], vec![delete(&[9])], "a delete of what never was"),
        (vec![put(&[1]), delete(&[1])], vec![delete(&[1])], "the last word"),
        (vec![put(&[5, 1]), prefix(&[5])], vec![prefix(&[5])], "a prefix drops earlier updates"),
        (vec![prefix(&[5]), delete(&[5, 1])], vec![prefix(&[5])], "no delete under a prefix"),
        (vec![prefix(&[5]), put(&[5, 1])], vec![prefix(&[5]), put(&[5, 1])], "a put under a prefix"),
        (vec![prefix(&[5]), put(&[5, 1]), delete(&[5, 1])], vec![prefix(&[5])], "and its delete"),
        (vec![prefix(&[5]), put(&[5, 1]), prefix(&[5, 1])], vec![prefix(&[5])], "and its prefix"),
        (vec![prefix(&[5, 1]), prefix(&[4]), prefix(&[5])], vec![prefix(&[4]), prefix(&[5])], "shorter wins"),
        (vec![prefix(&[5]), prefix(&[])], vec![prefix(&[])], "the empty prefix covers all"),
        (vec![put(&[]), prefix(&[]), put(&[1]), prefix(&[1])], vec![prefix(&[])], "under the empty prefix"),
        (vec![put(&[2]), put(&[1]), prefix(&[7])], vec![prefix(&[7]), put(&[1]), put(&[2])], "the order"),
        (vec![delete(&[5]), put(&[5])], vec![put(&[5])], "put after delete"),
        (
            vec![delete(&[5, 0xff]), prefix(&[0xff]), put(&[0xff, 0xff])],
            vec![prefix(&[0xff]), delete(&[5, 0xff]), put(&[0xff, 0xff])],
            "0xff",
        ),
    ];
    for (operations, expected, name) in cases {
        let mut kvs = KeyValueStore::new(&[]);
        kvs.write_batch(&Batch { operations }).unwrap();
        assert_eq!(emitted(&kvs), Batch { operations: expected }.with_prefix(&[1]), "{name}");
    }
}

#[test]
fn get_mut_writes_present_entries_only() {
    let store = MemoryStore::new();
    let mut map = Map::<u8, u8>::new([7]);
    map.insert(&1, 10);
    save(&mut map, &store);
    assert!(now(map.get_mut(&store, &2)).unwrap().is_none());
    assert!(emitted(&map).is_empty());
    now(map.get_mut(&store, &1)).unwrap().expect("just saved");
    let mut expected = Batch::new();
    expected.put([7, 1], [10]);
    assert_eq!(emitted(&map), expected, "written though unchanged");
    map.remove(&1);
    assert!(now(map.get_mut(&store, &1)).unwrap().is_none(), "removed in the overlay");
    assert_eq!(now(map.get_mut_or_default(&store, &1)).unwrap(), &0);
    let mut expected = Batch::new();
    expected.put([7, 1], [0]);
    assert_eq!(emitted(&map), expected);
}

#[test]
fn long_keys_are_refused() {
    let store = MemoryStore::new();
    let mut kvs = KeyValueStore::new(&[]);
    let longest = vec![1; APPLICATION_KEY_BYTES_MAX];
    let too_long = vec![1; APPLICATION_KEY_BYTES_MAX + 1];
    let error =
        StoreError::KeyTooLong { bytes: APPLICATION_KEY_BYTES_MAX + 1, bytes_max: APPLICATION_KEY_BYTES_MAX };
    let mut batch = Batch::new();
    batch.put(longest.clone(), [1]);
    kvs.write_batch(&batch).unwrap();
    assert_eq!(now(kvs.read(&store, &longest)).unwrap(), Some(vec![1]));
    batch.delete(too_long.clone());
    assert_eq!(kvs.write_batch(&batch), Err(error.clone()));
    assert_eq!(now(kvs.read(&store, &too_long)), Err(error.clone()));
    assert_eq!(now(kvs.find_keys_by_prefix(&store, &too_long)), Err(error.clone()));
    assert!(!error.is_local());
}

#[test]
fn stores_too_large_for_memory_are_hashed_all_the_same() {
    let store = MemoryStore::new();
    let mut model = Model::from([(vec![1], vec![3; RESIDENT_BYTES_MAX]), (vec![2], vec![4])]);
    let mut batch = Batch::new();
    for (key, value) in &model {
        batch.put([&[1], &key[..]].concat(), value.clone());
    }
    store.apply(&batch);
    let mut kvs = now(KeyValueStore::load(&store, &[])).unwrap();
    for round in 0..2 {
        let mut writes = Batch::new();
        writes.put([2], [round]);
        writes.put([0], []);
        apply(&mut model, &writes);
        kvs.write_batch(&writes).unwrap();
        assert_eq!(now(kvs.content_hash(&store)).unwrap(), hash_of(&model));
        save(&mut kvs, &store);
    }
    let mut writes = Batch::new();
    writes.delete([1]);
    apply(&mut model, &writes);
    kvs.write_batch(&writes).unwrap();
    assert_eq!(now(kvs.content_hash(&store)).unwrap(), hash_of(&model));
}
