//! Consensus on one block height of one chain.
//!
//! # Rounds
//! Fast (super owners; validators confirm at once), then multi-leader, single-leader and validator rounds. A round is
//! entered by a proposal of an earlier kind that may open it, by a validated certificate, or by a timeout certificate.
//!
//! # Safety
//! - A validator signs at most one validate-vote and one confirm-vote per round, and never votes below its last vote.
//! - It confirms a block only in the fast round or with a validated certificate of that round in hand.
//! - Once it confirmed a block in round *r* it validates another block only if that carries a validated certificate of a
//!   round ≥ *r*.
//! - Two quorums share an honest validator, so two different blocks cannot both be confirmed at one height.
//! - Votes are part of the batch that is committed before the reply leaves: a crash cannot make us forget one.
//!
//! # Liveness
//! The highest round with a proposal, lock or timeout certificate becomes the current one; a round that fails ends by a
//! quorum of timeout votes, and later rounds last longer.
//!
//! Source: `linera-chain/src/manager.rs`. Nothing here reads a clock or a store; blobs are kept beside the block they
//! belong to.

mod check;
mod record;
mod update;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use walnut_base::{
    AccountOwner, Blob, BlobId, BlockHeight, BlockProposal, ChainManagerInfo, ChainOwnership, ConfirmedBlock,
    LockingBlock, Round, Timeout, TimeoutCertificate, Timestamp, ValidatedBlock, Vote, leader::leader,
};

pub(crate) use check::Outcome;

/// The consensus state at the chain's next block height.
#[derive(Debug, Default)]
pub struct ChainManager {
    base: Base,
    rounds: Rounds,
    proposed_blobs: BTreeMap<BlobId, Blob>,
    locking_blobs: BTreeMap<BlobId, Blob>,
    changed: Changed,
}

/// What is fixed at one height.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Base {
    ownership: ChainOwnership,
    /// The height being decided; also the seed of the leader draw.
    height: BlockHeight,
    /// Owners derived from the validators' account keys, with their votes.
    fallback_owners: BTreeMap<AccountOwner, u64>,
}

/// What the rounds at one height left behind.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Rounds {
    /// The highest correctly signed proposal that was not (yet) executed, up to `SingleLeader(0)`.
    signed_proposal: Option<BlockProposal>,
    /// The highest proposal that passed all checks.
    proposed: Option<BlockProposal>,
    /// The latest validated certificate or fast proposal.
    locking_block: Option<LockingBlock>,
    timeout: Option<TimeoutCertificate>,
    confirmed_vote: Option<Vote<ConfirmedBlock>>,
    validated_vote: Option<Vote<ValidatedBlock>>,
    timeout_vote: Option<Vote<Timeout>>,
    /// When this node will vote to end the current round.
    round_timeout: Option<Timestamp>,
    /// The lowest round in which we may still vote.
    current_round: Round,
}

/// Which stored records differ from memory.
#[derive(Clone, Copy, Debug, Default)]
struct Changed {
    base: bool,
    rounds: bool,
    proposed_blobs: bool,
    locking_blobs: bool,
}

impl ChainManager {
    /// Starts a height: clears everything and takes over owners and fallback owners as they are now.
    pub(crate) fn reset(
        &mut self,
        ownership: ChainOwnership,
        height: BlockHeight,
        now: Timestamp,
        fallback_owners: BTreeMap<AccountOwner, u64>,
    ) {
        let current_round = ownership.first_round();
        let round_timeout =
            ownership.round_timeout(current_round).map(|duration| now.saturating_add(duration));
        self.changed.proposed_blobs |= !self.proposed_blobs.is_empty();
        self.changed.locking_blobs |= !self.locking_blobs.is_empty();
        self.proposed_blobs.clear();
        self.locking_blobs.clear();
        self.rounds = Rounds { current_round, round_timeout, ..Rounds::default() };
        self.changed.rounds = true;
        self.base = Base { ownership, height, fallback_owners };
        self.changed.base = true;
    }

    /// Who may propose, and how rounds end.
    pub fn ownership(&self) -> &ChainOwnership {
        &self.base.ownership
    }

    /// The lowest round in which this node may still vote.
    pub fn current_round(&self) -> Round {
        self.rounds.current_round
    }

    /// The validated certificate or fast proposal that must be proposed again.
    pub fn locking_block(&self) -> Option<&LockingBlock> {
        self.rounds.locking_block.as_ref()
    }

    /// The highest proposal that passed all checks.
    pub fn proposed(&self) -> Option<&BlockProposal> {
        self.rounds.proposed.as_ref()
    }

    /// The blobs of the locking block.
    pub fn locking_blobs(&self) -> &BTreeMap<BlobId, Blob> {
        &self.locking_blobs
    }

    /// The blobs of the highest checked proposal.
    pub fn proposed_blobs(&self) -> &BTreeMap<BlobId, Blob> {
        &self.proposed_blobs
    }

    /// A blob of the proposal or the lock.
    pub fn pending_blob(&self, blob_id: &BlobId) -> Option<&Blob> {
        self.proposed_blobs.get(blob_id).or_else(|| self.locking_blobs.get(blob_id))
    }

    /// The drawn leader of a single-leader or validator round. None for other rounds and for an empty or invalid table.
    pub fn round_leader(&self, round: Round) -> Option<AccountOwner> {
        let (owners, number) = match round {
            Round::SingleLeader(number) => (&self.base.ownership.owners, number),
            Round::Validator(number) => (&self.base.fallback_owners, number),
            Round::Fast | Round::MultiLeader(_) => return None,
        };
        leader(owners, number, self.base.height)
    }

    /// Whether `owner` may propose in `round`.
    pub fn verify_owner(&self, owner: &AccountOwner, round: Round) -> bool {
        let ownership = &self.base.ownership;
        if ownership.super_owners.contains(owner) {
            return true;
        }
        match round {
            Round::Fast => false,
            Round::MultiLeader(_) => {
                ownership.open_multi_leader_rounds || ownership.owners.contains_key(owner)
            }
            Round::SingleLeader(_) | Round::Validator(_) => self.round_leader(round).as_ref() == Some(owner),
        }
    }

    /// The part of a chain info answer that describes consensus; proposals, locks and full votes only on request.
    pub fn info(&self, with_values: bool) -> ChainManagerInfo {
        let rounds = &self.rounds;
        let confirmed = rounds.confirmed_vote.as_ref();
        let validated = rounds.validated_vote.as_ref();
        let pending = match (validated, confirmed) {
            (Some(validated), Some(confirmed)) if validated.round > confirmed.round => Some(validated.lite()),
            (_, Some(confirmed)) => Some(confirmed.lite()),
            (Some(validated), None) => Some(validated.lite()),
            (None, None) => None,
        };
        ChainManagerInfo {
            ownership: self.base.ownership.clone(),
            requested_signed_proposal: rounds.signed_proposal.clone().filter(|_| with_values).map(Box::new),
            requested_proposed: rounds.proposed.clone().filter(|_| with_values).map(Box::new),
            requested_locking: rounds.locking_block.clone().filter(|_| with_values).map(Box::new),
            timeout: rounds.timeout.clone().map(Box::new),
            pending,
            timeout_vote: rounds.timeout_vote.as_ref().map(Vote::lite),
            fallback_vote: None,
            requested_confirmed: confirmed.filter(|_| with_values).map(|vote| Box::new(vote.value.clone())),
            requested_validated: validated.filter(|_| with_values).map(|vote| Box::new(vote.value.clone())),
            current_round: rounds.current_round,
            leader: self.round_leader(rounds.current_round),
            round_timeout: rounds.round_timeout,
        }
    }
}

#[cfg(test)]
mod tests;
