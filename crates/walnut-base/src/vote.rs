//! Validators' votes.

use serde::{Deserialize, Serialize};

use crate::{
    BcsHashable, CertificateKind, CertificateValue, ChainId, CryptoError, CryptoHash, Round,
    ValidatorPublicKey, ValidatorSecretKey, ValidatorSignature,
};

/// What a validator signs: hash of the value, round, and what is claimed about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VoteValue(pub CryptoHash, pub Round, pub CertificateKind);

impl BcsHashable for VoteValue {
    const NAME: &'static str = "VoteValue";
}

/// A value by hash. The chain ID is not signed: always match against the full value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LiteValue {
    /// Hash of the value.
    pub value_hash: CryptoHash,
    /// The chain, not covered by the hash of this struct's signature.
    pub chain_id: ChainId,
    /// What is claimed.
    pub kind: CertificateKind,
}

impl LiteValue {
    /// The value by hash.
    pub fn new<T: CertificateValue>(value: &T) -> Self {
        Self { value_hash: value.hash(), chain_id: value.chain_id(), kind: T::KIND }
    }
}

/// A vote on a value by hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LiteVote {
    /// The value.
    pub value: LiteValue,
    /// The round.
    pub round: Round,
    /// The validator's signature over [`VoteValue`].
    pub signature: ValidatorSignature,
}

impl LiteVote {
    /// Signs.
    pub fn new(value: LiteValue, round: Round, secret_key: &ValidatorSecretKey) -> Self {
        let signature = secret_key.sign(&VoteValue(value.value_hash, round, value.kind));
        Self { value, round, signature }
    }

    /// Checks the signature of a validator, which must be a member of a committee: see
    /// [`check_all_of_members`](ValidatorSignature::check_all_of_members).
    pub fn check(&self, public_key: &ValidatorPublicKey) -> Result<(), CryptoError> {
        let digest = CryptoHash::new(&VoteValue(self.value.value_hash, self.round, self.value.kind));
        let signatures = [(*public_key, self.signature)];
        ValidatorSignature::check_all_of_members(digest, &signatures, VoteValue::NAME)
    }
}

/// A vote together with the full value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Vote<T> {
    /// The value.
    pub value: T,
    /// The round.
    pub round: Round,
    /// The validator's signature over [`VoteValue`].
    pub signature: ValidatorSignature,
}

impl<T: CertificateValue> Vote<T> {
    /// Signs.
    pub fn new(value: T, round: Round, secret_key: &ValidatorSecretKey) -> Self {
        let signature = secret_key.sign(&VoteValue(value.hash(), round, T::KIND));
        Self { value, round, signature }
    }

    /// The vote by hash.
    pub fn lite(&self) -> LiteVote {
        LiteVote { value: LiteValue::new(&self.value), round: self.round, signature: self.signature }
    }
}
