//! The store of one application.

use crate::{
    Batch, HashView, HasherOutput, Store, StoreError, View, WriteOperation, entries::Entries, hashed::Memo,
    keys::tagged, limits::APPLICATION_KEY_BYTES_MAX,
};

/// Raw bytes by raw keys (`linera-views/src/views/key_value_store_view.rs`). Entries live at `base ++ 01`, the
/// memoized hash at `base ++ 04`.
///
/// Nothing is kept in memory but pending changes, until the store has to be hashed with changes.
#[derive(Clone, Debug)]
pub struct KeyValueStore {
    entries: Entries<Vec<u8>>,
    memo: Memo,
    /// A batch was applied since the last save, possibly an empty one.
    touched: bool,
}

impl KeyValueStore {
    /// A store of which nothing is stored.
    pub fn new(base: &[u8]) -> Self {
        let entries = Entries::empty(tagged(base, 1, &[]).into(), Vec::clone);
        Self { entries, memo: Memo::new(Self::memo_key(base)), touched: false }
    }

    /// A store that reads entries when asked for them; reads its memoized hash.
    pub async fn load<S: Store>(store: &S, base: &[u8]) -> Result<Self, StoreError> {
        Ok(Self::with_memo(base, Memo::load(store, Self::memo_key(base)).await?))
    }

    pub(crate) fn with_memo(base: &[u8], memo: Memo) -> Self {
        let entries = Entries::lazy(tagged(base, 1, &[]).into(), Vec::clone, memo.get());
        Self { entries, memo, touched: false }
    }

    pub(crate) fn memo_key(base: &[u8]) -> Vec<u8> {
        tagged(base, 4, &[])
    }

    /// The value of `key`; an existing empty value is `Some`.
    pub async fn read<S: Store>(&self, store: &S, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        check_key(key)?;
        match self.entries.pending().look_up(key) {
            Some(value) => Ok(value.cloned()),
            None => self.entries.read_stored(store, key).await,
        }
    }

    /// The values of several keys, in the order asked; duplicates are allowed.
    pub async fn read_multi<S: Store>(
        &self,
        store: &S,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        keys.iter().try_for_each(|key| check_key(key))?;
        self.entries.read_multi(store, keys).await
    }

    /// Whether `key` has a value.
    pub async fn contains_key<S: Store>(&self, store: &S, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.read(store, key).await?.is_some())
    }

    /// Which of `keys` have a value, in the order asked.
    pub async fn contains_keys<S: Store>(
        &self,
        store: &S,
        keys: &[Vec<u8>],
    ) -> Result<Vec<bool>, StoreError> {
        Ok(self.read_multi(store, keys).await?.iter().map(Option::is_some).collect())
    }

    /// The keys that start with `prefix`, with it removed, ascending; the prefix itself yields an empty one.
    pub async fn find_keys_by_prefix<S: Store>(
        &self,
        store: &S,
        prefix: &[u8],
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        check_key(prefix)?;
        self.entries.scan_keys(store, prefix).await
    }

    /// The entries whose key starts with `prefix`, with it removed, ascending.
    pub async fn find_key_values_by_prefix<S: Store>(
        &self,
        store: &S,
        prefix: &[u8],
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        check_key(prefix)?;
        self.entries.scan(store, prefix).await
    }

    /// Applies the application's writes in order. Even an empty batch counts as a change.
    ///
    /// On [`StoreError::KeyTooLong`] the operations before the refused one have been applied: the caller rolls back.
    pub fn write_batch(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.touched = true;
        self.memo.forget();
        for operation in &batch.operations {
            check_key(operation.key())?;
            let pending = self.entries.pending_mut();
            match operation {
                WriteOperation::Delete { key } => pending.remove(key.clone()),
                WriteOperation::DeletePrefix { key_prefix } => pending.remove_by_prefix(key_prefix.clone()),
                WriteOperation::Put { key, value } => pending.set(key.clone(), value.clone()),
            }
        }
        Ok(())
    }

    /// Whether a batch was applied since the last save.
    pub fn is_touched(&self) -> bool {
        self.touched
    }

    /// Whether a hash is memoized in memory.
    pub fn has_memo(&self) -> bool {
        self.memo.get().is_some()
    }

    /// Whether a hash is persisted.
    pub fn has_stored_memo(&self) -> bool {
        self.memo.is_stored()
    }

    /// The content hash, if no work is left for it (nor a memo to take).
    pub(crate) fn known_hash(&self) -> Option<HasherOutput> {
        match self.memo.get() {
            None if self.touched => None,
            None => self.entries.known_hash(),
            memo => memo,
        }
    }

    /// Forgets saved entries held in memory.
    pub(crate) fn release(&mut self) {
        self.entries.release();
    }
}

impl View for KeyValueStore {
    fn emit(&self, batch: &mut Batch) {
        self.entries.emit(batch);
        self.memo.emit(batch);
    }

    fn mark_saved(&mut self) {
        self.entries.mark_saved();
        self.memo.mark_saved();
        self.touched = false;
    }

    fn rollback(&mut self) {
        self.entries.rollback();
        self.memo.rollback();
        self.touched = false;
    }
}

impl HashView for KeyValueStore {
    /// The hash is memoized only if a batch was applied since the last save: upstream hashes other stores in passing
    /// and remembers nothing, which shows in later rolling hashes.
    async fn content_hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        if let Some(hash) = self.memo.get() {
            return Ok(hash);
        }
        let hash = self.entries.content_hash(store).await?;
        if self.touched {
            self.memo.set(hash);
        }
        Ok(hash)
    }
}

fn check_key(key: &[u8]) -> Result<(), StoreError> {
    if key.len() > APPLICATION_KEY_BYTES_MAX {
        return Err(StoreError::KeyTooLong { bytes: key.len(), bytes_max: APPLICATION_KEY_BYTES_MAX });
    }
    Ok(())
}
