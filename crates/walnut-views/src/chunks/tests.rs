//! Chunked entries against a plain map, and how much of them is hashed again.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::hasher::hash_bytes;

fn scratch(model: &BTreeMap<Vec<u8>, Vec<u8>>) -> HasherOutput {
    let mut bytes: Vec<u8> =
        model.iter().flat_map(|(key, value)| [key.clone(), value.clone()]).flatten().collect();
    bytes.extend(count_bytes(model.len()));
    hash_bytes(&bytes)
}

fn check(chunks: &Chunks) {
    let inner = &chunks.inner;
    assert!(inner.sponges.len() <= inner.chunks.len());
    assert_eq!(inner.count, inner.chunks.iter().map(|chunk| chunk.entries.len()).sum::<usize>());
    for chunk in &inner.chunks {
        assert!(!chunk.entries.is_empty());
        assert_eq!(chunk.bytes, chunk.entries.iter().map(Entry::bytes).sum::<usize>());
        assert!(chunk.bytes <= CHUNK_BYTES_MAX || chunk.entries.len() == 1);
    }
    let keys: Vec<_> = chunks.range(&[]).map(|(key, _)| key.to_vec()).collect();
    assert!(keys.is_sorted_by(|a, b| a < b));
}

proptest! {
    #[test]
    fn chunks_are_a_map(
        start in prop::collection::btree_map(prop::collection::vec(0..4_u8, 0..4), 0..9000_usize, 0..20),
        steps in prop::collection::vec((0..8_u8, prop::collection::vec(0..4_u8, 0..4), 0..9000_usize), 0..60),
    ) {
        let mut model: BTreeMap<_, _> = start.into_iter().map(|(key, length)| (key, vec![1; length])).collect();
        let mut chunks = Chunks::from_sorted(model.clone().into_iter().collect());
        let mut snapshots = Vec::new();
        for (step, key, length) in steps {
            match step {
                0..4 => { chunks.insert(&key, vec![step; length]); model.insert(key.clone(), vec![step; length]); }
                4 => { chunks.remove(&key); model.remove(&key); }
                5 if length % 3 == 0 => { chunks.remove_by_prefix(&key); model.retain(|k, _| !k.starts_with(&key)); }
                5 => prop_assert_eq!(chunks.hash(), scratch(&model)),
                6 => snapshots.push((chunks.clone(), model.clone())),
                _ => if let Some((mut old, old_model)) = snapshots.pop() {
                    old.adopt_sponges(&chunks);
                    (chunks, model) = (old, old_model);
                },
            }
            check(&chunks);
            prop_assert_eq!(chunks.count(), model.len());
            prop_assert_eq!(chunks.bytes(), model.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>());
            prop_assert_eq!(chunks.get(&key), model.get(&key).map(Vec::as_slice));
            let range: Vec<_> = chunks.range(&key).map(|(key, value)| (key.to_vec(), value.to_vec())).collect();
            let expected: Vec<_> =
                model.iter().filter(|(k, _)| k.starts_with(&key)).map(|(k, v)| (k.clone(), v.clone())).collect();
            prop_assert_eq!(range, expected);
        }
        prop_assert_eq!(chunks.hash(), scratch(&model));
        for (mut old, old_model) in snapshots {
            prop_assert_eq!(old.hash(), scratch(&old_model));
        }
    }
}

#[test]
fn a_change_keeps_what_was_hashed_before_it() {
    let entries = (0..10_000_u32).map(|index| (index.to_be_bytes().to_vec(), vec![7; 28])).collect();
    let mut chunks = Chunks::from_sorted(entries);
    assert_eq!(chunks.inner.chunks.len(), 20);
    chunks.hash();
    let saved = chunks.clone();
    let mut late = chunks.clone();
    late.insert(&9_000_u32.to_be_bytes(), vec![8; 28]);
    assert_eq!(late.inner.sponges.len(), 17);
    late.insert(&9_001_u32.to_be_bytes(), vec![7; 28]);
    assert_eq!(late.inner.sponges.len(), 17, "the same value changes nothing");
    let same = late.inner.chunks.iter().zip(&saved.inner.chunks).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
    assert_eq!(same, 19, "chunks are shared with the saved contents");
    late.insert(&10_000_u32.to_be_bytes(), Vec::new());
    assert_eq!(late.inner.sponges.len(), 17);
    assert_ne!(late.hash(), chunks.hash());
}

#[test]
fn appending_fills_chunks() {
    let mut chunks = Chunks::default();
    for index in 0..10_000_u32 {
        chunks.insert(&index.to_be_bytes(), vec![7; 28]);
    }
    assert_eq!(chunks.inner.chunks.len(), 20);
    check(&chunks);
    for index in 0..10_000_u32 {
        if index % 100 != 0 {
            chunks.remove(&index.to_be_bytes());
        }
    }
    assert_eq!(chunks.inner.chunks.len(), 1, "small chunks are joined");
    check(&chunks);
}
