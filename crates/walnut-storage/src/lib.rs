//! Durable key-value storage: one commit trait, three backends, one suite that all of them pass.
//!
//! The trait is defined here, above the core, so that core code *cannot* write: it has nothing to write with. A host
//! takes the [`Batch`](walnut_views::Batch) that a handler returned, commits it atomically, and only then lets the
//! reply leave.
//!
//! * [`MemoryStorage`]: a map; for tests and throw-away networks.
//! * `NativeStorage` (feature `native`): the log-structured store `fjall`; many batches may share one sync of the journal.
//! * `IndexedDbStorage` (feature `indexed-db`, wasm32): one object store, one transaction per batch, strict durability
//!   where it is asked for.
//!
//! What this crate refuses to know: what the keys mean. Partitions are a matter of `walnut-views`.
//!
//! Start reading at [`Storage`].

mod error;
#[cfg(all(feature = "indexed-db", target_arch = "wasm32"))]
pub mod indexed_db;
mod memory;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub mod native;
mod storage;
#[cfg(feature = "test-utils")]
pub mod suite;

pub use error::StorageError;
#[cfg(all(feature = "indexed-db", target_arch = "wasm32"))]
pub use indexed_db::IndexedDbStorage;
pub use memory::MemoryStorage;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub use native::NativeStorage;
pub use storage::{Durability, Storage};
