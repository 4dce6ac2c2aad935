//! The proposal on its way.

use serde::{Deserialize, Serialize};
use walnut_base::{
    AccountOwner, Blob, BlockProposal, CertificateKind, ConfirmedBlockCertificate, CryptoHash, NodeError,
    ProposedBlock, Round, Timestamp,
};

/// A block that somebody asked for, with the proposal that was signed for it. One per chain; stored before it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingProposal {
    /// The block.
    pub block: ProposedBlock,
    /// Blobs that it publishes.
    pub blobs: Vec<Blob>,
    /// What was signed last for it.
    pub proposal: Option<BlockProposal>,
}

impl PendingProposal {
    /// The round that was signed for, if any.
    pub fn round(&self) -> Option<Round> {
        self.proposal.as_ref().map(|proposal| proposal.content.round)
    }
}

/// How an attempt to make a block ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The block is confirmed.
    Committed(Box<ConfirmedBlockCertificate>),
    /// Another block was confirmed at this height; the given one was not made.
    Conflict(Box<ConfirmedBlockCertificate>),
    /// It is somebody else's turn until the time. The block is kept and can be tried again then.
    WaitForTimeout {
        /// When the round times out.
        timestamp: Timestamp,
        /// The round.
        current_round: Round,
        /// Who alone may propose in it; nobody in particular when the round has a conflicting proposal.
        leader: Option<AccountOwner>,
    },
}

/// Steps of a block on its way, as they happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// The proposal is signed and stored, and is being sent.
    Signed {
        /// Hash of the block with its outcome.
        block_hash: CryptoHash,
        /// The round.
        round: Round,
    },
    /// A validator has voted for the block, or that the round of somebody else is over.
    Vote {
        /// What for.
        kind: CertificateKind,
        /// Votes so far.
        votes: u64,
        /// Votes needed.
        quorum: u64,
        /// Votes of the whole committee.
        total: u64,
    },
    /// The certificate is here, verified and executed.
    Certified {
        /// Hash of the block.
        block_hash: CryptoHash,
    },
    /// A quorum of validators has the certificate.
    Spread,
    /// Not enough validators have taken the certificate yet; the block is final all the same.
    SpreadFailed(
        /// Why.
        NodeError,
    ),
}
