//! Events and the system application's streams.

use serde::{Deserialize, Serialize};

use crate::{BcsHashable, ChainId, EventId, StreamId};

/// Name of the system stream on the admin chain in which event `e` holds the committee blob hash of epoch `e`, as BCS of
/// a `CryptoHash`.
pub const EPOCH_STREAM_NAME: &[u8] = &[0];

/// Name of the system stream on the admin chain in which event `e` says that epoch `e` is revoked; the value is empty.
pub const REMOVED_EPOCH_STREAM_NAME: &[u8] = &[1];

/// An event published by a block.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Event {
    /// The stream.
    pub stream_id: StreamId,
    /// The position in the stream.
    pub index: u32,
    /// The application's bytes.
    #[serde(with = "serde_bytes")]
    pub value: Vec<u8>,
}

impl BcsHashable for Event {
    const NAME: &'static str = "Event";
}

impl Event {
    /// The event's position, given the chain of its block.
    pub fn id(&self, chain_id: ChainId) -> EventId {
        EventId { chain_id, stream_id: self.stream_id.clone(), index: self.index }
    }
}
