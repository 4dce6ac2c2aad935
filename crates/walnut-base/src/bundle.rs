//! Messages between chains, as the receiver gets them: bundled by the sending transaction.

use serde::{Deserialize, Serialize};

use crate::{
    Account, AccountOwner, Amount, BcsHashable, BlockHeight, ChainId, CryptoHash, Message, MessageKind,
    Timestamp,
};

/// A message in a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PostedMessage {
    /// Who signed, when the sender passed its authority on.
    pub authenticated_signer: Option<AccountOwner>,
    /// Tokens to pay for execution.
    pub grant: Amount,
    /// Where unused tokens of the grant go.
    pub refund_grant_to: Option<Account>,
    /// What happens on rejection.
    pub kind: MessageKind,
    /// Position among all messages of the sending block, over all destinations and transactions.
    pub index: u32,
    /// The content.
    pub message: Message,
}

impl PostedMessage {
    /// Whether the receiver may not reject it.
    pub const fn is_protected(&self) -> bool {
        matches!(self.kind, MessageKind::Protected)
    }

    /// Whether a rejection sends it back.
    pub const fn is_tracked(&self) -> bool {
        matches!(self.kind, MessageKind::Tracked)
    }

    /// Whether it comes back from a rejection.
    pub const fn is_bouncing(&self) -> bool {
        matches!(self.kind, MessageKind::Bouncing)
    }

    /// Whether it may be dropped without an answer.
    pub fn is_skippable(&self) -> bool {
        match self.kind {
            MessageKind::Protected | MessageKind::Tracked => false,
            MessageKind::Simple | MessageKind::Bouncing => self.grant == Amount::ZERO,
        }
    }
}

/// All messages of one transaction to one chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageBundle {
    /// Height of the sending block.
    pub height: BlockHeight,
    /// Timestamp of the sending block.
    pub timestamp: Timestamp,
    /// Hash of the sending block.
    pub certificate_hash: CryptoHash,
    /// Position of the sending transaction in its block.
    pub transaction_index: u32,
    /// The messages, in order.
    pub messages: Vec<PostedMessage>,
}

impl MessageBundle {
    /// Whether every message may be dropped without an answer.
    pub fn is_skippable(&self) -> bool {
        self.messages.iter().all(PostedMessage::is_skippable)
    }

    /// Whether some message may not be rejected.
    pub fn is_protected(&self) -> bool {
        self.messages.iter().any(PostedMessage::is_protected)
    }

    /// Whether some message comes back when rejected.
    pub fn is_tracked(&self) -> bool {
        self.messages.iter().any(PostedMessage::is_tracked)
    }
}

/// What the receiver does with a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MessageAction {
    /// Execute its messages.
    Accept,
    /// Send tracked messages back.
    Reject,
}

/// A bundle in the block that receives it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IncomingBundle {
    /// The sending chain.
    pub origin: ChainId,
    /// The messages.
    pub bundle: MessageBundle,
    /// What to do with them.
    pub action: MessageAction,
}

impl BcsHashable for IncomingBundle {
    const NAME: &'static str = "IncomingBundle";
}

impl IncomingBundle {
    /// The messages, in order.
    pub fn messages(&self) -> impl Iterator<Item = &PostedMessage> {
        self.bundle.messages.iter()
    }
}
