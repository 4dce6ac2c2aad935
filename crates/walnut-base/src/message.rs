//! Messages between chains, as the sending block records them.

use serde::{Deserialize, Serialize};

use crate::{
    Account, AccountOwner, Amount, ApplicationId, BcsHashable, ChainId, GenericApplicationId, PostedMessage,
};

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// To the system application.
    System(SystemMessage),
    /// To a user application.
    User {
        /// The application.
        application_id: ApplicationId,
        /// Its own encoding of the message.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
}

impl Message {
    /// Which application receives it.
    pub const fn application_id(&self) -> GenericApplicationId {
        match self {
            Self::System(_) => GenericApplicationId::System,
            Self::User { application_id, .. } => GenericApplicationId::User(*application_id),
        }
    }
}

impl From<SystemMessage> for Message {
    fn from(message: SystemMessage) -> Self {
        Self::System(message)
    }
}

/// A message to the system application.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SystemMessage {
    /// Adds to an account.
    Credit {
        /// Whose account.
        target: AccountOwner,
        /// How much.
        amount: Amount,
        /// Who gets it back when the message bounces.
        source: AccountOwner,
    },
    /// Takes from an account of the receiving chain.
    Withdraw {
        /// Whose account.
        owner: AccountOwner,
        /// How much.
        amount: Amount,
        /// Where it goes.
        recipient: Account,
    },
}

/// What happens to a message that its receiver does not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MessageKind {
    /// It may be skipped.
    Simple,
    /// It cannot be skipped or rejected.
    Protected,
    /// A rejection sends it back.
    Tracked,
    /// It comes back from a rejection.
    Bouncing,
}

/// A message in the block that sends it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OutgoingMessage {
    /// The receiving chain.
    pub destination: ChainId,
    /// Who signed, when the sender passes its authority on.
    pub authenticated_signer: Option<AccountOwner>,
    /// Tokens to pay for execution.
    pub grant: Amount,
    /// Where unused tokens of the grant go.
    pub refund_grant_to: Option<Account>,
    /// What happens on rejection.
    pub kind: MessageKind,
    /// The content.
    pub message: Message,
}

impl BcsHashable for OutgoingMessage {
    const NAME: &'static str = "OutgoingMessage";
}

impl OutgoingMessage {
    /// The message as the receiver gets it; `index` counts all messages of the sending block.
    pub fn into_posted(self, index: u32) -> PostedMessage {
        let Self { destination: _, authenticated_signer, grant, refund_grant_to, kind, message } = self;
        PostedMessage { authenticated_signer, grant, refund_grant_to, kind, index, message }
    }
}
