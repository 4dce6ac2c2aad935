//! Data of the node outside any chain's state: blobs, events, the network's description. Keys are upstream's
//! (`linera-storage/src/db_storage.rs`).

use serde::de::DeserializeOwned;
use walnut_base::{BlobContent, BlobId, EventId, NetworkDescription};
use walnut_views::{RootKey, Store, StoreError};

use crate::ExecutionError;

/// Key of a blob's bytes inside the blob's partition.
pub const BLOB_KEY: &[u8] = &[0x2a];
/// Key of a blob's state inside the blob's partition.
pub const BLOB_STATE_KEY: &[u8] = &[0x31];
/// Key of the network's description inside its partition.
pub const NETWORK_DESCRIPTION_KEY: &[u8] = &[0x77];

/// The flat key of a blob's bytes.
pub fn blob_key(blob_id: &BlobId) -> Vec<u8> {
    let mut key = RootKey::Blob(*blob_id).bytes();
    key.extend_from_slice(BLOB_KEY);
    key
}

/// The flat key of a blob's state.
pub fn blob_state_key(blob_id: &BlobId) -> Vec<u8> {
    let mut key = RootKey::Blob(*blob_id).bytes();
    key.extend_from_slice(BLOB_STATE_KEY);
    key
}

/// The flat key of an event's value.
pub fn event_key(event_id: &EventId) -> Vec<u8> {
    under(RootKey::Event(event_id.chain_id), event_id)
}

/// The flat key of the height of the block that published an event.
pub fn event_height_key(event_id: &EventId) -> Vec<u8> {
    under(RootKey::EventBlockHeight(event_id.chain_id), event_id)
}

fn under(root: RootKey, event_id: &EventId) -> Vec<u8> {
    let mut key = root.bytes();
    let inner = bcs::to_bytes(&(&event_id.stream_id, event_id.index));
    key.extend(inner.expect("a stream name and an index fit into BCS"));
    key
}

/// The flat key of the network's description.
pub fn network_description_key() -> Vec<u8> {
    let mut key = RootKey::NetworkDescription.bytes();
    key.extend_from_slice(NETWORK_DESCRIPTION_KEY);
    key
}

/// A blob's content, if the node has it.
pub async fn read_blob<S: Store>(store: &S, blob_id: BlobId) -> Result<Option<BlobContent>, StoreError> {
    let bytes = store.read(&blob_key(&blob_id)).await?;
    Ok(bytes.map(|bytes| BlobContent::new(blob_id.blob_type, bytes)))
}

/// A blob's content, which must be there.
pub async fn require_blob<S: Store>(store: &S, blob_id: BlobId) -> Result<BlobContent, ExecutionError> {
    read_blob(store, blob_id).await?.ok_or_else(|| ExecutionError::BlobsNotFound(vec![blob_id]))
}

/// Those of `blob_ids` that the node does not have, in order.
pub async fn missing_blobs<S: Store>(store: &S, blob_ids: &[BlobId]) -> Result<Vec<BlobId>, StoreError> {
    let keys: Vec<_> = blob_ids.iter().map(blob_key).collect();
    let found = store.read_multi(&keys).await?;
    let missing = blob_ids.iter().zip(found).filter(|(_, bytes)| bytes.is_none());
    Ok(missing.map(|(blob_id, _)| *blob_id).collect())
}

/// An event's value, if the node has it.
pub async fn read_event<S: Store>(store: &S, event_id: &EventId) -> Result<Option<Vec<u8>>, StoreError> {
    store.read(&event_key(event_id)).await
}

/// An event's value, which must be there.
pub async fn require_event<S: Store>(store: &S, event_id: &EventId) -> Result<Vec<u8>, ExecutionError> {
    read_event(store, event_id).await?.ok_or_else(|| ExecutionError::EventsNotFound(vec![event_id.clone()]))
}

/// The network's description, if the node knows its network.
pub async fn read_network_description<S: Store>(store: &S) -> Result<Option<NetworkDescription>, StoreError> {
    let key = network_description_key();
    let Some(bytes) = store.read(&key).await? else { return Ok(None) };
    bcs::from_bytes(&bytes).map(Some).map_err(|error| StoreError::malformed(&key, error))
}

/// Decodes the content of a blob that someone else wrote.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ExecutionError> {
    Ok(bcs::from_bytes(bytes)?)
}
