//! Collecting votes into a certificate.

use std::collections::BTreeSet;

use super::{CertificateError, CertificateValue, GenericCertificate};
use crate::{
    BcsHashable as _, Committee, CryptoHash, Round, ValidatorPublicKey, ValidatorSignature, VoteValue,
};

/// Collects signatures over one value in one round until they form a quorum.
pub struct SignatureAggregator<'a, T> {
    committee: &'a Committee,
    digest: CryptoHash,
    votes: u64,
    used_validators: BTreeSet<ValidatorPublicKey>,
    partial: GenericCertificate<T>,
}

impl<'a, T: CertificateValue> SignatureAggregator<'a, T> {
    /// Starts without signatures.
    pub fn new(value: T, round: Round, committee: &'a Committee) -> Self {
        let digest = CryptoHash::new(&VoteValue(value.hash(), round, T::KIND));
        Self {
            committee,
            digest,
            votes: 0,
            used_validators: BTreeSet::new(),
            partial: GenericCertificate::new(value, round, Vec::new()),
        }
    }

    /// Adds a signature. Returns the certificate at the vote that completes a quorum; the count then starts over, so that
    /// late votes do not return a certificate each.
    ///
    /// Checks in this order: the signature, whether the validator signed already, whether it has votes (it counts as
    /// having signed even if not).
    pub fn append(
        &mut self,
        validator: ValidatorPublicKey,
        signature: ValidatorSignature,
    ) -> Result<Option<GenericCertificate<T>>, CertificateError> {
        signature.check_prehash(self.digest, &validator, VoteValue::NAME)?;
        if !self.used_validators.insert(validator) {
            return Err(CertificateError::CertificateValidatorReuse);
        }
        let weight = self.committee.weight(&validator);
        if weight == 0 {
            return Err(CertificateError::InvalidSigner(Box::new(validator)));
        }
        self.partial.add_signature(validator, signature);
        self.votes = self.votes.saturating_add(weight);
        if self.votes < self.committee.quorum_threshold() {
            return Ok(None);
        }
        self.votes = 0;
        Ok(Some(self.partial.clone()))
    }
}
