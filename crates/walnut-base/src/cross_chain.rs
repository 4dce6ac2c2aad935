//! Requests between the chains of one validator (or one local node). At least once, in any order.

use serde::{Deserialize, Serialize};

use crate::{BlockHeight, ChainId, Epoch, MessageBundle};

/// A request from the sender's chain to the recipient's, or back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CrossChainRequest {
    /// To the recipient: new bundles.
    UpdateRecipient {
        /// The sending chain.
        sender: ChainId,
        /// The receiving chain.
        recipient: ChainId,
        /// Bundles by ascending height, each with the epoch of its block.
        bundles: Vec<(Epoch, MessageBundle)>,
        /// Height of the block that sent to the recipient before the first of these.
        previous_height: Option<BlockHeight>,
    },
    /// To the sender: everything up to a height has arrived.
    ConfirmUpdatedRecipient {
        /// The sending chain.
        sender: ChainId,
        /// The receiving chain.
        recipient: ChainId,
        /// Up to here.
        latest_height: BlockHeight,
    },
    /// To the sender: there is a gap, send again.
    RevertConfirm {
        /// The sending chain.
        sender: ChainId,
        /// The receiving chain.
        recipient: ChainId,
        /// From here.
        retransmit_from: BlockHeight,
    },
}

impl CrossChainRequest {
    /// The chain that handles it.
    pub const fn target_chain_id(&self) -> ChainId {
        match self {
            Self::UpdateRecipient { recipient, .. } => *recipient,
            Self::ConfirmUpdatedRecipient { sender, .. } | Self::RevertConfirm { sender, .. } => *sender,
        }
    }
}
