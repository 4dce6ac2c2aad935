//! Memory that saves work and may be dropped at any time.

use std::collections::{BTreeMap, VecDeque};

/// A map that forgets its oldest entries beyond a number of entries or bytes.
#[derive(Debug)]
pub(crate) struct BoundedCache<K, V> {
    entries: BTreeMap<K, (u64, usize, V)>,
    /// Insertions in order; an entry is live if its ticket still matches.
    order: VecDeque<(u64, K)>,
    next_ticket: u64,
    bytes: usize,
    entries_max: usize,
    bytes_max: usize,
}

impl<K: Ord + Clone, V> BoundedCache<K, V> {
    pub(crate) fn new(entries_max: usize, bytes_max: usize) -> Self {
        BoundedCache {
            entries: BTreeMap::new(),
            order: VecDeque::new(),
            next_ticket: 0,
            bytes: 0,
            entries_max,
            bytes_max,
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(_, _, value)| value)
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.entries.contains_key(key)
    }

    /// Inserts or replaces; `bytes` is the caller's estimate of the memory held.
    pub(crate) fn insert(&mut self, key: K, bytes: usize, value: V) {
        self.remove(&key);
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        self.order.push_back((ticket, key.clone()));
        self.entries.insert(key, (ticket, bytes, value));
        while self.entries.len() > self.entries_max || self.bytes > self.bytes_max {
            let Some((ticket, key)) = self.order.pop_front() else { break };
            if self.entries.get(&key).is_some_and(|(live, _, _)| *live == ticket) {
                self.remove(&key);
            }
        }
        // Removed entries leave tickets behind; drop them before they outnumber the live ones.
        if self.order.len() > 2 * self.entries.len() + 16 {
            let entries = &self.entries;
            self.order.retain(|(ticket, key)| entries.get(key).is_some_and(|(live, _, _)| live == ticket));
        }
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let (_, bytes, value) = self.entries.remove(key)?;
        self.bytes -= bytes;
        Some(value)
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&V) -> bool) {
        let bytes = &mut self.bytes;
        self.entries.retain(|_, (_, size, value)| {
            let kept = keep(value);
            if !kept {
                *bytes -= *size;
            }
            kept
        });
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests;
