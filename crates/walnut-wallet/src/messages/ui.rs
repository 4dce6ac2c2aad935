//! What an interface may ask the wallet, what it gets back, and what it is told unasked.

use serde::{Deserialize, Serialize};
use walnut_base::{
    AccountOwner, Amount, ApplicationId, BlockHeight, ChainId, CryptoHash, Round, TimeoutConfig, Timestamp,
};

use super::{
    Account, AccountId, AddressBookEntry, ApplicationDetails, ApplicationSummary, AuditProgress, AuditReport,
    ConnectPermissions, ConnectedSite, ImportedSecretKind, InboxBundle, LockStatus, NetworkStatus,
    PendingSiteRequest, QueryAnswer, RecipientInfo, Review, ReviewId, Route, SendDraft, SendQuote, Settings,
    SiteId, SiteRequestId, Snapshot,
};
use crate::activity::{ActivityId, ActivityItem};

/// A request of an interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UiRequest {
    /// Handshake; answered by the host at once, whatever the workers do. No answer within 2 s: offer a restart.
    Hello {
        /// [`WALLET_PROTOCOL`](super::WALLET_PROTOCOL) of the interface.
        protocol: u32,
        /// Where it runs.
        surface: Surface,
    },
    /// The current snapshot.
    Snapshot,
    /// Snapshot now, and events from now on while the window is open.
    Subscribe {
        /// Where it runs.
        surface: Surface,
    },
    /// The window closes.
    Unsubscribe,
    /// A key press or click: the auto-lock timer starts again. Send at most once every 10 s.
    UserAction,

    /// New wallet with new words. Secrets: password. The answer carries the words.
    CreateWallet {
        /// Name of the first account.
        name: String,
    },
    /// Wallet from recovery words, or more accounts for an existing, unlocked wallet. Secrets: password, words.
    ImportPhrase {
        /// Name of the account.
        name: String,
        /// How keys are derived from the words.
        kind: ImportedSecretKind,
    },
    /// Adds a private key or keystore file (also as the first account). Secrets: password, key text (UTF-8).
    ImportKey {
        /// Name of the account; files with several keys number them.
        name: String,
        /// What the text is.
        kind: ImportedSecretKind,
    },
    /// Next account from the wallet's own words; needs an unlocked wallet.
    AddAccount {
        /// Its name.
        name: String,
    },
    /// Opens the vault. Secrets: password.
    Unlock,
    /// Closes the vault; the node goes on.
    Lock,
    /// Shows the recovery words. Secrets: password. The answer carries the words.
    RevealPhrase,
    /// Shows one account's private key. Secrets: password. The answer carries it, as hex text.
    RevealKey {
        /// Whose.
        account: AccountId,
    },
    /// The person has written the words down.
    ConfirmBackup,
    /// Secrets: old password, new password.
    ChangePassword,
    /// Renames an account.
    RenameAccount {
        /// Which.
        account: AccountId,
        /// Its new name.
        name: String,
    },
    /// The encrypted vault as text, to keep somewhere safe.
    ExportVault,
    /// Forgets the wallet, keys included. Secrets: password.
    EraseWallet,

    /// Chooses the account shown at home.
    SelectAccount {
        /// Which.
        account: AccountId,
    },
    /// Asks the network's faucet for a chain. Progress comes as [`UiEvent::ClaimProgress`].
    ClaimChain {
        /// Its owner.
        account: AccountId,
        /// Its name.
        name: String,
    },
    /// Adds a chain by id: owned by one of the accounts, or only watched.
    AddChain {
        /// Which.
        chain_id: ChainId,
        /// Its name.
        name: String,
    },
    /// Stops following a chain and hides it. Nothing happens to it on the network.
    ForgetChain {
        /// Which.
        chain_id: ChainId,
    },
    /// Everything about one chain.
    Chain {
        /// Which.
        chain_id: ChainId,
    },
    /// Renames a chain.
    RenameChain {
        /// Which.
        chain_id: ChainId,
        /// Its new name.
        name: String,
    },
    /// Checks a chain from its first block on, without trusting what the wallet's own node has kept. Progress comes as
    /// [`UiEvent::AuditProgress`]. Asked again, it goes on where it was.
    AuditChain {
        /// Which.
        chain_id: ChainId,
    },
    /// Addresses to receive at.
    ReceiveInfo {
        /// Which account.
        account: AccountId,
    },

    /// The applications of a chain, each asked what it is.
    Applications {
        /// Which chain.
        chain_id: ChainId,
    },
    /// Everything about one application.
    Application {
        /// On which chain.
        chain_id: ChainId,
        /// Which.
        id: ApplicationId,
    },
    /// Asks an application's service, in the state of the chain's last block. Costs nothing and needs no network. A
    /// question for which the service schedules operations is answered with a [`UiResponse::Review`].
    QueryApplication {
        /// On which chain.
        chain_id: ChainId,
        /// Which.
        id: ApplicationId,
        /// A GraphQL document; or JSON, which the service gets as it is.
        query: String,
    },

    /// Recognises what was typed or pasted as recipient.
    Recognise {
        /// The text.
        text: String,
    },
    /// Fee and maximum for a draft, as it is typed.
    QuoteSend {
        /// The draft; its amount may be zero.
        draft: SendDraft,
    },
    /// Stages and executes the block here. Nothing is signed.
    PrepareSend {
        /// The draft.
        draft: SendDraft,
    },
    /// Stages a block with these operations and shows it. Nothing is signed.
    PrepareOperations {
        /// The chain that gets the block.
        chain_id: ChainId,
        /// BCS of the operations, as hex.
        #[serde(with = "crate::vault::hex_bytes")]
        operations: Vec<u8>,
    },
    /// Signs and proposes a reviewed block. The wallet must be unlocked. When the chain has moved on since, the answer is
    /// a new review of the same operations.
    Approve {
        /// Which review.
        review_id: ReviewId,
    },
    /// Drops a review.
    Cancel {
        /// Which review.
        review_id: ReviewId,
    },
    /// Receives everything in a chain's inbox now.
    ProcessInbox {
        /// Which chain.
        chain_id: ChainId,
    },

    /// Activity, latest first.
    Activity {
        /// Only of this chain.
        chain_id: Option<ChainId>,
        /// Only items older than this one.
        before: Option<ActivityId>,
        /// At most so many (100 at most).
        limit: u32,
    },
    /// One item with its timeline.
    ActivityItem {
        /// Which.
        id: ActivityId,
    },
    /// Tries a failed or stuck item again. What is on its way is sent again; what another block has overtaken is answered
    /// with a new review.
    Retry {
        /// Which.
        id: ActivityId,
    },
    /// Gives a not yet certified item up, where that is safe.
    Abandon {
        /// Which.
        id: ActivityId,
    },

    /// Adds to the address book.
    AddBookEntry {
        /// The name.
        name: String,
        /// Chain id, owner, or owner@chain.
        address: String,
    },
    /// Removes from the address book.
    RemoveBookEntry {
        /// Which.
        id: u32,
    },

    /// Changes settings. A new network restarts the node on that network's own database.
    SetSettings {
        /// All of them.
        settings: Settings,
    },
    /// The network screen.
    NetworkStatus,
    /// Ends the node worker and starts a new one.
    RestartNode,
    /// Deletes verified data of this network and syncs anew. Keys, names and settings stay.
    Resync,
    /// A report to attach to a bug report: no secrets, no names, addresses shortened.
    Diagnostics,

    /// Sites with permissions.
    ConnectedSites,
    /// Takes a site's permissions away.
    RevokeSite {
        /// Which.
        site_id: SiteId,
    },
    /// Takes every site's permissions away.
    RevokeAllSites,
    /// Requests of sites that wait.
    SiteRequests,
    /// Says yes to a connect request.
    ApproveConnect {
        /// Which request.
        id: SiteRequestId,
        /// What is granted.
        permissions: ConnectPermissions,
    },
    /// Says yes to a sign request: signs and proposes the reviewed block.
    ApproveSign {
        /// Which request.
        id: SiteRequestId,
        /// The review that was shown.
        review_id: ReviewId,
    },
    /// Says no. Closing the window is no as well.
    DenySiteRequest {
        /// Which request.
        id: SiteRequestId,
        /// Do not ask again for this site.
        ignore_site: bool,
    },
}

impl UiRequest {
    /// Who answers.
    pub fn route(&self) -> Route {
        match self {
            Self::Hello { .. } | Self::RestartNode => Route::Host,
            Self::UserAction
            | Self::CreateWallet { .. }
            | Self::ImportPhrase { .. }
            | Self::ImportKey { .. }
            | Self::AddAccount { .. }
            | Self::Unlock
            | Self::Lock
            | Self::RevealPhrase
            | Self::RevealKey { .. }
            | Self::ConfirmBackup
            | Self::ChangePassword
            | Self::RenameAccount { .. }
            | Self::ExportVault
            | Self::EraseWallet => Route::Vault,
            _ => Route::Node,
        }
    }

    /// What must travel beside the request as secret byte arrays, in this order. Requests with a non-empty list, and
    /// those whose answer carries secrets, go over [`CHANNEL_VAULT`](super::CHANNEL_VAULT).
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
            _ => &[],
        }
    }
}

/// The answer to a [`UiRequest`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a message lives for one turn; boxing would burden every reader"
)]
pub enum UiResponse {
    /// Nothing to say: it is done.
    Done,
    /// The host is there.
    Hello {
        /// [`WALLET_PROTOCOL`](super::WALLET_PROTOCOL) of the host; when it differs, the interface reloads itself.
        protocol: u32,
        /// Whether the node worker runs and answers.
        node_running: bool,
        /// Whether the vault worker runs and answers.
        vault_running: bool,
    },
    /// The current snapshot.
    Snapshot(
        /// The snapshot.
        Snapshot,
    ),
    /// The vault after a request to it. After `CreateWallet` and `RevealPhrase` the frame's secrets are the words
    /// (UTF-8, one space between), after `RevealKey` the key as hex text.
    Vault {
        /// Whether it is open.
        lock: LockStatus,
        /// All accounts.
        accounts: Vec<Account>,
        /// Accounts that this request added.
        added: Vec<AccountId>,
    },
    /// The encrypted vault as JSON text.
    ExportedVault {
        /// The text.
        json: String,
    },
    /// The faucet gave a chain, and its description is verified.
    ChainClaimed {
        /// Its id.
        chain_id: ChainId,
    },
    /// Everything about one chain.
    Chain(
        /// It.
        ChainDetails,
    ),
    /// What the audit of a chain has found.
    Audited(
        /// It.
        AuditReport,
    ),
    /// The applications of a chain.
    Applications(
        /// They.
        Vec<ApplicationSummary>,
    ),
    /// Everything about one application.
    Application(
        /// It.
        Box<ApplicationDetails>,
    ),
    /// A service's answer.
    QueryAnswer(
        /// It.
        QueryAnswer,
    ),
    /// Addresses to receive at.
    ReceiveInfo(
        /// They.
        ReceiveInfo,
    ),
    /// The recipient is recognised.
    Recipient(
        /// What it is. An owner without chain has the wallet's suggestion filled in as chain.
        RecipientInfo,
    ),
    /// Fee and maximum.
    Quote(
        /// They.
        SendQuote,
    ),
    /// The staged block.
    Review(
        /// It.
        Review,
    ),
    /// The block is signed and on its way: follow this item.
    Approved {
        /// The activity item.
        activity_id: ActivityId,
    },
    /// A page of activity.
    Activity {
        /// Latest first.
        items: Vec<ActivityItem>,
        /// Whether there are older ones.
        has_more: bool,
    },
    /// One item with its timeline.
    ActivityItem(
        /// It.
        ActivityItem,
    ),
    /// The inbox was processed.
    InboxProcessed {
        /// Bundles received.
        bundles: u32,
        /// The item to follow, when a block was made.
        activity_id: Option<ActivityId>,
    },
    /// The new entry.
    BookEntry(
        /// It.
        AddressBookEntry,
    ),
    /// The network screen.
    NetworkStatus(
        /// It.
        NetworkStatus,
    ),
    /// The report.
    Diagnostics(
        /// It.
        Diagnostics,
    ),
    /// Sites with permissions.
    ConnectedSites(
        /// They.
        Vec<ConnectedSite>,
    ),
    /// Requests that wait, oldest first.
    SiteRequests(
        /// They.
        Vec<PendingSiteRequest>,
    ),
}

/// What interfaces are told unasked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a message lives for one turn; boxing would burden every reader"
)]
pub enum UiEvent {
    /// Anything shown has changed. At most one every 50 ms.
    SnapshotChanged(
        /// The whole snapshot.
        Snapshot,
    ),
    /// The vault opened or closed. Comes at once, before the next snapshot.
    LockChanged {
        /// The new state.
        lock: LockStatus,
    },
    /// A claim goes on.
    ClaimProgress {
        /// For which account.
        account: AccountId,
        /// How far.
        step: ClaimStep,
    },
    /// An audit goes on.
    AuditProgress(
        /// How far.
        AuditProgress,
    ),
    /// The network screen has changed; only while a window shows it.
    NetworkChanged(
        /// It.
        NetworkStatus,
    ),
    /// The node worker ended and is being started again.
    NodeRestarting {
        /// Why, in plain words.
        reason: String,
    },
}

/// Steps of claiming a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStep {
    /// The faucet was asked.
    Asking,
    /// The faucet named a chain; its creating block is being fetched.
    BlockSeen {
        /// The chain.
        chain_id: ChainId,
    },
    /// Certificate and description are verified here.
    Verified {
        /// The chain.
        chain_id: ChainId,
    },
}

/// Where an interface runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// The toolbar popup.
    Popup,
    /// Side panel or sidebar.
    SidePanel,
    /// A whole tab.
    Tab,
    /// A window that shows one site request.
    Approval,
}

/// Everything about one chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainDetails {
    /// Its row.
    pub summary: super::ChainSummary,
    /// Who may propose in any round.
    pub super_owners: Vec<AccountOwner>,
    /// Who may propose, with weights.
    pub owners: Vec<(AccountOwner, u64)>,
    /// When they may.
    pub rounds: ChainRounds,
    /// Epoch of its committee.
    pub epoch: u32,
    /// Incoming bundles that wait.
    pub inbox: Vec<InboxBundle>,
    /// Latest blocks first, at most 20.
    pub blocks: Vec<BlockSummary>,
    /// Hash of its execution state after the last block.
    pub state_hash: Option<CryptoHash>,
}

/// Whose turn it is to propose a chain's next block, and the rules for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainRounds {
    /// Rounds in which every owner may propose.
    pub multi_leader: u32,
    /// Whether anybody at all may propose in those.
    pub is_open: bool,
    /// How long rounds last.
    pub timeouts: TimeoutConfig,
    /// The round now, as far as this node knows.
    pub current: Round,
    /// Who alone may propose in it.
    pub leader: Option<AccountOwner>,
    /// When it is over.
    pub until: Option<Timestamp>,
}

/// One verified block as a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockSummary {
    /// Its height.
    pub height: BlockHeight,
    /// Its hash.
    pub hash: CryptoHash,
    /// Its own timestamp.
    pub timestamp: Timestamp,
    /// In plain words.
    pub summary: String,
    /// Operations in it.
    pub operations: u32,
    /// Bundles it received.
    pub bundles: u32,
}

/// Addresses to receive at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiveInfo {
    /// The account.
    pub account: AccountId,
    /// Its owner, for contracts and signing.
    pub owner: AccountOwner,
    /// Its chains with names: what people send tokens to.
    pub chains: Vec<(ChainId, String)>,
    /// Balance of the first chain, to show arrivals.
    pub balance: Amount,
}

/// A redacted report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// Name for the file.
    pub file_name: String,
    /// Plain text.
    pub text: String,
}
