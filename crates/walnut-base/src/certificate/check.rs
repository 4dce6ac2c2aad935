//! Checking signatures against a committee.

use std::collections::BTreeSet;

use thiserror::Error;

use super::CertificateKind;
use crate::{
    BcsHashable as _, Committee, CryptoError, CryptoHash, Round, ValidatorPublicKey, ValidatorSignature,
    VoteValue,
};

/// A certificate, or a signature offered to one, was refused. What validators tell each other and their clients of is in the
/// reference's words (linera-chain 0.15.23, `ChainError`), by which clients weigh it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// A validator signs twice.
    #[error("Signatures in a certificate must be from different validators")]
    CertificateValidatorReuse,
    /// A signer has no votes in the committee.
    #[error("The signature was not created by a valid entity")]
    InvalidSigner(Box<ValidatorPublicKey>),
    /// The signers have too few votes.
    #[error("Signatures in a certificate must form a quorum")]
    CertificateRequiresQuorum {
        /// Votes of the signers.
        votes: u64,
        /// The quorum.
        required: u64,
    },
    /// A signature is wrong.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// Votes for one certificate differ in value or round, or there is none.
    #[error("votes of a certificate must agree in value and round")]
    IncompatibleVotes,
    /// A lite certificate and a full value differ in chain, kind or hash.
    #[error("the lite certificate is for another value")]
    ValueMismatch,
}

/// Checks that a quorum signed: first who (each at most once, each with votes, enough votes together), then every
/// signature over the same digest. Every signature must be valid, also those beyond the quorum.
pub fn check_signatures(
    value_hash: CryptoHash,
    kind: CertificateKind,
    round: Round,
    signatures: &[(ValidatorPublicKey, ValidatorSignature)],
    committee: &Committee,
) -> Result<(), CertificateError> {
    let mut seen = BTreeSet::new();
    let mut votes = 0_u64;
    for (validator, _) in signatures {
        if !seen.insert(validator) {
            return Err(CertificateError::CertificateValidatorReuse);
        }
        let weight = committee.weight(validator);
        if weight == 0 {
            return Err(CertificateError::InvalidSigner(Box::new(*validator)));
        }
        // Cannot overflow: different validators, whose votes all fit together.
        votes = votes.saturating_add(weight);
    }
    let required = committee.quorum_threshold();
    if votes < required {
        return Err(CertificateError::CertificateRequiresQuorum { votes, required });
    }
    let digest = CryptoHash::new(&VoteValue(value_hash, round, kind));
    ValidatorSignature::check_all_of_members(digest, signatures, VoteValue::NAME)?;
    Ok(())
}
