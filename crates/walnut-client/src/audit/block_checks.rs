//! What is checked about a block besides its execution.

use walnut_base::{
    BlobId, CertificateKind, ChainId, ConfirmedBlockCertificate, Event, EventId, IncomingBundle, LiteValue,
    LiteVote, OracleResponse, ValidatorPublicKey,
};
use walnut_chain::records;

use super::{
    HexBcs,
    chain_audit::{AuditError, AuditHost, ChainAudit, Work},
    check::{child_origin, position},
    epochs::announcements,
    flaws::{CertificateFlaw, CommitteeFlaw, certificate_flaw, message_flaw},
    progress::{GapReason, Taken},
    source::Source as _,
    violation::{Ballot, Violation},
};
use crate::limits::BACKWARD_WALK_BLOCKS_MAX;

impl<'h, H: AuditHost> ChainAudit<'h, H> {
    /// Who opened the chain?
    pub(super) async fn check_origin(&mut self, work: &mut Work<'h, H::Store>) -> Result<(), AuditError> {
        let blob_id = self.chain_id.description_blob_id();
        let known = records::read_blob(&work.store, blob_id).await?;
        let description = match known {
            Some(blob) => Some(blob),
            None => self.host.source().blob(blob_id).await?,
        };
        let Some(description) = description else {
            self.wait(GapReason::MissingDescription);
            return Ok(());
        };
        match child_origin(&description) {
            None if self.network.is_false_root(&self.chain_id) => self.wait(GapReason::FalseRoot),
            None => self.progress.is_origin_checked = true,
            Some((parent, height)) => {
                match self.certified_at(work, parent, height, None).await? {
                    None => self.note(GapReason::MissingParent(parent, height)),
                    Some(certificate) if creates(&certificate, blob_id) => {}
                    Some(certificate) => {
                        let (description, parent) = (HexBcs(description), HexBcs(certificate));
                        self.violate(work, Violation::NeverCreated { description, parent }).await?;
                    }
                }
                self.progress.is_origin_checked = true;
            }
        }
        Ok(())
    }

    /// The one certificate among these, all of one height, that counts. None when there is none, or when two count; what
    /// is wrong is then noted.
    pub(super) async fn choose<'c>(
        &mut self,
        work: &mut Work<'h, H::Store>,
        candidates: &[&'c ConfirmedBlockCertificate],
    ) -> Result<Option<&'c ConfirmedBlockCertificate>, AuditError> {
        for (index, second) in candidates.iter().enumerate() {
            for first in candidates[..index].iter().filter(|first| first.hash() != second.hash()) {
                self.check_votes(work, first, second).await?;
            }
        }
        let mut chosen: Option<&ConfirmedBlockCertificate> = None;
        let mut is_forked = false;
        for candidate in candidates {
            if !self.counts(work, candidate).await? {
                continue;
            }
            match chosen {
                None => chosen = Some(candidate),
                Some(first) if first.hash() == candidate.hash() => {}
                Some(first) => {
                    let (first, second) = (HexBcs(first.clone()), HexBcs((*candidate).clone()));
                    self.violate(work, Violation::TwoCertificates { first, second }).await?;
                    is_forked = true;
                }
            }
        }
        self.progress.is_stopped |= is_forked;
        Ok(chosen.filter(|_| !is_forked))
    }

    /// Whether the certificate counts; if not, that is noted.
    async fn counts(
        &mut self,
        work: &mut Work<'h, H::Store>,
        candidate: &ConfirmedBlockCertificate,
    ) -> Result<bool, AuditError> {
        let announced = match self.chain_id == self.network.admin_chain_id() {
            true => announcements(candidate.block()).into_iter().map(|(epoch, _)| epoch).next(),
            false => None,
        };
        let certificate = || HexBcs(candidate.clone());
        let violation = match (certificate_flaw(candidate, &self.epochs), announced) {
            (Some(Ok(())), _) => return Ok(true),
            (None, Some(epoch)) if candidate.epoch() >= epoch => Violation::UncertifiedCommittee {
                certificate: certificate(),
                epoch,
                flaw: CommitteeFlaw::CertifiedByItself,
            },
            (None, _) => {
                self.wait(GapReason::UnknownEpoch(candidate.epoch()));
                return Ok(false);
            }
            (Some(Err(flaw)), Some(epoch)) if !matches!(flaw, CertificateFlaw::OtherCommittee(_)) => {
                let flaw = CommitteeFlaw::NotByPredecessor(flaw);
                Violation::UncertifiedCommittee { certificate: certificate(), epoch, flaw }
            }
            (Some(Err(flaw)), _) => Violation::InvalidCertificate { certificate: certificate(), flaw },
        };
        self.violate(work, violation).await?;
        Ok(false)
    }

    /// Did a validator sign both, in one round?
    async fn check_votes(
        &mut self,
        work: &mut Work<'h, H::Store>,
        first: &ConfirmedBlockCertificate,
        second: &ConfirmedBlockCertificate,
    ) -> Result<(), AuditError> {
        if first.round != second.round {
            return Ok(());
        }
        let both = first.signatures().iter().map(|(validator, _)| *validator);
        let both = both.filter(|validator| second.is_signed_by(validator)).collect::<Vec<_>>();
        for validator in both {
            let ballots = (self.ballot(first, &validator), self.ballot(second, &validator));
            if let (Some(first), Some(second)) = ballots {
                let (first, second) = (Box::new(first), Box::new(second));
                self.violate(work, Violation::DoubleVote { validator, first, second }).await?;
            }
        }
        Ok(())
    }

    /// The validator's vote in a certificate, if it is one.
    fn ballot(
        &self,
        certificate: &ConfirmedBlockCertificate,
        validator: &ValidatorPublicKey,
    ) -> Option<Ballot> {
        let committee = self.epochs.committee(certificate.epoch())?;
        let (_, signature) = certificate.signatures().iter().find(|(signer, _)| signer == validator)?;
        let value = LiteValue::new(certificate.value());
        let vote = LiteVote { value, round: certificate.round, signature: *signature };
        let is_valid = committee.weight(validator) > 0 && vote.check(validator).is_ok();
        is_valid.then(|| Ballot {
            block: HexBcs(certificate.block().clone()),
            round: certificate.round,
            vote: CertificateKind::Confirmed,
            signature: *signature,
        })
    }

    /// Was every message that the block takes in sent like this, and is it the first time?
    pub(super) async fn check_messages(
        &mut self,
        work: &mut Work<'h, H::Store>,
        certificate: &ConfirmedBlockCertificate,
    ) -> Result<(), AuditError> {
        for (transaction, content) in (0_u32..).zip(&certificate.block().body.transactions) {
            let Some(incoming) = content.incoming_bundle() else { continue };
            let (height, wanted) = (incoming.bundle.height, incoming.bundle.certificate_hash);
            let mut is_last = false;
            match self.certified_at(work, incoming.origin, height, Some(wanted)).await? {
                None => self.note(GapReason::MissingSender(incoming.origin, height)),
                Some(sender) => {
                    if let Some(flaw) = message_flaw(incoming, certificate.block(), &sender) {
                        let receiver = HexBcs(certificate.clone());
                        let sender = HexBcs(sender);
                        let violation = Violation::MessageNotSent { receiver, transaction, sender, flaw };
                        self.violate(work, violation).await?;
                    } else {
                        is_last = is_last_for(&sender, self.chain_id, incoming);
                        self.check_skipped(work, certificate, incoming, sender).await?;
                    }
                }
            }
            let by = (certificate.height(), transaction);
            let here = Taken { position: position(incoming), is_last, by };
            let before = self.progress.taken.insert(incoming.origin, here);
            if let Some(before) = before.filter(|before| here.position <= before.position) {
                self.taken_again(work, certificate, before, transaction).await?;
                return Ok(());
            }
            self.progress.messages += 1;
        }
        Ok(())
    }

    /// Was anything left out between this message and the one taken in before it from the same chain? Walks back from
    /// block to block, as each names the one before that sent something here.
    async fn check_skipped(
        &mut self,
        work: &mut Work<'h, H::Store>,
        receiver: &ConfirmedBlockCertificate,
        incoming: &IncomingBundle,
        mut sender: ConfirmedBlockCertificate,
    ) -> Result<(), AuditError> {
        let before = self.progress.taken.get(&incoming.origin).copied();
        let end = position(incoming);
        for _ in 0..BACKWARD_WALK_BLOCKS_MAX {
            for sent in sender.block().message_bundles_for(self.chain_id, sender.hash()) {
                let here = (sent.height, sent.transaction_index);
                let is_between = here < end && before.is_none_or(|before| here > before.position);
                if is_between && !sent.is_skippable() {
                    let history = self.history(work, receiver).await?;
                    let (sender, transaction) = (HexBcs(sender), sent.transaction_index);
                    return self
                        .violate(work, Violation::MessageSkipped { history, sender, transaction })
                        .await;
                }
            }
            let previous = sender.block().body.previous_message_blocks.get(&self.chain_id);
            let Some((hash, height)) = previous.copied() else { return Ok(()) };
            let is_behind = before.is_some_and(|before| {
                height < before.position.0 || (height == before.position.0 && before.is_last)
            });
            if is_behind || height >= sender.height() {
                return Ok(());
            }
            match self.certified_at(work, incoming.origin, height, Some(hash)).await? {
                Some(certificate) => sender = certificate,
                None => {
                    self.note(GapReason::MissingSender(incoming.origin, height));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn taken_again(
        &mut self,
        work: &mut Work<'h, H::Store>,
        later: &ConfirmedBlockCertificate,
        before: Taken,
        later_transaction: u32,
    ) -> Result<(), AuditError> {
        let (height, earlier_transaction) = before.by;
        let earlier = match height == later.height() {
            true => Some(later.clone()),
            false => self.certified_at(work, self.chain_id, height, None).await?,
        };
        // It was looked at before, so it is in the store.
        if let Some(earlier) = earlier {
            let (earlier, later) = (HexBcs(earlier), HexBcs(later.clone()));
            let violation =
                Violation::MessageAgain { earlier, earlier_transaction, later, later_transaction };
            self.violate(work, violation).await?;
        }
        self.progress.is_stopped = true;
        Ok(())
    }

    /// Was every event that the block read published with that value?
    pub(super) async fn check_events(
        &mut self,
        work: &mut Work<'h, H::Store>,
        certificate: &ConfirmedBlockCertificate,
    ) -> Result<(), AuditError> {
        for response in certificate.block().body.oracle_responses.iter().flatten() {
            let (event_id, value) = match response {
                OracleResponse::Event(event_id, value) => (event_id, Some(value)),
                OracleResponse::EventExists(event_id) => (event_id, None),
                _ => continue,
            };
            let Some((publisher, published)) = self.published(work, event_id).await? else {
                self.note(GapReason::MissingPublisher(event_id.chain_id, event_id.index));
                continue;
            };
            self.progress.events += 1;
            if value.is_some_and(|value| *value != published) {
                let violation = Violation::EventDiffers {
                    reader: HexBcs(certificate.clone()),
                    event_id: HexBcs(event_id.clone()),
                    publisher: HexBcs(publisher),
                };
                self.violate(work, violation).await?;
            }
        }
        Ok(())
    }

    /// The certified block that published an event, and the event's value.
    async fn published(
        &mut self,
        work: &mut Work<'h, H::Store>,
        event_id: &EventId,
    ) -> Result<Option<(ConfirmedBlockCertificate, Vec<u8>)>, AuditError> {
        let height = match records::read_event_height(&work.store, event_id).await? {
            Some(height) => Some(height),
            None => self.host.source().event_height(event_id).await?,
        };
        let Some(height) = height else { return Ok(None) };
        let publisher = self.certified_at(work, event_id.chain_id, height, None).await?;
        let Some(publisher) = publisher else { return Ok(None) };
        let is_it = |event: &&Event| event.stream_id == event_id.stream_id && event.index == event_id.index;
        let value =
            publisher.block().body.events.iter().flatten().find(is_it).map(|event| event.value.clone());
        Ok(value.map(|value| (publisher, value)))
    }
}

/// Whether the sending block has nothing more for the chain after this bundle.
fn is_last_for(sender: &ConfirmedBlockCertificate, receiver: ChainId, incoming: &IncomingBundle) -> bool {
    let sent = sender.block().message_bundles_for(receiver, sender.hash());
    sent.iter().all(|sent| sent.transaction_index <= incoming.bundle.transaction_index)
}

fn creates(certificate: &ConfirmedBlockCertificate, blob_id: BlobId) -> bool {
    certificate.block().created_blob_ids().contains(&blob_id)
}
