//! What validators tell subscribers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{BlockHeight, ChainId, CryptoHash, Round, StreamId};

/// Something happened on a chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Notification {
    /// The chain.
    pub chain_id: ChainId,
    /// What happened.
    pub reason: Reason,
}

/// What happened. Bincode; variant numbers matter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// A block was added.
    NewBlock {
        /// Its height.
        height: BlockHeight,
        /// Its hash.
        hash: CryptoHash,
        /// Streams it wrote to.
        event_streams: BTreeSet<StreamId>,
    },
    /// A bundle arrived.
    NewIncomingBundle {
        /// The sending chain.
        origin: ChainId,
        /// Height of the sending block.
        height: BlockHeight,
    },
    /// The round advanced.
    NewRound {
        /// The height being decided.
        height: BlockHeight,
        /// The new round.
        round: Round,
    },
    /// A block was executed locally; validators never send it.
    BlockExecuted {
        /// Its height.
        height: BlockHeight,
        /// Its hash.
        hash: CryptoHash,
    },
    /// Streams advanced.
    NewEvents {
        /// Height of the block.
        height: BlockHeight,
        /// Its hash.
        hash: CryptoHash,
        /// The streams.
        event_streams: BTreeSet<StreamId>,
    },
}
