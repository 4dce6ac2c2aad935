//! A [`ValidatorService`] as the generated `ValidatorNode` service.

use std::{pin::Pin, sync::Arc};

use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use prost::Message as _;
use tonic::{Code as TonicCode, Request, Response, Status as TonicStatus};
use walnut_base::{
    BlobContent, BlobId, BlockHeight, ChainId, ChainInfoResponse, ConfirmedBlockCertificate, CryptoHash,
    EventId, NodeError, StreamId,
};

use super::service::{ServiceError, ValidatorService};
use crate::{
    convert::{ConversionError, RawCertificate, downgrade_aggregated_missing},
    limits::{BatchFill, CERTIFICATES_PER_READ_MAX},
    proto::{self, validator_node_server::ValidatorNode},
    status::{Code, Status},
};

/// The gRPC face of a service.
#[derive(Debug)]
pub struct Adapter<S> {
    service: Arc<S>,
}

impl<S> Adapter<S> {
    /// Wraps a service.
    pub fn new(service: Arc<S>) -> Self {
        Self { service }
    }
}

type TonicResult<T> = Result<Response<T>, TonicStatus>;
type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, TonicStatus>> + Send>>;

#[tonic::async_trait]
impl<S: ValidatorService> ValidatorNode for Adapter<S> {
    type SubscribeStream = Streamed<proto::Notification>;
    type DownloadBlobsStream = Streamed<proto::BlobContent>;

    async fn handle_block_proposal(
        &self,
        request: Request<proto::BlockProposal>,
    ) -> TonicResult<proto::ChainInfoResult> {
        let request = request.into_inner();
        check_route(request.chain_id.as_ref())?;
        let supports_aggregated_missing = request.supports_aggregated_missing;
        let result = self.service.handle_block_proposal(request.try_into()?).await;
        chain_info(downgraded(result, supports_aggregated_missing))
    }

    async fn handle_lite_certificate(
        &self,
        request: Request<proto::LiteCertificate>,
    ) -> TonicResult<proto::ChainInfoResult> {
        let request = request.into_inner();
        check_route(request.chain_id.as_ref())?;
        chain_info(self.service.handle_lite_certificate(request.try_into()?).await)
    }

    async fn handle_confirmed_certificate(
        &self,
        request: Request<proto::HandleConfirmedCertificateRequest>,
    ) -> TonicResult<proto::ChainInfoResult> {
        let request = request.into_inner();
        check_route(request.chain_id.as_ref())?;
        let supports_aggregated_missing = request.supports_aggregated_missing;
        let result = self.service.handle_confirmed_certificate(request.try_into()?).await;
        chain_info(downgraded(result, supports_aggregated_missing))
    }

    async fn handle_validated_certificate(
        &self,
        request: Request<proto::HandleValidatedCertificateRequest>,
    ) -> TonicResult<proto::ChainInfoResult> {
        let request = request.into_inner();
        check_route(request.chain_id.as_ref())?;
        chain_info(self.service.handle_validated_certificate(request.try_into()?).await)
    }

    async fn handle_timeout_certificate(
        &self,
        request: Request<proto::HandleTimeoutCertificateRequest>,
    ) -> TonicResult<proto::ChainInfoResult> {
        let request = request.into_inner();
        check_route(request.chain_id.as_ref())?;
        chain_info(self.service.handle_timeout_certificate(request.try_into()?).await)
    }

    async fn handle_chain_info_query(
        &self,
        request: Request<proto::ChainInfoQuery>,
    ) -> TonicResult<proto::ChainInfoResult> {
        let request = request.into_inner();
        check_route(request.chain_id.as_ref())?;
        chain_info(self.service.handle_chain_info_query(request.try_into()?).await)
    }

    async fn handle_pending_blob(
        &self,
        request: Request<proto::HandlePendingBlobRequest>,
    ) -> TonicResult<proto::ChainInfoResult> {
        let request = request.into_inner();
        check_route(request.chain_id.as_ref())?;
        chain_info(self.service.handle_pending_blob(request.try_into()?).await)
    }

    async fn download_pending_blob(
        &self,
        request: Request<proto::PendingBlobRequest>,
    ) -> TonicResult<proto::PendingBlobResult> {
        let request = request.into_inner();
        check_route(request.chain_id.as_ref())?;
        let result = in_band(self.service.download_pending_blob(request.try_into()?).await)?;
        Ok(Response::new(result.into()))
    }

    async fn previous_event_blocks(
        &self,
        request: Request<proto::PreviousEventBlocksRequest>,
    ) -> TonicResult<proto::PreviousEventBlocksResponse> {
        let request = request.into_inner();
        check_route(request.chain_id.as_ref())?;
        let (chain_id, stream_ids): (ChainId, Vec<StreamId>) = request.try_into()?;
        match self.service.previous_event_blocks(chain_id, stream_ids).await {
            Ok(blocks) => Ok(Response::new(blocks.as_slice().into())),
            Err(ServiceError::Node(error)) => Err(TonicStatus::internal(error.to_string())),
            Err(ServiceError::Status(status)) => Err(status.into()),
        }
    }

    async fn subscribe(
        &self,
        request: Request<proto::SubscriptionRequest>,
    ) -> TonicResult<Self::SubscribeStream> {
        let chain_ids: Vec<ChainId> = request.into_inner().try_into()?;
        let acknowledgement = stream::once(async { proto::Notification::acknowledgement() });
        let notifications = self.service.subscribe(chain_ids).map(|notification| (&notification).into());
        Ok(Response::new(Box::pin(acknowledgement.chain(notifications).map(Ok))))
    }

    async fn get_version_info(&self, _: Request<()>) -> TonicResult<proto::VersionInfo> {
        Ok(Response::new((&self.service.version_info()).into()))
    }

    async fn get_network_description(&self, _: Request<()>) -> TonicResult<proto::NetworkDescription> {
        let description = self.service.network_description().await?;
        let description = description.ok_or_else(|| TonicStatus::not_found("No network description"))?;
        Ok(Response::new((&description).into()))
    }

    async fn download_blob(&self, request: Request<proto::BlobId>) -> TonicResult<proto::BlobContent> {
        let blob_id = request.into_inner().try_into()?;
        let content = self.service.blob(blob_id).await?.ok_or_else(|| blob_not_found(blob_id))?;
        Ok(Response::new((&content).into()))
    }

    async fn download_blobs(
        &self,
        request: Request<proto::BlobIds>,
    ) -> TonicResult<Self::DownloadBlobsStream> {
        let blob_ids: Vec<BlobId> = request.into_inner().try_into()?;
        let service = Arc::clone(&self.service);
        let blobs = stream::iter(blob_ids).filter_map(move |blob_id| {
            let service = Arc::clone(&service);
            async move { found_blob(service.blob(blob_id).await) }
        });
        Ok(Response::new(Box::pin(blobs)))
    }

    async fn upload_blob(&self, request: Request<proto::BlobContent>) -> TonicResult<proto::BlobId> {
        let content: BlobContent = request.into_inner().try_into()?;
        let blob_id = self.service.upload_blob(content).await?;
        let blob_id = blob_id.ok_or_else(|| TonicStatus::not_found("Blob not found"))?;
        Ok(Response::new(blob_id.into()))
    }

    async fn missing_blob_ids(&self, request: Request<proto::BlobIds>) -> TonicResult<proto::BlobIds> {
        let blob_ids: Vec<BlobId> = request.into_inner().try_into()?;
        let missing = self.service.missing_blob_ids(blob_ids).await?;
        Ok(Response::new(missing.as_slice().into()))
    }

    async fn blob_last_used_by(&self, request: Request<proto::BlobId>) -> TonicResult<proto::CryptoHash> {
        let blob_id = request.into_inner().try_into()?;
        let hash = self.service.blob_last_used_by(blob_id).await?;
        Ok(Response::new(hash.ok_or_else(|| blob_not_found(blob_id))?.into()))
    }

    async fn blob_last_used_by_certificate(
        &self,
        request: Request<proto::BlobId>,
    ) -> TonicResult<proto::Certificate> {
        let blob_id = request.into_inner().try_into()?;
        let hash = self.service.blob_last_used_by(blob_id).await?.ok_or_else(|| blob_not_found(blob_id))?;
        Ok(Response::new(self.full_certificate(hash).await?))
    }

    async fn download_certificate(
        &self,
        request: Request<proto::CryptoHash>,
    ) -> TonicResult<proto::Certificate> {
        let hash = request.into_inner().try_into()?;
        Ok(Response::new(self.full_certificate(hash).await?))
    }

    async fn download_certificates(
        &self,
        request: Request<proto::CertificatesBatchRequest>,
    ) -> TonicResult<proto::CertificatesBatchResponse> {
        let hashes: Vec<CryptoHash> = request.into_inner().try_into()?;
        let mut fill = BatchFill::new();
        let mut certificates = Vec::new();
        for hash in hashes {
            let Some(raw) = self.service.certificate(hash).await? else { continue };
            if !fill.try_add(raw.size_bytes()) {
                break;
            }
            certificates.push(full(raw)?);
        }
        Ok(Response::new(proto::CertificatesBatchResponse { certificates }))
    }

    async fn download_certificates_by_heights(
        &self,
        request: Request<proto::DownloadCertificatesByHeightsRequest>,
    ) -> TonicResult<proto::CertificatesBatchResponse> {
        let mut certificates = Vec::new();
        let mut fill = BatchFill::new();
        self.by_heights(request.into_inner(), |raw| {
            let certificate = full(raw)?;
            let fits = fill.try_add(certificate.encoded_len());
            if fits {
                certificates.push(certificate);
            }
            Ok(fits)
        })
        .await?;
        Ok(Response::new(proto::CertificatesBatchResponse { certificates }))
    }

    async fn download_raw_certificates_by_heights(
        &self,
        request: Request<proto::DownloadCertificatesByHeightsRequest>,
    ) -> TonicResult<proto::RawCertificatesBatch> {
        let mut certificates = Vec::new();
        let mut fill = BatchFill::new();
        self.by_heights(request.into_inner(), |raw| {
            let fits = fill.try_add(raw.size_bytes());
            if fits {
                certificates.push(raw.into());
            }
            Ok(fits)
        })
        .await?;
        Ok(Response::new(proto::RawCertificatesBatch { certificates }))
    }

    async fn event_block_heights(
        &self,
        request: Request<proto::EventBlockHeightsRequest>,
    ) -> TonicResult<proto::EventBlockHeightsResponse> {
        let event_ids: Vec<EventId> = request.into_inner().try_into()?;
        let heights = self.service.event_block_heights(event_ids).await?;
        Ok(Response::new(heights.as_slice().into()))
    }
}

impl<S: ValidatorService> Adapter<S> {
    async fn full_certificate(&self, hash: CryptoHash) -> Result<proto::Certificate, TonicStatus> {
        let raw = self.service.certificate(hash).await?;
        full(raw.ok_or_else(|| TonicStatus::not_found(hash.to_string()))?)
    }

    /// Reads in parts until `take` says that the answer is full, so that a long request does not fill the memory.
    async fn by_heights(
        &self,
        request: proto::DownloadCertificatesByHeightsRequest,
        mut take: impl FnMut(RawCertificate) -> Result<bool, TonicStatus> + Send,
    ) -> Result<(), TonicStatus> {
        let (chain_id, heights): (ChainId, Vec<BlockHeight>) = request.try_into()?;
        for part in heights.chunks(CERTIFICATES_PER_READ_MAX) {
            for raw in self.service.certificates_by_heights(chain_id, part.to_vec()).await? {
                if !take(raw)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// The message form of a stored certificate. A stored one that does not decode is our own fault.
fn full(raw: RawCertificate) -> Result<proto::Certificate, TonicStatus> {
    let certificate = ConfirmedBlockCertificate::try_from(raw)
        .map_err(|error| TonicStatus::internal(format!("stored certificate: {error}")))?;
    Ok((&certificate).into())
}

fn found_blob(
    result: Result<Option<BlobContent>, Status>,
) -> Option<Result<proto::BlobContent, TonicStatus>> {
    match result {
        Ok(content) => content.map(|content| Ok((&content).into())),
        Err(status) => Some(Err(status.into())),
    }
}

fn blob_not_found(blob_id: BlobId) -> TonicStatus {
    TonicStatus::not_found(format!("Blob not found {blob_id}"))
}

/// The reference's front finds the shard by chain id before anything else is looked at.
fn check_route(chain_id: Option<&proto::ChainId>) -> Result<(), TonicStatus> {
    match chain_id.cloned().map(ChainId::try_from) {
        Some(Ok(_)) => Ok(()),
        None | Some(Err(_)) => Err(TonicStatus::not_found("could not find shard for message")),
    }
}

fn downgraded(
    result: Result<ChainInfoResponse, ServiceError>,
    supports_aggregated_missing: bool,
) -> Result<ChainInfoResponse, ServiceError> {
    match result {
        Err(ServiceError::Node(error)) if !supports_aggregated_missing => {
            Err(ServiceError::Node(downgrade_aggregated_missing(error)))
        }
        result => result,
    }
}

fn chain_info(result: Result<ChainInfoResponse, ServiceError>) -> TonicResult<proto::ChainInfoResult> {
    Ok(Response::new(in_band(result)?.into()))
}

fn in_band<T>(result: Result<T, ServiceError>) -> Result<Result<T, NodeError>, TonicStatus> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(ServiceError::Node(error)) => Ok(Err(error)),
        Err(ServiceError::Status(status)) => Err(status.into()),
    }
}

impl From<ConversionError> for TonicStatus {
    fn from(error: ConversionError) -> Self {
        Self::invalid_argument(error.to_string())
    }
}

impl From<Status> for TonicStatus {
    fn from(status: Status) -> Self {
        Self::new(tonic_code(status.code), status.message)
    }
}

fn tonic_code(code: Code) -> TonicCode {
    match code {
        Code::Ok => TonicCode::Ok,
        Code::Cancelled => TonicCode::Cancelled,
        Code::Unknown => TonicCode::Unknown,
        Code::InvalidArgument => TonicCode::InvalidArgument,
        Code::DeadlineExceeded => TonicCode::DeadlineExceeded,
        Code::NotFound => TonicCode::NotFound,
        Code::AlreadyExists => TonicCode::AlreadyExists,
        Code::PermissionDenied => TonicCode::PermissionDenied,
        Code::ResourceExhausted => TonicCode::ResourceExhausted,
        Code::FailedPrecondition => TonicCode::FailedPrecondition,
        Code::Aborted => TonicCode::Aborted,
        Code::OutOfRange => TonicCode::OutOfRange,
        Code::Unimplemented => TonicCode::Unimplemented,
        Code::Internal => TonicCode::Internal,
        Code::Unavailable => TonicCode::Unavailable,
        Code::DataLoss => TonicCode::DataLoss,
        Code::Unauthenticated => TonicCode::Unauthenticated,
    }
}
