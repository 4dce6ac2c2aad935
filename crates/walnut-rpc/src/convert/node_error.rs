//! Errors that travel inside successful answers, and what clients make of answers they cannot read.

use bytes::Bytes;
use walnut_base::NodeError;

use super::{
    error::ConversionError,
    payload::{from_bincode, to_bincode},
};

/// The bytes of an `error` field.
pub(super) fn encode_node_error(error: &NodeError) -> Bytes {
    to_bincode(error)
}

/// The error of an `error` field; an unreadable one is a `GrpcError` that says so.
pub(super) fn decode_node_error(bytes: &[u8]) -> NodeError {
    from_bincode(bytes, "error").unwrap_or_else(|error: ConversionError| NodeError::GrpcError {
        error: format!("failed to unmarshal error message: {error}"),
    })
}

/// What a client reports for an answer with neither result nor error.
pub(super) fn missing_body() -> NodeError {
    NodeError::GrpcError { error: "missing body from response".to_owned() }
}

/// What a client reports for an answer that cannot be read.
impl From<ConversionError> for NodeError {
    fn from(error: ConversionError) -> Self {
        Self::GrpcError { error: format!("failed to unmarshal response: {error}") }
    }
}

/// The older form of [`NodeError::MissingCrossChainUpdates`], for callers that did not set `supports_aggregated_missing`:
/// the first missing bundle only. Other errors stay.
pub fn downgrade_aggregated_missing(error: NodeError) -> NodeError {
    match error {
        NodeError::MissingCrossChainUpdates { chain_id, bundles } => match bundles.first() {
            Some((origin, height)) => {
                NodeError::MissingCrossChainUpdate { chain_id, origin: *origin, height: *height }
            }
            None => NodeError::ChainError { error: "missing cross-chain updates".to_owned() },
        },
        error => error,
    }
}
