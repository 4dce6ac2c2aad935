//! The executed block: what validators sign.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::proposed::oracle_blob_ids;
use crate::{
    AccountOwner, BcsHashable, Blob, BlobId, BlockExecutionOutcome, BlockHeight, ChainId, CryptoHash, Epoch,
    Event, EventId, IncomingBundle, MessageBundle, Operation, OperationResult, OracleResponse,
    OutgoingMessage, ProposedBlock, StreamId, Timestamp, Transaction,
};

/// An executed block. Its hash covers header and body; validated and confirmed certificates name the same hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Block {
    /// The small fields.
    pub header: BlockHeader,
    /// The lists.
    pub body: BlockBody,
}

impl BcsHashable for Block {
    const NAME: &'static str = "Block";
}

/// The seven header fields that are written. Upstream's struct also carries eight hashes derived from the body; see
/// [`Block::sub_hashes`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockHeader {
    /// The chain.
    pub chain_id: ChainId,
    /// The epoch whose committee certifies it.
    pub epoch: Epoch,
    /// Its position.
    pub height: BlockHeight,
    /// Not before the previous block, nor before any received bundle.
    pub timestamp: Timestamp,
    /// Hash of the chain's state afterwards.
    pub state_hash: CryptoHash,
    /// The block before; none at height 0.
    pub previous_block_hash: Option<CryptoHash>,
    /// The owner on whose authority it acts.
    pub authenticated_signer: Option<AccountOwner>,
}

/// The lists of a block. Inner lists have one entry per transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockBody {
    /// What the block does, in order.
    pub transactions: Vec<Transaction>,
    /// Messages sent.
    pub messages: Vec<Vec<OutgoingMessage>>,
    /// For each receiving chain the block that sent to it last.
    pub previous_message_blocks: BTreeMap<ChainId, (CryptoHash, BlockHeight)>,
    /// For each stream written to the block that wrote to it last.
    pub previous_event_blocks: BTreeMap<StreamId, (CryptoHash, BlockHeight)>,
    /// Recorded oracle answers.
    pub oracle_responses: Vec<Vec<OracleResponse>>,
    /// Events published.
    pub events: Vec<Vec<Event>>,
    /// Blobs created while executing.
    pub blobs: Vec<Vec<Blob>>,
    /// Results of operations: one entry per operation.
    pub operation_results: Vec<OperationResult>,
}

impl Block {
    /// Puts the executed block together.
    pub fn new(block: ProposedBlock, outcome: BlockExecutionOutcome) -> Self {
        let ProposedBlock {
            chain_id,
            epoch,
            transactions,
            height,
            timestamp,
            authenticated_signer,
            previous_block_hash,
        } = block;
        let BlockExecutionOutcome {
            messages,
            previous_message_blocks,
            previous_event_blocks,
            state_hash,
            oracle_responses,
            events,
            blobs,
            operation_results,
        } = outcome;
        Self {
            header: BlockHeader {
                chain_id,
                epoch,
                height,
                timestamp,
                state_hash,
                previous_block_hash,
                authenticated_signer,
            },
            body: BlockBody {
                transactions,
                messages,
                previous_message_blocks,
                previous_event_blocks,
                oracle_responses,
                events,
                blobs,
                operation_results,
            },
        }
    }

    /// Takes the executed block apart, without loss.
    pub fn into_proposal(self) -> (ProposedBlock, BlockExecutionOutcome) {
        let BlockHeader {
            chain_id,
            epoch,
            height,
            timestamp,
            state_hash,
            previous_block_hash,
            authenticated_signer,
        } = self.header;
        let BlockBody {
            transactions,
            messages,
            previous_message_blocks,
            previous_event_blocks,
            oracle_responses,
            events,
            blobs,
            operation_results,
        } = self.body;
        let block = ProposedBlock {
            chain_id,
            epoch,
            transactions,
            height,
            timestamp,
            authenticated_signer,
            previous_block_hash,
        };
        let outcome = BlockExecutionOutcome {
            messages,
            previous_message_blocks,
            previous_event_blocks,
            state_hash,
            oracle_responses,
            events,
            blobs,
            operation_results,
        };
        (block, outcome)
    }

    /// Whether this block is `proposed` after execution.
    pub fn matches_proposed_block(&self, proposed: &ProposedBlock) -> bool {
        let header = &self.header;
        header.chain_id == proposed.chain_id
            && header.epoch == proposed.epoch
            && header.height == proposed.height
            && header.timestamp == proposed.timestamp
            && header.authenticated_signer == proposed.authenticated_signer
            && header.previous_block_hash == proposed.previous_block_hash
            && self.body.transactions == proposed.transactions
    }

    /// Whether execution of this block had this outcome.
    pub fn outcome_matches(&self, outcome: &BlockExecutionOutcome) -> bool {
        let body = &self.body;
        self.header.state_hash == outcome.state_hash
            && body.messages == outcome.messages
            && body.previous_message_blocks == outcome.previous_message_blocks
            && body.previous_event_blocks == outcome.previous_event_blocks
            && body.oracle_responses == outcome.oracle_responses
            && body.events == outcome.events
            && body.blobs == outcome.blobs
            && body.operation_results == outcome.operation_results
    }

    /// The bundles that `recipient` gets from this block, whose hash is `certificate_hash`: one per transaction that sends
    /// to it. Message indices count all messages of the block.
    pub fn message_bundles_for(
        &self,
        recipient: ChainId,
        certificate_hash: CryptoHash,
    ) -> Vec<MessageBundle> {
        let mut bundles = Vec::new();
        let mut next_index = 0_u32;
        for (transaction_index, sent) in (0_u32..).zip(&self.body.messages) {
            let messages: Vec<_> = (next_index..)
                .zip(sent)
                .filter(|(_, message)| message.destination == recipient)
                .map(|(index, message)| message.clone().into_posted(index))
                .collect();
            next_index = next_index.saturating_add(u32::try_from(sent.len()).unwrap_or(u32::MAX));
            if !messages.is_empty() {
                bundles.push(MessageBundle {
                    height: self.header.height,
                    timestamp: self.header.timestamp,
                    certificate_hash,
                    transaction_index,
                    messages,
                });
            }
        }
        bundles
    }

    /// The chains that get messages from this block.
    pub fn recipients(&self) -> BTreeSet<ChainId> {
        self.body.messages.iter().flatten().map(|message| message.destination).collect()
    }

    /// The operations, in order.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.body.transactions.iter().filter_map(Transaction::operation)
    }

    /// The received bundles, in order.
    pub fn incoming_bundles(&self) -> impl Iterator<Item = &IncomingBundle> {
        self.body.transactions.iter().filter_map(Transaction::incoming_bundle)
    }

    /// Blobs that the proposer had to supply.
    pub fn published_blob_ids(&self) -> BTreeSet<BlobId> {
        self.operations().flat_map(Operation::published_blob_ids).collect()
    }

    /// Blobs created while executing, by name.
    pub fn created_blobs(&self) -> BTreeMap<BlobId, Blob> {
        self.body.blobs.iter().flatten().map(|blob| (blob.id(), blob.clone())).collect()
    }

    /// Names of the blobs created while executing.
    pub fn created_blob_ids(&self) -> BTreeSet<BlobId> {
        self.body.blobs.iter().flatten().map(Blob::id).collect()
    }

    /// Blobs read by oracle.
    pub fn oracle_blob_ids(&self) -> BTreeSet<BlobId> {
        oracle_blob_ids(&self.body.oracle_responses).collect()
    }

    /// Every blob that a node needs or gets by executing this block: read by oracle, published, created, and at height 0
    /// the chain's description.
    pub fn required_blob_ids(&self) -> BTreeSet<BlobId> {
        let mut blob_ids = self.oracle_blob_ids();
        blob_ids.extend(self.published_blob_ids());
        blob_ids.extend(self.created_blob_ids());
        if self.header.height == BlockHeight::ZERO {
            blob_ids.insert(self.header.chain_id.description_blob_id());
        }
        blob_ids
    }

    /// Whether this block needs or creates `blob_id`.
    pub fn requires_or_creates_blob(&self, blob_id: &BlobId) -> bool {
        self.required_blob_ids().contains(blob_id)
    }

    /// The published events by position.
    pub fn event_ids(&self) -> impl Iterator<Item = EventId> {
        self.body.events.iter().flatten().map(|event| event.id(self.header.chain_id))
    }

    /// The streams written to.
    pub fn event_streams(&self) -> BTreeSet<StreamId> {
        self.body.events.iter().flatten().map(|event| event.stream_id.clone()).collect()
    }
}
