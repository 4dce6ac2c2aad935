//! What can go wrong while executing, whose fault it is, and what a block builder may do about it.
//!
//! Variant names and texts are upstream's (`linera-execution/src/lib.rs`): validators report these errors as text and
//! clients compare the texts of several validators, so nothing that differs between machines may enter them.

use walnut_base::{
    AccountOwner, Amount, ApplicationDescription, ApplicationId, ArithmeticError, BlobId, ChainId, Epoch,
    EventId, Operation, Timestamp, VmRuntime,
};
use walnut_views::StoreError;

use crate::bytecode::DecompressionError;

/// Whose mistake an error is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// The block, message, query or application is to blame: any node would answer the same.
    Caller,
    /// This node is to blame: its storage, its set-up, or a broken invariant of ours.
    Local,
}

/// An error of the deterministic function.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ExecutionError {
    /// The state could not be read.
    #[error(transparent)]
    StoreError(#[from] StoreError),
    /// An amount, index or counter left its range.
    #[error(transparent)]
    ArithmeticError(#[from] ArithmeticError),
    /// A value is not canonical BCS of the expected type.
    #[error(transparent)]
    BcsError(#[from] bcs::Error),
    /// A bytecode blob is not zstd.
    #[error(transparent)]
    DecompressionError(#[from] DecompressionError),

    /// This node cannot run user applications of this kind; it refuses the block instead of guessing.
    #[error("Running application {0} is not supported by this node")]
    ApplicationsUnsupported(ApplicationId),
    /// An application failed inside its own code, or a check made on its side of the host boundary did.
    #[error("{0}")]
    WasmError(String),
    /// This node cannot give an application what it needs; other nodes may.
    #[error("{0}")]
    MachineLimit(String),
    /// An application reported an error.
    #[error("User application reported an error: {0}")]
    UserError(String),
    /// An application waited for a read that was never issued, or waited twice.
    #[error("The given promise is invalid or was polled once already")]
    InvalidPromise,
    /// An application that is already on the call stack was called.
    #[error("Attempted to perform a reentrant call to application {0}")]
    ReentrantCall(ApplicationId),
    /// An application called another one while finalizing.
    #[error(
        "Application {caller_id} attempted to perform a cross-application to {callee_id} call from `finalize`"
    )]
    CrossApplicationCallInFinalize {
        /// The application being finalized.
        caller_id: Box<ApplicationId>,
        /// The application it wanted to call.
        callee_id: Box<ApplicationId>,
    },
    /// The description of an application names bytecode that is not there.
    #[error("Failed to load bytecode from storage {0:?}")]
    ApplicationBytecodeNotFound(Box<ApplicationDescription>),
    /// The node cannot load an application that no description announced.
    #[error("Unsupported dynamic application load: {0:?}")]
    UnsupportedDynamicApplicationLoad(Box<ApplicationId>),

    /// The block read as many bytes as the policy's maximum, or more.
    #[error("Excessive number of bytes read from storage")]
    ExcessiveRead,
    /// The block wrote as many bytes as the policy's maximum, or more.
    #[error("Excessive number of bytes written to storage")]
    ExcessiveWrite,
    /// The block used more fuel than the policy's maximum.
    #[error("Block execution required too much fuel for VM {0}")]
    MaximumFuelExceeded(VmRuntime),
    /// The services run as oracles used up the block's time.
    #[error("Services running as oracles in block took longer than allowed")]
    MaximumServiceOracleExecutionTimeExceeded,
    /// One answer of a service run as oracle exceeds the policy's maximum.
    #[error("Service running as an oracle produced a response that's too large")]
    ServiceOracleResponseTooLarge,
    /// The accounted size of the block exceeds the policy's maximum.
    #[error("Serialized size of the block exceeds limit")]
    BlockTooLarge,
    /// An HTTP response is larger than the policy allows.
    #[error("HTTP response exceeds the size limit of {limit} bytes, having at least {size} bytes")]
    HttpResponseSizeLimitExceeded {
        /// The maximum, in bytes.
        limit: u64,
        /// What was seen, in bytes.
        size: u64,
    },
    /// The runtime of an application went away without an answer.
    #[error("Runtime failed to respond to application")]
    MissingRuntimeResponse,
    /// The chain's permissions do not let the application do this.
    #[error("Application is not authorized to perform system operations on this chain: {0:}")]
    UnauthorizedApplication(ApplicationId),
    /// An HTTP request failed.
    #[error("Failed to make network reqwest: {0}")]
    HttpRequestFailed(String),
    /// The host of an HTTP request is not on the allow list.
    #[error("Attempt to perform an HTTP request to an unauthorized host: {0:?}")]
    UnauthorizedHttpRequest(String),
    /// The address of an HTTP request does not parse.
    #[error("Attempt to perform an HTTP request to an invalid URL")]
    InvalidUrlForHttpRequest,
    /// A header name of an HTTP request does not parse.
    #[error("Invalid HTTP header name used for HTTP request")]
    InvalidHeaderName,
    /// A header value of an HTTP request does not parse.
    #[error("Invalid HTTP header value used for HTTP request")]
    InvalidHeaderValue,

    /// Replay: the certificate holds answers that execution did not ask for.
    #[error("More recorded oracle responses than expected")]
    UnexpectedOracleResponse,
    /// Replay: the certificate holds fewer answers than execution asks for.
    #[error("No recorded response for oracle query")]
    MissingOracleResponse,
    /// Replay: the recorded answer is not an answer to this question.
    #[error("Recorded response for oracle query has the wrong type")]
    OracleResponseMismatch,
    /// A service run as oracle scheduled operations.
    #[error("Service oracle query tried to create operations: {0:?}")]
    ServiceOracleQueryOperations(Vec<Operation>),
    /// The time an application insisted on has passed.
    #[error("Assertion failed: local time {local_time} is not earlier than {timestamp}")]
    AssertBefore {
        /// The time that was not to be reached.
        timestamp: Timestamp,
        /// The executing node's clock.
        local_time: Timestamp,
    },

    /// A stream name is longer than [`crate::MAX_STREAM_NAME_LEN`].
    #[error("Stream names can be at most {} bytes.", crate::MAX_STREAM_NAME_LEN)]
    StreamNameTooLong,
    /// A blob exceeds the policy's maximum.
    #[error("Blob exceeds size limit")]
    BlobTooLarge,
    /// A bytecode blob decompresses to more than the policy's maximum.
    #[error("Bytecode exceeds size limit")]
    BytecodeTooLarge,
    /// Blobs that must be fetched before this can be executed.
    #[error("Blobs not found: {0:?}")]
    BlobsNotFound(Vec<BlobId>),
    /// Events that must be fetched before this can be executed.
    #[error("Events not found: {0:?}")]
    EventsNotFound(Vec<EventId>),
    /// The node does not know its network.
    #[error("No NetworkDescription found in storage")]
    NoNetworkDescriptionFound,

    /// The epoch is not one the chain knows.
    #[error("{epoch:?} is not recognized by chain {chain_id:}")]
    InvalidEpoch {
        /// The chain.
        chain_id: ChainId,
        /// The unknown epoch.
        epoch: Epoch,
    },
    /// A transfer of nothing.
    #[error("Transfer must have positive amount")]
    IncorrectTransferAmount,
    /// A transfer by someone who may not spend from the account.
    #[error("Transfer from owned account must be authenticated by the right signer")]
    UnauthenticatedTransferOwner,
    /// The account does not hold the amount.
    #[error("The transferred amount must not exceed the balance of the current account {account}: {balance}")]
    InsufficientBalance {
        /// What the account holds.
        balance: Amount,
        /// The account.
        account: AccountOwner,
    },
    /// The payers together do not hold the fee.
    #[error(
        "Required execution fees exceeded the total funding available. Fees {fees}, available balance: {balance}"
    )]
    FeesExceedFunding {
        /// The fee.
        fees: Amount,
        /// What was left after the attempt, as upstream reports it.
        balance: Amount,
    },
    /// A claim of nothing.
    #[error("Claim must have positive amount")]
    IncorrectClaimAmount,
    /// A claim by someone who may not spend from the account.
    #[error("Claim must be authenticated by the right signer")]
    UnauthenticatedClaimOwner,
    /// Only the admin chain changes committees.
    #[error("Admin operations are only allowed on the admin chain.")]
    AdminOperationOnNonAdminChain,
    /// Epochs come one after the other.
    #[error("Failed to create new committee: expected {expected}, but got {provided}")]
    InvalidCommitteeEpoch {
        /// The next epoch.
        expected: Epoch,
        /// The epoch of the operation.
        provided: Epoch,
    },
    /// The chain does not trust a committee of this epoch, so it cannot stop doing so.
    #[error("Failed to remove committee")]
    InvalidCommitteeRemoval,
    /// A transaction ended with stream updates nobody processed.
    #[error("process_streams was not called for all stream updates")]
    UnprocessedStreams,
    /// The stream was already processed up to this index.
    #[error("UpdateStreams is outdated")]
    OutdatedUpdateStreams,
    /// A broken invariant.
    #[error("Internal error: {0}")]
    InternalError(&'static str),
}

impl ExecutionError {
    /// Whose fault it is (`linera-execution/src/lib.rs`, `is_local`). No catch-all arm: a new error must be judged.
    pub fn fault(&self) -> Fault {
        use ExecutionError::*;
        match self {
            StoreError(error) if error.is_local() => Fault::Local,
            HttpRequestFailed(_)
            | MissingRuntimeResponse
            | NoNetworkDescriptionFound
            | InternalError(_)
            | MachineLimit(_)
            | ApplicationsUnsupported(_) => Fault::Local,
            StoreError(_)
            | ArithmeticError(_)
            | BcsError(_)
            | DecompressionError(_)
            | WasmError(_)
            | UserError(_)
            | InvalidPromise
            | ReentrantCall(_)
            | CrossApplicationCallInFinalize { .. }
            | ApplicationBytecodeNotFound(_)
            | UnsupportedDynamicApplicationLoad(_)
            | ExcessiveRead
            | ExcessiveWrite
            | MaximumFuelExceeded(_)
            | MaximumServiceOracleExecutionTimeExceeded
            | ServiceOracleResponseTooLarge
            | BlockTooLarge
            | HttpResponseSizeLimitExceeded { .. }
            | UnauthorizedApplication(_)
            | UnauthorizedHttpRequest(_)
            | InvalidUrlForHttpRequest
            | InvalidHeaderName
            | InvalidHeaderValue
            | UnexpectedOracleResponse
            | MissingOracleResponse
            | OracleResponseMismatch
            | ServiceOracleQueryOperations(_)
            | AssertBefore { .. }
            | StreamNameTooLong
            | BlobTooLarge
            | BytecodeTooLarge
            | BlobsNotFound(_)
            | EventsNotFound(_)
            | InvalidEpoch { .. }
            | IncorrectTransferAmount
            | UnauthenticatedTransferOwner
            | InsufficientBalance { .. }
            | FeesExceedFunding { .. }
            | IncorrectClaimAmount
            | UnauthenticatedClaimOwner
            | AdminOperationOnNonAdminChain
            | InvalidCommitteeEpoch { .. }
            | InvalidCommitteeRemoval
            | UnprocessedStreams
            | OutdatedUpdateStreams => Fault::Caller,
        }
    }

    /// Whether this node itself is to blame.
    pub fn is_local(&self) -> bool {
        self.fault() == Fault::Local
    }

    /// Whether the block may succeed once missing data has been fetched.
    pub fn is_transient_error(&self) -> bool {
        matches!(self, ExecutionError::BlobsNotFound(_) | ExecutionError::EventsNotFound(_))
    }

    /// Whether a limit on the whole block was hit, so that the same transaction may fit into a later block.
    pub fn is_limit_error(&self) -> bool {
        matches!(
            self,
            ExecutionError::ExcessiveRead
                | ExecutionError::ExcessiveWrite
                | ExecutionError::MaximumFuelExceeded(_)
                | ExecutionError::MaximumServiceOracleExecutionTimeExceeded
                | ExecutionError::BlockTooLarge
        )
    }
}
