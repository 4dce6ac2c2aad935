//! Under which circumstances something is executed.

use walnut_base::{Account, AccountOwner, BlockHeight, ChainId, Timestamp};

/// An operation of a block.
#[derive(Clone, Copy, Debug)]
pub struct OperationContext {
    /// The executing chain.
    pub chain_id: ChainId,
    /// The block's signer.
    pub authenticated_signer: Option<AccountOwner>,
    /// The block's height.
    pub height: BlockHeight,
    /// The number of the multi-leader round the block is proposed in; none in other rounds.
    pub round: Option<u32>,
    /// The block's timestamp.
    pub timestamp: Timestamp,
}

impl OperationContext {
    /// Where what is left of a grant goes: the signer's account here.
    pub fn refund_grant_to(&self) -> Option<Account> {
        self.authenticated_signer.map(|owner| Account { chain_id: self.chain_id, owner })
    }
}

/// A message of an incoming bundle.
#[derive(Clone, Copy, Debug)]
pub struct MessageContext {
    /// The executing chain.
    pub chain_id: ChainId,
    /// The chain that sent the message.
    pub origin: ChainId,
    /// Whether the message comes back because its recipient rejected it.
    pub is_bouncing: bool,
    /// Who vouches for the message: its own signer, not the block's.
    pub authenticated_signer: Option<AccountOwner>,
    /// Where what is left of the grant goes.
    pub refund_grant_to: Option<Account>,
    /// The block's height.
    pub height: BlockHeight,
    /// As in [`OperationContext::round`].
    pub round: Option<u32>,
    /// The block's timestamp.
    pub timestamp: Timestamp,
}

/// Events that a subscriber processes.
#[derive(Clone, Copy, Debug)]
pub struct ProcessStreamsContext {
    /// The executing chain.
    pub chain_id: ChainId,
    /// The block's height.
    pub height: BlockHeight,
    /// As in [`OperationContext::round`].
    pub round: Option<u32>,
    /// The block's timestamp.
    pub timestamp: Timestamp,
}

impl From<OperationContext> for ProcessStreamsContext {
    fn from(context: OperationContext) -> Self {
        let OperationContext { chain_id, height, round, timestamp, .. } = context;
        Self { chain_id, height, round, timestamp }
    }
}

impl From<MessageContext> for ProcessStreamsContext {
    fn from(context: MessageContext) -> Self {
        let MessageContext { chain_id, height, round, timestamp, .. } = context;
        Self { chain_id, height, round, timestamp }
    }
}

/// A question that changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct QueryContext {
    /// The chain that is asked.
    pub chain_id: ChainId,
    /// The height of the block that would come next.
    pub next_block_height: BlockHeight,
    /// The node's clock.
    pub local_time: Timestamp,
}
