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
    pending: Change<T>,
    /// Hash of the present value.
    hash: Option<HasherOutput>,
}

#[derive(Clone, Debug)]
enum Change<T> {
    None,
    Set(Arc<T>),
    /// Back to the default, and no key in the store.
    Cleared(Arc<T>),
}

impl<T> Change<T> {
    fn value(&self) -> Option<&Arc<T>> {
        match self {
            Self::None => None,
            Self::Set(value) | Self::Cleared(value) => Some(value),
        }
    }
}

impl<T: Clone + Default + Serialize + DeserializeOwned> Register<T> {
    /// A register of which nothing is stored.
    pub fn new(key: impl Into<Vec<u8>>) -> Self {
        Self { key: key.into().into(), stored: Arc::default(), pending: Change::None, hash: None }
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
        self.pending.value().unwrap_or(&self.stored)
    }

    /// The present value for changing. Counts as a change even if nothing is changed: it will be written.
    pub fn get_mut(&mut self) -> &mut T {
        self.hash = None;
        let value = match std::mem::replace(&mut self.pending, Change::None) {
            Change::None => self.stored.clone(),
            Change::Set(value) | Change::Cleared(value) => value,
        };
        self.pending = Change::Set(value);
        match &mut self.pending {
            Change::Set(value) => Arc::make_mut(value),
            Change::None | Change::Cleared(_) => unreachable!("set just above"),
        }
    }

    /// Replaces the value. It will be written even if it is the same.
    pub fn set(&mut self, value: T) {
        self.hash = None;
        self.pending = Change::Set(Arc::new(value));
    }

    /// Back to the default; the key will be deleted.
    pub fn clear(&mut self) {
        self.hash = None;
        self.pending = Change::Cleared(Arc::default());
    }

    /// Whether there is something to write.
    pub fn is_pending(&self) -> bool {
        self.pending.value().is_some()
    }
}

impl<T: Clone + Default + Serialize + DeserializeOwned> View for Register<T> {
    fn emit(&self, batch: &mut Batch) {
        match &self.pending {
            Change::None => {}
            Change::Set(value) => batch.put(&*self.key, encode(&**value)),
            Change::Cleared(_) => batch.delete(&*self.key),
        }
    }

    fn mark_saved(&mut self) {
        match std::mem::replace(&mut self.pending, Change::None) {
            Change::None => {}
            Change::Set(value) | Change::Cleared(value) => self.stored = value,
        }
    }

    fn rollback(&mut self) {
        if self.is_pending() {
            self.hash = None;
            self.pending = Change::None;
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
        if self.register.get().is_none() {
            let register = Register::load(store, &*self.key).await?;
            return Ok(self.register.get_or_init(|| register));
        }
        Ok(self.register.get_or_init(|| unreachable!("checked just above")))
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
