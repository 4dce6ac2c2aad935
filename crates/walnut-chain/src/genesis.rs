//! The first records of a network.

use walnut_base::{GenesisConfig, GenesisError};
use walnut_views::{Batch, Store, StoreError};

use crate::records::{put_blob, put_network_description, read_network_description};

/// Why a store cannot be prepared for a network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InitializationError {
    /// The genesis is unusable.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The store belongs to another network.
    #[error("the store holds network {found}, not {expected}")]
    OtherNetwork {
        /// The name of the network wanted.
        expected: String,
        /// The name of the network stored.
        found: String,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A value cannot be encoded.
    #[error(transparent)]
    Bcs(#[from] bcs::Error),
}

/// What to commit so that a store knows its network: the first committee, the network description, and the descriptions
/// of the root chains, which come to life when they are first touched. Empty if it knows the same network already.
pub async fn initialize_storage<S: Store>(
    store: &S,
    genesis: &GenesisConfig,
) -> Result<Batch, InitializationError> {
    let description = genesis.network_description()?;
    let mut batch = Batch::default();
    if let Some(stored) = read_network_description(store).await? {
        if stored != description {
            return Err(InitializationError::OtherNetwork { expected: description.name, found: stored.name });
        }
        return Ok(batch);
    }
    put_blob(&mut batch, &genesis.committee_blob());
    for chain in &genesis.chains {
        put_blob(&mut batch, &chain.to_blob());
    }
    put_network_description(&mut batch, &description)?;
    Ok(batch)
}
