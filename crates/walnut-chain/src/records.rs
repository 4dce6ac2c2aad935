//! What every chain of a node shares: certificates, blobs, events and the indices that find them.
//!
//! Partitions and inner keys are those of `linera-storage/src/db_storage.rs`. All processes of one validator read them
//! directly, so a program that serves downloads needs nothing but these functions and a store.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use walnut_base::{
    Blob, BlobContent, BlobId, Block, BlockHeight, ChainId, ConfirmedBlock, ConfirmedBlockCertificate,
    CryptoHash, Epoch, EventId, Hashed, LiteCertificate, NetworkDescription,
};
use walnut_execution::storage;
pub use walnut_execution::storage::{missing_blobs, read_network_description};
use walnut_views::{Batch, RootKey, Store, StoreError, WriteOperation};

/// Inner key of a lite certificate in the partition of its block.
pub const LITE_CERTIFICATE_KEY: u8 = 0x5b;
/// Inner key of a block in its partition.
pub const BLOCK_KEY: u8 = 0xdd;

/// Where a blob was last seen in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobState {
    /// The block that last used it, once that block's certificate is stored.
    pub last_used_by: Option<CryptoHash>,
    /// The chain of that block.
    pub chain_id: ChainId,
    /// The height of that block.
    pub block_height: BlockHeight,
    /// The epoch of that block, once its certificate is stored.
    pub epoch: Option<Epoch>,
}

fn certificate_key(hash: CryptoHash, inner: u8) -> Vec<u8> {
    let mut key = RootKey::ConfirmedBlock(hash).bytes();
    key.push(inner);
    key
}

fn height_key(chain_id: ChainId, height: BlockHeight) -> Vec<u8> {
    let mut key = RootKey::BlockByHeight(chain_id).bytes();
    key.extend_from_slice(&height.0.to_le_bytes());
    key
}

fn decode<T: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<T, StoreError> {
    bcs::from_bytes(bytes).map_err(|error| StoreError::malformed(key, error))
}

async fn read<S: Store, T: DeserializeOwned>(store: &S, key: Vec<u8>) -> Result<Option<T>, StoreError> {
    let Some(bytes) = store.read(&key).await? else { return Ok(None) };
    decode(&key, &bytes).map(Some)
}

/// A blob, if the node has its content.
pub async fn read_blob<S: Store>(store: &S, blob_id: BlobId) -> Result<Option<Blob>, StoreError> {
    let content = storage::read_blob(store, blob_id).await?;
    Ok(content.map(|content: BlobContent| Blob::with_hash_unchecked(blob_id.hash, content)))
}

/// Where a blob was last used, if any block that needs it was seen.
pub async fn read_blob_state<S: Store>(store: &S, blob_id: BlobId) -> Result<Option<BlobState>, StoreError> {
    read(store, storage::blob_state_key(&blob_id)).await
}

/// The certificate of a confirmed block.
pub async fn read_certificate<S: Store>(
    store: &S,
    hash: CryptoHash,
) -> Result<Option<ConfirmedBlockCertificate>, StoreError> {
    let Some((lite, block)) = read_raw_certificate(store, hash).await? else { return Ok(None) };
    let lite: LiteCertificate = decode(&certificate_key(hash, LITE_CERTIFICATE_KEY), &lite)?;
    let key = certificate_key(hash, BLOCK_KEY);
    let block: Block = decode(&key, &block)?;
    let certificate = lite
        .with_value(ConfirmedBlock::from_hashed(Hashed::unchecked_new(block, hash)))
        .map_err(|error| StoreError::malformed(&key, error))?;
    Ok(Some(certificate))
}

/// The stored BCS bytes of a lite certificate and its block.
pub async fn read_raw_certificate<S: Store>(
    store: &S,
    hash: CryptoHash,
) -> Result<Option<(Vec<u8>, Vec<u8>)>, StoreError> {
    let keys = [certificate_key(hash, LITE_CERTIFICATE_KEY), certificate_key(hash, BLOCK_KEY)];
    let mut found = store.read_multi(&keys).await?.into_iter();
    Ok(match (found.next().flatten(), found.next().flatten()) {
        (Some(lite), Some(block)) => Some((lite, block)),
        _ => None,
    })
}

/// A confirmed block without its certificate.
pub async fn read_block<S: Store>(store: &S, hash: CryptoHash) -> Result<Option<Block>, StoreError> {
    read(store, certificate_key(hash, BLOCK_KEY)).await
}

/// The hash of a chain's confirmed block by height, whether executed here or only stored.
pub async fn read_hash_by_height<S: Store>(
    store: &S,
    chain_id: ChainId,
    height: BlockHeight,
) -> Result<Option<CryptoHash>, StoreError> {
    read(store, height_key(chain_id, height)).await
}

/// The hashes of a chain's confirmed blocks by height, in the order asked.
pub async fn read_hashes_by_heights<S: Store>(
    store: &S,
    chain_id: ChainId,
    heights: &[BlockHeight],
) -> Result<Vec<Option<CryptoHash>>, StoreError> {
    let keys: Vec<Vec<u8>> = heights.iter().map(|height| height_key(chain_id, *height)).collect();
    let found = store.read_multi(&keys).await?;
    keys.iter().zip(found).map(|(key, bytes)| bytes.map(|bytes| decode(key, &bytes)).transpose()).collect()
}

/// The value of an event.
pub async fn read_event<S: Store>(store: &S, event_id: &EventId) -> Result<Option<Vec<u8>>, StoreError> {
    storage::read_event(store, event_id).await
}

/// The height of the block that emitted an event.
pub async fn read_event_height<S: Store>(
    store: &S,
    event_id: &EventId,
) -> Result<Option<BlockHeight>, StoreError> {
    read(store, storage::event_height_key(event_id)).await
}

fn put(batch: &mut Batch, key: Vec<u8>, value: Vec<u8>) {
    batch.operations.push(WriteOperation::Put { key, value });
}

/// Writes a blob's content.
pub fn put_blob(batch: &mut Batch, blob: &Blob) {
    put(batch, storage::blob_key(&blob.id()), blob.bytes().to_vec());
}

/// Writes where a blob was last used.
pub fn put_blob_state(batch: &mut Batch, blob_id: &BlobId, state: &BlobState) -> Result<(), bcs::Error> {
    put(batch, storage::blob_state_key(blob_id), bcs::to_bytes(state)?);
    Ok(())
}

/// Writes a certificate, its block, the height index and the event indices.
pub fn put_certificate(batch: &mut Batch, certificate: &ConfirmedBlockCertificate) -> Result<(), bcs::Error> {
    let hash = certificate.hash();
    let block = certificate.block();
    let (chain_id, height) = (block.header.chain_id, block.header.height);
    let lite = bcs::to_bytes(&certificate.lite_certificate())?;
    put(batch, certificate_key(hash, LITE_CERTIFICATE_KEY), lite);
    put(batch, certificate_key(hash, BLOCK_KEY), bcs::to_bytes(block)?);
    put(batch, height_key(chain_id, height), bcs::to_bytes(&hash)?);
    for event in block.body.events.iter().flatten() {
        let event_id = EventId { chain_id, stream_id: event.stream_id.clone(), index: event.index };
        put(batch, storage::event_height_key(&event_id), bcs::to_bytes(&height)?);
        put(batch, storage::event_key(&event_id), event.value.clone());
    }
    Ok(())
}

/// Writes the description of the network.
pub fn put_network_description(
    batch: &mut Batch,
    description: &NetworkDescription,
) -> Result<(), bcs::Error> {
    put(batch, storage::network_description_key(), bcs::to_bytes(description)?);
    Ok(())
}
