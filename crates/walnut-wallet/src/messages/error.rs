//! Errors as the interface shows them: a closed set of codes, a sentence in plain words, details for the curious.

use serde::{Deserialize, Serialize};

/// What went wrong, for people. `message` is shown; `code` and `details` go under *Details*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct UiError {
    /// The kind of error.
    pub code: UiErrorCode,
    /// What happened and what to do, in plain words.
    pub message: String,
    /// Technical text; never contains a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

/// The closed set of error kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UiErrorCode {
    /// The wallet is locked; unlock and try again.
    Locked,
    /// The password does not open the vault.
    WrongPassword,
    /// The new password is too short or too easy.
    WeakPassword,
    /// There is no wallet yet.
    NoWallet,
    /// There is a wallet already.
    WalletExists,
    /// A record of the vault is damaged. Nothing was changed.
    VaultDamaged,
    /// The vault was written by a newer version. Nothing was changed.
    VaultNewerVersion,
    /// The recovery words are not valid.
    InvalidPhrase,
    /// The private key or key file is not valid.
    InvalidPrivateKey,
    /// This key is in the wallet already.
    AccountExists,
    /// No such account.
    UnknownAccount,
    /// The amount cannot be read, is zero, negative, too long or too large.
    InvalidAmount,
    /// The balance does not cover amount and fee.
    InsufficientBalance,
    /// The recipient cannot be read or is of the wrong kind.
    InvalidRecipient,
    /// This chain is not in the wallet.
    UnknownChain,
    /// No key of this wallet may act on the chain.
    NotAnOwner,
    /// The review has expired, was answered or never existed.
    UnknownReview,
    /// The chain moved on since the review was made; make a new one.
    StaleReview,
    /// No such activity item.
    UnknownItem,
    /// The item is not in a state that can be retried.
    NotRetryable,
    /// The faucet refused.
    FaucetRefused,
    /// The faucet does not answer.
    FaucetUnavailable,
    /// No validator can be reached.
    NetworkUnavailable,
    /// Too few validators answer or agree.
    NoQuorum,
    /// Another block was certified at this height.
    ChainConflict,
    /// The block cannot be executed, or validators rejected it.
    BlockRejected,
    /// No such application on this chain.
    UnknownApplication,
    /// An application's service or contract refused or failed.
    ApplicationFailed,
    /// A name is empty, too long, or reads like something else.
    InvalidName,
    /// A limit of the wallet is reached: accounts, sites, address book entries.
    TooMany,
    /// A name or address is in the address book already.
    BookEntryExists,
    /// The local database is damaged; keys are safe, resync helps.
    StorageDamaged,
    /// The local database was written by a newer version.
    StorageNewerVersion,
    /// The disk is full or the browser refuses space.
    StorageFull,
    /// The node is not running.
    NodeNotRunning,
    /// The node did not answer in time.
    Timeout,
    /// Another instance of the wallet holds the node.
    SecondInstance,
    /// The vault refuses to sign these bytes.
    SigningRefused,
    /// The vault has signed a different block for this chain, height and round.
    ConflictingSignature,
    /// The person said no, or closed the window.
    UserRejected,
    /// This site has no permission for that.
    SiteNotPermitted,
    /// No such site or site request.
    UnknownSite,
    /// Too many requests wait already.
    QueueFull,
    /// Not offered in this version.
    Unsupported,
    /// The message cannot be read.
    BadMessage,
    /// A fault of the wallet itself.
    Internal,
}

impl UiError {
    /// An error with a sentence for people.
    pub fn new(code: UiErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None }
    }

    /// Adds technical text.
    pub fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// The wallet is locked.
    pub fn locked() -> Self {
        Self::new(UiErrorCode::Locked, "The wallet is locked. Unlock it and try again.")
    }

    /// A message could not be read.
    pub fn bad_message(details: &str) -> Self {
        Self::new(
            UiErrorCode::BadMessage,
            "Two parts of the wallet did not understand each other. Close this window and open it again.",
        )
        .with_details(details)
    }

    /// A fault of the wallet itself.
    pub fn internal(details: impl Into<String>) -> Self {
        Self::new(
            UiErrorCode::Internal,
            "Something in the wallet went wrong. Nothing was lost; try again, or restart the node under Network.",
        )
        .with_details(details)
    }
}
