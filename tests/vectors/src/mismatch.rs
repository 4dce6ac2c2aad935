//! How a replay can differ from its recording.

use std::fmt;

use serde::Serialize;
use walnut_base::{BlockHeight, ChainId};
use walnut_execution::OutcomeField;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// The chain.
    pub chain_id: ChainId,
    /// The block; none for the final state of the chain.
    pub height: Option<BlockHeight>,
    /// What differs.
    pub kind: MismatchKind,
    /// Details for a person.
    pub detail: String,
}

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum MismatchKind {
    /// The certificate does not decode, or not from its one encoding.
    Encoding,
    /// The block hash is not the recorded one.
    BlockHash,
    /// The certificate is not of this chain and height, or its round is not the recorded one.
    Header,
    /// The committee of the block's epoch is not in the recording.
    UnknownEpoch,
    /// The signatures are not a quorum of the committee of the block's epoch.
    Signatures,
    /// A field of the outcome.
    Outcome(OutcomeField),
    /// The block was refused.
    Execution,
    /// Something the block needs is not in the recording.
    MissingData,
    /// The final number of blocks.
    FinalHeight,
    /// The final balance.
    FinalBalance,
    /// The final state hash.
    FinalStateHash,
    /// The final epoch.
    FinalEpoch,
}

/// Fields of the outcome stand for themselves.
impl fmt::Display for MismatchKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MismatchKind::Outcome(field) => write!(formatter, "{field:?}"),
            kind => write!(formatter, "{kind:?}"),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.chain_id)?;
        if let Some(height) = self.height {
            write!(formatter, " block {height}")?;
        }
        write!(formatter, ": {}: {}", self.kind, self.detail)
    }
}
