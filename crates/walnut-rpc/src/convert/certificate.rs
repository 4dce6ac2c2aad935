//! Certificates with and without value, and the requests that carry them.

use serde::{Serialize, de::DeserializeOwned};
use walnut_base::{
    Certificate, CertificateKind, CertificateValue, ChainId, ConfirmedBlockCertificate, CryptoHash,
    GenericCertificate, LiteCertificate, LiteValue, TimeoutCertificate, ValidatedBlockCertificate,
};

use super::{
    error::ConversionError,
    payload::{from_bincode, from_raw, required, to_bincode, to_raw},
};
use crate::proto;

impl From<CertificateKind> for proto::CertificateKind {
    fn from(kind: CertificateKind) -> Self {
        match kind {
            CertificateKind::Timeout => Self::Timeout,
            CertificateKind::Validated => Self::Validated,
            CertificateKind::Confirmed => Self::Confirmed,
        }
    }
}

fn kind_from_number(number: i32) -> Result<CertificateKind, ConversionError> {
    match proto::CertificateKind::try_from(number) {
        Ok(proto::CertificateKind::Timeout) => Ok(CertificateKind::Timeout),
        Ok(proto::CertificateKind::Validated) => Ok(CertificateKind::Validated),
        Ok(proto::CertificateKind::Confirmed) => Ok(CertificateKind::Confirmed),
        Err(_) => Err(ConversionError::UnknownCertificateKind(number)),
    }
}

fn kind_to_number(kind: CertificateKind) -> i32 {
    proto::CertificateKind::from(kind).into()
}

/// A lite certificate as a validator receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleLiteCertificateRequest {
    /// The certificate, signatures sorted.
    pub certificate: LiteCertificate,
    /// Whether to answer only after its block's messages were received inside the validator.
    pub wait_for_outgoing_messages: bool,
}

/// The certificate and whether to wait for outgoing messages.
impl From<(&LiteCertificate, bool)> for proto::LiteCertificate {
    fn from((certificate, wait_for_outgoing_messages): (&LiteCertificate, bool)) -> Self {
        Self {
            chain_id: Some(certificate.value.chain_id.into()),
            hash: to_raw(certificate.value.value_hash.as_bytes()),
            round: to_bincode(&certificate.round),
            signatures: to_bincode(&certificate.signatures),
            wait_for_outgoing_messages,
            kind: kind_to_number(certificate.value.kind),
        }
    }
}

impl TryFrom<proto::LiteCertificate> for HandleLiteCertificateRequest {
    type Error = ConversionError;

    fn try_from(message: proto::LiteCertificate) -> Result<Self, Self::Error> {
        let value = LiteValue {
            value_hash: from_raw::<32>(&message.hash, "hash")?.into(),
            chain_id: required(message.chain_id, "chain_id")?.try_into()?,
            kind: kind_from_number(message.kind)?,
        };
        let round = from_bincode(&message.round, "round")?;
        let signatures = from_bincode(&message.signatures, "signatures")?;
        Ok(Self {
            certificate: LiteCertificate::new(value, round, signatures),
            wait_for_outgoing_messages: message.wait_for_outgoing_messages,
        })
    }
}

impl<T: CertificateValue + Serialize> From<&GenericCertificate<T>> for proto::Certificate {
    fn from(certificate: &GenericCertificate<T>) -> Self {
        Self {
            value: to_bincode(certificate.value()),
            round: to_bincode(&certificate.round),
            signatures: to_bincode(certificate.signatures()),
            kind: kind_to_number(T::KIND),
        }
    }
}

/// Refuses another kind than `T`'s before the value is decoded. Signatures are sorted.
impl<T: CertificateValue + DeserializeOwned> TryFrom<proto::Certificate> for GenericCertificate<T> {
    type Error = ConversionError;

    fn try_from(message: proto::Certificate) -> Result<Self, Self::Error> {
        let found = kind_from_number(message.kind)?;
        if found != T::KIND {
            return Err(ConversionError::CertificateKind { expected: T::KIND, found });
        }
        let value = from_bincode(&message.value, "value")?;
        let round = from_bincode(&message.round, "round")?;
        let signatures = from_bincode(&message.signatures, "signatures")?;
        Ok(Self::new(value, round, signatures))
    }
}

impl From<&Certificate> for proto::Certificate {
    fn from(certificate: &Certificate) -> Self {
        match certificate {
            Certificate::Validated(certificate) => certificate.into(),
            Certificate::Confirmed(certificate) => certificate.into(),
            Certificate::Timeout(certificate) => certificate.into(),
        }
    }
}

impl TryFrom<proto::Certificate> for Certificate {
    type Error = ConversionError;

    fn try_from(message: proto::Certificate) -> Result<Self, Self::Error> {
        Ok(match kind_from_number(message.kind)? {
            CertificateKind::Validated => Self::Validated(message.try_into()?),
            CertificateKind::Confirmed => Self::Confirmed(message.try_into()?),
            CertificateKind::Timeout => Self::Timeout(message.try_into()?),
        })
    }
}

/// The certificate of a request, if it is of the chain the request is addressed to.
fn addressed<T: CertificateValue + DeserializeOwned>(
    chain_id: Option<proto::ChainId>,
    certificate: Option<proto::Certificate>,
) -> Result<GenericCertificate<T>, ConversionError> {
    let outer: ChainId = required(chain_id, "chain_id")?.try_into()?;
    let certificate = GenericCertificate::<T>::try_from(required(certificate, "certificate")?)?;
    let inner = certificate.chain_id();
    if inner != outer {
        return Err(ConversionError::InconsistentChainId { outer, inner });
    }
    Ok(certificate)
}

/// A timeout certificate as a validator receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleTimeoutCertificateRequest {
    /// The certificate.
    pub certificate: TimeoutCertificate,
}

impl From<&TimeoutCertificate> for proto::HandleTimeoutCertificateRequest {
    fn from(certificate: &TimeoutCertificate) -> Self {
        Self { chain_id: Some(certificate.chain_id().into()), certificate: Some(certificate.into()) }
    }
}

impl TryFrom<proto::HandleTimeoutCertificateRequest> for HandleTimeoutCertificateRequest {
    type Error = ConversionError;

    fn try_from(message: proto::HandleTimeoutCertificateRequest) -> Result<Self, Self::Error> {
        Ok(Self { certificate: addressed(message.chain_id, message.certificate)? })
    }
}

/// A validated certificate as a validator receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleValidatedCertificateRequest {
    /// The certificate.
    pub certificate: ValidatedBlockCertificate,
}

impl From<&ValidatedBlockCertificate> for proto::HandleValidatedCertificateRequest {
    fn from(certificate: &ValidatedBlockCertificate) -> Self {
        Self { chain_id: Some(certificate.chain_id().into()), certificate: Some(certificate.into()) }
    }
}

impl TryFrom<proto::HandleValidatedCertificateRequest> for HandleValidatedCertificateRequest {
    type Error = ConversionError;

    fn try_from(message: proto::HandleValidatedCertificateRequest) -> Result<Self, Self::Error> {
        Ok(Self { certificate: addressed(message.chain_id, message.certificate)? })
    }
}

/// A confirmed certificate as a validator receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleConfirmedCertificateRequest {
    /// The certificate.
    pub certificate: ConfirmedBlockCertificate,
    /// Whether to answer only after its block's messages were received inside the validator.
    pub wait_for_outgoing_messages: bool,
    /// Whether the caller understands [`MissingCrossChainUpdates`](walnut_base::NodeError::MissingCrossChainUpdates).
    pub supports_aggregated_missing: bool,
}

/// The certificate, whether to wait for outgoing messages, and whether we understand aggregated missing updates.
impl From<(&ConfirmedBlockCertificate, bool, bool)> for proto::HandleConfirmedCertificateRequest {
    fn from(
        (certificate, wait_for_outgoing_messages, supports_aggregated_missing): (
            &ConfirmedBlockCertificate,
            bool,
            bool,
        ),
    ) -> Self {
        Self {
            chain_id: Some(certificate.chain_id().into()),
            certificate: Some(certificate.into()),
            wait_for_outgoing_messages,
            supports_aggregated_missing,
        }
    }
}

impl TryFrom<proto::HandleConfirmedCertificateRequest> for HandleConfirmedCertificateRequest {
    type Error = ConversionError;

    fn try_from(message: proto::HandleConfirmedCertificateRequest) -> Result<Self, Self::Error> {
        Ok(Self {
            certificate: addressed(message.chain_id, message.certificate)?,
            wait_for_outgoing_messages: message.wait_for_outgoing_messages,
            supports_aggregated_missing: message.supports_aggregated_missing,
        })
    }
}

impl From<&[CryptoHash]> for proto::CertificatesBatchRequest {
    fn from(hashes: &[CryptoHash]) -> Self {
        Self { hashes: hashes.iter().map(|hash| (*hash).into()).collect() }
    }
}

impl TryFrom<proto::CertificatesBatchRequest> for Vec<CryptoHash> {
    type Error = ConversionError;

    fn try_from(request: proto::CertificatesBatchRequest) -> Result<Self, Self::Error> {
        request.hashes.into_iter().map(CryptoHash::try_from).collect()
    }
}
