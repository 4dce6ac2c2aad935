//! What a block refers to among the chain's earlier blocks.

use std::future::Future;

use walnut_base::{BlockHeight, ChainId, CryptoHash, StreamId};

use crate::BlockError;

/// The executed blocks of the chain, as far as new blocks point back to them. Blocks that are only preprocessed do not
/// count, nor does the block being executed.
pub trait History {
    /// The last executed block that sent a message to `recipient`. A hash that should be there but is not is
    /// [`BlockError::CorruptedChainState`].
    fn previous_message_block(
        &self,
        recipient: &ChainId,
    ) -> impl Future<Output = Result<Option<(CryptoHash, BlockHeight)>, BlockError>>;

    /// The last executed block with an event on `stream_id`.
    fn previous_event_block(
        &self,
        stream_id: &StreamId,
    ) -> impl Future<Output = Result<Option<(CryptoHash, BlockHeight)>, BlockError>>;
}

/// The history of a chain without blocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHistory;

impl History for NoHistory {
    async fn previous_message_block(
        &self,
        _recipient: &ChainId,
    ) -> Result<Option<(CryptoHash, BlockHeight)>, BlockError> {
        Ok(None)
    }

    async fn previous_event_block(
        &self,
        _stream_id: &StreamId,
    ) -> Result<Option<(CryptoHash, BlockHeight)>, BlockError> {
        Ok(None)
    }
}
