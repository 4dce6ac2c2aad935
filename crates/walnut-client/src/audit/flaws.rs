//! The ways in which a certificate, a committee or a message can be wrong.

use std::fmt;

use serde::{Deserialize, Serialize};
use walnut_base::{
    Block, CertificateError, ConfirmedBlockCertificate, Epoch, IncomingBundle, ValidatorPublicKey,
};

use super::epochs::Epochs;

/// Why a certificate counts for nothing. Such a certificate shows that somebody offered it, not who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFlaw {
    /// A signature is wrong.
    WrongSignature,
    /// The signers have too few votes.
    TooFewVotes {
        /// Votes of the signers.
        votes: u64,
        /// The quorum.
        required: u64,
    },
    /// A signer has no votes in the committee of the block's epoch.
    NotInCommittee(ValidatorPublicKey),
    /// A validator signs twice.
    SignedTwice,
    /// It is signed, but by the committee of another epoch.
    OtherCommittee(Epoch),
}

impl fmt::Display for CertificateFlaw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongSignature => formatter.write_str("a signature is wrong"),
            Self::TooFewVotes { votes, required } => {
                write!(formatter, "{votes} votes signed it, and {required} are needed")
            }
            Self::NotInCommittee(validator) => {
                write!(formatter, "{validator} signed it and is not in the committee")
            }
            Self::SignedTwice => formatter.write_str("a validator signed it twice"),
            Self::OtherCommittee(epoch) => write!(formatter, "the committee of epoch {epoch} signed it"),
        }
    }
}

/// The certificate's flaw as seen from its own epoch's committee, if it has one. None when that epoch is unknown.
pub(super) fn certificate_flaw(
    certificate: &ConfirmedBlockCertificate,
    epochs: &Epochs,
) -> Option<Result<(), CertificateFlaw>> {
    let own = epochs.committee(certificate.epoch())?;
    let Err(error) = certificate.check(own) else { return Some(Ok(())) };
    let other = epochs
        .iter()
        .find(|(epoch, committee)| *epoch != certificate.epoch() && certificate.check(committee).is_ok());
    if let Some((epoch, _)) = other {
        return Some(Err(CertificateFlaw::OtherCommittee(epoch)));
    }
    Some(Err(plain_flaw(error)))
}

/// The flaw behind an error, without regard to other committees.
pub(super) fn plain_flaw(error: CertificateError) -> CertificateFlaw {
    match error {
        CertificateError::CertificateValidatorReuse => CertificateFlaw::SignedTwice,
        CertificateError::InvalidSigner(validator) => CertificateFlaw::NotInCommittee(*validator),
        CertificateError::CertificateRequiresQuorum { votes, required } => {
            CertificateFlaw::TooFewVotes { votes, required }
        }
        CertificateError::Crypto(_)
        | CertificateError::IncompatibleVotes
        | CertificateError::ValueMismatch => CertificateFlaw::WrongSignature,
    }
}

/// Why a committee is not the successor of the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommitteeFlaw {
    /// The block that announces it claims to be of the very epoch that it announces.
    CertifiedByItself,
    /// The block that announces it is not signed by the committee before.
    NotByPredecessor(CertificateFlaw),
}

/// Why a message that a block takes in was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageFlaw {
    /// The block certified at that height is another one than the message says.
    OtherBlock,
    /// That transaction of the sending block sent nothing to this chain.
    NeverSent,
    /// It sent something else.
    Different,
}

/// What is wrong with a bundle, given the certified block at its height on the chain it is said to come from.
pub(super) fn message_flaw(
    incoming: &IncomingBundle,
    receiver: &Block,
    sender: &ConfirmedBlockCertificate,
) -> Option<MessageFlaw> {
    let bundle = &incoming.bundle;
    if sender.hash() != bundle.certificate_hash {
        return Some(MessageFlaw::OtherBlock);
    }
    let sent = sender.block().message_bundles_for(receiver.header.chain_id, sender.hash());
    match sent.iter().find(|sent| sent.transaction_index == bundle.transaction_index) {
        None => Some(MessageFlaw::NeverSent),
        Some(sent) if sent != bundle => Some(MessageFlaw::Different),
        Some(_) => None,
    }
}
