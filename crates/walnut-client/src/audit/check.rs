//! Checking evidence: nothing is believed but the network's description, and signatures that follow from it.

use walnut_base::{
    Blob, BlobType, Block, CertificateKind, ChainDescription, ChainOrigin, ConfirmedBlock,
    ConfirmedBlockCertificate, CryptoHash, Epoch, Event, IncomingBundle, LiteValue, LiteVote, OracleResponse,
    Transaction, ValidatedBlock, encoding::from_bcs,
};
use walnut_execution::Applications;

use super::{
    epochs::{EpochError, Epochs, announcements},
    evidence::Evidence,
    flaws::{CertificateFlaw, CommitteeFlaw, message_flaw, plain_flaw},
    replay::{CleanRoom, Obstacle},
    trusted::TrustedNetwork,
    violation::{Ballot, Exhibit, Violation},
};

/// What evidence proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The name of the network.
    pub network: String,
    /// The hash of its genesis, as its description says. It does not bind the description: compare that.
    pub genesis: CryptoHash,
    /// One sentence.
    pub statement: String,
}

/// Evidence does not prove what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// The first committee is not the network's.
    #[error("the first committee is not the one that the network's description names")]
    FirstCommittee,
    /// A later committee does not follow from it.
    #[error("a committee is not proven: {0}")]
    Epochs(#[from] EpochError),
    /// A block that the evidence rests on is not certified.
    #[error("block {height} of chain {chain_id}, on which it rests, is not certified")]
    NotCertified {
        /// The chain.
        chain_id: walnut_base::ChainId,
        /// The height.
        height: walnut_base::BlockHeight,
    },
    /// A vote is not signed by that validator, or the validator has no votes.
    #[error("a vote is not one of that validator")]
    NotItsVote,
    /// The blocks are not about the same place, or not those that the claim is about.
    #[error("the blocks shown do not belong together")]
    OtherPlace,
    /// All of it is there, but nothing is wrong with it.
    #[error("what it shows is as it should be")]
    NothingWrong,
    /// Something is wrong, but not what it says.
    #[error("what is wrong is not what it says")]
    SomethingElse,
    /// The execution needs something that is not part of the evidence, or this machine cannot do it.
    #[error("it cannot be executed here: {0}")]
    CannotExecute(String),
}

impl Evidence {
    /// Checks it, without asking anybody. `applications` runs applications where blocks call them.
    ///
    /// # Errors
    /// Why it proves nothing.
    pub async fn check<A: Applications>(&self, applications: A) -> Result<Proven, Unproven> {
        let network = TrustedNetwork::from_parts(&self.network, &self.first_committee);
        let network = network.ok_or(Unproven::FirstCommittee)?;
        let epochs = Epochs::prove(&network, &self.epochs)?;
        match &self.violation {
            Violation::OutcomeDiffers { history, blobs, .. } => {
                self.check_execution(&network, &epochs, history, blobs, applications).await?;
            }
            Violation::NotExecutable { history, blobs, .. } => {
                self.check_execution(&network, &epochs, history, blobs, applications).await?;
            }
            violation => check_plain(violation, &epochs)?,
        }
        Ok(Proven {
            network: self.network.name.clone(),
            genesis: self.network.genesis_config_hash,
            statement: self.violation.to_string(),
        })
    }

    async fn check_execution<A: Applications>(
        &self,
        network: &TrustedNetwork,
        epochs: &Epochs,
        history: &[Exhibit],
        blobs: &[super::HexBcs<Blob>],
        applications: A,
    ) -> Result<(), Unproven> {
        let (last, before) = history.split_last().ok_or(Unproven::OtherPlace)?;
        for exhibit in history {
            certified(exhibit, epochs)?;
            if exhibit.chain_id() != last.chain_id() {
                return Err(Unproven::OtherPlace);
            }
        }
        let cannot = |obstacle: Obstacle| Unproven::CannotExecute(format!("{obstacle:?}"));
        let mut room = CleanRoom::new(network, &self.epochs, applications)
            .map_err(|error| Unproven::CannotExecute(error.to_string()))?;
        let find = async |blob_id| blobs.iter().find(|blob| blob.id() == blob_id).map(|blob| blob.0.clone());
        for exhibit in before {
            room.execute(exhibit, find).await.map_err(cannot)?;
        }
        let found = room.execute(last, find).await;
        match (found, &self.violation) {
            (Ok(()), _) => Err(Unproven::NothingWrong),
            (Err(Obstacle::Outcome(found)), Violation::OutcomeDiffers { fields, .. }) if found == *fields => {
                Ok(())
            }
            (Err(Obstacle::Refused(found)), Violation::NotExecutable { reason, .. }) if found == *reason => {
                Ok(())
            }
            (Err(Obstacle::Outcome(_) | Obstacle::Refused(_)), _) => Err(Unproven::SomethingElse),
            (Err(obstacle), _) => Err(cannot(obstacle)),
        }
    }
}

fn check_plain(violation: &Violation, epochs: &Epochs) -> Result<(), Unproven> {
    match violation {
        Violation::InvalidCertificate { certificate, flaw } => check_flaw(certificate, flaw, epochs),
        Violation::UncertifiedCommittee { certificate, epoch, flaw } => {
            check_committee(certificate, *epoch, flaw, epochs)
        }
        Violation::TwoCertificates { first, second } => {
            certified(first, epochs)?;
            certified(second, epochs)?;
            expect(first.chain_id() == second.chain_id() && first.height() == second.height())?;
            wrong(first.hash() != second.hash())
        }
        Violation::DoubleVote { validator, first, second } => {
            for ballot in [first, second] {
                check_ballot(ballot, validator, epochs)?;
            }
            let place = |ballot: &Ballot| {
                let header = &ballot.block.header;
                (header.chain_id, header.height, ballot.round, ballot.vote)
            };
            expect(place(first) == place(second))?;
            wrong(first.block != second.block)
        }
        Violation::BrokenLink { before, after } => {
            certified(before, epochs)?;
            certified(after, epochs)?;
            let follows = before.chain_id() == after.chain_id()
                && before.height().0.checked_add(1) == Some(after.height().0);
            expect(follows)?;
            wrong(after.block().header.previous_block_hash != Some(before.hash()))
        }
        Violation::NeverCreated { description, parent } => {
            certified(parent, epochs)?;
            let origin = child_origin(description).ok_or(Unproven::OtherPlace)?;
            expect(origin == (parent.chain_id(), parent.height()))?;
            wrong(!parent.block().created_blob_ids().contains(&description.id()))
        }
        Violation::MessageNotSent { receiver, transaction, sender, flaw } => {
            certified(receiver, epochs)?;
            certified(sender, epochs)?;
            let incoming = incoming(receiver.block(), *transaction).ok_or(Unproven::OtherPlace)?;
            expect(incoming.origin == sender.chain_id() && incoming.bundle.height == sender.height())?;
            match message_flaw(incoming, receiver.block(), sender) {
                None => Err(Unproven::NothingWrong),
                Some(found) if found == *flaw => Ok(()),
                Some(_) => Err(Unproven::SomethingElse),
            }
        }
        Violation::MessageAgain { earlier, earlier_transaction, later, later_transaction } => {
            certified(earlier, epochs)?;
            certified(later, epochs)?;
            let first = incoming(earlier.block(), *earlier_transaction).ok_or(Unproven::OtherPlace)?;
            let second = incoming(later.block(), *later_transaction).ok_or(Unproven::OtherPlace)?;
            expect(earlier.chain_id() == later.chain_id() && first.origin == second.origin)?;
            expect((earlier.height(), earlier_transaction) < (later.height(), later_transaction))?;
            wrong(position(second) <= position(first))
        }
        Violation::MessageSkipped { history, sender, transaction } => {
            check_skipped(history, sender, *transaction, epochs)
        }
        Violation::EventDiffers { reader, event_id, publisher } => {
            certified(reader, epochs)?;
            certified(publisher, epochs)?;
            expect(publisher.chain_id() == event_id.chain_id)?;
            let is_it =
                |event: &&Event| event.stream_id == event_id.stream_id && event.index == event_id.index;
            let published = publisher.block().body.events.iter().flatten().find(is_it);
            let published = &published.ok_or(Unproven::OtherPlace)?.value;
            let mut reads = reader.block().body.oracle_responses.iter().flatten();
            wrong(reads.any(|response| match response {
                OracleResponse::Event(id, value) => *id == event_id.0 && value != published,
                _ => false,
            }))
        }
        Violation::OutcomeDiffers { .. } | Violation::NotExecutable { .. } => Err(Unproven::NothingWrong),
    }
}

fn expect(belongs: bool) -> Result<(), Unproven> {
    if belongs { Ok(()) } else { Err(Unproven::OtherPlace) }
}

fn wrong(is_wrong: bool) -> Result<(), Unproven> {
    if is_wrong { Ok(()) } else { Err(Unproven::NothingWrong) }
}

fn certified(certificate: &ConfirmedBlockCertificate, epochs: &Epochs) -> Result<(), Unproven> {
    if epochs.accepts(certificate) {
        return Ok(());
    }
    Err(Unproven::NotCertified { chain_id: certificate.chain_id(), height: certificate.height() })
}

/// The whole chain is shown, so what is not in it was not taken in.
fn check_skipped(
    history: &[Exhibit],
    sender: &Exhibit,
    transaction: u32,
    epochs: &Epochs,
) -> Result<(), Unproven> {
    certified(sender, epochs)?;
    let chain_id = history.first().ok_or(Unproven::OtherPlace)?.chain_id();
    let mut previous = None;
    for (height, exhibit) in (0..).zip(history) {
        certified(exhibit, epochs)?;
        let header = &exhibit.block().header;
        expect(header.chain_id == chain_id && header.height.0 == height)?;
        expect(header.previous_block_hash == previous)?;
        previous = Some(exhibit.hash());
    }
    let sent = sender.block().message_bundles_for(chain_id, sender.hash());
    let skipped = sent.iter().find(|sent| sent.transaction_index == transaction);
    wrong(!skipped.ok_or(Unproven::OtherPlace)?.is_skippable())?;
    let skipped = (sender.height(), transaction);
    let taken = history.iter().flat_map(|exhibit| exhibit.block().incoming_bundles());
    let taken: Vec<_> = taken.filter(|incoming| incoming.origin == sender.chain_id()).map(position).collect();
    wrong(!taken.contains(&skipped) && taken.iter().any(|position| *position > skipped))
}

fn check_flaw(
    certificate: &ConfirmedBlockCertificate,
    flaw: &CertificateFlaw,
    epochs: &Epochs,
) -> Result<(), Unproven> {
    let epoch = certificate.epoch();
    let committee = epochs.committee(epoch).ok_or(EpochError::NoPredecessor(epoch))?;
    let Err(error) = certificate.check(committee) else { return Err(Unproven::NothingWrong) };
    let is_it = match flaw {
        CertificateFlaw::OtherCommittee(other) => {
            let committee = epochs.committee(*other).ok_or(EpochError::NoPredecessor(*other))?;
            certificate.check(committee).is_ok()
        }
        flaw => plain_flaw(error) == *flaw,
    };
    if is_it { Ok(()) } else { Err(Unproven::SomethingElse) }
}

fn check_committee(
    certificate: &ConfirmedBlockCertificate,
    epoch: Epoch,
    flaw: &CommitteeFlaw,
    epochs: &Epochs,
) -> Result<(), Unproven> {
    expect(certificate.chain_id() == epochs.admin_chain_id())?;
    expect(announcements(certificate.block()).iter().any(|(announced, _)| *announced == epoch))?;
    match flaw {
        CommitteeFlaw::CertifiedByItself => {
            wrong(certificate.epoch() >= epoch && epochs.committee(certificate.epoch()).is_none())
        }
        CommitteeFlaw::NotByPredecessor(flaw) => check_flaw(certificate, flaw, epochs),
    }
}

fn check_ballot(
    ballot: &Ballot,
    validator: &walnut_base::ValidatorPublicKey,
    epochs: &Epochs,
) -> Result<(), Unproven> {
    let epoch = ballot.block.header.epoch;
    let committee = epochs.committee(epoch).ok_or(EpochError::NoPredecessor(epoch))?;
    if committee.weight(validator) == 0 {
        return Err(Unproven::NotItsVote);
    }
    let value = match ballot.vote {
        CertificateKind::Validated => LiteValue::new(&ValidatedBlock::new(ballot.block.0.clone())),
        CertificateKind::Confirmed => LiteValue::new(&ConfirmedBlock::new(ballot.block.0.clone())),
        CertificateKind::Timeout => return Err(Unproven::OtherPlace),
    };
    let vote = LiteVote { value, round: ballot.round, signature: ballot.signature };
    vote.check(validator).map_err(|_| Unproven::NotItsVote)
}

/// The block that is said to have opened the chain: its chain and height. None for chains of the genesis.
pub(super) fn child_origin(description: &Blob) -> Option<(walnut_base::ChainId, walnut_base::BlockHeight)> {
    if description.id().blob_type != BlobType::ChainDescription {
        return None;
    }
    let bytes = description.bytes();
    match from_bcs::<ChainDescription>(bytes, bytes.len()).ok()?.origin {
        ChainOrigin::Root(_) => None,
        ChainOrigin::Child { parent, block_height, .. } => Some((parent, block_height)),
    }
}

/// The bundle that a transaction takes in.
fn incoming(block: &Block, transaction: u32) -> Option<&IncomingBundle> {
    let index = usize::try_from(transaction).ok()?;
    block.body.transactions.get(index).and_then(Transaction::incoming_bundle)
}

/// Where a bundle stands among all that its origin sent.
pub(super) fn position(incoming: &IncomingBundle) -> (walnut_base::BlockHeight, u32) {
    (incoming.bundle.height, incoming.bundle.transaction_index)
}
