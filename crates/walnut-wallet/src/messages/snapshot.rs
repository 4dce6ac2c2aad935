//! Everything the first paint needs. The host persists the last snapshot; the interface paints it before any worker
//! answers.

use serde::{Deserialize, Serialize};
use walnut_base::{AccountOwner, Amount, BlockHeight, ChainId, CryptoHash, Timestamp};

use super::{PendingSiteRequest, Settings, TokenBalance};
use crate::activity::ActivityItem;

/// Version of [`Snapshot`]'s shape. A snapshot of another version is ignored and asked for anew.
pub const SNAPSHOT_VERSION: u32 = 1;

/// The wallet at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// [`SNAPSHOT_VERSION`].
    pub version: u32,
    /// Counts up with every change within one run of the node; the interface drops older ones.
    pub sequence: u64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// Name of the network, as people read it.
    pub network_name: String,
    /// Whether there is a wallet and whether it is open.
    pub lock: LockStatus,
    /// Keys of this wallet, in the order of creation.
    pub accounts: Vec<Account>,
    /// The account shown at home.
    pub current_account: Option<AccountId>,
    /// Chains of all accounts, in the order of the person's list.
    pub chains: Vec<ChainSummary>,
    /// Sum of what the accounts own: chain balances of owned chains and balances of their owners there.
    pub total: Amount,
    /// Latest items first, at most [`Snapshot::ACTIVITY_MAX`]; the whole list comes by request.
    pub activity: Vec<ActivityItem>,
    /// Requests of sites that wait for an answer, oldest first.
    pub site_requests: Vec<PendingSiteRequest>,
    /// State of the node as a whole.
    pub sync: SyncState,
    /// The person's settings.
    pub settings: Settings,
    /// The address book.
    pub address_book: Vec<AddressBookEntry>,
}

impl Snapshot {
    /// Activity items in a snapshot: two screens' worth.
    pub const ACTIVITY_MAX: usize = 20;

    /// The state before anything is known: no wallet, nothing to show.
    pub fn empty(now: Timestamp) -> Self {
        Self {
            version: SNAPSHOT_VERSION,
            sequence: 0,
            taken_at: now,
            network_name: String::new(),
            lock: LockStatus::NoWallet,
            accounts: Vec::new(),
            current_account: None,
            chains: Vec::new(),
            total: Amount::ZERO,
            activity: Vec::new(),
            site_requests: Vec::new(),
            sync: SyncState::stopped(),
            settings: Settings::default(),
            address_book: Vec::new(),
        }
    }

    /// Number for the badge on the toolbar button: what waits for the person.
    pub fn badge_count(&self) -> usize {
        self.site_requests.len()
    }
}

/// Whether there is a wallet and whether it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockStatus {
    /// No wallet yet: show welcome.
    NoWallet,
    /// A wallet, its keys closed. The node goes on following chains.
    Locked,
    /// Keys are usable.
    Unlocked,
    /// The vault's record cannot be read; see the vault's error. Keys are not lost.
    Damaged,
}

/// Number of an account, never reused within a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub u32);

/// One key of the wallet, its public side. Readable while locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// Its name, given by the person.
    pub name: String,
    /// The owner this key stands for on every chain.
    pub owner: AccountOwner,
    /// Kind of key.
    pub key_kind: KeyKind,
    /// Where it came from.
    pub source: AccountSource,
    /// When it was added.
    pub created_at: Timestamp,
    /// False until the person has seen the recovery words (only for accounts from words).
    pub backed_up: bool,
}

/// Kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// Ed25519, the wallet's own kind; owner of 32 bytes.
    Ed25519,
    /// secp256k1; owner of 32 bytes.
    Secp256k1,
    /// secp256k1 with EIP-191 signatures; owner is the 20-byte Ethereum address.
    EvmSecp256k1,
}

/// Where an account's key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountSource {
    /// The wallet's recovery words, Ed25519 path with this index.
    Phrase {
        /// Last step of the path.
        index: u32,
    },
    /// Recovery words, Ethereum path `m/44'/60'/0'/0/index`.
    EvmPhrase {
        /// Last step of the path.
        index: u32,
    },
    /// Recovery words, derived as the CheCko wallet does.
    CheckoPhrase,
    /// A private key typed or pasted.
    PrivateKey,
    /// A key from the Linera command line's keystore file.
    Keystore,
}

/// One chain as a row of the home screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainSummary {
    /// Its id.
    pub chain_id: ChainId,
    /// Its name, given by the person.
    pub name: String,
    /// The account that acts on it; none for chains only watched.
    pub account: Option<AccountId>,
    /// What belongs to the chain itself.
    pub chain_balance: Amount,
    /// What belongs to single owners on it, the wallet's own first.
    pub owner_balances: Vec<OwnerBalance>,
    /// Tokens of applications, of the chain and of the wallet's own owners on it.
    #[serde(default)]
    pub tokens: Vec<TokenBalance>,
    /// Number of verified blocks = height of the next block.
    pub next_block_height: BlockHeight,
    /// Hash of the last verified block.
    pub block_hash: Option<CryptoHash>,
    /// Incoming bundles not yet received into a block.
    pub unread_bundles: u32,
    /// Whether the chain is still open.
    pub is_closed: bool,
    /// Whether a proposal of ours waits for its certificate.
    pub has_pending_proposal: bool,
    /// State of following it.
    pub sync: SyncState,
}

/// Balance of one owner on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerBalance {
    /// Whose it is.
    pub owner: AccountOwner,
    /// How much.
    pub balance: Amount,
    /// Whether a key of this wallet is that owner.
    pub is_mine: bool,
}

/// Progress of following one chain, or of the node as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    /// What is going on.
    pub phase: SyncPhase,
    /// Height up to which every block was verified here.
    pub verified_height: BlockHeight,
    /// Highest height some validator has claimed. Not verified.
    pub claimed_height: BlockHeight,
    /// When the last word of a validator came.
    pub last_contact: Option<Timestamp>,
    /// What is wrong, in plain words.
    pub problem: Option<super::UiError>,
}

impl SyncState {
    /// Nothing runs and nothing is known.
    pub fn stopped() -> Self {
        Self {
            phase: SyncPhase::Stopped,
            verified_height: BlockHeight(0),
            claimed_height: BlockHeight(0),
            last_contact: None,
            problem: None,
        }
    }
}

/// What following a chain is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// The node is not running.
    Stopped,
    /// The node is opening its database.
    Starting,
    /// Blocks are being fetched and executed.
    Syncing,
    /// Everything known is verified; listening for more.
    UpToDate,
    /// No validator answers; what is shown is the last verified state.
    Offline,
    /// It stopped with the error in `problem`.
    Failed,
}

/// A name for an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressBookEntry {
    /// Its number.
    pub id: u32,
    /// The name.
    pub name: String,
    /// A chain, when the entry is a chain or an owner on a chain.
    pub chain_id: Option<ChainId>,
    /// An owner, when the entry is an owner or an owner on a chain.
    pub owner: Option<AccountOwner>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// One incoming bundle in a chain's inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxBundle {
    /// The chain that sent it.
    pub origin: ChainId,
    /// Height of the sending block.
    pub height: BlockHeight,
    /// When the sending block was made, by its own timestamp.
    pub timestamp: Timestamp,
    /// Its messages.
    pub messages: Vec<InboxMessage>,
}

/// One message of a bundle in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxMessage {
    /// What it does: "12.5 tokens for this chain".
    pub summary: String,
    /// Tokens it brings, if it is a transfer.
    pub amount: Option<Amount>,
    /// Whether it is a tracked message that came back.
    pub is_bouncing: bool,
}
