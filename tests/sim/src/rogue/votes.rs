//! The votes that the rogue puts together, of those it got and those it forges.

use std::collections::BTreeMap;

use walnut_base::{
    CertificateKind, CertificateValue, Epoch, LiteCertificate, LiteValue, LiteVote, Round,
    ValidatorPublicKey, ValidatorSignature,
};

use super::Rogue;
use crate::plan::validator_key;

/// Votes for one value.
pub(super) type Signatures = Vec<(ValidatorPublicKey, ValidatorSignature)>;

/// What is to pass for a quorum.
pub(super) struct Ballot {
    pub(super) signatures: Signatures,
    /// Whether votes count more than once. Such a certificate can only be sent without its value: with it, it has no
    /// encoding that anybody decodes.
    pub(super) is_doubled: bool,
}

impl Ballot {
    pub(super) fn lite<T: CertificateValue>(&self, value: &T, round: Round) -> LiteCertificate {
        LiteCertificate::new(LiteValue::new(value), round, self.signatures.clone())
    }
}

impl Rogue {
    /// Votes of all liars; sometimes so often that they would be enough, or with some of somebody who has no vote.
    pub(super) fn lies<T: CertificateValue>(&self, value: &T, round: Round) -> Signatures {
        let world = &self.world;
        let mut liars = world.plan.byzantine.iter().copied().collect::<Vec<_>>();
        match world.random.below(6) {
            0 => liars = liars.repeat(4),
            1 => liars.push(90),
            2 => liars.extend([90, 91, 92]),
            _ => {}
        }
        let sign = |index: usize| {
            let secret = validator_key(index);
            (secret.public(), LiteVote::new(LiteValue::new(value), round, &secret).signature)
        };
        liars.into_iter().map(sign).collect()
    }

    /// The votes for a value, if they are as many as the shipped code wants; sometimes if they are fewer, or if they would
    /// be enough when counted more than once.
    pub(super) fn gather<T: CertificateValue>(
        &self,
        value: &T,
        round: Round,
        epoch: Epoch,
        votes: Vec<LiteVote>,
    ) -> Option<Ballot> {
        let world = &self.world;
        let ledger = world.ledger.borrow();
        let committee = ledger.committee(epoch)?;
        let wanted = LiteValue::new(value);
        let mut signatures = self.lies(value, round).into_iter().collect::<BTreeMap<_, _>>();
        for vote in votes.iter().filter(|vote| vote.value == wanted && vote.round == round) {
            let voter = committee.validators().keys().find(|key| vote.check(key).is_ok());
            signatures.extend(voter.map(|voter| (*voter, vote.signature)));
        }
        let weight = signatures.keys().map(|validator| committee.weight(validator)).sum::<u64>();
        let quorum = committee.quorum_threshold();
        if weight >= quorum {
            world.note(format_args!("rogue: has {weight} votes in {round}"));
            return Some(Ballot { signatures: signatures.into_iter().collect(), is_doubled: false });
        }
        let may_double = T::KIND != CertificateKind::Timeout && weight > 0;
        if may_double && world.random.chance(150) {
            // Without those who have no vote: of them nobody would take even one.
            signatures.retain(|validator, _| committee.weight(validator) > 0);
            let times = usize::try_from(quorum.div_ceil(weight)).expect("votes are few");
            let signatures = signatures.into_iter().collect::<Signatures>().repeat(times);
            world.note(format_args!("rogue: counts {weight} votes {times} times in {round}"));
            return Some(Ballot { signatures, is_doubled: true });
        }
        let is_worth_a_try = world.random.chance(150);
        is_worth_a_try.then(|| Ballot { signatures: signatures.into_iter().collect(), is_doubled: false })
    }
}
