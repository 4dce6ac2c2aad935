//! Questions about a chain and their answers.

use walnut_base::{BlockHeight, ChainInfo, ChainInfoQuery, ChainInfoResponse, NodeError};

use super::{
    error::ConversionError,
    node_error::{decode_node_error, encode_node_error, missing_body},
    payload::{from_bincode, required, to_bincode},
};
use crate::proto::{self, chain_info_result::Inner};

/// The obsolete range of heights has no place on the wire and is dropped. The list of heights is always sent, also when
/// empty, as the reference client does.
impl From<&ChainInfoQuery> for proto::ChainInfoQuery {
    fn from(query: &ChainInfoQuery) -> Self {
        Self {
            chain_id: Some(query.chain_id.into()),
            test_next_block_height: query.test_next_block_height.map(Into::into),
            request_committees: query.request_committees,
            request_pending_message_bundles: query.request_pending_message_bundles,
            request_received_log_excluding_first_n: query.request_received_log_excluding_first_n,
            request_manager_values: query.request_manager_values,
            request_leader_timeout: query.request_leader_timeout.as_ref().map(to_bincode),
            request_owner_balance: Some(query.request_owner_balance.into()),
            request_fallback: query.request_fallback,
            request_sent_certificate_hashes_by_heights: Some(to_bincode(
                &query.request_sent_certificate_hashes_by_heights,
            )),
            create_network_actions: Some(query.create_network_actions),
        }
    }
}

/// Refuses `request_committees`. An absent list of heights is empty; absent `create_network_actions` means true.
impl TryFrom<proto::ChainInfoQuery> for ChainInfoQuery {
    type Error = ConversionError;

    fn try_from(message: proto::ChainInfoQuery) -> Result<Self, Self::Error> {
        if message.request_committees {
            return Err(ConversionError::CommitteesRequested);
        }
        let request_leader_timeout = message
            .request_leader_timeout
            .map(|bytes| from_bincode(&bytes, "request_leader_timeout"))
            .transpose()?;
        let request_sent_certificate_hashes_by_heights = message
            .request_sent_certificate_hashes_by_heights
            .map(|bytes| {
                from_bincode::<Vec<BlockHeight>>(&bytes, "request_sent_certificate_hashes_by_heights")
            })
            .transpose()?
            .unwrap_or_default();
        Ok(Self {
            chain_id: required(message.chain_id, "chain_id")?.try_into()?,
            test_next_block_height: message.test_next_block_height.map(Into::into),
            request_owner_balance: required(message.request_owner_balance, "request_owner_balance")?
                .try_into()?,
            request_committees: false,
            request_pending_message_bundles: message.request_pending_message_bundles,
            request_sent_certificate_hashes_in_range: None,
            request_received_log_excluding_first_n: message.request_received_log_excluding_first_n,
            request_manager_values: message.request_manager_values,
            request_leader_timeout,
            request_fallback: message.request_fallback,
            request_sent_certificate_hashes_by_heights,
            create_network_actions: message.create_network_actions.unwrap_or(true),
        })
    }
}

impl From<&ChainInfoResponse> for proto::ChainInfoResponse {
    fn from(response: &ChainInfoResponse) -> Self {
        Self {
            chain_info: to_bincode(&response.info),
            signature: response.signature.as_ref().map(Into::into),
        }
    }
}

/// The signature is over the BCS form, which is rebuilt from the decoded value: nothing may be lost here.
impl TryFrom<proto::ChainInfoResponse> for ChainInfoResponse {
    type Error = ConversionError;

    fn try_from(message: proto::ChainInfoResponse) -> Result<Self, Self::Error> {
        let info: ChainInfo = from_bincode(&message.chain_info, "chain_info")?;
        let signature = message.signature.map(TryInto::try_into).transpose()?;
        Ok(Self { info: Box::new(info), signature })
    }
}

impl From<Result<ChainInfoResponse, NodeError>> for proto::ChainInfoResult {
    fn from(result: Result<ChainInfoResponse, NodeError>) -> Self {
        let inner = match result {
            Ok(response) => Inner::ChainInfoResponse((&response).into()),
            Err(error) => Inner::Error(encode_node_error(&error)),
        };
        Self { inner: Some(inner) }
    }
}

/// What the validator answered; answers that cannot be read are `GrpcError`, with the reference's texts.
impl From<proto::ChainInfoResult> for Result<ChainInfoResponse, NodeError> {
    fn from(result: proto::ChainInfoResult) -> Self {
        match result.inner {
            Some(Inner::ChainInfoResponse(response)) => response.try_into().map_err(NodeError::from),
            Some(Inner::Error(bytes)) => Err(decode_node_error(&bytes)),
            None => Err(missing_body()),
        }
    }
}
