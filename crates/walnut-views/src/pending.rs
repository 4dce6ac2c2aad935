//! Changes of one ordered key space since the last save.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound::{Excluded, Included, Unbounded},
};

use crate::{Batch, store::upper_bound};

/// Sorted updates on top of deleted prefixes, kept minimal the way upstream's views keep them
/// (`linera-views/src/views/key_value_store_view.rs`), because their form decides what is emitted.
///
/// Invariants: no recorded prefix starts with another one; no `Removed` lies under a recorded prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pending<V> {
    deleted_prefixes: BTreeSet<Vec<u8>>,
    updates: BTreeMap<Vec<u8>, Update<V>>,
}

/// The newest word on one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Update<V> {
    Set(V),
    Removed,
}

impl<V> Default for Pending<V> {
    fn default() -> Self {
        Self { deleted_prefixes: BTreeSet::new(), updates: BTreeMap::new() }
    }
}

impl<V> Pending<V> {
    pub(crate) fn is_empty(&self) -> bool {
        self.deleted_prefixes.is_empty() && self.updates.is_empty()
    }

    pub(crate) fn set(&mut self, key: Vec<u8>, value: V) {
        self.updates.insert(key, Update::Set(value));
    }

    pub(crate) fn remove(&mut self, key: Vec<u8>) {
        if self.is_deleted(&key) {
            self.updates.remove(&key);
        } else {
            self.updates.insert(key, Update::Removed);
        }
    }

    pub(crate) fn remove_by_prefix(&mut self, prefix: Vec<u8>) {
        let covered: Vec<_> = range(&self.updates, &prefix).map(|(key, _)| key.clone()).collect();
        for key in covered {
            self.updates.remove(&key);
        }
        if self.is_deleted(&prefix) {
            return;
        }
        self.deleted_prefixes.retain(|recorded| !recorded.starts_with(&prefix));
        self.deleted_prefixes.insert(prefix);
    }

    /// What the changes say about `key`: nothing, or its value, or its absence.
    pub(crate) fn look_up(&self, key: &[u8]) -> Option<Option<&V>> {
        match self.updates.get(key) {
            Some(Update::Set(value)) => Some(Some(value)),
            Some(Update::Removed) => Some(None),
            None => self.is_deleted(key).then_some(None),
        }
    }

    /// The pending value of `key`, if one is set.
    pub(crate) fn value_mut(&mut self, key: &[u8]) -> Option<&mut V> {
        match self.updates.get_mut(key) {
            Some(Update::Set(value)) => Some(value),
            Some(Update::Removed) | None => None,
        }
    }

    pub(crate) fn deleted_prefixes(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.deleted_prefixes.iter()
    }

    pub(crate) fn updates(&self) -> impl Iterator<Item = (&Vec<u8>, &Update<V>)> {
        self.updates.iter()
    }

    /// Appends the writes, with `base` in front of every key.
    pub(crate) fn emit(&self, base: &[u8], batch: &mut Batch, encode: impl Fn(&V) -> Vec<u8>) {
        for prefix in &self.deleted_prefixes {
            batch.delete_prefix([base, prefix].concat());
        }
        for (key, update) in &self.updates {
            let key = [base, key].concat();
            match update {
                Update::Set(value) => batch.put(key, encode(value)),
                Update::Removed => batch.delete(key),
            }
        }
    }

    /// The live entries under `prefix` given the stored ones; keys without the prefix, ascending.
    pub(crate) fn merge<T>(
        &self,
        prefix: &[u8],
        stored: Vec<(Vec<u8>, T)>,
        pick: impl Fn(&V) -> T,
    ) -> Vec<(Vec<u8>, T)> {
        if self.is_empty() {
            return stored;
        }
        let mut stored = stored.into_iter().filter(|(key, _)| !self.is_deleted_below(prefix, key)).peekable();
        let mut merged = Vec::new();
        for (key, update) in range(&self.updates, prefix) {
            let key = &key[prefix.len()..];
            while let Some(entry) = stored.next_if(|(stored_key, _)| stored_key.as_slice() < key) {
                merged.push(entry);
            }
            // The update replaces what is stored under the same key.
            drop(stored.next_if(|(stored_key, _)| stored_key.as_slice() == key));
            if let Update::Set(value) = update {
                merged.push((key.to_vec(), pick(value)));
            }
        }
        merged.extend(stored);
        merged
    }

    /// As [`Pending::merge`], for keys alone.
    pub(crate) fn merge_keys(&self, prefix: &[u8], stored: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let stored = stored.into_iter().map(|key| (key, ())).collect();
        self.merge(prefix, stored, |_| ()).into_iter().map(|(key, ())| key).collect()
    }

    fn is_deleted(&self, key: &[u8]) -> bool {
        self.is_deleted_below(key, &[])
    }

    /// Whether the key `prefix ++ rest` lies under a deleted prefix.
    fn is_deleted_below(&self, prefix: &[u8], rest: &[u8]) -> bool {
        // No recorded prefix starts with another, so the only candidate is the greatest one not above the key.
        let key;
        let key = if rest.is_empty() {
            prefix
        } else {
            key = [prefix, rest].concat();
            &key
        };
        let candidate = self.deleted_prefixes.range::<[u8], _>((Unbounded, Included(key))).next_back();
        candidate.is_some_and(|deleted| key.starts_with(deleted))
    }
}

/// The entries of `map` whose key starts with `prefix`.
fn range<'a, V>(map: &'a BTreeMap<Vec<u8>, V>, prefix: &[u8]) -> impl Iterator<Item = (&'a Vec<u8>, &'a V)> {
    let bound = upper_bound(prefix);
    let upper = match &bound {
        Some(bound) => Excluded(bound.as_slice()),
        None => Unbounded,
    };
    map.range::<[u8], _>((Included(prefix), upper))
}
