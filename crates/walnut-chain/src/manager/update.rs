//! Changes of the consensus state. Callers have checked; nothing here fails halfway.

use std::collections::BTreeMap;

use walnut_base::{
    Blob, BlobId, Block, BlockHeight, BlockProposal, ChainId, ConfirmedBlock, Epoch, Hashed, LockingBlock,
    OriginalProposal, Round, Timeout, TimeoutCertificate, Timestamp, ValidatedBlock,
    ValidatedBlockCertificate, ValidatorSecretKey, Vote,
};

use super::ChainManager;
use crate::error::ChainError;

impl ChainManager {
    /// Raises the current round to what proposals, locks and timeouts justify. The deadline restarts only when the round
    /// changes.
    fn update_current_round(&mut self, now: Timestamp) {
        let rounds = &self.rounds;
        let ownership = &self.base.ownership;
        let after_timeout = rounds
            .timeout
            .as_ref()
            .map(|certificate| ownership.next_round(certificate.round).unwrap_or(Round::Validator(u32::MAX)));
        let round = [
            after_timeout,
            rounds.locking_block.as_ref().map(LockingBlock::round),
            rounds.proposed.as_ref().map(|proposal| proposal.content.round),
            rounds.signed_proposal.as_ref().map(|proposal| proposal.content.round),
        ]
        .into_iter()
        .flatten()
        .max()
        .unwrap_or_default()
        .max(ownership.first_round());
        if round <= rounds.current_round {
            return;
        }
        self.rounds.round_timeout =
            ownership.round_timeout(round).map(|duration| now.saturating_add(duration));
        self.rounds.current_round = round;
        self.changed.rounds = true;
    }

    /// Remembers a correctly signed proposal that may still fail to execute. Answers whether anything changed.
    pub(crate) fn update_signed_proposal(&mut self, proposal: &BlockProposal, now: Timestamp) -> bool {
        let round = proposal.content.round;
        if round > Round::SingleLeader(0) {
            return false;
        }
        if let Some(old) = &self.rounds.signed_proposal
            && old.content.round >= round
        {
            if self.rounds.current_round < old.content.round {
                self.update_current_round(now);
                return true;
            }
            return false;
        }
        if self.rounds.proposed.as_ref().is_some_and(|old| old.content.round >= round) {
            return false;
        }
        self.rounds.signed_proposal = Some(proposal.clone());
        self.changed.rounds = true;
        self.update_current_round(now);
        true
    }

    /// Locks, records and, with a key, votes for an accepted proposal whose execution gave `block`.
    pub(crate) fn create_vote(
        &mut self,
        proposal: BlockProposal,
        block: Hashed<Block>,
        key: Option<&ValidatorSecretKey>,
        now: Timestamp,
        blobs: BTreeMap<BlobId, Blob>,
    ) {
        let round = proposal.content.round;
        match &proposal.original_proposal {
            Some(OriginalProposal::Regular { certificate }) => {
                let newer =
                    self.rounds.locking_block.as_ref().is_none_or(|old| old.round() < certificate.round);
                let validated = ValidatedBlock::from_hashed(block.clone());
                // A certificate that does not match was refused before; upstream ignores it here too.
                if newer && let Ok(certificate) = certificate.clone().with_value(validated) {
                    self.set_locking(LockingBlock::Regular(certificate), blobs.clone());
                }
            }
            Some(OriginalProposal::Fast(signature)) => {
                if self.rounds.locking_block.is_none() {
                    // As upstream: the new proposal with the old signature put in place. Its round counts as fast.
                    let original = BlockProposal { signature: *signature, ..proposal.clone() };
                    self.set_locking(LockingBlock::Fast(original), blobs.clone());
                }
            }
            None => {
                if round.is_fast() && self.rounds.locking_block.is_none() {
                    self.set_locking(LockingBlock::Fast(proposal.clone()), blobs.clone());
                }
            }
        }
        self.update_proposed(proposal, blobs);
        self.update_current_round(now);
        let Some(key) = key else { return };
        self.changed.rounds = true;
        if round.is_fast() {
            self.rounds.validated_vote = None;
            self.rounds.confirmed_vote = Some(Vote::new(ConfirmedBlock::from_hashed(block), round, key));
        } else {
            self.rounds.validated_vote = Some(Vote::new(ValidatedBlock::from_hashed(block), round, key));
        }
    }

    /// Locks an accepted validated certificate and, with a key and unless its round is over, votes to confirm it.
    pub(crate) fn create_final_vote(
        &mut self,
        certificate: ValidatedBlockCertificate,
        key: Option<&ValidatorSecretKey>,
        now: Timestamp,
        blobs: BTreeMap<BlobId, Blob>,
    ) {
        let round = certificate.round;
        let block = certificate.value().clone();
        if self.rounds.locking_block.as_ref().is_none_or(|old| old.round() < round) {
            self.set_locking(LockingBlock::Regular(certificate), blobs);
        }
        self.update_current_round(now);
        if let Some(key) = key
            && self.rounds.current_round == round
        {
            self.rounds.confirmed_vote = Some(Vote::new(ConfirmedBlock::from(block), round, key));
            self.rounds.validated_vote = None;
            self.changed.rounds = true;
        }
    }

    /// Votes to end `round` if it is the current one and its time is over. Answers whether a new vote was made.
    pub(crate) fn create_timeout_vote(
        &mut self,
        chain_id: ChainId,
        height: BlockHeight,
        round: Round,
        epoch: Epoch,
        key: Option<&ValidatorSecretKey>,
        now: Timestamp,
    ) -> Result<bool, ChainError> {
        let Some(key) = key else { return Ok(false) };
        if round != self.rounds.current_round {
            return Err(ChainError::WrongRound(self.rounds.current_round));
        }
        let Some(deadline) = self.rounds.round_timeout else { return Err(ChainError::RoundDoesNotTimeOut) };
        if now < deadline {
            return Err(ChainError::NotTimedOutYet(deadline));
        }
        if self.rounds.timeout_vote.as_ref().is_some_and(|vote| vote.round == round) {
            return Ok(false);
        }
        self.rounds.timeout_vote = Some(Vote::new(Timeout::new(chain_id, height, epoch), round, key));
        self.changed.rounds = true;
        Ok(true)
    }

    /// Ends the round of a verified timeout certificate.
    pub(crate) fn handle_timeout_certificate(&mut self, certificate: TimeoutCertificate, now: Timestamp) {
        if self.rounds.timeout.as_ref().is_some_and(|old| old.round >= certificate.round) {
            return;
        }
        self.rounds.timeout = Some(certificate);
        self.changed.rounds = true;
        self.update_current_round(now);
    }

    fn update_proposed(&mut self, proposal: BlockProposal, blobs: BTreeMap<BlobId, Blob>) {
        let round = proposal.content.round;
        if self.rounds.proposed.as_ref().is_some_and(|old| old.content.round >= round) {
            return;
        }
        if self.rounds.signed_proposal.as_ref().is_some_and(|old| old.content.round <= round) {
            self.rounds.signed_proposal = None;
        }
        self.rounds.proposed = Some(proposal);
        self.changed.rounds = true;
        self.changed.proposed_blobs |= !(self.proposed_blobs.is_empty() && blobs.is_empty());
        self.proposed_blobs = blobs;
    }

    fn set_locking(&mut self, locking: LockingBlock, blobs: BTreeMap<BlobId, Blob>) {
        self.rounds.locking_block = Some(locking);
        self.changed.rounds = true;
        self.changed.locking_blobs |= !(self.locking_blobs.is_empty() && blobs.is_empty());
        self.locking_blobs = blobs;
    }
}
