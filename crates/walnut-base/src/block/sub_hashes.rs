//! Hashes of the parts of a block body: for explorers only, nothing in consensus covers them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{BcsHashable, Block, BlockHeight, ChainId, CryptoHash, CryptoHashVec, StreamId};

/// The eight derived fields of upstream's block header, in its order (`linera-chain/src/block.rs`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockSubHashes {
    /// Over the transactions.
    pub transactions_hash: CryptoHash,
    /// Over the messages, by transaction.
    pub messages_hash: CryptoHash,
    /// Over the map of earlier senders.
    pub previous_message_blocks_hash: CryptoHash,
    /// Over the map of earlier publishers.
    pub previous_event_blocks_hash: CryptoHash,
    /// Over the oracle answers, by transaction.
    pub oracle_responses_hash: CryptoHash,
    /// Over the events, by transaction.
    pub events_hash: CryptoHash,
    /// Over the created blobs, by transaction; a leaf is the hash of the content, also for EVM applications.
    pub blobs_hash: CryptoHash,
    /// Over the operation results.
    pub operation_results_hash: CryptoHash,
}

/// A block's `previous_message_blocks` as one hashable value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousMessageBlocksMap {
    /// The map.
    pub inner: BTreeMap<ChainId, (CryptoHash, BlockHeight)>,
}

impl BcsHashable for PreviousMessageBlocksMap {
    const NAME: &'static str = "PreviousMessageBlocksMap";
}

/// A block's `previous_event_blocks` as one hashable value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousEventBlocksMap {
    /// The map.
    pub inner: BTreeMap<StreamId, (CryptoHash, BlockHeight)>,
}

impl BcsHashable for PreviousEventBlocksMap {
    const NAME: &'static str = "PreviousEventBlocksMap";
}

impl Block {
    /// Computes the derived header fields.
    pub fn sub_hashes(&self) -> BlockSubHashes {
        let body = &self.body;
        BlockSubHashes {
            transactions_hash: hash_list(&body.transactions),
            messages_hash: hash_lists(&body.messages),
            previous_message_blocks_hash: CryptoHash::new(&PreviousMessageBlocksMap {
                inner: body.previous_message_blocks.clone(),
            }),
            previous_event_blocks_hash: CryptoHash::new(&PreviousEventBlocksMap {
                inner: body.previous_event_blocks.clone(),
            }),
            oracle_responses_hash: hash_lists(&body.oracle_responses),
            events_hash: hash_lists(&body.events),
            blobs_hash: hash_lists(&body.blobs),
            operation_results_hash: hash_list(&body.operation_results),
        }
    }
}

fn hash_list<T: BcsHashable>(values: &[T]) -> CryptoHash {
    CryptoHash::new(&CryptoHashVec(values.iter().map(CryptoHash::new).collect()))
}

fn hash_lists<T: BcsHashable>(lists: &[Vec<T>]) -> CryptoHash {
    CryptoHash::new(&CryptoHashVec(lists.iter().map(|values| hash_list(values)).collect()))
}
