//! Collecting votes into certificates.

use std::{cell::Cell, rc::Rc};

use walnut_base::{
    BlockProposal, CertificateKind, Committee, ConfirmedBlock, ConfirmedBlockCertificate, CryptoHash,
    GenericCertificate, Hashed, LiteVote, NodeError, Round, ValidatedBlock, ValidatedBlockCertificate,
    ValidatorPublicKey,
};

use super::Progress;
use crate::{
    client::Client,
    error::ClientError,
    host::Host,
    quorum::{Late, first_quorum},
    sync::to_node_error,
    update::Updater,
};

/// Votes with a quorum, in the order in which they came, and the answers that are still on their way.
type Votes<'a> = (Vec<(ValidatorPublicKey, LiteVote)>, Late<'a>);

/// Votes of validators, counted as they come in.
pub(super) struct Count<'a> {
    committee: &'a Committee,
    kind: CertificateKind,
    votes: Cell<u64>,
    on_progress: &'a dyn Fn(Progress),
}

impl<'a> Count<'a> {
    pub(super) fn new(
        committee: &'a Committee,
        kind: CertificateKind,
        on_progress: &'a dyn Fn(Progress),
    ) -> Rc<Self> {
        Rc::new(Self { committee, kind, votes: Cell::new(0), on_progress })
    }

    pub(super) fn add(&self, validator: &ValidatorPublicKey) {
        let votes = self.votes.get() + self.committee.weight(validator);
        self.votes.set(votes);
        (self.on_progress)(Progress::Vote {
            kind: self.kind,
            votes,
            quorum: self.committee.quorum_threshold(),
            total: self.committee.total_votes(),
        });
    }
}

impl<H: Host> Client<H> {
    /// Sends the proposal to all validators and collects a quorum of votes for the block: to confirm it in the fast round,
    /// to validate it in others.
    pub(super) async fn collect_votes<'a>(
        &'a self,
        committee: &'a Committee,
        proposal: &'a BlockProposal,
        block: &Hashed<walnut_base::Block>,
        on_progress: &'a dyn Fn(Progress),
    ) -> Result<Votes<'a>, ClientError> {
        let round = proposal.content.round;
        let kind = match round.is_fast() {
            true => CertificateKind::Confirmed,
            false => CertificateKind::Validated,
        };
        let created = block.created_blob_ids();
        let required = block.required_blob_ids().into_iter().filter(|blob_id| !created.contains(blob_id));
        let required = required.collect::<Vec<_>>();
        let hash = block.hash();
        let count = Count::new(committee, kind, on_progress);
        let actions = self.remotes(committee).into_iter().map(|remote| {
            let (required, count) = (required.clone(), Rc::clone(&count));
            (remote.public_key, async move {
                let mut updater = Updater::new(self, remote);
                let info = updater.send_proposal(proposal, required).await.map_err(to_node_error)?;
                let vote = updater.remote.vote(info.manager.pending, kind, hash, round)?;
                count.add(&updater.remote.public_key);
                Ok::<_, NodeError>(vote)
            })
        });
        let group = |vote: &LiteVote| (vote.value.value_hash, vote.round);
        Ok(first_quorum(committee, actions.collect(), group).await?)
    }

    /// Sends the validated certificate to all validators and collects a quorum of votes to confirm the block.
    pub(super) async fn collect_confirmations<'a>(
        &'a self,
        committee: &'a Committee,
        certificate: &'a ValidatedBlockCertificate,
        on_progress: &'a dyn Fn(Progress),
    ) -> Result<Votes<'a>, ClientError> {
        let kind = CertificateKind::Confirmed;
        let (hash, round) = (certificate.hash(), certificate.round);
        let count = Count::new(committee, kind, on_progress);
        let actions = self.remotes(committee).into_iter().map(|remote| {
            let count = Rc::clone(&count);
            (remote.public_key, async move {
                let mut updater = Updater::new(self, remote);
                let info = updater.send_validated(certificate).await.map_err(to_node_error)?;
                let vote = updater.remote.vote(info.manager.pending, kind, hash, round)?;
                count.add(&updater.remote.public_key);
                Ok::<_, NodeError>(vote)
            })
        });
        let group = |vote: &LiteVote| (vote.value.value_hash, vote.round);
        Ok(first_quorum(committee, actions.collect(), group).await?)
    }
}

/// The certificate with exactly a quorum of the votes: every signature costs every reader a check.
pub(super) fn certificate_of<T: walnut_base::CertificateValue>(
    value: T,
    round: Round,
    hash: CryptoHash,
    votes: Vec<(ValidatorPublicKey, LiteVote)>,
    committee: &Committee,
) -> Result<GenericCertificate<T>, ClientError> {
    if value.hash() != hash {
        return Err(ClientError::UnexpectedQuorum { expected: value.hash(), found: hash });
    }
    let mut weight = 0;
    let mut signatures = Vec::new();
    for (validator, vote) in votes {
        if weight >= committee.quorum_threshold() {
            break;
        }
        weight += committee.weight(&validator);
        signatures.push((validator, vote.signature));
    }
    Ok(GenericCertificate::new(value, round, signatures))
}

/// The validated certificate of a block.
pub(super) fn validated(
    block: Hashed<walnut_base::Block>,
    round: Round,
    votes: Vec<(ValidatorPublicKey, LiteVote)>,
    committee: &Committee,
) -> Result<ValidatedBlockCertificate, ClientError> {
    let hash = block.hash();
    certificate_of(ValidatedBlock::from_hashed(block), round, hash, votes, committee)
}

/// The confirmed certificate of a block from the fast round.
pub(super) fn confirmed(
    block: Hashed<walnut_base::Block>,
    round: Round,
    votes: Vec<(ValidatorPublicKey, LiteVote)>,
    committee: &Committee,
) -> Result<ConfirmedBlockCertificate, ClientError> {
    let hash = block.hash();
    certificate_of(ConfirmedBlock::from_hashed(block), round, hash, votes, committee)
}
