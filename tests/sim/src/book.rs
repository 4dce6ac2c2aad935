//! The votes that left honest validators, and the rules that they keep.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{BlockHeight, CertificateKind, ChainId, CryptoHash, LiteVote, Round, TimeoutCertificate};

use crate::wallet::Short;

/// Votes of one validator about one height.
#[derive(Debug, Default)]
struct Votes {
    by_round: BTreeMap<(CertificateKind, Round), CryptoHash>,
}

/// Why a new vote was given, as far as the request tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A proposal that carries no certificate.
    Proposal,
    /// A proposal with a certificate of that round, which was checked.
    Justified(Round),
    /// A proposal with a signature from the fast round for the same block.
    Fast,
    /// A validated certificate, which was checked.
    Certificate,
    /// The request says nothing about it.
    Unknown,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Book {
    votes: BTreeMap<(usize, ChainId, BlockHeight), Votes>,
    /// What each device signed, by the hash of the content.
    signed: BTreeSet<(usize, CryptoHash)>,
    /// What each device sent for a round.
    proposed: BTreeMap<(usize, ChainId, BlockHeight, Round), CryptoHash>,
    /// Different blocks that were proposed in the fast round of a height.
    fast: BTreeMap<(ChainId, BlockHeight), BTreeSet<CryptoHash>>,
    /// Heights at which somebody proposed in a multi-leader round beyond the last.
    stray: BTreeSet<(ChainId, BlockHeight)>,
    /// The last end of a round that each validator showed, by chain.
    timeouts: BTreeMap<(usize, ChainId), (BlockHeight, Round)>,
}

impl Book {
    /// A device signs.
    pub fn note_signed(&mut self, device: usize, content: CryptoHash) {
        self.signed.insert((device, content));
    }

    /// Whether the device signed that.
    pub fn has_signed(&self, device: usize, content: CryptoHash) -> bool {
        self.signed.contains(&(device, content))
    }

    /// A device sends its own proposal. Answers whether it sent another one for the round before.
    pub fn is_second_proposal(
        &mut self,
        device: usize,
        chain_id: ChainId,
        height: BlockHeight,
        round: Round,
        content: CryptoHash,
    ) -> bool {
        *self.proposed.entry((device, chain_id, height, round)).or_insert(content) != content
    }

    /// A block is proposed in the fast round.
    pub fn note_fast(&mut self, chain_id: ChainId, height: BlockHeight, block: CryptoHash) {
        self.fast.entry((chain_id, height)).or_default().insert(block);
    }

    /// A block is proposed in a multi-leader round that the chain does not have.
    pub fn note_stray(&mut self, chain_id: ChainId, height: BlockHeight) {
        self.stray.insert((chain_id, height));
    }

    /// Whether nobody promises that a height ever gets a block: its fast round saw two, or it is in a round that has
    /// neither a time-out nor a next one for everybody. The protocol has no bound there (chapter 05, `verify_owner`).
    pub fn is_spoilt(&self, chain_id: ChainId, height: BlockHeight) -> bool {
        let place = (chain_id, height);
        self.stray.contains(&place) || self.fast.get(&place).is_some_and(|blocks| blocks.len() > 1)
    }

    /// Whether this vote of the validator has left before.
    pub fn is_known(&self, validator: usize, height: BlockHeight, vote: &LiteVote) -> bool {
        let votes = self.votes.get(&(validator, vote.value.chain_id, height));
        let known = votes.and_then(|votes| votes.by_round.get(&(vote.value.kind, vote.round)));
        known == Some(&vote.value.value_hash)
    }

    /// A validator shows the end of a round. Answers whether it has not shown it before.
    pub fn is_new_timeout(&mut self, validator: usize, timeout: &TimeoutCertificate) -> bool {
        let shown = (timeout.height(), timeout.round);
        self.timeouts.insert((validator, timeout.chain_id()), shown) != Some(shown)
    }

    /// A vote leaves an honest validator.
    ///
    /// # Errors
    /// In words, which rule it breaks.
    pub fn add(
        &mut self,
        validator: usize,
        height: BlockHeight,
        vote: &LiteVote,
        reason: Reason,
    ) -> Result<(), String> {
        let (kind, round, hash) = (vote.value.kind, vote.round, vote.value.value_hash);
        let votes = self.votes.entry((validator, vote.value.chain_id, height)).or_default();
        let place = format!(
            "validator {validator} gives a {kind:?} vote for {} in {round} at {height} of chain {}",
            Short(hash),
            vote.value.chain_id
        );
        match votes.by_round.get(&(kind, round)) {
            Some(known) if *known == hash => return Ok(()),
            Some(known) => return Err(format!("{place}, after one for {}", Short(*known))),
            None => {}
        }
        let last = |kind| {
            let of_kind = votes.by_round.iter().filter(move |((known, _), _)| *known == kind);
            of_kind.map(|((_, round), hash)| (*round, *hash)).max_by_key(|(round, _)| *round)
        };
        let (validated, confirmed) = (last(CertificateKind::Validated), last(CertificateKind::Confirmed));
        match kind {
            CertificateKind::Timeout => {}
            CertificateKind::Validated => {
                if validated.is_some_and(|(last, _)| last >= round) {
                    return Err(format!("{place}, after validating in {}", validated.unwrap_or_default().0));
                }
                if let Some((locked, block)) = confirmed {
                    if locked >= round {
                        return Err(format!("{place}, after confirming in {locked}"));
                    }
                    let is_justified = match reason {
                        Reason::Justified(certified) => certified >= locked,
                        // The votes differ in kind, the block does not.
                        Reason::Fast => locked.is_fast() && block == hash,
                        Reason::Proposal => false,
                        Reason::Certificate | Reason::Unknown => true,
                    };
                    if !is_justified {
                        return Err(format!("{place}, against its lock on {} in {locked}", Short(block)));
                    }
                }
            }
            CertificateKind::Confirmed => {
                if validated.is_some_and(|(last, _)| last > round)
                    || confirmed.is_some_and(|(last, _)| last >= round)
                {
                    return Err(format!("{place}, after voting in a later round"));
                }
                if !round.is_fast() && !matches!(reason, Reason::Certificate | Reason::Unknown) {
                    return Err(format!("{place} without a certificate"));
                }
            }
        }
        votes.by_round.insert((kind, round), hash);
        Ok(())
    }
}
