//! Errors of the rules of one chain. Variant names and texts follow `linera-chain/src/lib.rs`.

use walnut_base::{ArithmeticError, BlockHeight, ChainId, CryptoError, MessageBundle, Round, Timestamp};
use walnut_execution::{BlockError, ChainExecutionContext, ExecutionError, OutcomeMismatch};
use walnut_views::StoreError;

use super::Fault;

/// A rule of a chain was broken, or its state is not what it has to be.
///
/// Texts reach other machines and are compared by value, so nothing that varies between validators may enter them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs)] // the texts say it
pub enum ChainError {
    #[error("Cryptographic error: {0}")]
    CryptoError(#[from] CryptoError),
    #[error(transparent)]
    ArithmeticError(#[from] ArithmeticError),
    #[error(transparent)]
    StoreError(#[from] StoreError),
    /// Execution of a block or the description of its chain failed.
    #[error(transparent)]
    Block(#[from] BlockError),
    #[error("The chain being queried is not active {0}")]
    InactiveChain(ChainId),
    #[error(
        "Cannot vote for block proposal of chain {chain_id} because messages have not been received yet: {bundles:?}"
    )]
    MissingCrossChainUpdates { chain_id: ChainId, bundles: Vec<(ChainId, BlockHeight)> },
    #[error(
        "Message in block proposed to {chain_id} does not match the previously received messages from origin {origin:?}: was {bundle:?} instead of {previous_bundle:?}"
    )]
    UnexpectedMessage {
        chain_id: ChainId,
        origin: ChainId,
        bundle: Box<MessageBundle>,
        previous_bundle: Box<MessageBundle>,
    },
    #[error(
        "Message in block proposed to {chain_id} is out of order compared to previous messages from origin {origin:?}: {bundle:?}. Block and height should be at least: {next_height}, {next_index}"
    )]
    IncorrectMessageOrder {
        chain_id: ChainId,
        origin: ChainId,
        bundle: Box<MessageBundle>,
        next_height: BlockHeight,
        next_index: u32,
    },
    #[error(
        "Block proposed to {chain_id} is attempting to skip a message bundle that cannot be skipped: {bundle:?}"
    )]
    CannotSkipMessage { chain_id: ChainId, origin: ChainId, bundle: Box<MessageBundle> },
    #[error(
        "Incoming message bundle in block proposed to {chain_id} has timestamp {bundle_timestamp}, which is later than the block timestamp {block_timestamp}."
    )]
    IncorrectBundleTimestamp { chain_id: ChainId, bundle_timestamp: Timestamp, block_timestamp: Timestamp },
    #[error(
        "Chain is expecting a next block at height {expected_block_height} but the given block is at height {found_block_height} instead"
    )]
    UnexpectedBlockHeight { expected_block_height: BlockHeight, found_block_height: BlockHeight },
    #[error("The previous block hash of a new block should match the last block of the chain")]
    UnexpectedPreviousBlockHash,
    #[error("Sequence numbers above the maximal value are not usable for blocks")]
    BlockHeightOverflow,
    #[error("Round number should be at least {0:?}")]
    InsufficientRound(Round),
    #[error("Round number should be greater than {0:?}")]
    InsufficientRoundStrict(Round),
    #[error("Round number should be {0:?}")]
    WrongRound(Round),
    #[error("Already voted to confirm a different block for height {0:?} at round number {1:?}")]
    HasIncompatibleConfirmedVote(BlockHeight, Round),
    #[error("Proposal for height {0:?} is not newer than locking block in round {1:?}")]
    MustBeNewerThanLockingBlock(BlockHeight, Round),
    #[error("Cannot confirm a block before its predecessors: {current_block_height:?}")]
    MissingEarlierBlocks { current_block_height: BlockHeight },
    #[error("Internal error {0}")]
    InternalError(String),
    #[error("Corrupted chain state: {0}")]
    CorruptedChainState(String),
    #[error("Corrupted chain state: computed block outcome differs from the certificate's: {0}")]
    OutcomeMismatch(Box<OutcomeMismatch>),
    #[error("Block proposal has size {0} which is too large")]
    BlockProposalTooLarge(u64),
    #[error(transparent)]
    BcsError(#[from] bcs::Error),
    #[error("Not signing timeout certificate; current round does not time out")]
    RoundDoesNotTimeOut,
    #[error("Not signing timeout certificate; current round times out at time {0}")]
    NotTimedOutYet(Timestamp),
    #[error("Number of published blobs per block must not exceed {0}")]
    TooManyPublishedBlobs(u64),
    #[error(
        "Inbox gap: the sender's previous message is at height {expected_height} and was not received; got {actual_height}"
    )]
    InboxGapDetected {
        chain_id: ChainId,
        origin: ChainId,
        expected_height: BlockHeight,
        actual_height: BlockHeight,
    },
}

impl ChainError {
    /// An error outside any transaction.
    pub(crate) fn execution(error: ExecutionError) -> Self {
        BlockError::ExecutionError(Box::new(error), ChainExecutionContext::Block).into()
    }

    /// Whose fault it is (`linera-chain/src/lib.rs`, `is_local`). No catch-all arm: a new error must be judged.
    pub fn fault(&self) -> Fault {
        match self {
            ChainError::Block(error) => Fault::from(error.fault()),
            ChainError::StoreError(_)
            | ChainError::UnexpectedMessage { .. }
            | ChainError::InboxGapDetected { .. }
            | ChainError::InternalError(_)
            | ChainError::CorruptedChainState(_)
            | ChainError::OutcomeMismatch(_)
            | ChainError::BcsError(_) => Fault::Local,
            ChainError::CryptoError(_)
            | ChainError::ArithmeticError(_)
            | ChainError::InactiveChain(_)
            | ChainError::MissingCrossChainUpdates { .. }
            | ChainError::IncorrectMessageOrder { .. }
            | ChainError::CannotSkipMessage { .. }
            | ChainError::IncorrectBundleTimestamp { .. }
            | ChainError::UnexpectedBlockHeight { .. }
            | ChainError::UnexpectedPreviousBlockHash
            | ChainError::BlockHeightOverflow
            | ChainError::InsufficientRound(_)
            | ChainError::InsufficientRoundStrict(_)
            | ChainError::WrongRound(_)
            | ChainError::HasIncompatibleConfirmedVote(..)
            | ChainError::MustBeNewerThanLockingBlock(..)
            | ChainError::MissingEarlierBlocks { .. }
            | ChainError::BlockProposalTooLarge(_)
            | ChainError::RoundDoesNotTimeOut
            | ChainError::NotTimedOutYet(_)
            | ChainError::TooManyPublishedBlobs(_) => Fault::Caller,
        }
    }
}
