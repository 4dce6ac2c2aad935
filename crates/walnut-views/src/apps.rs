//! The stores of all applications of a chain.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sha3::{Digest, Sha3_256};
use walnut_base::ApplicationId;

use crate::{
    Batch, HashView, HasherOutput, KeyValueStore, Store, StoreError, View,
    hashed::Memo,
    hasher::{count_bytes, decode, encode},
    keys::{BaseKey, tagged},
};

/// One [`KeyValueStore`] per application that ever applied a batch on the chain
/// (`linera-views/src/views/reentrant_collection_view.rs`). An entry is never removed.
///
/// An application's marker lives at `base ++ 01 ++ id`, its store at `base ++ 02 ++ id`. The list of applications is
/// in memory; of their stores, only those that were written or hashed.
#[derive(Clone, Debug)]
pub struct Apps {
    base: BaseKey,
    /// Applications with a stored marker. Ordered by ID, which is the order of the bytes.
    saved: Arc<BTreeSet<ApplicationId>>,
    /// Stores with their memo.
    loaded: Arc<BTreeMap<ApplicationId, Arc<KeyValueStore>>>,
}

impl Apps {
    /// No applications.
    pub fn new(base: impl Into<Vec<u8>>) -> Self {
        Self { base: base.into().into(), saved: Arc::default(), loaded: Arc::default() }
    }

    /// Reads the list of applications.
    pub async fn load<S: Store>(store: &S, base: impl Into<Vec<u8>>) -> Result<Self, StoreError> {
        let mut apps = Self::new(base);
        let prefix = tagged(&apps.base, 1, &[]);
        let ids = store.scan_keys(&prefix).await?;
        let ids = ids.iter().map(|id| decode(&[&prefix[..], id].concat(), id));
        apps.saved = Arc::new(ids.collect::<Result<_, _>>()?);
        Ok(apps)
    }

    /// Whether the application has a store.
    pub fn contains(&self, id: &ApplicationId) -> bool {
        self.saved.contains(id) || self.loaded.contains_key(id)
    }

    /// The applications that have a store, ascending.
    pub fn ids(&self) -> BTreeSet<ApplicationId> {
        self.saved.iter().chain(self.loaded.keys()).copied().collect()
    }

    /// The application's store for reading. An application that never wrote has an empty one, and reading does not
    /// create an entry.
    pub fn store(&self, id: &ApplicationId) -> Arc<KeyValueStore> {
        if let Some(app) = self.loaded.get(id) {
            return app.clone();
        }
        let base = self.store_key(id);
        if self.saved.contains(id) {
            // For reading entries the memo does not matter.
            let memo = Memo::new(KeyValueStore::memo_key(&base));
            Arc::new(KeyValueStore::with_memo(&base, memo))
        } else {
            Arc::new(KeyValueStore::new(&base))
        }
    }

    /// Applies writes of an application, and creates its store if it has none; even an empty batch does.
    ///
    /// On [`StoreError::KeyTooLong`] the operations before the refused one have been applied: the caller rolls back.
    pub async fn write_batch<S: Store>(
        &mut self,
        store: &S,
        id: &ApplicationId,
        batch: &Batch,
    ) -> Result<(), StoreError> {
        self.load_stores(store, &[*id]).await?;
        let base = self.store_key(id);
        let loaded = Arc::make_mut(&mut self.loaded);
        let app = loaded.entry(*id).or_insert_with(|| Arc::new(KeyValueStore::new(&base)));
        Arc::make_mut(app).write_batch(batch)
    }

    /// Forgets saved entries of applications that are held in memory; they are read again when needed.
    pub fn release(&mut self) {
        for app in Arc::make_mut(&mut self.loaded).values_mut() {
            Arc::make_mut(app).release();
        }
    }

    fn store_key(&self, id: &ApplicationId) -> Vec<u8> {
        tagged(&self.base, 2, &encode(id))
    }

    /// Loads the memos of those `ids` that have a stored store.
    async fn load_stores<S: Store>(&mut self, store: &S, ids: &[ApplicationId]) -> Result<(), StoreError> {
        let missing = |id: &&ApplicationId| self.saved.contains(id) && !self.loaded.contains_key(id);
        let missing: Vec<_> = ids.iter().filter(missing).copied().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let bases: Vec<_> = missing.iter().map(|id| self.store_key(id)).collect();
        let keys: Vec<_> = bases.iter().map(|base| KeyValueStore::memo_key(base)).collect();
        let memos = store.read_multi(&keys).await?;
        let loaded = Arc::make_mut(&mut self.loaded);
        for (((id, base), key), memo) in missing.into_iter().zip(bases).zip(keys).zip(memos) {
            let app = KeyValueStore::with_memo(&base, Memo::from_stored(key, memo)?);
            loaded.insert(id, Arc::new(app));
        }
        Ok(())
    }
}

impl View for Apps {
    /// For each application written since the last save: its writes, then its marker (again, if it had one).
    fn emit(&self, batch: &mut Batch) {
        for (id, app) in self.loaded.iter().filter(|(_, app)| app.is_touched()) {
            app.emit(batch);
            batch.put(tagged(&self.base, 1, &encode(id)), Vec::new());
        }
    }

    fn mark_saved(&mut self) {
        if self.loaded.values().all(|app| !app.is_touched()) {
            return;
        }
        for (id, app) in Arc::make_mut(&mut self.loaded).iter_mut().filter(|(_, app)| app.is_touched()) {
            Arc::make_mut(app).mark_saved();
            if !self.saved.contains(id) {
                Arc::make_mut(&mut self.saved).insert(*id);
            }
        }
    }

    fn rollback(&mut self) {
        if self.loaded.values().all(|app| !app.is_touched()) {
            return;
        }
        let loaded = Arc::make_mut(&mut self.loaded);
        loaded.retain(|id, _| self.saved.contains(id));
        for app in loaded.values_mut().filter(|app| app.is_touched()) {
            Arc::make_mut(app).rollback();
        }
    }
}

impl HashView for Apps {
    async fn content_hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        let ids = Vec::from_iter(self.ids());
        self.load_stores(store, &ids).await?;
        let mut hasher = Sha3_256::new();
        hasher.update(count_bytes(ids.len()));
        for id in &ids {
            let app = self.loaded.get(id).expect("all applications were loaded just above");
            let hash = match app.known_hash() {
                Some(hash) => hash,
                None => {
                    let mut app = KeyValueStore::clone(app);
                    let hash = app.content_hash(store).await?;
                    Arc::make_mut(&mut self.loaded).insert(*id, Arc::new(app));
                    hash
                }
            };
            hasher.update(encode(id));
            hasher.update(hash);
        }
        Ok(hasher.finalize().into())
    }
}
