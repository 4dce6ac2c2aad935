//! The certificate without its value.

use serde::{Deserialize, Serialize};

use super::{CertificateError, CertificateValue, GenericCertificate, Signatures, check_signatures};
use crate::{Committee, LiteValue, LiteVote, Round, ValidatorPublicKey};

/// A certificate for a receiver who has the value already. The order of signatures is not checked when decoded, and the
/// chain ID is not signed: match it with [`LiteCertificate::with_value`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LiteCertificate {
    /// The value by hash.
    pub value: LiteValue,
    /// The round in which it was signed.
    pub round: Round,
    /// The signatures.
    pub signatures: Signatures,
}

impl LiteCertificate {
    /// Sorts the signatures; checks nothing.
    pub fn new(value: LiteValue, round: Round, mut signatures: Signatures) -> Self {
        signatures.sort_by_key(|(validator, _)| *validator);
        Self { value, round, signatures }
    }

    /// Puts votes together without checking signatures. All must agree with the first in hash and round; kind and chain
    /// are the first one's.
    pub fn try_from_votes(
        votes: impl IntoIterator<Item = (ValidatorPublicKey, LiteVote)>,
    ) -> Result<Self, CertificateError> {
        let mut votes = votes.into_iter();
        let (validator, LiteVote { value, round, signature }) =
            votes.next().ok_or(CertificateError::IncompatibleVotes)?;
        let mut signatures = vec![(validator, signature)];
        for (validator, vote) in votes {
            if vote.value.value_hash != value.value_hash || vote.round != round {
                return Err(CertificateError::IncompatibleVotes);
            }
            signatures.push((validator, vote.signature));
        }
        Ok(Self::new(value, round, signatures))
    }

    /// Checks the signatures against a committee.
    pub fn check(&self, committee: &Committee) -> Result<&LiteValue, CertificateError> {
        check_signatures(self.value.value_hash, self.value.kind, self.round, &self.signatures, committee)?;
        Ok(&self.value)
    }

    /// Whether this is about `value`: same chain, kind and hash.
    pub fn is_for<T: CertificateValue>(&self, value: &T) -> bool {
        self.value == LiteValue::new(value)
    }

    /// The full certificate, if `value` is the one signed.
    pub fn with_value<T: CertificateValue>(
        self,
        value: T,
    ) -> Result<GenericCertificate<T>, CertificateError> {
        if !self.is_for(&value) {
            return Err(CertificateError::ValueMismatch);
        }
        Ok(GenericCertificate::new(value, self.round, self.signatures))
    }
}
