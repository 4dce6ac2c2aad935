//! Names of chains, blocks, blobs, applications, accounts, streams and events.

mod account;
mod application;
mod blob;
mod chain;
mod stream;

pub use account::{Account, AccountOwner};
pub use application::{ApplicationId, GenericApplicationId, ModuleId, VmRuntime};
pub use blob::{BlobId, BlobType, DataBlobHash};
pub use chain::{BlockHeight, BlockHeightRange, ChainAndHeight, ChainId, Epoch};
pub use stream::{EventId, StreamId, StreamName};

#[cfg(test)]
mod tests;
