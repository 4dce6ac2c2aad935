//! Where events were published.

use walnut_base::{BlockHeight, ChainId, CryptoHash, EventId, StreamId};

use super::{
    error::ConversionError,
    payload::{from_bincode, required, to_bincode},
};
use crate::proto;

/// The last block that published to a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousEventBlock {
    /// The stream.
    pub stream_id: StreamId,
    /// Height of the block.
    pub block_height: BlockHeight,
    /// Hash of the block.
    pub crypto_hash: CryptoHash,
}

impl From<&PreviousEventBlock> for proto::PreviousEventBlock {
    fn from(block: &PreviousEventBlock) -> Self {
        Self {
            stream_id: Some((&block.stream_id).into()),
            block_height: Some(block.block_height.into()),
            crypto_hash: Some(block.crypto_hash.into()),
        }
    }
}

impl TryFrom<proto::PreviousEventBlock> for PreviousEventBlock {
    type Error = ConversionError;

    fn try_from(block: proto::PreviousEventBlock) -> Result<Self, Self::Error> {
        Ok(Self {
            stream_id: required(block.stream_id, "stream_id")?.try_into()?,
            block_height: required(block.block_height, "block_height")?.into(),
            crypto_hash: required(block.crypto_hash, "crypto_hash")?.try_into()?,
        })
    }
}

impl From<&[PreviousEventBlock]> for proto::PreviousEventBlocksResponse {
    fn from(blocks: &[PreviousEventBlock]) -> Self {
        Self { previous_event_blocks: blocks.iter().map(Into::into).collect() }
    }
}

impl TryFrom<proto::PreviousEventBlocksResponse> for Vec<PreviousEventBlock> {
    type Error = ConversionError;

    fn try_from(response: proto::PreviousEventBlocksResponse) -> Result<Self, Self::Error> {
        response.previous_event_blocks.into_iter().map(PreviousEventBlock::try_from).collect()
    }
}

impl From<(ChainId, &[StreamId])> for proto::PreviousEventBlocksRequest {
    fn from((chain_id, stream_ids): (ChainId, &[StreamId])) -> Self {
        Self { chain_id: Some(chain_id.into()), stream_ids: stream_ids.iter().map(Into::into).collect() }
    }
}

impl TryFrom<proto::PreviousEventBlocksRequest> for (ChainId, Vec<StreamId>) {
    type Error = ConversionError;

    fn try_from(request: proto::PreviousEventBlocksRequest) -> Result<Self, Self::Error> {
        let chain_id = required(request.chain_id, "chain_id")?.try_into()?;
        let stream_ids = request.stream_ids.into_iter().map(StreamId::try_from).collect::<Result<_, _>>()?;
        Ok((chain_id, stream_ids))
    }
}

impl From<&[EventId]> for proto::EventBlockHeightsRequest {
    fn from(event_ids: &[EventId]) -> Self {
        Self { event_ids: to_bincode(event_ids) }
    }
}

impl TryFrom<proto::EventBlockHeightsRequest> for Vec<EventId> {
    type Error = ConversionError;

    fn try_from(request: proto::EventBlockHeightsRequest) -> Result<Self, Self::Error> {
        from_bincode(&request.event_ids, "event_ids")
    }
}

impl From<&[Option<BlockHeight>]> for proto::EventBlockHeightsResponse {
    fn from(heights: &[Option<BlockHeight>]) -> Self {
        Self { heights: to_bincode(heights) }
    }
}

impl TryFrom<proto::EventBlockHeightsResponse> for Vec<Option<BlockHeight>> {
    type Error = ConversionError;

    fn try_from(response: proto::EventBlockHeightsResponse) -> Result<Self, Self::Error> {
        from_bincode(&response.heights, "heights")
    }
}
