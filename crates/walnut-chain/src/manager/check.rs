//! Whether a proposal or validated certificate may be voted on. Nothing here changes anything.

use walnut_base::{BlockHeight, BlockProposal, OriginalProposal, Round, ValidatedBlockCertificate};

use super::ChainManager;
use crate::error::ChainError;

/// The answer to "may we vote on this?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Yes.
    Accept,
    /// We already did; there is nothing to do.
    Skip,
}

impl ChainManager {
    /// Checks a signed proposal of an owner who may propose in its round.
    pub(crate) fn check_proposed_block(&self, proposal: &BlockProposal) -> Result<Outcome, ChainError> {
        let rounds = &self.rounds;
        let block = &proposal.content.block;
        let round = proposal.content.round;
        if rounds.proposed.as_ref().is_some_and(|old| old.content == proposal.content) {
            return Ok(Outcome::Skip);
        }
        if block.height == BlockHeight::MAX {
            return Err(ChainError::BlockHeightOverflow);
        }
        let current = rounds.current_round;
        match round {
            Round::Fast => {}
            Round::MultiLeader(_) | Round::SingleLeader(0) => {
                if current.is_fast() && !self.base.ownership.super_owners.contains(&proposal.owner()) {
                    return Err(ChainError::WrongRound(current));
                }
                if round < current {
                    // The proposal's round, unlike everywhere else: upstream's text names it.
                    return Err(ChainError::InsufficientRound(round));
                }
            }
            Round::SingleLeader(_) | Round::Validator(_) => {
                if round != current {
                    return Err(ChainError::WrongRound(current));
                }
            }
        }
        if let Some(vote) = &rounds.validated_vote
            && round <= vote.round
        {
            return Err(ChainError::InsufficientRoundStrict(vote.round));
        }
        if let Some(locking) = &rounds.locking_block
            && locking.round() >= round
        {
            return Err(ChainError::MustBeNewerThanLockingBlock(block.height, locking.round()));
        }
        if let Some(vote) = &rounds.confirmed_vote {
            let compatible = match &proposal.original_proposal {
                None => false,
                Some(OriginalProposal::Regular { certificate }) => vote.round <= certificate.round,
                Some(OriginalProposal::Fast(_)) => {
                    vote.round.is_fast() && vote.value.block().matches_proposed_block(block)
                }
            };
            if !compatible {
                return Err(ChainError::HasIncompatibleConfirmedVote(block.height, vote.round));
            }
        }
        Ok(Outcome::Accept)
    }

    /// Checks a verified validated certificate of the current height.
    pub(crate) fn check_validated_block(
        &self,
        certificate: &ValidatedBlockCertificate,
    ) -> Result<Outcome, ChainError> {
        let rounds = &self.rounds;
        if let Some(vote) = &rounds.confirmed_vote
            && vote.round == certificate.round
            && vote.value.hash() == certificate.hash()
        {
            return Ok(Outcome::Skip);
        }
        if let Some(vote) = &rounds.validated_vote
            && vote.round > certificate.round
        {
            return Err(ChainError::InsufficientRound(vote.round));
        }
        if let Some(locking) = &rounds.locking_block
            && locking.round() >= certificate.round
        {
            return Err(ChainError::InsufficientRoundStrict(locking.round()));
        }
        Ok(Outcome::Accept)
    }
}
