//! The promises of [`Storage`], as one suite that every backend passes.

use std::{collections::BTreeMap, future::Future};

use walnut_views::{Batch, Entry, Store as _, WriteOperation};

use crate::{Durability, Storage};

/// How the suite gets hold of a backend.
pub trait Backend {
    /// The storage under test.
    type Storage: Storage;

    /// An empty database.
    fn create(&mut self) -> impl Future<Output = Self::Storage>;

    /// Drops the handle without any farewell, as a kill would, and opens the same database again.
    fn reopen(&mut self, storage: Self::Storage) -> impl Future<Output = Self::Storage>;
}

/// Runs everything; panics at the first broken promise.
pub async fn run(mut backend: impl Backend) {
    reads_what_was_written(&mut backend).await;
    batches_apply_in_order(&mut backend).await;
    prefixes_are_exact(&mut backend).await;
    large_values_survive(&mut backend).await;
    strict_commits_survive_a_kill(&mut backend).await;
    random_operations_match_a_map(&mut backend).await;
}

fn put(key: &[u8], value: &[u8]) -> WriteOperation {
    WriteOperation::Put { key: key.to_vec(), value: value.to_vec() }
}

fn delete(key: &[u8]) -> WriteOperation {
    WriteOperation::Delete { key: key.to_vec() }
}

fn delete_prefix(key_prefix: &[u8]) -> WriteOperation {
    WriteOperation::DeletePrefix { key_prefix: key_prefix.to_vec() }
}

async fn commit<S: Storage>(storage: &S, operations: Vec<WriteOperation>) {
    storage.commit(&Batch { operations }, Durability::Strict).await.expect("the commit succeeds");
}

async fn content<S: Storage>(storage: &S, prefix: &[u8]) -> Vec<Entry> {
    let entries = storage.scan(prefix).await.expect("the scan succeeds");
    let keys = storage.scan_keys(prefix).await.expect("the scan succeeds");
    assert_eq!(keys, entries.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>());
    entries
}

async fn reads_what_was_written(backend: &mut impl Backend) {
    let storage = backend.create().await;
    assert_eq!(storage.read(b"a").await.expect("reads"), None);
    commit(&storage, vec![put(b"a", b"1"), put(b"b", b""), put(b"\0", b"zero")]).await;
    assert_eq!(storage.read(b"a").await.expect("reads"), Some(b"1".to_vec()));
    assert_eq!(storage.read(b"b").await.expect("reads"), Some(vec![]), "an empty value is present");
    let keys = [b"b".to_vec(), b"missing".to_vec(), b"\0".to_vec(), b"b".to_vec()];
    let values = storage.read_multi(&keys).await.expect("reads");
    assert_eq!(
        values,
        [Some(vec![]), None, Some(b"zero".to_vec()), Some(vec![])],
        "input order, repeats allowed"
    );
    assert_eq!(storage.read_multi(&[]).await.expect("reads"), Vec::<Option<Vec<u8>>>::new());
}

async fn batches_apply_in_order(backend: &mut impl Backend) {
    let storage = backend.create().await;
    commit(&storage, vec![put(b"k1", b"old"), put(b"k2", b"old"), put(b"l", b"stays")]).await;
    commit(&storage, vec![put(b"k3", b"gone"), delete_prefix(b"k"), put(b"k2", b"new"), delete(b"m")]).await;
    assert_eq!(
        content(&storage, b"").await,
        [(b"k2".to_vec(), b"new".to_vec()), (b"l".to_vec(), b"stays".to_vec())]
    );
    commit(&storage, vec![put(b"l", b"x"), delete(b"l"), delete(b"k2"), put(b"k2", b"again")]).await;
    assert_eq!(content(&storage, b"").await, [(b"k2".to_vec(), b"again".to_vec())]);
    commit(&storage, vec![]).await;
    commit(&storage, vec![delete_prefix(b"")]).await;
    assert_eq!(content(&storage, b"").await, []);
}

async fn prefixes_are_exact(backend: &mut impl Backend) {
    let storage = backend.create().await;
    let keys: [&[u8]; 7] = [b"a", b"a\0", b"a\xff", b"a\xff\xff", b"b", b"\xff", b"\xff\xff\x01"];
    commit(&storage, keys.iter().map(|key| put(key, key)).collect()).await;
    let suffixes = |prefix: &[u8]| {
        let mut suffixes = keys.iter().filter_map(|key| key.strip_prefix(prefix)).collect::<Vec<_>>();
        suffixes.sort_unstable();
        suffixes.into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    for prefix in [&b""[..], b"a", b"a\xff", b"a\xff\xff", b"\xff", b"\xff\xff", b"c"] {
        let found = content(&storage, prefix).await.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(found, suffixes(prefix), "prefix {prefix:?}");
    }
    commit(&storage, vec![delete_prefix(b"\xff"), delete_prefix(b"a\xff")]).await;
    let left = content(&storage, b"").await.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(left, [b"a".to_vec(), b"a\0".to_vec(), b"b".to_vec()]);
}

async fn large_values_survive(backend: &mut impl Backend) {
    let storage = backend.create().await;
    let value =
        (0..4_000_000_u32).map(|index| index.to_le_bytes()[0] ^ index.to_le_bytes()[2]).collect::<Vec<_>>();
    commit(&storage, vec![put(b"large", &value)]).await;
    let storage = backend.reopen(storage).await;
    assert!(storage.read(b"large").await.expect("reads") == Some(value), "the large value is intact");
}

async fn strict_commits_survive_a_kill(backend: &mut impl Backend) {
    let mut storage = backend.create().await;
    for round in 0..5_u8 {
        commit(&storage, vec![put(&[1, round], &[round]), delete_prefix(&[2]), put(&[2, round], b"newest")])
            .await;
        storage = backend.reopen(storage).await;
        let rounds = (0..=round).map(|round| (vec![round], vec![round])).collect::<Vec<_>>();
        assert_eq!(content(&storage, &[1]).await, rounds);
        assert_eq!(content(&storage, &[2]).await, [(vec![round], b"newest".to_vec())]);
    }
}

/// A small generator, so that every backend sees the same operations.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// A key or prefix of `length_min` to three bytes.
    fn key(&mut self, length_min: u64) -> Vec<u8> {
        let length = length_min + self.below(4 - length_min);
        (0..length).map(|_| [0, 1, 0x61, 0xff][usize::try_from(self.below(4)).expect("below four")]).collect()
    }
}

async fn random_operations_match_a_map(backend: &mut impl Backend) {
    let mut storage = backend.create().await;
    let mut model = BTreeMap::<Vec<u8>, Vec<u8>>::new();
    let mut numbers = Numbers(20_261_121);
    for round in 0..60 {
        let mut operations = Vec::new();
        for _ in 0..numbers.below(12) {
            let key = numbers.key(1);
            match numbers.below(6) {
                0 => {
                    model.retain(|existing, _| !existing.starts_with(&key));
                    operations.push(WriteOperation::DeletePrefix { key_prefix: key });
                }
                1 => {
                    model.remove(&key);
                    operations.push(WriteOperation::Delete { key });
                }
                _ => {
                    let value = vec![u8::try_from(numbers.below(256)).expect("a byte"); 3];
                    model.insert(key.clone(), value.clone());
                    operations.push(WriteOperation::Put { key, value });
                }
            }
        }
        commit(&storage, operations).await;
        if round % 13 == 0 {
            storage = backend.reopen(storage).await;
        }
        let prefix = numbers.key(0);
        let expected = model
            .iter()
            .filter_map(|(key, value)| Some((key.strip_prefix(prefix.as_slice())?.to_vec(), value.clone())))
            .collect::<Vec<_>>();
        assert_eq!(content(&storage, &prefix).await, expected, "round {round}");
    }
}
