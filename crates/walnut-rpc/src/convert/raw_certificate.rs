//! Confirmed certificates in stored form: two BCS values.

use walnut_base::{BlockHeight, ChainId, ConfirmedBlock, ConfirmedBlockCertificate, LiteCertificate};

use super::{
    error::ConversionError,
    payload::{from_bcs, required, to_bcs},
};
use crate::proto;

/// The stored bytes of a confirmed certificate, served without decoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCertificate {
    /// BCS of [`LiteCertificate`].
    pub lite_certificate: Vec<u8>,
    /// BCS of [`ConfirmedBlock`].
    pub confirmed_block: Vec<u8>,
}

impl RawCertificate {
    /// What counts towards the fill limit of a batch.
    pub fn size_bytes(&self) -> usize {
        self.lite_certificate.len() + self.confirmed_block.len()
    }
}

impl From<&ConfirmedBlockCertificate> for RawCertificate {
    fn from(certificate: &ConfirmedBlockCertificate) -> Self {
        Self {
            lite_certificate: to_bcs(&certificate.lite_certificate()).into(),
            confirmed_block: to_bcs(certificate.value()).into(),
        }
    }
}

impl From<RawCertificate> for proto::RawCertificate {
    fn from(raw: RawCertificate) -> Self {
        Self { lite_certificate: raw.lite_certificate.into(), confirmed_block: raw.confirmed_block.into() }
    }
}

impl From<&ConfirmedBlockCertificate> for proto::RawCertificate {
    fn from(certificate: &ConfirmedBlockCertificate) -> Self {
        RawCertificate::from(certificate).into()
    }
}

/// Refuses halves that differ in hash, chain or kind.
impl TryFrom<RawCertificate> for ConfirmedBlockCertificate {
    type Error = ConversionError;

    fn try_from(raw: RawCertificate) -> Result<Self, Self::Error> {
        joined(&raw.lite_certificate, &raw.confirmed_block)
    }
}

/// Refuses halves that differ in hash, chain or kind.
impl TryFrom<proto::RawCertificate> for ConfirmedBlockCertificate {
    type Error = ConversionError;

    fn try_from(raw: proto::RawCertificate) -> Result<Self, Self::Error> {
        joined(&raw.lite_certificate, &raw.confirmed_block)
    }
}

fn joined(
    lite_certificate: &[u8],
    confirmed_block: &[u8],
) -> Result<ConfirmedBlockCertificate, ConversionError> {
    let lite: LiteCertificate = from_bcs(lite_certificate, "lite_certificate")?;
    let block: ConfirmedBlock = from_bcs(confirmed_block, "confirmed_block")?;
    lite.with_value(block).map_err(|_| ConversionError::RawCertificateMismatch)
}

impl From<(ChainId, &[BlockHeight])> for proto::DownloadCertificatesByHeightsRequest {
    fn from((chain_id, heights): (ChainId, &[BlockHeight])) -> Self {
        Self {
            chain_id: Some(chain_id.into()),
            heights: heights.iter().map(|height| (*height).into()).collect(),
        }
    }
}

impl TryFrom<proto::DownloadCertificatesByHeightsRequest> for (ChainId, Vec<BlockHeight>) {
    type Error = ConversionError;

    fn try_from(request: proto::DownloadCertificatesByHeightsRequest) -> Result<Self, Self::Error> {
        let chain_id = required(request.chain_id, "chain_id")?.try_into()?;
        Ok((chain_id, request.heights.into_iter().map(BlockHeight::from).collect()))
    }
}
