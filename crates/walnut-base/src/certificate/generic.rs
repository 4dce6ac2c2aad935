//! The certificate with its full value.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{CertificateError, CertificateValue, LiteCertificate, Signatures, Timeout, check_signatures};
use crate::{
    Block, BlockHeight, ChainId, Committee, ConfirmedBlock, CryptoHash, Epoch, LiteValue, Round,
    ValidatedBlock, ValidatorPublicKey, ValidatorSignature,
};

/// A value, a round, and signatures over both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GenericCertificate<T> {
    value: T,
    /// The round in which it was signed.
    pub round: Round,
    signatures: Signatures,
}

impl<T> GenericCertificate<T> {
    /// Sorts the signatures; checks nothing.
    pub fn new(value: T, round: Round, mut signatures: Signatures) -> Self {
        signatures.sort_by_key(|(validator, _)| *validator);
        Self { value, round, signatures }
    }

    /// The value.
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// The value.
    pub const fn inner(&self) -> &T {
        &self.value
    }

    /// The value.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The signatures, ordered by uncompressed key.
    pub const fn signatures(&self) -> &Signatures {
        &self.signatures
    }

    /// Value, round and signatures.
    pub fn into_parts(self) -> (T, Round, Signatures) {
        (self.value, self.round, self.signatures)
    }

    /// Adds a signature in its place; returns the place.
    pub fn add_signature(&mut self, validator: ValidatorPublicKey, signature: ValidatorSignature) -> usize {
        let place = self.signatures.partition_point(|(other, _)| *other < validator);
        self.signatures.insert(place, (validator, signature));
        place
    }

    /// Whether this validator signed (as far as the list says).
    pub fn is_signed_by(&self, validator: &ValidatorPublicKey) -> bool {
        self.signatures.binary_search_by(|(other, _)| other.cmp(validator)).is_ok()
    }
}

impl<T: CertificateValue> GenericCertificate<T> {
    /// Checks the signatures against a committee.
    pub fn check(&self, committee: &Committee) -> Result<&T, CertificateError> {
        check_signatures(self.hash(), T::KIND, self.round, &self.signatures, committee)?;
        Ok(&self.value)
    }

    /// The same without the value.
    pub fn lite_certificate(&self) -> LiteCertificate {
        LiteCertificate {
            value: LiteValue::new(&self.value),
            round: self.round,
            signatures: self.signatures.clone(),
        }
    }

    /// The signed hash.
    pub fn hash(&self) -> CryptoHash {
        self.value.hash()
    }

    /// The chain.
    pub fn chain_id(&self) -> ChainId {
        self.value.chain_id()
    }

    /// The height.
    pub fn height(&self) -> BlockHeight {
        self.value.height()
    }

    /// The epoch whose committee signs.
    pub fn epoch(&self) -> Epoch {
        self.value.epoch()
    }
}

impl GenericCertificate<ConfirmedBlock> {
    /// The block.
    pub fn block(&self) -> &Block {
        self.value.block()
    }
}

impl GenericCertificate<ValidatedBlock> {
    /// The block.
    pub fn block(&self) -> &Block {
        self.value.block()
    }
}

/// Serde for one kind of certificate: the three differ in container name, and decoding checks the order.
macro_rules! certificate_serde {
    ($value:ident, $name:literal) => {
        impl Serialize for GenericCertificate<$value> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[derive(Serialize)]
                #[serde(rename = $name)]
                struct Repr<'a> {
                    value: &'a $value,
                    round: Round,
                    signatures: &'a Signatures,
                }
                Repr { value: &self.value, round: self.round, signatures: &self.signatures }
                    .serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for GenericCertificate<$value> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(rename = $name)]
                struct Repr {
                    value: $value,
                    round: Round,
                    signatures: Signatures,
                }
                let Repr { value, round, signatures } = Repr::deserialize(deserializer)?;
                if !signatures.is_sorted_by(|(left, _), (right, _)| left < right) {
                    return Err(D::Error::custom("signatures are not strictly increasing by validator"));
                }
                Ok(Self { value, round, signatures })
            }
        }
    };
}

certificate_serde!(ConfirmedBlock, "ConfirmedBlockCertificate");
certificate_serde!(ValidatedBlock, "ValidatedBlockCertificate");
certificate_serde!(Timeout, "TimeoutCertificate");
