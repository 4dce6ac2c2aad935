//! How far the audit of a chain has come, and what it could not decide.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use walnut_base::{BlobId, BlockHeight, ChainId, CryptoHash, Epoch, encoding::from_bcs, encoding::to_bcs};
use walnut_views::{Batch, RootKey, Store, StoreError, WriteOperation};

/// Tells the audit's records from others of the node.
const PROGRESS: u8 = 0xa0;

/// Gaps that are kept; more of them say nothing new.
const GAPS_MAX: usize = 100;

/// Other chains that are kept: where an audit that wanders goes next.
const PEERS_MAX: usize = 10_000;

/// How far the audit of a chain has come. It is stored together with what was executed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainProgress {
    /// The next block to look at: all before were looked at.
    pub next_height: BlockHeight,
    /// The height of the next block that the chain does not have yet, as the source said last.
    pub target: BlockHeight,
    /// The last block.
    pub tip: Option<CryptoHash>,
    /// Messages that were compared with what was sent.
    pub messages: u64,
    /// Events that were compared with what was published.
    pub events: u64,
    /// Violations found; the evidence is stored beside this.
    pub violations: u64,
    /// What could not be decided.
    pub gaps: Vec<Gap>,
    /// Whether it cannot be followed any further: no more is believed of it.
    pub is_stopped: bool,
    /// Whether it was checked who opened the chain.
    pub(super) is_origin_checked: bool,
    /// The last message taken in from each chain.
    pub(super) taken: BTreeMap<ChainId, Taken>,
    /// Chains that it exchanges messages with, or has opened.
    pub peers: BTreeSet<ChainId>,
}

/// The last message taken in from a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taken {
    /// Its block and transaction over there.
    pub position: (BlockHeight, u32),
    /// Whether that block sent nothing to this chain after it.
    pub is_last: bool,
    /// The block and transaction here that took it in.
    pub by: (BlockHeight, u32),
}

impl ChainProgress {
    /// Whether nothing is wrong and nothing is open, as far as it has come.
    pub fn is_clean(&self) -> bool {
        self.violations == 0 && self.gaps.is_empty()
    }

    /// Whether there is nothing more to look at for now.
    pub fn is_finished(&self) -> bool {
        self.is_stopped || (self.is_origin_checked && self.next_height >= self.target)
    }

    pub(super) fn add_gap(&mut self, gap: Gap) {
        if self.gaps.len() < GAPS_MAX && !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    pub(super) fn add_peer(&mut self, chain_id: ChainId) {
        if self.peers.len() < PEERS_MAX {
            self.peers.insert(chain_id);
        }
    }

    /// What an earlier audit of the chain has stored; the beginning if there was none.
    pub(super) async fn load<S: Store>(store: &S, chain_id: ChainId) -> Result<Self, StoreError> {
        let key = key(chain_id);
        let Some(bytes) = store.read(&key).await? else { return Ok(Self::default()) };
        from_bcs(&bytes, bytes.len()).map_err(|error| StoreError::malformed(&key, error))
    }

    pub(super) fn write(&self, chain_id: ChainId, batch: &mut Batch) {
        batch.operations.push(WriteOperation::Put { key: key(chain_id), value: to_bcs(self) });
    }
}

fn key(chain_id: ChainId) -> Vec<u8> {
    let mut key = RootKey::Local.bytes();
    key.push(PROGRESS);
    key.extend_from_slice(chain_id.0.as_bytes());
    key
}

/// Something that could not be decided, because a source has no answer or this machine cannot work it out. It proves
/// nothing; another source may have the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The block that could not be judged in full.
    pub height: BlockHeight,
    /// Why.
    pub reason: GapReason,
}

/// Why something could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapReason {
    /// Nobody has the block.
    MissingBlock,
    /// In its place is a block of another chain or height.
    Misplaced(ChainId, BlockHeight),
    /// The committee of its epoch was never announced.
    UnknownEpoch(Epoch),
    /// Nobody has the block that is said to have sent a message, or not with a certificate that counts.
    MissingSender(ChainId, BlockHeight),
    /// Nobody has the block that is said to have published an event.
    MissingPublisher(ChainId, u32),
    /// Nobody has a blob that it needs.
    MissingBlob(BlobId),
    /// Nobody has an event that it needs.
    MissingEvent(ChainId, u32),
    /// Nobody has the description of the chain.
    MissingDescription,
    /// Nobody has the block that is said to have opened the chain.
    MissingParent(ChainId, BlockHeight),
    /// The chain says that it is part of the genesis, and is not.
    FalseRoot,
    /// This machine cannot execute it.
    CannotExecute(String),
}

impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "block {}: ", self.height)?;
        match &self.reason {
            GapReason::MissingBlock => formatter.write_str("nobody has it"),
            GapReason::Misplaced(chain_id, height) => {
                write!(formatter, "in its place is block {height} of chain {chain_id}")
            }
            GapReason::UnknownEpoch(epoch) => {
                write!(formatter, "the committee of epoch {epoch} is not known")
            }
            GapReason::MissingSender(chain_id, height) => {
                write!(
                    formatter,
                    "it takes in a message of chain {chain_id}, block {height}, which nobody has"
                )
            }
            GapReason::MissingPublisher(chain_id, index) => {
                write!(formatter, "it read event {index} of chain {chain_id}, whose block nobody has")
            }
            GapReason::MissingBlob(blob_id) => write!(formatter, "it needs blob {blob_id}, which nobody has"),
            GapReason::MissingEvent(chain_id, index) => {
                write!(formatter, "it needs event {index} of chain {chain_id}, which nobody has")
            }
            GapReason::MissingDescription => formatter.write_str("nobody has the description of the chain"),
            GapReason::MissingParent(chain_id, height) => {
                write!(
                    formatter,
                    "chain {chain_id}, block {height}, should have opened it, and nobody has that"
                )
            }
            GapReason::FalseRoot => formatter.write_str("the chain is not part of the genesis, as it says"),
            GapReason::CannotExecute(reason) => {
                write!(formatter, "it cannot be executed on this machine: {reason}")
            }
        }
    }
}
