//! The vault worker's messages. Secrets travel beside the JSON, see [`UiRequest::secrets`](super::UiRequest::secrets).

use serde::{Deserialize, Serialize};
use walnut_base::{AccountOwner, AccountSignature, BlockHeight, ChainId, CryptoHash, Round};

use super::{Account, AccountId, LockStatus, SignRequest};
use crate::vault::VaultFile;

/// What the host asks of the vault worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a message lives for one turn; boxing would burden every reader"
)]
pub enum VaultRequest {
    /// First message: every persisted copy the host has found (`storage.local`, IndexedDB), as the text the vault
    /// last gave out; none when there is no wallet. The newest intact one is taken. When all are damaged, or one is of
    /// a newer version, that is the error; nothing is changed and the host keeps its copies.
    Load {
        /// JSON of [`VaultFile`], once per copy.
        copies: Vec<String>,
        /// Minutes until auto-lock, from the settings.
        auto_lock_minutes: u32,
    },
    /// A request of an interface with [`Route::Vault`](super::Route::Vault), with its secrets: the JSON of the
    /// [`UiRequest`](super::UiRequest) as it is.
    Ui(
        /// It.
        VaultUiRequest,
    ),
    /// A signature for the node.
    Sign(
        /// It.
        SignRequest,
    ),
    /// The auto-lock setting changed.
    SetAutoLock {
        /// Minutes.
        minutes: u32,
    },
    /// Time passes: locks when it is time to. Send every 20 s while unlocked.
    Tick,
}

/// The requests of interfaces that the vault answers, alone: the worker stays small by not knowing the others. Each has
/// the same name, fields, JSON and secrets as in [`UiRequest`](super::UiRequest), where they are described.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "described at UiRequest")]
pub enum VaultUiRequest {
    UserAction,
    CreateWallet { name: String },
    ImportPhrase { name: String, kind: ImportedSecretKind },
    ImportKey { name: String, kind: ImportedSecretKind },
    AddAccount { name: String },
    Unlock,
    Lock,
    RevealPhrase,
    RevealKey { account: AccountId },
    ConfirmBackup,
    ChangePassword,
    RenameAccount { account: AccountId, name: String },
    ExportVault,
    EraseWallet,
}

impl VaultUiRequest {
    /// As [`UiRequest::secrets`](super::UiRequest::secrets).
    pub fn secrets(&self) -> &'static [&'static str] {
        match self {
            Self::CreateWallet { .. }
            | Self::Unlock
            | Self::RevealPhrase
            | Self::RevealKey { .. }
            | Self::EraseWallet => &["password"],
            Self::ImportPhrase { .. } => &["password", "words"],
            Self::ImportKey { .. } => &["password", "key"],
            Self::ChangePassword => &["old password", "new password"],
            Self::UserAction
            | Self::AddAccount { .. }
            | Self::Lock
            | Self::ConfirmBackup
            | Self::RenameAccount { .. }
            | Self::ExportVault => &[],
        }
    }
}

/// The vault's answers for interfaces, with the JSON of the same variants of [`UiResponse`](super::UiResponse).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "described at UiResponse")]
pub enum VaultUiResponse {
    Done,
    Vault { lock: LockStatus, accounts: Vec<Account>, added: Vec<AccountId> },
    ExportedVault { json: String },
}

/// The vault worker's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a message lives for one turn; boxing would burden every reader"
)]
pub enum VaultResponse {
    /// State after `Load`, `SetAutoLock`, `Tick`.
    Status(
        /// It.
        VaultStatus,
    ),
    /// Answer for an interface, with secrets beside it where promised. When `update` is there, the host persists the
    /// file in both places **before** it passes the answer on.
    Ui {
        /// The answer: its JSON is that of the [`UiResponse`](super::UiResponse).
        response: VaultUiResponse,
        /// The state after it, for [`NodeRequest::VaultChanged`](super::NodeRequest::VaultChanged).
        status: VaultStatus,
        /// What to persist first.
        update: Option<VaultUpdate>,
    },
    /// The signature.
    Signed(
        /// It.
        Signed,
    ),
}

/// What to persist before an answer is released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultUpdate {
    /// Write this text.
    Store {
        /// JSON of [`VaultFile`].
        file: String,
    },
    /// Delete the records: the person erased the wallet.
    Erase,
}

/// What the vault worker tells unasked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultEvent {
    /// The worker has loaded its wasm and waits for [`VaultRequest::Load`].
    Booted,
    /// It locked itself.
    AutoLocked,
}

/// The vault's public side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultStatus {
    /// Whether there is a wallet and whether it is open.
    pub lock: LockStatus,
    /// Its accounts.
    pub accounts: Vec<Account>,
    /// Whether the wallet has recovery words of its own.
    pub has_phrase: bool,
}

impl VaultStatus {
    /// The public side of a file.
    pub fn of(file: &VaultFile, lock: LockStatus) -> Self {
        Self { lock, accounts: file.accounts(), has_phrase: file.has_phrase() }
    }
}

/// What is being imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportedSecretKind {
    /// Words: Ed25519 keys by SLIP-0010, the wallet's own way.
    Phrase,
    /// Words: key of the Ethereum path, as `@linera/client` and Ethereum wallets derive it.
    EvmPhrase,
    /// Words: key as the CheCko wallet derives it.
    CheckoPhrase,
    /// Hex of an Ed25519 secret key.
    Ed25519Key,
    /// Hex of a secp256k1 secret key for a 32-byte owner.
    Secp256k1Key,
    /// Hex of a secp256k1 secret key for an Ethereum address.
    EvmKey,
    /// Text of the Linera command line's `keystore.json`; all its keys.
    Keystore,
}

/// One line of the table of signed blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedEntry {
    /// The chain.
    pub chain_id: ChainId,
    /// Height of the block.
    pub height: BlockHeight,
    /// The round it was proposed in.
    pub round: Round,
    /// Hash of the `ProposedBlock`: the same for all retries of one block in later rounds.
    pub block: CryptoHash,
    /// Who signed.
    pub owner: AccountOwner,
}

/// A signature and what must be durable before it leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The signature over the digest.
    pub signature: AccountSignature,
    /// The table's new line.
    pub entry: SignedEntry,
}
