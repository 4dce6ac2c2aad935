//! A value together with its hash.

use std::{ops::Deref, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{BcsHashable, CryptoHash};

/// A shared value whose hash was computed once; cloning is cheap. Encodes as the value alone.
#[derive(Debug)]
pub struct Hashed<T> {
    value: Arc<T>,
    hash: CryptoHash,
}

impl<T: BcsHashable> Hashed<T> {
    /// Computes the hash.
    pub fn new(value: T) -> Self {
        Self { hash: CryptoHash::new(&value), value: Arc::new(value) }
    }
}

impl<T> Hashed<T> {
    /// A value whose hash is known, from our own storage.
    pub fn unchecked_new(value: T, hash: CryptoHash) -> Self {
        Self { value: Arc::new(value), hash }
    }

    /// The hash.
    pub const fn hash(&self) -> CryptoHash {
        self.hash
    }

    /// The value.
    pub fn inner(&self) -> &T {
        &self.value
    }
}

impl<T: Clone> Hashed<T> {
    /// The value; cloned when it is shared.
    pub fn into_inner(self) -> T {
        Arc::unwrap_or_clone(self.value)
    }
}

impl<T> Clone for Hashed<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), hash: self.hash }
    }
}

impl<T> Deref for Hashed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> PartialEq for Hashed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl<T> Eq for Hashed<T> {}

impl<T> std::hash::Hash for Hashed<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

impl<T: Serialize> Serialize for Hashed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de, T: BcsHashable + Deserialize<'de>> Deserialize<'de> for Hashed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}
