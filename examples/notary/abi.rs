//! The forms of the notary, as BCS would write them.

use serde::{Deserialize, Serialize};

/// The hash of a document: 32 bytes, nothing around them.
pub type Operation = [u8; 32];

/// When a document was first seen: 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Height of the block.
    pub height: u64,
    /// Time of the block, in microseconds since 1970.
    pub timestamp: u64,
}
