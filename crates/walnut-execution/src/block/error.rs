//! Why a block cannot be executed.

use walnut_base::{ApplicationId, ChainId, PermissionError, PostedMessage, Timestamp};

use crate::{ExecutionError, Fault};

/// Which part of a block failed. The `Debug` form is part of the text validators report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ChainExecutionContext {
    /// A question.
    Query,
    /// The description of an application was asked for.
    DescribeApplication,
    /// The transaction at this position, a bundle of messages.
    IncomingBundle(u32),
    /// The transaction at this position, an operation.
    Operation(u32),
    /// The block as a whole.
    Block,
}

/// An error of block execution: those of upstream's `ChainError` that arise here, with its texts.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BlockError {
    /// A transaction failed.
    #[error("Execution error: {0} during {1:?}")]
    ExecutionError(Box<ExecutionError>, ChainExecutionContext),
    /// The chain has no committee: it was never initialized, or its epoch is unknown here.
    #[error("The chain being queried is not active {0}")]
    InactiveChain(ChainId),
    /// The block is older than its parent.
    #[error("Block timestamp {new} must not be earlier than the parent block's timestamp {parent}")]
    InvalidBlockTimestamp {
        /// The parent's timestamp; the chain description's for the first block.
        parent: Timestamp,
        /// The block's.
        new: Timestamp,
    },
    /// A block without transactions, or one of which nothing was left.
    #[error("Empty blocks are not allowed")]
    EmptyBlock,
    /// Only rejected messages may come to a closed chain.
    #[error("Closed chains cannot have operations, accepted messages or empty blocks")]
    ClosedChain,
    /// A protected message was rejected on an open chain.
    #[error("Block proposed to {chain_id} is attempting to reject protected message {posted_message:?}")]
    CannotRejectMessage {
        /// The chain.
        chain_id: ChainId,
        /// The sender.
        origin: ChainId,
        /// The message.
        posted_message: Box<PostedMessage>,
    },
    /// An operation that the chain's permissions do not allow.
    #[error("All operations on this chain must be from one of the following applications: {0:?}")]
    AuthorizedApplications(Vec<ApplicationId>),
    /// Applications without which the chain takes no block.
    #[error("Missing operations or messages from mandatory applications: {0:?}")]
    MissingMandatoryApplications(Vec<ApplicationId>),
    /// Replay: the certificate has no answers for a transaction.
    #[error("Executed block contains fewer oracle responses than requests")]
    MissingOracleResponseList,
    /// What is stored about the chain contradicts itself.
    #[error("Corrupted chain state: {0}")]
    CorruptedChainState(String),
    /// A broken invariant, of ours or of the caller.
    #[error("Internal error {0}")]
    InternalError(String),
}

impl BlockError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            BlockError::ExecutionError(error, _) => error.fault(),
            BlockError::CorruptedChainState(_) | BlockError::InternalError(_) => Fault::Local,
            BlockError::InactiveChain(_)
            | BlockError::InvalidBlockTimestamp { .. }
            | BlockError::EmptyBlock
            | BlockError::ClosedChain
            | BlockError::CannotRejectMessage { .. }
            | BlockError::AuthorizedApplications(_)
            | BlockError::MissingMandatoryApplications(_)
            | BlockError::MissingOracleResponseList => Fault::Caller,
        }
    }

    /// Whether this node itself is to blame.
    pub fn is_local(&self) -> bool {
        self.fault() == Fault::Local
    }
}

impl From<PermissionError> for BlockError {
    fn from(error: PermissionError) -> Self {
        match error {
            PermissionError::AuthorizedApplications(list) => BlockError::AuthorizedApplications(list),
            PermissionError::MissingMandatoryApplications(list) => {
                BlockError::MissingMandatoryApplications(list)
            }
        }
    }
}

/// Says where an execution error happened.
pub(crate) trait During<T> {
    fn during(self, context: ChainExecutionContext) -> Result<T, BlockError>;
}

impl<T, E: Into<ExecutionError>> During<T> for Result<T, E> {
    fn during(self, context: ChainExecutionContext) -> Result<T, BlockError> {
        self.map_err(|error| BlockError::ExecutionError(Box::new(error.into()), context))
    }
}
