//! State containers, batches, overlay and the state hash.
//!
//! A chain's state is a tree of containers. Each knows its base key in the chain's partition, reads what it lacks
//! through a [`Store`] that is passed to it, keeps changes in memory, and states them as operations of a [`Batch`]
//! (`emit`). The operations, their keys and their order are upstream's to the byte, because the rolling state hash
//! is computed over them ([`advance`]).
//!
//! This crate writes nothing and knows no chain, block, clock or backend.
//!
//! Start with [`Store`], then [`View`] and [`HashView`], then [`Map`] and [`KeyValueStore`].

mod apps;
mod batch;
mod chunks;
mod entries;
mod error;
mod hashed;
mod hasher;
mod key_value_store;
mod keys;
mod limits;
mod log;
mod map;
mod memory;
mod overlay;
mod pending;
mod prefixed;
mod queue;
mod register;
mod root_key;
mod set;
mod store;
mod view;

pub use apps::Apps;
pub use batch::{Batch, WriteOperation};
pub use error::StoreError;
pub use hashed::Hashed;
pub use hasher::{HasherOutput, advance, hash_bytes, hash_fields, wrap_state_hash};
pub use key_value_store::KeyValueStore;
pub use keys::field_key;
pub use limits::{APPLICATION_KEY_BYTES_MAX, RESIDENT_BYTES_MAX};
pub use log::Log;
pub use map::Map;
pub use memory::{MemoryStore, ready};
pub use overlay::{LayerId, Overlay};
pub use prefixed::Prefixed;
pub use queue::Queue;
pub use register::{LazyRegister, Register};
pub use root_key::RootKey;
pub use set::Set;
pub use store::{Entry, Store, upper_bound};
pub use view::{HashView, View};
