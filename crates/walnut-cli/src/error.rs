//! What can go wrong, in words for the person at the terminal.

use std::path::PathBuf;

use walnut_base::{BlockHeight, ChainId, CryptoHash, Round, Timestamp};
use walnut_client::{
    ClientError, DraftError, FaucetError, GraphqlError,
    audit::{ArchiveError, AuditError, Unproven},
};
use walnut_rpc::http::HttpError;
use walnut_storage::StorageError;
use walnut_vm::ModuleError;

/// An error of a command.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The folder holds no wallet.
    #[error("{}: there is no wallet here; `walnut init` makes one", .0.display())]
    NoWallet(PathBuf),
    /// The folder holds a wallet already.
    #[error("{}: there is a wallet here already", .0.display())]
    WalletExists(PathBuf),
    /// A file cannot be read, written or understood.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another program has the wallet open.
    #[error("the wallet is in use by another program")]
    InUse,
    /// The wallet's database.
    #[error(transparent)]
    Storage(StorageError),
    /// The wallet has no chain, or none that it could mean.
    #[error("the wallet has no chain; `walnut request-chain` gets one")]
    NoChain,
    /// A chain that is not the wallet's.
    #[error("chain {0} is not one of the wallet's")]
    NotOwned(ChainId),
    /// None of the wallet's keys is that of an owner of the chain.
    #[error("no key of this wallet belongs to an owner of chain {0}; its owners are changed by one of them")]
    NoOwner(ChainId),
    /// A file without operations.
    #[error("{}: there is no operation in it", .0.display())]
    NothingToDo(PathBuf),
    /// No faucet is known.
    #[error("no faucet is known; name one with --faucet")]
    NoFaucet,
    /// The network is not the one that was asked for.
    #[error("the genesis has hash {found}, not {expected}")]
    OtherGenesis {
        /// What was asked for.
        expected: CryptoHash,
        /// What was found.
        found: CryptoHash,
    },
    /// The faucet cannot be reached.
    #[error("{url}: {error}")]
    Http {
        /// Where.
        url: String,
        /// Why.
        error: HttpError,
    },
    /// The faucet's answer.
    #[error(transparent)]
    Faucet(#[from] FaucetError),
    /// The client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// What was asked for cannot be put into a block.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// Validators would not run the module.
    #[error("{}: {error}", path.display())]
    Module {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: ModuleError,
    },
    /// A service's answer.
    #[error(transparent)]
    Graphql(#[from] GraphqlError),
    /// The service asked for no operation: nothing was done.
    #[error("the service asked for no operation, so there is nothing to propose; ask it with `walnut query`")]
    NothingScheduled,
    /// The block holds no application although it was made to create one.
    #[error("the block was made, but no application can be found in it")]
    NothingCreated,
    /// A folder is no recorded network.
    #[error("{}: {error}", path.display())]
    Recording {
        /// The folder.
        path: PathBuf,
        /// Why not.
        error: ArchiveError,
    },
    /// An audit that cannot go on.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Evidence that proves nothing.
    #[error("this proves nothing: {0}")]
    Unproven(#[from] Unproven),
    /// Evidence about another network.
    #[error("this is about another network: {name}, with genesis {found}")]
    OtherNetwork {
        /// Its name, as it says.
        name: String,
        /// The hash of its genesis, as it says.
        found: CryptoHash,
    },
    /// Another block came first.
    #[error("another block was made at height {0} meanwhile; nothing of this was done, try again")]
    Conflict(BlockHeight),
    /// Somebody else's turn.
    #[error("{round} belongs to somebody else until {until}; the block is kept, try again then")]
    NotNow {
        /// The round.
        round: Round,
        /// When it ends.
        until: Timestamp,
    },
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitKind {
    /// It will fail again: 1.
    Failure,
    /// The same may work later: 3. (2 is for arguments that cannot be understood.)
    TryAgain,
}

impl CliError {
    /// A closure that adds the path to a reason.
    pub(crate) fn file<E: ToString>(path: impl Into<PathBuf>) -> impl FnOnce(E) -> Self {
        let path = path.into();
        move |reason| Self::File { path, reason: reason.to_string() }
    }

    /// How the program ends with it.
    pub fn exit_kind(&self) -> ExitKind {
        match self {
            Self::InUse
            | Self::Conflict(_)
            | Self::NotNow { .. }
            | Self::Http { error: HttpError::Failed(_), .. }
            | Self::Audit(AuditError::Source(_))
            | Self::Client(ClientError::Quorum(_) | ClientError::Validator(_)) => ExitKind::TryAgain,
            _ => ExitKind::Failure,
        }
    }
}

impl From<StorageError> for CliError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::InUse => Self::InUse,
            error => Self::Storage(error),
        }
    }
}
