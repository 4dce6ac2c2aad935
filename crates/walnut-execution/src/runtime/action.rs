//! What a user application is asked to do.

use walnut_base::AccountOwner;

use crate::{MessageContext, OperationContext, ProcessStreamsContext, StreamUpdate};

/// One action on one application. Each gets fresh machines: nothing in memory survives from one to the next.
#[derive(Clone, Copy, Debug)]
pub enum UserAction<'a> {
    /// The first call ever, with the instantiation argument.
    Instantiate(OperationContext, &'a [u8]),
    /// An operation of the block.
    Operation(OperationContext, &'a [u8]),
    /// An accepted message.
    Message(MessageContext, &'a [u8]),
    /// New events on streams the application is subscribed to.
    ProcessStreams(ProcessStreamsContext, &'a [StreamUpdate]),
}

impl UserAction<'_> {
    /// Who vouches for the action: the block's signer, or the message's; nobody for streams.
    pub fn signer(&self) -> Option<AccountOwner> {
        match self {
            UserAction::Instantiate(context, _) | UserAction::Operation(context, _) => {
                context.authenticated_signer
            }
            UserAction::Message(context, _) => context.authenticated_signer,
            UserAction::ProcessStreams(..) => None,
        }
    }

    /// The block the action is part of.
    pub fn block(&self) -> ProcessStreamsContext {
        match *self {
            UserAction::Instantiate(context, _) | UserAction::Operation(context, _) => context.into(),
            UserAction::Message(context, _) => context.into(),
            UserAction::ProcessStreams(context, _) => context,
        }
    }

    /// The message, in an action that executes one; known in every frame of it.
    pub fn message(&self) -> Option<&MessageContext> {
        match self {
            UserAction::Message(context, _) => Some(context),
            UserAction::Instantiate(..) | UserAction::Operation(..) | UserAction::ProcessStreams(..) => None,
        }
    }

    /// Whether a free application pays nothing for this. Operations and instantiation are always charged.
    pub(crate) fn may_be_free(&self) -> bool {
        matches!(self, UserAction::Message(..) | UserAction::ProcessStreams(..))
    }
}
