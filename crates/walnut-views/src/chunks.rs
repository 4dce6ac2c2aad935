//! An ordered byte map whose content hash can be resumed in the middle.
//!
//! The hash of maps, sets and key-value stores is one linear SHA3-256 sponge over all entries in key order, then the
//! count. The entries are therefore kept in chunks, and the state of the sponge is remembered after each: a change
//! only absorbs again what follows the chunk before it. Chunks are shared between clones.

use std::sync::Arc;

use sha3::{Digest, Sha3_256};

use crate::{HasherOutput, hasher::count_bytes, limits::CHUNK_BYTES_MAX, pending::Pending, pending::Update};

/// Ordered entries. `clone` is O(1); the first change after it copies one pointer per chunk and one chunk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunks {
    inner: Arc<Inner>,
}

#[derive(Clone, Debug, Default)]
struct Inner {
    /// Nonempty, ascending, disjoint.
    chunks: Vec<Arc<Chunk>>,
    count: usize,
    /// `sponges[i]` has absorbed chunks `0..=i`; at most one per chunk.
    sponges: Vec<Arc<Sha3_256>>,
    hash: Option<HasherOutput>,
}

#[derive(Clone, Debug, Default)]
struct Chunk {
    entries: Vec<Entry>,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Arc<[u8]>,
    value: Arc<[u8]>,
}

impl Entry {
    fn bytes(&self) -> usize {
        self.key.len() + self.value.len()
    }
}

impl Chunk {
    fn new(entries: Vec<Entry>) -> Self {
        let bytes = entries.iter().map(Entry::bytes).sum();
        Self { entries, bytes }
    }

    fn first_key(&self) -> &[u8] {
        self.entries.first().map_or(&[], |entry| &entry.key)
    }

    fn find(&self, key: &[u8]) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| (*entry.key).cmp(key))
    }
}

impl Chunks {
    /// `entries` must be ascending without duplicates.
    pub(crate) fn from_sorted(entries: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        let count = entries.len();
        let mut chunks = Vec::new();
        let mut chunk = Chunk::default();
        for (key, value) in entries {
            let entry = Entry { key: key.into(), value: value.into() };
            if !chunk.entries.is_empty() && chunk.bytes + entry.bytes() > CHUNK_BYTES_MAX {
                chunks.push(Arc::new(std::mem::take(&mut chunk)));
            }
            chunk.bytes += entry.bytes();
            chunk.entries.push(entry);
        }
        if !chunk.entries.is_empty() {
            chunks.push(Arc::new(chunk));
        }
        Self { inner: Arc::new(Inner { chunks, count, sponges: Vec::new(), hash: None }) }
    }

    pub(crate) fn count(&self) -> usize {
        self.inner.count
    }

    /// Bytes of all keys and values.
    pub(crate) fn bytes(&self) -> usize {
        self.inner.chunks.iter().map(|chunk| chunk.bytes).sum()
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&[u8]> {
        let chunk = self.inner.chunks.get(self.inner.position(key))?;
        let index = chunk.find(key).ok()?;
        Some(&chunk.entries[index].value)
    }

    /// The entries whose key starts with `prefix`, ascending, keys whole.
    pub(crate) fn range<'a>(&'a self, prefix: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let start = self.inner.position(prefix);
        let chunks = self.inner.chunks.get(start..).unwrap_or_default();
        chunks
            .iter()
            .flat_map(|chunk| &chunk.entries)
            .map(|entry| (&*entry.key, &*entry.value))
            .skip_while(move |(key, _)| *key < prefix)
            .take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// Applies changes in place.
    pub(crate) fn apply<V>(&mut self, pending: &Pending<V>, encode: impl Fn(&V) -> Vec<u8>) {
        for prefix in pending.deleted_prefixes() {
            self.remove_by_prefix(prefix);
        }
        for (key, update) in pending.updates() {
            match update {
                Update::Set(value) => self.insert(key, encode(value)),
                Update::Removed => self.remove(key),
            }
        }
    }

    pub(crate) fn insert(&mut self, key: &[u8], value: Vec<u8>) {
        if self.get(key) == Some(&value) {
            return;
        }
        let inner = Arc::make_mut(&mut self.inner);
        let mut position = inner.position(key);
        let value: Arc<[u8]> = value.into();
        if let Some(chunk) = inner.chunks.get(position)
            && let Ok(index) = chunk.find(key)
        {
            inner.invalidate(position);
            let chunk = Arc::make_mut(&mut inner.chunks[position]);
            let entry = &mut chunk.entries[index];
            chunk.bytes = chunk.bytes - entry.value.len() + value.len();
            entry.value = value;
        } else {
            inner.count += 1;
            let entry = Entry { key: key.into(), value };
            let is_last = position + 1 >= inner.chunks.len();
            let index = inner.chunks.get(position).map_or(0, |chunk| chunk.find(key).unwrap_or_else(|at| at));
            let appends =
                is_last && inner.chunks.get(position).is_none_or(|chunk| index == chunk.entries.len());
            let full =
                inner.chunks.get(position).is_none_or(|chunk| chunk.bytes + entry.bytes() > CHUNK_BYTES_MAX);
            if appends && full {
                position = inner.chunks.len();
                inner.invalidate(position);
                inner.chunks.push(Arc::new(Chunk::new(vec![entry])));
            } else {
                inner.invalidate(position);
                let chunk = Arc::make_mut(&mut inner.chunks[position]);
                chunk.bytes += entry.bytes();
                chunk.entries.insert(index, entry);
            }
        }
        inner.split(position);
    }

    pub(crate) fn remove(&mut self, key: &[u8]) {
        let position = self.inner.position(key);
        let Some(Ok(index)) = self.inner.chunks.get(position).map(|chunk| chunk.find(key)) else {
            return;
        };
        let inner = Arc::make_mut(&mut self.inner);
        inner.invalidate(position);
        inner.count -= 1;
        let chunk = Arc::make_mut(&mut inner.chunks[position]);
        chunk.bytes -= chunk.entries[index].bytes();
        chunk.entries.remove(index);
        inner.merge(position);
    }

    pub(crate) fn remove_by_prefix(&mut self, prefix: &[u8]) {
        if self.range(prefix).next().is_none() {
            return;
        }
        let inner = Arc::make_mut(&mut self.inner);
        let start = inner.position(prefix);
        inner.invalidate(start);
        let end = inner.chunks.partition_point(|chunk| {
            let first = chunk.first_key();
            first < prefix || first.starts_with(prefix)
        });
        let mut kept = Vec::new();
        for chunk in inner.chunks.drain(start..end) {
            let (gone, rest): (Vec<_>, Vec<_>) =
                chunk.entries.iter().cloned().partition(|entry| entry.key.starts_with(prefix));
            inner.count -= gone.len();
            if gone.is_empty() {
                kept.push(chunk);
            } else if !rest.is_empty() {
                kept.push(Arc::new(Chunk::new(rest)));
            }
        }
        inner.chunks.splice(start..start, kept);
    }

    /// SHA3-256 of every key and value in order, then the count.
    pub(crate) fn hash(&mut self) -> HasherOutput {
        if let Some(hash) = self.inner.hash {
            return hash;
        }
        let inner = Arc::make_mut(&mut self.inner);
        let mut sponge = inner.sponges.last().map_or_else(Sha3_256::new, |sponge| (**sponge).clone());
        for chunk in &inner.chunks[inner.sponges.len()..] {
            for entry in &chunk.entries {
                sponge.update(&entry.key);
                sponge.update(&entry.value);
            }
            inner.sponges.push(Arc::new(sponge.clone()));
        }
        sponge.update(count_bytes(inner.count));
        let hash = sponge.finalize().into();
        inner.hash = Some(hash);
        hash
    }

    /// The hash, if it has been computed.
    pub(crate) fn known_hash(&self) -> Option<HasherOutput> {
        self.inner.hash
    }

    /// Takes over the sponge states of `other` as far as the chunks are the same ones.
    pub(crate) fn adopt_sponges(&mut self, other: &Chunks) {
        let same = self.inner.chunks.iter().zip(&other.inner.chunks).take_while(|(a, b)| Arc::ptr_eq(a, b));
        let known = same.count().min(other.inner.sponges.len());
        if known > self.inner.sponges.len() {
            let inner = Arc::make_mut(&mut self.inner);
            inner.sponges = other.inner.sponges[..known].to_vec();
        }
    }
}

impl Inner {
    /// The chunk that holds `key`, or into which it would go.
    fn position(&self, key: &[u8]) -> usize {
        self.chunks.partition_point(|chunk| chunk.first_key() <= key).saturating_sub(1)
    }

    /// Chunk `position` is about to change.
    fn invalidate(&mut self, position: usize) {
        self.sponges.truncate(position);
        self.hash = None;
    }

    /// Cuts a chunk that has grown too large into halves until they fit or hold one entry.
    fn split(&mut self, position: usize) {
        let Some(chunk) = self.chunks.get_mut(position) else { return };
        if chunk.bytes <= CHUNK_BYTES_MAX || chunk.entries.len() < 2 {
            return;
        }
        let mut first_bytes = 0;
        let half = chunk.bytes / 2;
        let fits = |entry: &&Entry| {
            first_bytes += entry.bytes();
            first_bytes <= half
        };
        let middle = chunk.entries.iter().take_while(fits).count().clamp(1, chunk.entries.len() - 1);
        let second = Chunk::new(chunk.entries[middle..].to_vec());
        *chunk = Arc::new(Chunk::new(chunk.entries[..middle].to_vec()));
        self.chunks.insert(position + 1, Arc::new(second));
        self.split(position + 1);
        self.split(position);
    }

    /// Drops a chunk that became empty, or joins it with the one before when both are small.
    fn merge(&mut self, position: usize) {
        let bytes = self.chunks[position].bytes;
        if self.chunks[position].entries.is_empty() {
            self.chunks.remove(position);
        } else if position > 0 && bytes + self.chunks[position - 1].bytes <= CHUNK_BYTES_MAX / 2 {
            self.invalidate(position - 1);
            let chunk = self.chunks.remove(position);
            let previous = Arc::make_mut(&mut self.chunks[position - 1]);
            previous.entries.extend(chunk.entries.iter().cloned());
            previous.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests;
