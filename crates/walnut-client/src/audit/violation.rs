//! What can be wrong with a chain, each with what is needed to show it to somebody else.

use std::fmt;

use serde::{Deserialize, Serialize};
use walnut_base::{
    Blob, Block, BlockHeight, CertificateKind, ChainId, ConfirmedBlockCertificate, CryptoHash, Epoch,
    EventId, Round, ValidatorPublicKey, ValidatorSignature,
};
use walnut_execution::OutcomeField;

use super::{
    HexBcs,
    flaws::{CertificateFlaw, CommitteeFlaw, MessageFlaw},
};

/// A certificate as it is shown.
pub type Exhibit = HexBcs<ConfirmedBlockCertificate>;

/// One vote of a validator, with the whole block that it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ballot {
    /// The block.
    pub block: HexBcs<Block>,
    /// The round.
    pub round: Round,
    /// What the vote says about the block.
    pub vote: CertificateKind,
    /// The validator's signature.
    pub signature: ValidatorSignature,
}

/// A way in which a chain was not made as the protocol says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Violation {
    /// A certificate that counts for nothing was offered as one that does.
    InvalidCertificate {
        /// The certificate.
        certificate: Exhibit,
        /// What is wrong with it.
        flaw: CertificateFlaw,
    },
    /// A committee was announced, but not by the committee before.
    UncertifiedCommittee {
        /// The block that announces it.
        certificate: Exhibit,
        /// The epoch that it announces.
        epoch: Epoch,
        /// What is wrong.
        flaw: CommitteeFlaw,
    },
    /// Two different blocks are certified for one height of a chain.
    TwoCertificates {
        /// One of them.
        first: Exhibit,
        /// The other one.
        second: Exhibit,
    },
    /// A validator voted for two different blocks at one height in one round.
    DoubleVote {
        /// The validator.
        validator: ValidatorPublicKey,
        /// One vote.
        first: Box<Ballot>,
        /// The other one.
        second: Box<Ballot>,
    },
    /// A block does not name the block before it.
    BrokenLink {
        /// The block before.
        before: Exhibit,
        /// The block.
        after: Exhibit,
    },
    /// A chain is said to be opened by a block that did not open it.
    NeverCreated {
        /// The chain's description.
        description: HexBcs<Blob>,
        /// The block.
        parent: Exhibit,
    },
    /// A block takes in a message that was not sent like this.
    MessageNotSent {
        /// The block.
        receiver: Exhibit,
        /// Which of its transactions.
        transaction: u32,
        /// The block certified at the height that the message names.
        sender: Exhibit,
        /// What is wrong.
        flaw: MessageFlaw,
    },
    /// A chain takes in a message again, or one from before what it has taken in already.
    MessageAgain {
        /// The block that was first.
        earlier: Exhibit,
        /// Which of its transactions.
        earlier_transaction: u32,
        /// The block that takes it in again.
        later: Exhibit,
        /// Which of its transactions.
        later_transaction: u32,
    },
    /// A chain takes in a later message of another chain and has left out one that may not be left out.
    MessageSkipped {
        /// All blocks of the chain up to the one that takes in the later message, in order.
        history: Vec<Exhibit>,
        /// The block that sent the message which is missing.
        sender: Exhibit,
        /// Which of its transactions.
        transaction: u32,
    },
    /// A block says that it read an event, and the event was published with another value.
    EventDiffers {
        /// The block.
        reader: Exhibit,
        /// The event.
        event_id: HexBcs<EventId>,
        /// The block that published it.
        publisher: Exhibit,
    },
    /// Executing a certified block leads to another outcome.
    OutcomeDiffers {
        /// All blocks of the chain up to that block, in order.
        history: Vec<Exhibit>,
        /// The blobs that their execution needs.
        blobs: Vec<HexBcs<Blob>>,
        /// What differs.
        fields: Vec<OutcomeField>,
    },
    /// A certified block cannot be executed.
    NotExecutable {
        /// All blocks of the chain up to that block, in order.
        history: Vec<Exhibit>,
        /// The blobs that their execution needs.
        blobs: Vec<HexBcs<Blob>>,
        /// Why not.
        reason: String,
    },
}

impl Violation {
    /// A short name, the same as in evidence files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidCertificate { .. } => "invalid-certificate",
            Self::UncertifiedCommittee { .. } => "uncertified-committee",
            Self::TwoCertificates { .. } => "two-certificates",
            Self::DoubleVote { .. } => "double-vote",
            Self::BrokenLink { .. } => "broken-link",
            Self::NeverCreated { .. } => "never-created",
            Self::MessageNotSent { .. } => "message-not-sent",
            Self::MessageAgain { .. } => "message-again",
            Self::MessageSkipped { .. } => "message-skipped",
            Self::EventDiffers { .. } => "event-differs",
            Self::OutcomeDiffers { .. } => "outcome-differs",
            Self::NotExecutable { .. } => "not-executable",
        }
    }

    /// The block that is wrong: its chain, its height and its hash. Of a chain that nobody opened, the block that was to.
    pub fn place(&self) -> (ChainId, BlockHeight, CryptoHash) {
        let of = |certificate: &Exhibit| {
            let certificate = &certificate.0;
            (certificate.chain_id(), certificate.height(), certificate.hash())
        };
        match self {
            Self::InvalidCertificate { certificate, .. } | Self::UncertifiedCommittee { certificate, .. } => {
                of(certificate)
            }
            Self::TwoCertificates { second, .. } => of(second),
            Self::DoubleVote { second, .. } => {
                let header = &second.block.header;
                (header.chain_id, header.height, CryptoHash::new(&second.block.0))
            }
            Self::BrokenLink { after, .. } => of(after),
            Self::NeverCreated { parent, .. } => of(parent),
            Self::MessageNotSent { receiver, .. } => of(receiver),
            Self::MessageAgain { later, .. } => of(later),
            Self::EventDiffers { reader, .. } => of(reader),
            Self::MessageSkipped { history, .. }
            | Self::OutcomeDiffers { history, .. }
            | Self::NotExecutable { history, .. } => {
                let unknown = (ChainId::default(), BlockHeight::ZERO, CryptoHash::default());
                history.last().map_or(unknown, of)
            }
        }
    }

    /// The newest epoch whose committee a checker has to know.
    pub(super) fn last_epoch(&self) -> Epoch {
        let newest = |exhibits: &[&Exhibit]| {
            exhibits.iter().map(|exhibit| exhibit.epoch()).max().unwrap_or(Epoch::ZERO)
        };
        match self {
            Self::InvalidCertificate { certificate, flaw } => match flaw {
                CertificateFlaw::OtherCommittee(epoch) => (*epoch).max(certificate.epoch()),
                _ => certificate.epoch(),
            },
            Self::UncertifiedCommittee { epoch, .. } => Epoch(epoch.0.saturating_sub(1)),
            Self::TwoCertificates { first, second } => newest(&[first, second]),
            Self::DoubleVote { first, second, .. } => first.block.header.epoch.max(second.block.header.epoch),
            Self::BrokenLink { before, after } => newest(&[before, after]),
            Self::NeverCreated { parent, .. } => parent.epoch(),
            Self::MessageNotSent { receiver, sender, .. } => newest(&[receiver, sender]),
            Self::MessageAgain { earlier, later, .. } => newest(&[earlier, later]),
            Self::MessageSkipped { history, sender, .. } => {
                newest(&history.iter().chain([sender]).collect::<Vec<_>>())
            }
            Self::EventDiffers { reader, publisher, .. } => newest(&[reader, publisher]),
            // A chain may be opened with more epochs than its blocks have used.
            Self::OutcomeDiffers { .. } | Self::NotExecutable { .. } => Epoch(u32::MAX),
        }
    }
}

/// One sentence for a person.
impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (chain_id, height, hash) = self.place();
        write!(formatter, "chain {chain_id}, block {height} ({hash}): ")?;
        match self {
            Self::InvalidCertificate { flaw, .. } => {
                write!(formatter, "the certificate does not count: {flaw}")
            }
            Self::UncertifiedCommittee { epoch, flaw, .. } => {
                write!(formatter, "it announces the committee of epoch {epoch}, but ")?;
                match flaw {
                    CommitteeFlaw::CertifiedByItself => formatter
                        .write_str("claims to be of that epoch itself: no committee before it has signed it"),
                    CommitteeFlaw::NotByPredecessor(flaw) => write!(formatter, "{flaw}"),
                }
            }
            Self::TwoCertificates { first, .. } => {
                write!(formatter, "another block is certified at the same height: {}", first.hash())
            }
            Self::DoubleVote { validator, first, second } => write!(
                formatter,
                "validator {validator} voted in {} for this block and for {}",
                second.round,
                CryptoHash::new(&first.block.0)
            ),
            Self::BrokenLink { before, .. } => {
                write!(formatter, "it does not follow the block before, which is {}", before.hash())
            }
            Self::NeverCreated { description, .. } => {
                write!(formatter, "it is said to have opened chain {} and did not", description.id().hash)
            }
            Self::MessageNotSent { transaction, sender, flaw, .. } => {
                let (origin, height) = (sender.chain_id(), sender.height());
                write!(formatter, "transaction {transaction} takes in a message of chain {origin}, ")?;
                match flaw {
                    MessageFlaw::OtherBlock => write!(
                        formatter,
                        "block {height}, by a block that is not the certified one there ({})",
                        sender.hash()
                    ),
                    MessageFlaw::NeverSent => write!(formatter, "block {height}, which was never sent"),
                    MessageFlaw::Different => {
                        write!(formatter, "block {height}, which was sent with another content")
                    }
                }
            }
            Self::MessageAgain { earlier, later_transaction, .. } => write!(
                formatter,
                "transaction {later_transaction} takes in a message that came no later than one taken in at block {}",
                earlier.height()
            ),
            Self::MessageSkipped { sender, transaction, .. } => write!(
                formatter,
                "it takes in a message of chain {} and leaves out one from before, of block {}, transaction {transaction}",
                sender.chain_id(),
                sender.height()
            ),
            Self::EventDiffers { event_id, publisher, .. } => write!(
                formatter,
                "it read event {} of chain {} with another value than block {} published",
                event_id.index,
                event_id.chain_id,
                publisher.height()
            ),
            Self::OutcomeDiffers { fields, .. } => {
                let fields: Vec<_> = fields.iter().map(|field| format!("{field:?}")).collect();
                write!(formatter, "executing it gives another outcome ({})", fields.join(", "))
            }
            Self::NotExecutable { reason, .. } => write!(formatter, "it cannot be executed: {reason}"),
        }
    }
}
