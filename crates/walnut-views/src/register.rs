//! One value.

use std::{cell::OnceCell, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Batch, HashView, HasherOutput, Store, StoreError, View,
    hasher::{decode, encode, hash_bytes},
    keys::BaseKey,
};

/// One value in memory, with its default when nothing is stored (`linera-views/src/views/register_view.rs`).
#[derive(Clone, Debug)]
pub struct Register<T> {
    key: BaseKey,
    stored: Arc<T>,
    pending: Option<Arc<T>>,
    /// The pending value is the default because the key is to be deleted.
    cleared: bool,
    /// Hash of the present value.
    hash: Option<HasherOutput>,
}

impl<T: Clone + Default + Serialize + DeserializeOwned> Register<T> {
    /// A register of which nothing is stored.
    pub fn new(key: impl Into<Vec<u8>>) -> Self {
        Self { key: key.into().into(), stored: Arc::default(), pending: None, cleared: false, hash: None }
    }

    /// Reads the value under `key`.
    pub async fn load<S: Store>(store: &S, key: impl Into<Vec<u8>>) -> Result<Self, StoreError> {
        let mut register = Self::new(key);
        if let Some(bytes) = store.read(&register.key).await? {
            register.stored = Arc::new(decode(&register.key, &bytes)?);
        }
        Ok(register)
    }

    /// The present value.
    pub fn get(&self) -> &T {
        self.pending.as_ref().unwrap_or(&self.stored)
    }

    /// The present value for changing. Counts as a change even if nothing is changed: it will be written.
    pub fn get_mut(&mut self) -> &mut T {
        self.hash = None;
        self.cleared = false;
        Arc::make_mut(self.pending.get_or_insert_with(|| self.stored.clone()))
    }

    /// Replaces the value. It will be written even if it is the same.
    pub fn set(&mut self, value: T) {
        self.hash = None;
        self.cleared = false;
        self.pending = Some(Arc::new(value));
    }

    /// Back to the default; the key will be deleted.
    pub fn clear(&mut self) {
        self.hash = None;
        self.cleared = true;
        self.pending = Some(Arc::default());
    }

    /// Whether there is something to write.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }
}

impl<T: Clone + Default + Serialize + DeserializeOwned> View for Register<T> {
    fn emit(&self, batch: &mut Batch) {
        match &self.pending {
            None => {}
            Some(_) if self.cleared => batch.delete(&*self.key),
            Some(value) => batch.put(&*self.key, encode(&**value)),
        }
    }

    fn mark_saved(&mut self) {
        if let Some(value) = self.pending.take() {
            self.stored = value;
            self.cleared = false;
        }
    }

    fn rollback(&mut self) {
        if self.pending.take().is_some() {
            self.hash = None;
            self.cleared = false;
        }
    }
}

impl<T: Clone + Default + Serialize + DeserializeOwned> HashView for Register<T> {
    async fn content_hash<S: Store>(&mut self, _store: &S) -> Result<HasherOutput, StoreError> {
        if let Some(hash) = self.hash {
            return Ok(hash);
        }
        let hash = hash_bytes(&encode(self.get()));
        self.hash = Some(hash);
        Ok(hash)
    }
}

/// One value that is read from the store when it is first asked for; otherwise the same as [`Register`].
#[derive(Clone, Debug)]
pub struct LazyRegister<T> {
    key: BaseKey,
    register: OnceCell<Register<T>>,
}

impl<T: Clone + Default + Serialize + DeserializeOwned> LazyRegister<T> {
    /// A register whose value is not known yet.
    pub fn new(key: impl Into<Vec<u8>>) -> Self {
        Self { key: key.into().into(), register: OnceCell::new() }
    }

    async fn loaded<S: Store>(&self, store: &S) -> Result<&Register<T>, StoreError> {
        if let Some(register) = self.register.get() {
            return Ok(register);
        }
        let register = Register::load(store, &*self.key).await?;
        Ok(self.register.get_or_init(|| register))
    }

    async fn loaded_mut<S: Store>(&mut self, store: &S) -> Result<&mut Register<T>, StoreError> {
        self.loaded(store).await?;
        Ok(self.register.get_mut().expect("loaded just above"))
    }

    /// The present value.
    pub async fn get<S: Store>(&self, store: &S) -> Result<&T, StoreError> {
        Ok(self.loaded(store).await?.get())
    }

    /// The present value for changing. Counts as a change even if nothing is changed: it will be written.
    pub async fn get_mut<S: Store>(&mut self, store: &S) -> Result<&mut T, StoreError> {
        Ok(self.loaded_mut(store).await?.get_mut())
    }

    /// Replaces the value. It will be written even if it is the same.
    pub async fn set<S: Store>(&mut self, store: &S, value: T) -> Result<(), StoreError> {
        self.loaded_mut(store).await?.set(value);
        Ok(())
    }
}

impl<T: Clone + Default + Serialize + DeserializeOwned> View for LazyRegister<T> {
    fn emit(&self, batch: &mut Batch) {
        if let Some(register) = self.register.get() {
            register.emit(batch);
        }
    }

    fn mark_saved(&mut self) {
        if let Some(register) = self.register.get_mut() {
            register.mark_saved();
        }
    }

    fn rollback(&mut self) {
        if let Some(register) = self.register.get_mut() {
            register.rollback();
        }
    }
}

impl<T: Clone + Default + Serialize + DeserializeOwned> HashView for LazyRegister<T> {
    async fn content_hash<S: Store>(&mut self, store: &S) -> Result<HasherOutput, StoreError> {
        self.loaded_mut(store).await?.content_hash(store).await
    }
}
