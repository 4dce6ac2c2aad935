//! One validator, as its clients call it.

mod batches;

use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use walnut_base::{
    BlobContent, BlobId, BlockHeight, BlockProposal, ChainId, ChainInfoQuery, ChainInfoResponse,
    ConfirmedBlockCertificate, CryptoHash, EventId, LiteCertificate, NetworkDescription, NodeError,
    Notification, TimeoutCertificate, ValidatedBlockCertificate, VersionInfo,
};

use crate::{
    answers::Items,
    convert::{ConversionError, PendingBlobRequest},
    limits::{Deadlines, LARGE_REQUEST_BYTES_MIN, MESSAGE_BYTES_MAX},
    method::Method,
    proto,
    retry::RetryPolicy,
    status::{Code, Status},
    transport::Transport,
};

/// How patiently a remote node is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Bounds of single attempts.
    pub deadlines: Deadlines,
    /// Repetition of failed attempts, for unary calls only.
    pub retry: RetryPolicy,
}

/// Client of one validator.
///
/// Answers are decoded, not verified: signatures, hashes and heights are the caller's to check
/// (`linera-core/src/remote_node.rs`). Errors that the validator answers come back as they are; everything else that can
/// go wrong is [`NodeError::GrpcError`], or [`NodeError::SubscriptionFailed`] for subscriptions. Dropping a future or
/// stream abandons the request.
#[derive(Clone, Debug)]
pub struct RemoteNode<T> {
    address: String,
    transport: T,
    options: Options,
}

/// The notifications of one subscription.
pub type Notifications<T> = Items<<T as Transport>::Answers, Notification>;

/// The blobs of one download, in request order.
pub type Blobs<T> = Items<<T as Transport>::Answers, BlobContent>;

/// Whether an answer may carry values or batches, and so may take the transfer deadline.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Small,
    Large,
}

impl<T: Transport> RemoteNode<T> {
    /// A node behind any transport; `network_address` is kept for display.
    pub fn with_transport(network_address: &str, transport: T, options: Options) -> Self {
        Self { address: network_address.to_owned(), transport, options }
    }

    /// The address as given.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks for a vote on a block. Missing cross-chain updates are reported in the aggregated form.
    pub async fn handle_block_proposal(
        &self,
        proposal: &BlockProposal,
    ) -> Result<ChainInfoResponse, NodeError> {
        let request = proto::BlockProposal::from((proposal, true));
        self.chain_info(Method::HANDLE_BLOCK_PROPOSAL, request, Answer::Small).await
    }

    /// Sends a certificate without its value; `MissingCertificateValue` if the validator does not have the value.
    pub async fn handle_lite_certificate(
        &self,
        certificate: &LiteCertificate,
        wait_for_outgoing_messages: bool,
    ) -> Result<ChainInfoResponse, NodeError> {
        let request = proto::LiteCertificate::from((certificate, wait_for_outgoing_messages));
        self.chain_info(Method::HANDLE_LITE_CERTIFICATE, request, answer_after(wait_for_outgoing_messages))
            .await
    }

    /// Sends a confirmed block. Missing cross-chain updates are reported in the aggregated form.
    pub async fn handle_confirmed_certificate(
        &self,
        certificate: &ConfirmedBlockCertificate,
        wait_for_outgoing_messages: bool,
    ) -> Result<ChainInfoResponse, NodeError> {
        let request =
            proto::HandleConfirmedCertificateRequest::from((certificate, wait_for_outgoing_messages, true));
        let answer = answer_after(wait_for_outgoing_messages);
        self.chain_info(Method::HANDLE_CONFIRMED_CERTIFICATE, request, answer).await
    }

    /// Sends a validated block.
    pub async fn handle_validated_certificate(
        &self,
        certificate: &ValidatedBlockCertificate,
    ) -> Result<ChainInfoResponse, NodeError> {
        let request = proto::HandleValidatedCertificateRequest::from(certificate);
        self.chain_info(Method::HANDLE_VALIDATED_CERTIFICATE, request, Answer::Small).await
    }

    /// Sends a leader timeout.
    pub async fn handle_timeout_certificate(
        &self,
        certificate: &TimeoutCertificate,
    ) -> Result<ChainInfoResponse, NodeError> {
        let request = proto::HandleTimeoutCertificateRequest::from(certificate);
        self.chain_info(Method::HANDLE_TIMEOUT_CERTIFICATE, request, Answer::Small).await
    }

    /// Asks about one chain.
    pub async fn handle_chain_info_query(
        &self,
        query: &ChainInfoQuery,
    ) -> Result<ChainInfoResponse, NodeError> {
        let request = proto::ChainInfoQuery::from(query);
        self.chain_info(Method::HANDLE_CHAIN_INFO_QUERY, request, Answer::Small).await
    }

    /// Hands in a blob that a proposal or validated block of the chain waits for.
    pub async fn handle_pending_blob(
        &self,
        chain_id: ChainId,
        blob: &BlobContent,
    ) -> Result<ChainInfoResponse, NodeError> {
        let request =
            proto::HandlePendingBlobRequest { chain_id: Some(chain_id.into()), blob: Some(blob.into()) };
        self.chain_info(Method::HANDLE_PENDING_BLOB, request, Answer::Small).await
    }

    /// Fetches a blob of a proposal or locking block of the chain.
    pub async fn download_pending_blob(
        &self,
        chain_id: ChainId,
        blob_id: BlobId,
    ) -> Result<BlobContent, NodeError> {
        let request = proto::PendingBlobRequest::from(PendingBlobRequest { chain_id, blob_id });
        let result: proto::PendingBlobResult =
            self.unary(Method::DOWNLOAD_PENDING_BLOB, request, Answer::Large).await?;
        result.into()
    }

    /// Opens a stream of notifications for these chains; one attempt. The acknowledgement is not passed on.
    ///
    /// Errors, also later ones in the stream, are [`NodeError::SubscriptionFailed`]. A stream that ends or fails has lost
    /// notifications: the caller resynchronises after subscribing again, with a delay of its own.
    pub async fn subscribe(&self, chain_ids: &[ChainId]) -> Result<Notifications<T>, NodeError> {
        let request = proto::SubscriptionRequest::from(chain_ids);
        let answers = self.server_streaming(Method::SUBSCRIBE, request).await.map_err(subscription_failed)?;
        Ok(Items::new(answers, decode_notification, subscription_failed, usize::MAX))
    }

    /// The validator's release. Ordinary traffic does not ask.
    pub async fn version_info(&self) -> Result<VersionInfo, NodeError> {
        let answer: proto::VersionInfo = self.unary(Method::GET_VERSION_INFO, (), Answer::Small).await?;
        Ok(answer.into())
    }

    /// The validator's network. Ordinary traffic does not ask.
    pub async fn network_description(&self) -> Result<NetworkDescription, NodeError> {
        let answer: proto::NetworkDescription =
            self.unary(Method::GET_NETWORK_DESCRIPTION, (), Answer::Small).await?;
        Ok(answer.try_into()?)
    }

    /// Hands in a blob of a certificate; refused unless some certificate that the validator saw refers to it.
    pub async fn upload_blob(&self, content: &BlobContent) -> Result<BlobId, NodeError> {
        let request = proto::BlobContent::from(content);
        let answer: proto::BlobId = self.unary(Method::UPLOAD_BLOB, request, Answer::Small).await?;
        Ok(answer.try_into()?)
    }

    /// Fetches a blob. An unknown one is a `GrpcError`, never `BlobsNotFound`.
    pub async fn download_blob(&self, blob_id: BlobId) -> Result<BlobContent, NodeError> {
        let answer: proto::BlobContent =
            self.unary(Method::DOWNLOAD_BLOB, proto::BlobId::from(blob_id), Answer::Large).await?;
        Ok(answer.try_into()?)
    }

    /// Fetches several blobs in request order; unknown ones are left out. One attempt.
    pub async fn download_blobs(&self, blob_ids: &[BlobId]) -> Result<Blobs<T>, NodeError> {
        let request = proto::BlobIds::from(blob_ids);
        let answers = self
            .server_streaming(Method::DOWNLOAD_BLOBS, request)
            .await
            .map_err(|status| request_failed(Method::DOWNLOAD_BLOBS, &status))?;
        Ok(Items::new(answers, decode_blob, blob_stream_failed, blob_ids.len()))
    }

    /// The blobs among these whose content the validator lacks.
    pub async fn missing_blob_ids(&self, blob_ids: &[BlobId]) -> Result<Vec<BlobId>, NodeError> {
        let request = proto::BlobIds::from(blob_ids);
        let answer: proto::BlobIds = self.unary(Method::MISSING_BLOB_IDS, request, Answer::Small).await?;
        Ok(answer.try_into()?)
    }

    /// Hash of the block that last used a blob.
    pub async fn blob_last_used_by(&self, blob_id: BlobId) -> Result<CryptoHash, NodeError> {
        let request = proto::BlobId::from(blob_id);
        let answer: proto::CryptoHash = self.unary(Method::BLOB_LAST_USED_BY, request, Answer::Small).await?;
        Ok(answer.try_into()?)
    }

    /// Certificate of the block that last used a blob.
    pub async fn blob_last_used_by_certificate(
        &self,
        blob_id: BlobId,
    ) -> Result<ConfirmedBlockCertificate, NodeError> {
        let request = proto::BlobId::from(blob_id);
        let answer: proto::Certificate =
            self.unary(Method::BLOB_LAST_USED_BY_CERTIFICATE, request, Answer::Large).await?;
        Ok(answer.try_into()?)
    }

    /// A certificate by its block's hash.
    pub async fn download_certificate(
        &self,
        hash: CryptoHash,
    ) -> Result<ConfirmedBlockCertificate, NodeError> {
        let request = proto::CryptoHash::from(hash);
        let answer: proto::Certificate =
            self.unary(Method::DOWNLOAD_CERTIFICATE, request, Answer::Large).await?;
        Ok(answer.try_into()?)
    }

    /// For each event, the height of the block that published it, as far as the validator's index knows.
    pub async fn event_block_heights(
        &self,
        event_ids: &[EventId],
    ) -> Result<Vec<Option<BlockHeight>>, NodeError> {
        let request = proto::EventBlockHeightsRequest::from(event_ids);
        let answer: proto::EventBlockHeightsResponse =
            self.unary(Method::EVENT_BLOCK_HEIGHTS, request, Answer::Small).await?;
        let heights = Vec::<Option<BlockHeight>>::try_from(answer)?;
        if heights.len() != event_ids.len() {
            let (expected, found) = (event_ids.len(), heights.len());
            return Err(ConversionError::Length { field: "heights", expected, found }.into());
        }
        Ok(heights)
    }

    async fn chain_info(
        &self,
        method: Method,
        request: impl Message,
        answer: Answer,
    ) -> Result<ChainInfoResponse, NodeError> {
        let result: proto::ChainInfoResult = self.unary(method, request, answer).await?;
        result.into()
    }

    async fn unary<R: Message + Default>(
        &self,
        method: Method,
        request: impl Message,
        answer: Answer,
    ) -> Result<R, NodeError> {
        let request = request.encode_to_vec().into();
        let bytes = self
            .unary_with_retries(method, request, answer)
            .await
            .map_err(|status| request_failed(method, &status))?;
        decode(bytes)
    }

    async fn unary_with_retries(
        &self,
        method: Method,
        request: Bytes,
        answer: Answer,
    ) -> Result<Bytes, Status> {
        check_request_size(&request)?;
        let deadline = self.deadline(&request, answer);
        let retry = self.options.retry;
        let mut attempt = 0;
        loop {
            let status = match self.transport.unary(method, request.clone(), deadline).await {
                Ok(bytes) => return Ok(bytes),
                Err(status) => status,
            };
            if attempt >= retry.max_retries || !status.is_retryable() {
                return Err(status);
            }
            self.transport.sleep(retry.delay(attempt, self.transport.random())).await;
            attempt += 1;
        }
    }

    async fn server_streaming(&self, method: Method, request: impl Message) -> Result<T::Answers, Status> {
        let request = Bytes::from(request.encode_to_vec());
        check_request_size(&request)?;
        self.transport.server_streaming(method, request, self.options.deadlines.request).await
    }

    fn deadline(&self, request: &Bytes, answer: Answer) -> Duration {
        if answer == Answer::Large || request.len() >= LARGE_REQUEST_BYTES_MIN {
            self.options.deadlines.transfer
        } else {
            self.options.deadlines.request
        }
    }
}

/// Waiting for deliveries between shards takes longer than an ordinary answer.
fn answer_after(wait_for_outgoing_messages: bool) -> Answer {
    if wait_for_outgoing_messages { Answer::Large } else { Answer::Small }
}

fn check_request_size(request: &Bytes) -> Result<(), Status> {
    if request.len() > MESSAGE_BYTES_MAX {
        let found = request.len();
        let message = format!("request of {found} bytes exceeds the limit of {MESSAGE_BYTES_MAX} bytes");
        return Err(Status::new(Code::OutOfRange, message));
    }
    Ok(())
}

fn decode<R: Message + Default>(bytes: Bytes) -> Result<R, NodeError> {
    R::decode(bytes)
        .map_err(|error| NodeError::GrpcError { error: format!("failed to unmarshal response: {error}") })
}

fn decode_notification(bytes: Bytes) -> Result<Option<Notification>, NodeError> {
    let unreadable = |error: String| {
        subscription_failed(Status::new(Code::Internal, format!("invalid notification: {error}")))
    };
    let message = proto::Notification::decode(bytes).map_err(|error| unreadable(error.to_string()))?;
    message.try_into().map_err(|error: ConversionError| unreadable(error.to_string()))
}

fn decode_blob(bytes: Bytes) -> Result<Option<BlobContent>, NodeError> {
    let message: proto::BlobContent = decode(bytes)?;
    Ok(Some(message.try_into()?))
}

fn request_failed(method: Method, status: &Status) -> NodeError {
    NodeError::GrpcError { error: format!("remote request [{}] failed with status: {status:?}", method.name) }
}

fn blob_stream_failed(status: Status) -> NodeError {
    request_failed(Method::DOWNLOAD_BLOBS, &status)
}

fn subscription_failed(status: Status) -> NodeError {
    NodeError::SubscriptionFailed { status: status.to_string() }
}

#[cfg(test)]
mod tests;
