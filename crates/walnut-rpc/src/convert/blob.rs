//! Blobs, by themselves and as pending blobs of a chain.

use walnut_base::{BlobContent, BlobId, ChainId, NodeError};

use super::{
    error::ConversionError,
    node_error::{decode_node_error, encode_node_error, missing_body},
    payload::{from_bincode, required, to_bincode},
};
use crate::proto::{self, pending_blob_result::Inner};

impl From<&BlobContent> for proto::BlobContent {
    fn from(content: &BlobContent) -> Self {
        Self { bytes: to_bincode(content) }
    }
}

impl TryFrom<proto::BlobContent> for BlobContent {
    type Error = ConversionError;

    fn try_from(content: proto::BlobContent) -> Result<Self, Self::Error> {
        from_bincode(&content.bytes, "blob_content")
    }
}

/// Which pending blob of which chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingBlobRequest {
    /// The chain.
    pub chain_id: ChainId,
    /// The blob.
    pub blob_id: BlobId,
}

impl From<PendingBlobRequest> for proto::PendingBlobRequest {
    fn from(request: PendingBlobRequest) -> Self {
        Self { chain_id: Some(request.chain_id.into()), blob_id: Some(request.blob_id.into()) }
    }
}

impl TryFrom<proto::PendingBlobRequest> for PendingBlobRequest {
    type Error = ConversionError;

    fn try_from(request: proto::PendingBlobRequest) -> Result<Self, Self::Error> {
        Ok(Self {
            chain_id: required(request.chain_id, "chain_id")?.try_into()?,
            blob_id: required(request.blob_id, "blob_id")?.try_into()?,
        })
    }
}

/// A pending blob for a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlePendingBlobRequest {
    /// The chain.
    pub chain_id: ChainId,
    /// The blob.
    pub blob: BlobContent,
}

impl From<&HandlePendingBlobRequest> for proto::HandlePendingBlobRequest {
    fn from(request: &HandlePendingBlobRequest) -> Self {
        Self { chain_id: Some(request.chain_id.into()), blob: Some((&request.blob).into()) }
    }
}

impl TryFrom<proto::HandlePendingBlobRequest> for HandlePendingBlobRequest {
    type Error = ConversionError;

    fn try_from(request: proto::HandlePendingBlobRequest) -> Result<Self, Self::Error> {
        Ok(Self {
            chain_id: required(request.chain_id, "chain_id")?.try_into()?,
            blob: required(request.blob, "blob")?.try_into()?,
        })
    }
}

impl From<Result<BlobContent, NodeError>> for proto::PendingBlobResult {
    fn from(result: Result<BlobContent, NodeError>) -> Self {
        let inner = match result {
            Ok(blob) => Inner::Blob((&blob).into()),
            Err(error) => Inner::Error(encode_node_error(&error)),
        };
        Self { inner: Some(inner) }
    }
}

/// What the validator answered; answers that cannot be read are `GrpcError`, with the reference's texts.
impl From<proto::PendingBlobResult> for Result<BlobContent, NodeError> {
    fn from(result: proto::PendingBlobResult) -> Self {
        match result.inner {
            Some(Inner::Blob(blob)) => blob.try_into().map_err(NodeError::from),
            Some(Inner::Error(bytes)) => Err(decode_node_error(&bytes)),
            None => Err(missing_body()),
        }
    }
}
