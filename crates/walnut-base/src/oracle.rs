//! Answers from outside the chain, recorded in the block that asked.

use serde::{Deserialize, Serialize};

use crate::{BcsHashable, BlobId, EventId, http};

/// A recorded answer. Replay takes it instead of asking.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OracleResponse {
    /// What a service answered.
    Service(#[serde(with = "serde_bytes")] Vec<u8>),
    /// What an HTTP server answered.
    Http(http::Response),
    /// A blob exists and was read.
    Blob(BlobId),
    /// The block was not executed before a given time (`assert_before`).
    Assert,
    /// The multi-leader round of the proposal, if it is one.
    Round(Option<u32>),
    /// An event was read: position and value.
    Event(EventId, #[serde(with = "serde_bytes")] Vec<u8>),
    /// An event exists.
    EventExists(EventId),
}

impl BcsHashable for OracleResponse {
    const NAME: &'static str = "OracleResponse";
}
