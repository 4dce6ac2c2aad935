//! Host document and node worker. The node never sees a key: it asks for signatures over proposals it has already
//! decoded and executed.

use serde::{Deserialize, Serialize};
use walnut_base::{AccountOwner, CryptoHash};

use super::{
    Account, LockStatus, SignedEntry, SiteAnswer, SiteCall, UiError, UiEvent, UiRequest, UiResponse,
};

/// What the host asks of the node worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeRequest {
    /// First message: what the vault knows in clear.
    Start {
        /// Accounts of the vault.
        accounts: Vec<Account>,
        /// Whether it is open.
        lock: LockStatus,
        /// Version of the wallet.
        wallet_version: String,
    },
    /// The vault's accounts or its lock changed.
    VaultChanged {
        /// Accounts of the vault.
        accounts: Vec<Account>,
        /// Whether it is open.
        lock: LockStatus,
    },
    /// A request of an interface with [`Route::Node`](super::Route::Node).
    Ui(
        /// It.
        UiRequest,
    ),
    /// A request of a page. The origin is the browser's word.
    Site {
        /// Canonical origin of the page.
        origin: String,
        /// What it asks.
        call: SiteCall,
    },
    /// The vault's answer to a [`NodeEvent::SignRequest`].
    Sign(
        /// It.
        SignAnswer,
    ),
    /// The computer woke up, or the network came back: reconnect and resync.
    Wake,
    /// Finish commits and stop; the worker is terminated after the answer.
    Stop,
    /// Is the worker alive?
    Ping,
}

/// The node worker's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a message lives for one turn; boxing would burden every reader"
)]
pub enum NodeResponse {
    /// Done.
    Done,
    /// To be passed on to the interface that asked.
    Ui(
        /// It.
        UiResponse,
    ),
    /// To be passed on to the page that asked.
    Site(
        /// It.
        SiteAnswer,
    ),
}

/// What the node worker tells the host unasked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a message lives for one turn; boxing would burden every reader"
)]
pub enum NodeEvent {
    /// The worker has loaded its wasm and waits for [`NodeRequest::Start`].
    Booted,
    /// The database is open and the node follows its chains.
    Ready {
        /// From `Start` to here, in milliseconds.
        took_ms: u32,
    },
    /// To be passed on to all interfaces; snapshots are also persisted by the host.
    Ui(
        /// It.
        UiEvent,
    ),
    /// A signature is needed. The host asks the vault and sends [`NodeRequest::Sign`] with the same `sign_id`.
    SignRequest(
        /// It.
        SignRequest,
    ),
    /// Number for the toolbar badge.
    Badge {
        /// What waits for the person.
        count: u32,
    },
    /// Whether there is work that must not be suspended (pending proposal, sync, subscribed site).
    Busy {
        /// Keep the background alive while true.
        busy: bool,
    },
    /// The worker cannot go on: terminate it and start another, unless the error says otherwise
    /// (`second_instance`, `storage_newer_version`, `storage_damaged`).
    Fatal(
        /// Why.
        UiError,
    ),
}

/// Number of a signature request within one run of the node worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignId(pub u64);

/// The node asks for a signature over a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignRequest {
    /// To be repeated in the answer.
    pub sign_id: SignId,
    /// The key.
    pub owner: AccountOwner,
    /// BCS of `ProposalContent`, as hex.
    #[serde(with = "crate::vault::hex_bytes")]
    pub content: Vec<u8>,
    /// Hash of the content as the node computed it; the vault computes it again.
    pub digest: CryptoHash,
    /// What was signed before for this chain at this height, from the persisted table.
    pub signed: Vec<SignedEntry>,
}

/// The vault's answer, passed on by the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignAnswer {
    /// From the request.
    pub sign_id: SignId,
    /// The signature and the entry for the table, or why not. The entry must be durable before the signature leaves
    /// the node worker.
    pub result: Result<super::Signed, UiError>,
}
