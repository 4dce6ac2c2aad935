//! What the proposer chooses, and what execution adds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    AccountOwner, Blob, BlobId, Block, BlockHeight, ChainId, CryptoHash, Epoch, Event, IncomingBundle,
    MessageAction, Operation, OperationResult, OracleResponse, OutgoingMessage, StreamId, Timestamp,
    Transaction,
};

/// A block before execution.
///
/// Beware of the field order: transactions come third, and the signer before the previous hash (the opposite of the
/// executed block's header).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProposedBlock {
    /// The chain.
    pub chain_id: ChainId,
    /// The epoch whose committee certifies it.
    pub epoch: Epoch,
    /// What it does, in order.
    pub transactions: Vec<Transaction>,
    /// Its position.
    pub height: BlockHeight,
    /// Not before the previous block, nor before any received bundle.
    pub timestamp: Timestamp,
    /// The owner on whose authority it acts.
    pub authenticated_signer: Option<AccountOwner>,
    /// The block before; none at height 0.
    pub previous_block_hash: Option<CryptoHash>,
}

impl ProposedBlock {
    /// Blobs that the proposer must supply (not those created while executing).
    pub fn published_blob_ids(&self) -> BTreeSet<BlobId> {
        self.operations().flat_map(Operation::published_blob_ids).collect()
    }

    /// The operations, in order.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.transactions.iter().filter_map(Transaction::operation)
    }

    /// The received bundles, in order.
    pub fn incoming_bundles(&self) -> impl Iterator<Item = &IncomingBundle> {
        self.transactions.iter().filter_map(Transaction::incoming_bundle)
    }

    /// Whether it does nothing but reject bundles: what a closed chain may still do.
    pub fn has_only_rejected_messages(&self) -> bool {
        self.transactions.iter().all(|transaction| {
            matches!(
                transaction,
                Transaction::ReceiveMessages(IncomingBundle { action: MessageAction::Reject, .. })
            )
        })
    }
}

/// What execution adds to a proposed block. Inner lists have one entry per transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockExecutionOutcome {
    /// Messages sent.
    pub messages: Vec<Vec<OutgoingMessage>>,
    /// For each receiving chain the block that sent to it last.
    pub previous_message_blocks: BTreeMap<ChainId, (CryptoHash, BlockHeight)>,
    /// For each stream written to the block that wrote to it last.
    pub previous_event_blocks: BTreeMap<StreamId, (CryptoHash, BlockHeight)>,
    /// Hash of the chain's state afterwards.
    pub state_hash: CryptoHash,
    /// Recorded oracle answers.
    pub oracle_responses: Vec<Vec<OracleResponse>>,
    /// Events published.
    pub events: Vec<Vec<Event>>,
    /// Blobs created while executing.
    pub blobs: Vec<Vec<Blob>>,
    /// Results of operations: one entry per operation.
    pub operation_results: Vec<OperationResult>,
}

impl BlockExecutionOutcome {
    /// Puts the executed block together.
    pub fn with(self, block: ProposedBlock) -> Block {
        Block::new(block, self)
    }

    /// Blobs read by oracle.
    pub fn oracle_blob_ids(&self) -> BTreeSet<BlobId> {
        oracle_blob_ids(&self.oracle_responses).collect()
    }

    /// Whether anything was asked from outside the chain.
    pub fn has_oracle_responses(&self) -> bool {
        self.oracle_responses.iter().any(|responses| !responses.is_empty())
    }

    /// Names of the blobs created.
    pub fn created_blob_ids(&self) -> impl Iterator<Item = BlobId> {
        self.blobs.iter().flatten().map(Blob::id)
    }
}

pub(super) fn oracle_blob_ids(responses: &[Vec<OracleResponse>]) -> impl Iterator<Item = BlobId> {
    responses.iter().flatten().filter_map(|response| match response {
        OracleResponse::Blob(blob_id) => Some(*blob_id),
        _ => None,
    })
}
