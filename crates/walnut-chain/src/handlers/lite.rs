//! A certificate without its value: the block must be in memory.

use walnut_base::{
    CertificateKind, ChainInfoResponse, ConfirmedBlock, LiteCertificate, Timestamp, ValidatedBlock,
};
use walnut_execution::Applications;
use walnut_views::Store;

use super::{
    Delivery, ProcessingMode, confirmed::handle_confirmed_certificate,
    validated::handle_validated_certificate,
};
use crate::{chain::ChainState, error::WorkerError, session::Session, shared::Shared};

pub(crate) async fn handle_lite_certificate<S: Store, A: Applications>(
    shared: &mut Shared<A>,
    chain: &mut ChainState,
    session: &mut Session<'_, S>,
    certificate: LiteCertificate,
    now: Timestamp,
) -> Result<(ChainInfoResponse, Delivery), WorkerError> {
    let block =
        shared.blocks.get(&certificate.value.value_hash).ok_or(WorkerError::MissingCertificateValue)?.clone();
    // The constructor that sorts: lite certificates may come in any order.
    let LiteCertificate { value, round, signatures } = certificate;
    let certificate = LiteCertificate::new(value, round, signatures);
    match value.kind {
        CertificateKind::Confirmed => {
            let certificate = certificate
                .with_value(ConfirmedBlock::from_hashed(block))
                .map_err(|_| WorkerError::InvalidLiteCertificate)?;
            handle_confirmed_certificate(shared, chain, session, certificate, ProcessingMode::Auto, now).await
        }
        CertificateKind::Validated => {
            let certificate = certificate
                .with_value(ValidatedBlock::from_hashed(block))
                .map_err(|_| WorkerError::InvalidLiteCertificate)?;
            let response = handle_validated_certificate(shared, chain, session, certificate, now).await?;
            Ok((response, Delivery::Complete))
        }
        CertificateKind::Timeout => Err(WorkerError::InvalidLiteCertificate),
    }
}
