//! What applications ask of their node, and the answers.

use std::any::TypeId;

use walnut_base::{
    Account, AccountOwner, Amount, ApplicationId, ApplicationPermissions, ChainId, ChainOwnership,
    CryptoHash, ModuleId, StreamName, Timestamp, VmRuntime, http,
};
use wasmi::Val;

use crate::{
    values::{LogLevel, SendMessageRequest, WriteOperation},
    wit::{Script, Store},
};

/// A read that was begun. Every instance counts from zero.
pub type PromiseId = u32;

/// A question of an application to its node; each names the type of its answer, see [`Answer::new`]. Charges,
/// permissions and errors are the node's business (`linera-sdk/wit/*.wit`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HostCall {
    /// The chain. Answer: [`ChainId`].
    ChainId,
    /// The height of the block. Answer: [`walnut_base::BlockHeight`].
    BlockHeight,
    /// The application itself. Answer: [`ApplicationId`].
    ApplicationId,
    /// Where the application was created. Answer: [`ChainId`].
    ApplicationCreatorChainId,
    /// What an application consists of. Answer: [`walnut_base::ApplicationDescription`].
    ReadApplicationDescription(ApplicationId),
    /// The application's parameters. Answer: bytes.
    ApplicationParameters,
    /// The chain's owners. Answer: [`ChainOwnership`].
    ChainOwnership,
    /// What applications may do on the chain. Answer: [`ApplicationPermissions`].
    ApplicationPermissions,
    /// The time of the block. Answer: [`Timestamp`].
    SystemTimestamp,
    /// The chain's balance. Answer: [`Amount`].
    ChainBalance,
    /// The balance of an account on the chain. Answer: [`Amount`].
    OwnerBalance(AccountOwner),
    /// All accounts. Answer: a list of pairs.
    OwnerBalances,
    /// The owners of all accounts. Answer: a list.
    BalanceOwners,
    /// Asks the outside world. Answer: [`http::Response`].
    PerformHttpRequest(http::Request),
    /// Fails unless it is earlier than this. Answer: nothing.
    AssertBefore(Timestamp),
    /// The content of a data blob. Answer: bytes.
    ReadDataBlob(CryptoHash),
    /// Fails unless the data blob is stored. Answer: nothing.
    AssertDataBlobExists(CryptoHash),
    /// A line for the log. Answer: nothing.
    Log(String, LogLevel),
    /// Begins to look for a key. Answer: [`PromiseId`].
    ContainsKeyNew(Vec<u8>),
    /// Whether it was there. Answer: `bool`.
    ContainsKeyWait(PromiseId),
    /// Begins to look for keys. Answer: [`PromiseId`].
    ContainsKeysNew(Vec<Vec<u8>>),
    /// Which were there. Answer: a list of `bool`.
    ContainsKeysWait(PromiseId),
    /// Begins to read values. Answer: [`PromiseId`].
    ReadMultiValuesBytesNew(Vec<Vec<u8>>),
    /// The values. Answer: a list of optional bytes.
    ReadMultiValuesBytesWait(PromiseId),
    /// Begins to read a value. Answer: [`PromiseId`].
    ReadValueBytesNew(Vec<u8>),
    /// The value. Answer: optional bytes.
    ReadValueBytesWait(PromiseId),
    /// Begins to list the keys that start with a prefix. Answer: [`PromiseId`].
    FindKeysNew(Vec<u8>),
    /// The keys without the prefix. Answer: a list of bytes.
    FindKeysWait(PromiseId),
    /// Begins to list the entries whose keys start with a prefix. Answer: [`PromiseId`].
    FindKeyValuesNew(Vec<u8>),
    /// The entries, their keys without the prefix. Answer: a list of pairs of bytes.
    FindKeyValuesWait(PromiseId),

    /// Who vouches for the frame. Answer: optional [`AccountOwner`]. From here on: contracts only.
    AuthenticatedSigner,
    /// Whether the message comes back. Answer: optional `bool`.
    MessageIsBouncing,
    /// Where the message comes from. Answer: optional [`ChainId`].
    MessageOriginChainId,
    /// Which application calls. Answer: optional [`ApplicationId`].
    AuthenticatedCallerId,
    /// Sends a message. Answer: nothing.
    SendMessage(SendMessageRequest),
    /// Moves tokens. Answer: nothing.
    Transfer {
        /// Whose tokens.
        source: AccountOwner,
        /// To whom.
        destination: Account,
        /// How many.
        amount: Amount,
    },
    /// Moves tokens from an account on another chain. Answer: nothing.
    Claim {
        /// Whose tokens.
        source: Account,
        /// To whom.
        destination: Account,
        /// How many.
        amount: Amount,
    },
    /// Opens a chain. Answer: [`ChainId`].
    OpenChain {
        /// Its owners.
        ownership: ChainOwnership,
        /// What applications may do on it.
        permissions: ApplicationPermissions,
        /// What it starts with.
        balance: Amount,
    },
    /// Closes the chain. Answer: [`crate::Permitted`].
    CloseChain,
    /// Replaces the chain's owners. Answer: [`crate::Permitted`].
    ChangeOwnership(ChainOwnership),
    /// Replaces what applications may do on the chain. Answer: [`crate::Permitted`].
    ChangeApplicationPermissions(ApplicationPermissions),
    /// Creates an application. Answer: [`ApplicationId`].
    CreateApplication {
        /// Its bytecode.
        module_id: ModuleId,
        /// Its public parameters.
        parameters: Vec<u8>,
        /// What it is instantiated with.
        argument: Vec<u8>,
        /// What it requires.
        required_application_ids: Vec<ApplicationId>,
    },
    /// Creates a data blob. Answer: [`CryptoHash`].
    CreateDataBlob(Vec<u8>),
    /// Publishes bytecode. Answer: [`ModuleId`].
    PublishModule {
        /// The contract.
        contract: Vec<u8>,
        /// The service.
        service: Vec<u8>,
        /// What runs them.
        vm_runtime: VmRuntime,
    },
    /// Calls another application. Answer: bytes.
    TryCallApplication {
        /// Whether the callee learns who calls and who vouches.
        authenticated: bool,
        /// The callee.
        callee_id: ApplicationId,
        /// The operation.
        argument: Vec<u8>,
    },
    /// Publishes an event. Answer: its index, `u32`.
    Emit(StreamName, Vec<u8>),
    /// An event of a stream of the application. Answer: bytes.
    ReadEvent(ChainId, StreamName, u32),
    /// Subscribes to a stream. Answer: nothing.
    SubscribeToEvents(ChainId, ApplicationId, StreamName),
    /// Ends a subscription. Answer: nothing.
    UnsubscribeFromEvents(ChainId, ApplicationId, StreamName),
    /// Asks a service, as an oracle. Answer: bytes.
    QueryService(ApplicationId, Vec<u8>),
    /// The round the block is proposed in. Answer: optional `u32`.
    ValidationRound,
    /// Changes the application's store. Answer: nothing.
    WriteBatch(Vec<WriteOperation>),

    /// Proposes an operation of the application. Answer: nothing. From here on: services only.
    ScheduleOperation(Vec<u8>),
    /// Asks another service. Answer: bytes.
    TryQueryApplication(ApplicationId, Vec<u8>),
    /// Fails when the time for the query is used up. Answer: nothing.
    CheckExecutionTime(u64),
}

/// The answer to a [`HostCall`], with the type it was made from.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) type_id: TypeId,
    pub(crate) direct: Option<Val>,
    pub(crate) script: Script,
}

impl Answer {
    /// Wraps a value of the type that the call names. Bytes are `Vec<u8>`, lists are `Vec`s, pairs are tuples, and
    /// nothing is `()`. [`crate::Machine::resume`] refuses another type.
    #[expect(private_bounds, reason = "which types cross the boundary is this crate's business")]
    pub fn new<T: Store + 'static>(value: &T) -> Self {
        Self { type_id: TypeId::of::<T>(), direct: value.direct(), script: Script::new(value) }
    }
}
