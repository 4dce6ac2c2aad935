//! Confirmed and candidate blocks by hash: memory first, then the store.

use walnut_base::{Block, CryptoHash, Hashed};
use walnut_views::Store;

use crate::{
    cache::BoundedCache,
    error::WorkerError,
    limits::{BLOCK_CACHE_BYTES, BLOCK_CACHE_ENTRIES},
    records,
};

/// Blocks this node voted on, validated or executed lately. The bytes are estimated from the number of parts.
#[derive(Debug)]
pub(crate) struct BlockCache(BoundedCache<CryptoHash, Hashed<Block>>);

impl Default for BlockCache {
    fn default() -> Self {
        BlockCache(BoundedCache::new(BLOCK_CACHE_ENTRIES, BLOCK_CACHE_BYTES))
    }
}

impl BlockCache {
    pub(crate) fn get(&self, hash: &CryptoHash) -> Option<&Hashed<Block>> {
        self.0.get(hash)
    }

    pub(crate) fn insert(&mut self, block: &Hashed<Block>) {
        if !self.0.contains(&block.hash()) {
            self.0.insert(block.hash(), block_bytes(block), block.clone());
        }
    }
}

/// The encoded size of a block, near enough to bound memory.
pub(crate) fn block_bytes(block: &Block) -> usize {
    bcs::serialized_size(block).unwrap_or(usize::MAX / 2)
}

/// The cache over a store of the whole key space.
pub(crate) struct Blocks<'a, S> {
    pub(crate) cache: &'a mut BlockCache,
    pub(crate) store: &'a S,
}

impl<S: Store> Blocks<'_, S> {
    /// A block whose certificate is stored.
    pub(crate) async fn require(&mut self, hash: CryptoHash) -> Result<Hashed<Block>, WorkerError> {
        if let Some(block) = self.cache.get(&hash) {
            return Ok(block.clone());
        }
        let Some(block) = records::read_block(self.store, hash).await? else {
            return Err(WorkerError::ReadCertificatesError(vec![hash]));
        };
        let block = Hashed::unchecked_new(block, hash);
        self.cache.insert(&block);
        Ok(block)
    }
}
