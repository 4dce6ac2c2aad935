//! Keys and signatures: BCS for owners, raw for validators.

use walnut_base::{AccountPublicKey, AccountSignature, ValidatorPublicKey, ValidatorSignature};

use super::{
    error::ConversionError,
    payload::{from_bcs, from_raw, to_bcs, to_raw},
};
use crate::proto;

impl From<&AccountSignature> for proto::AccountSignature {
    fn from(signature: &AccountSignature) -> Self {
        Self { bytes: to_bcs(signature) }
    }
}

impl TryFrom<proto::AccountSignature> for AccountSignature {
    type Error = ConversionError;

    fn try_from(signature: proto::AccountSignature) -> Result<Self, Self::Error> {
        from_bcs(&signature.bytes, "account_signature")
    }
}

impl From<&AccountPublicKey> for proto::AccountPublicKey {
    fn from(public_key: &AccountPublicKey) -> Self {
        Self { bytes: to_bcs(public_key) }
    }
}

impl TryFrom<proto::AccountPublicKey> for AccountPublicKey {
    type Error = ConversionError;

    fn try_from(public_key: proto::AccountPublicKey) -> Result<Self, Self::Error> {
        from_bcs(&public_key.bytes, "account_public_key")
    }
}

impl From<&ValidatorSignature> for proto::ValidatorSignature {
    fn from(signature: &ValidatorSignature) -> Self {
        Self { bytes: to_raw(&signature.to_bytes()) }
    }
}

impl TryFrom<proto::ValidatorSignature> for ValidatorSignature {
    type Error = ConversionError;

    fn try_from(signature: proto::ValidatorSignature) -> Result<Self, Self::Error> {
        let bytes = from_raw::<64>(&signature.bytes, "validator_signature")?;
        Self::from_bytes(&bytes).map_err(|_| ConversionError::Crypto("validator_signature"))
    }
}

impl From<&ValidatorPublicKey> for proto::ValidatorPublicKey {
    fn from(public_key: &ValidatorPublicKey) -> Self {
        Self { bytes: to_raw(public_key.as_bytes()) }
    }
}

impl TryFrom<proto::ValidatorPublicKey> for ValidatorPublicKey {
    type Error = ConversionError;

    fn try_from(public_key: proto::ValidatorPublicKey) -> Result<Self, Self::Error> {
        let bytes = from_raw::<33>(&public_key.bytes, "validator_public_key")?;
        Self::from_sec1_bytes(&bytes).map_err(|_| ConversionError::Crypto("validator_public_key"))
    }
}
