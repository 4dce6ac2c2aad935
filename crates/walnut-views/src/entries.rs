//! Stored entries with pending changes on top: what maps, sets and key-value stores are made of.

use std::sync::Arc;

use sha3::{Digest, Sha3_256};

use crate::{
    Batch, HasherOutput, Store, StoreError, chunks::Chunks, hasher::count_bytes, keys::BaseKey,
    limits::RESIDENT_BYTES_MAX, pending::Pending,
};

/// Entries below one base key, ordered by their short key (the rest of the key).
#[derive(Clone, Debug)]
pub(crate) struct Entries<V> {
    base: BaseKey,
    encode: fn(&V) -> Vec<u8>,
    stored: Contents,
    pending: Arc<Pending<V>>,
    /// The contents with the pending changes, once they have been hashed.
    current: Option<Contents>,
}

/// Saved contents, as far as they are in memory.
#[derive(Clone, Debug)]
enum Contents {
    /// All of it is here.
    Resident(Chunks),
    /// It is in the store; the hash is known or not.
    Lazy(Option<HasherOutput>),
}

impl<V: Clone> Entries<V> {
    /// Entries that are read from the store when asked for. `hash` is their content hash, if known.
    pub(crate) fn lazy(base: BaseKey, encode: fn(&V) -> Vec<u8>, hash: Option<HasherOutput>) -> Self {
        Self { base, encode, stored: Contents::Lazy(hash), pending: Arc::default(), current: None }
    }

    /// Entries of which nothing is stored.
    pub(crate) fn empty(base: BaseKey, encode: fn(&V) -> Vec<u8>) -> Self {
        Self::resident(base, encode, Chunks::default())
    }

    /// All entries, read with one scan.
    pub(crate) async fn load<S: Store>(
        store: &S,
        base: BaseKey,
        encode: fn(&V) -> Vec<u8>,
    ) -> Result<Self, StoreError> {
        let entries = store.scan(&base).await?;
        Ok(Self::resident(base, encode, Chunks::from_sorted(entries)))
    }

    fn resident(base: BaseKey, encode: fn(&V) -> Vec<u8>, chunks: Chunks) -> Self {
        Self { base, encode, stored: Contents::Resident(chunks), pending: Arc::default(), current: None }
    }

    pub(crate) fn key(&self, short: &[u8]) -> Vec<u8> {
        [&self.base, short].concat()
    }

    pub(crate) fn pending(&self) -> &Pending<V> {
        &self.pending
    }

    /// For changing: what was hashed before is no longer current.
    pub(crate) fn pending_mut(&mut self) -> &mut Pending<V> {
        self.current = None;
        Arc::make_mut(&mut self.pending)
    }

    /// The stored value, whatever the pending changes say.
    pub(crate) async fn read_stored<S: Store>(
        &self,
        store: &S,
        short: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        match &self.stored {
            Contents::Resident(chunks) => Ok(chunks.get(short).map(<[u8]>::to_vec)),
            Contents::Lazy(_) => store.read(&self.key(short)).await,
        }
    }

    /// The present values of several keys, encoded, in the order asked.
    pub(crate) async fn read_multi<S: Store>(
        &self,
        store: &S,
        shorts: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let pending = |short: &Vec<u8>| self.pending.look_up(short).map(|value| value.map(self.encode));
        let mut values: Vec<Option<Option<Vec<u8>>>> = shorts.iter().map(pending).collect();
        match &self.stored {
            Contents::Resident(chunks) => {
                for (value, short) in values.iter_mut().zip(shorts).filter(|(value, _)| value.is_none()) {
                    *value = Some(chunks.get(short).map(<[u8]>::to_vec));
                }
            }
            Contents::Lazy(_) => {
                let unknown = shorts.iter().zip(&values).filter(|(_, value)| value.is_none());
                let keys: Vec<_> = unknown.map(|(short, _)| self.key(short)).collect();
                if !keys.is_empty() {
                    let found = store.read_multi(&keys).await?;
                    for (value, found) in values.iter_mut().filter(|value| value.is_none()).zip(found) {
                        *value = Some(found);
                    }
                }
            }
        }
        Ok(values.into_iter().map(Option::flatten).collect())
    }

    /// The present short keys that start with `prefix`, with it removed, ascending.
    pub(crate) async fn scan_keys<S: Store>(
        &self,
        store: &S,
        prefix: &[u8],
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let stored = match &self.stored {
            Contents::Resident(chunks) => {
                chunks.range(prefix).map(|(key, _)| key[prefix.len()..].to_vec()).collect()
            }
            Contents::Lazy(_) => store.scan_keys(&self.key(prefix)).await?,
        };
        Ok(self.pending.merge_keys(prefix, stored))
    }

    /// The present entries whose short key starts with `prefix`, with it removed, ascending.
    pub(crate) async fn scan<S: Store>(
        &self,
        store: &S,
        prefix: &[u8],
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let stored = match &self.stored {
            Contents::Resident(chunks) => {
                let suffix = |(key, value): (&[u8], &[u8])| (key[prefix.len()..].to_vec(), value.to_vec());
                chunks.range(prefix).map(suffix).collect()
            }
            Contents::Lazy(_) => store.scan(&self.key(prefix)).await?,
        };
        Ok(self.pending.merge(prefix, stored, self.encode))
    }

    /// Number of present entries.
    pub(crate) async fn count<S: Store>(&self, store: &S) -> Result<usize, StoreError> {
        match &self.stored {
            Contents::Resident(chunks) if self.pending.is_empty() => Ok(chunks.count()),
            Contents::Resident(_) | Contents::Lazy(_) => Ok(self.scan_keys(store, &[]).await?.len()),
        }
    }

    /// The content hash, if it has been computed.
    pub(crate) fn known_hash(&self) -> Option<HasherOutput> {
        let contents = if self.pending.is_empty() { Some(&self.stored) } else { self.current.as_ref() };
        match contents? {
            Contents::Resident(chunks) => chunks.known_hash(),
            Contents::Lazy(hash) => *hash,
        }
    }

    /// Content hash of the present entries.
    ///
    /// Lazy entries with changes become resident here, unless they are too large: the next change will be hashed
    /// without reading them again. Lazy entries without changes are hashed in passing.
    pub(crate) async fn content_hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        if self.pending.is_empty() {
            return match &mut self.stored {
                Contents::Resident(chunks) => Ok(chunks.hash()),
                Contents::Lazy(Some(hash)) => Ok(*hash),
                Contents::Lazy(None) => {
                    let hash = hash_entries(&store.scan(&self.base).await?);
                    self.stored = Contents::Lazy(Some(hash));
                    Ok(hash)
                }
            };
        }
        match &mut self.current {
            Some(Contents::Resident(chunks)) => return Ok(chunks.hash()),
            Some(Contents::Lazy(Some(hash))) => return Ok(*hash),
            Some(Contents::Lazy(None)) | None => {}
        }
        if let Contents::Lazy(_) = self.stored {
            let entries = store.scan(&self.base).await?;
            let bytes: usize = entries.iter().map(|(key, value)| key.len() + value.len()).sum();
            if bytes > RESIDENT_BYTES_MAX {
                let hash = hash_entries(&self.pending.merge(&[], entries, self.encode));
                self.current = Some(Contents::Lazy(Some(hash)));
                return Ok(hash);
            }
            self.stored = Contents::Resident(Chunks::from_sorted(entries));
        }
        let mut chunks = self.chunks_with_pending();
        let hash = chunks.hash();
        if let Contents::Resident(stored) = &mut self.stored {
            stored.adopt_sponges(&chunks);
        }
        self.current = Some(Contents::Resident(chunks));
        Ok(hash)
    }

    fn chunks_with_pending(&self) -> Chunks {
        let mut chunks = match &self.stored {
            Contents::Resident(chunks) => chunks.clone(),
            Contents::Lazy(_) => Chunks::default(),
        };
        chunks.apply(&self.pending, self.encode);
        chunks
    }

    pub(crate) fn emit(&self, batch: &mut Batch) {
        self.pending.emit(&self.base, batch, self.encode);
    }

    pub(crate) fn mark_saved(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        self.stored = match (&self.stored, self.current.take()) {
            (_, Some(current)) => current,
            (Contents::Resident(_), None) => Contents::Resident(self.chunks_with_pending()),
            (Contents::Lazy(_), None) => Contents::Lazy(None),
        };
        if let Contents::Resident(chunks) = &self.stored
            && chunks.bytes() > RESIDENT_BYTES_MAX
        {
            self.stored = Contents::Lazy(None);
        }
        self.pending = Arc::default();
    }

    pub(crate) fn rollback(&mut self) {
        self.current = None;
        if !self.pending.is_empty() {
            self.pending = Arc::default();
        }
    }

    /// Forgets saved entries held in memory; they are read again when asked for.
    pub(crate) fn release(&mut self) {
        if self.pending.is_empty()
            && let Contents::Resident(chunks) = &mut self.stored
        {
            // The hash is worth keeping if it is there; computing it now is not.
            self.stored = Contents::Lazy(chunks.known_hash());
        }
    }
}

fn hash_entries(entries: &[(Vec<u8>, Vec<u8>)]) -> HasherOutput {
    let mut hasher = Sha3_256::new();
    for (key, value) in entries {
        hasher.update(key);
        hasher.update(value);
    }
    hasher.update(count_bytes(entries.len()));
    hasher.finalize().into()
}
