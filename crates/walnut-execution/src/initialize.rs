//! Bringing a chain to life from the description that its ID is the hash of
//! (`linera-execution/src/system.rs`, `initialize_chain`).

use walnut_base::{ChainDescription, ChainId, CryptoHash};
use walnut_views::{Prefixed, RootKey, Store};

use crate::{Committees, ExecutionError, ExecutionState, TrustedCommittees, storage};

/// Initializes the state of a chain unless that was done before. Returns the state hash of a chain that was initialized
/// now; the caller saves it and the state *before* the first block, because rolling hashes see the difference.
///
/// Nothing changes on an error: [`ExecutionError::BlobsNotFound`] (the description), `EventsNotFound` (an epoch the
/// description names), [`ExecutionError::NoNetworkDescriptionFound`].
pub async fn initialize_chain<S: Store>(
    state: &mut ExecutionState,
    chain_id: ChainId,
    storage: &S,
    committees: &Committees,
) -> Result<Option<CryptoHash>, ExecutionError> {
    if state.system.description.get().is_some() {
        return Ok(None);
    }
    let content = storage::require_blob(storage, chain_id.description_blob_id()).await?;
    let description: ChainDescription = storage::decode(content.bytes())?;
    let config = description.config.clone();
    let trusted = committees.range(storage, config.min_active_epoch, config.max_active_epoch).await?;
    let network = committees.network(storage).await?.ok_or(ExecutionError::NoNetworkDescriptionFound)?;

    let mut next = state.clone();
    let system = &mut next.system;
    system.timestamp.set(description.timestamp);
    system.description.set(Some(description));
    system.epoch.set(config.epoch);
    let trusted: TrustedCommittees =
        trusted.into_iter().map(|(epoch, committee)| (epoch, committee.committee.clone())).collect();
    system.committees.set(trusted);
    system.admin_chain_id.set(Some(network.admin_chain_id));
    system.ownership.set(config.ownership);
    system.balance.set(config.balance);
    system.application_permissions.set(config.application_permissions);
    let chain = Prefixed::new(storage, RootKey::ChainState(chain_id).bytes());
    let hash = next.state_hash(storage, &chain, committees).await?;
    *state = next;
    Ok(Some(hash))
}

#[cfg(test)]
mod tests;
