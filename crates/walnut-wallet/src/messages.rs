//! The contract between the interface (popup, side panel, tab), the host document, the node worker and the vault.
//!
//! * Everything is serde JSON with externally tagged enums in snake case: `"lock"`, `{"approve":{"review_id":7}}`.
//! * Amounts are exact decimal strings (`"12.5"`), identifiers are their usual text forms, times are microseconds
//!   since the Unix epoch, heights are integers. No floating point number occurs anywhere.
//! * **No secret is ever inside the JSON.** Passwords, recovery words and private keys travel beside it, as byte
//!   arrays of the [`Envelope`]'s transport frame: `{ json: string, secrets: Uint8Array[] }`. So a body can always be
//!   logged, cloned and kept; a secret can always be overwritten. See [`UiRequest::secrets`].
//! * Every request has an id and gets exactly one response with the same id. Events have none.
//! * [`UiRequest::route`] says who answers: the node worker, the vault worker or the host document itself. The host
//!   only relays; it needs to read nothing but `to` and `id` of an envelope.
//!
//! Start reading at [`UiRequest`], [`Snapshot`] and [`Review`].

mod application;
mod audit;
mod envelope;
mod error;
mod network;
mod node;
pub mod node_frame;
mod review;
mod settings;
mod site;
mod snapshot;
mod ui;
mod vault;
pub mod worker_frame;

#[cfg(test)]
mod tests;

pub use application::{
    ApplicationDetails, ApplicationKind, ApplicationSummary, QueryAnswer, Token, TokenBalance,
};
pub use audit::{AuditProgress, AuditReport, AuditVerdict, EvidenceFile};
pub use envelope::{CHANNEL_UI, CHANNEL_VAULT, Envelope, Payload, RequestId, Route, WALLET_PROTOCOL};
pub use error::{UiError, UiErrorCode};
pub use network::{Agreement, NetworkStatus, NodeStatus, ValidatorStatus};
pub use node::{NodeEvent, NodeRequest, NodeResponse, SignAnswer, SignId, SignRequest};
pub use review::{
    BookEntryKind, DecodedField, DecodedOperation, Effect, PartyName, RecipientInfo, Review, ReviewId,
    ReviewKind, SendDraft, SendQuote, Warning,
};
pub use settings::{Language, NetworkChoice, ReceivePolicy, Settings, Theme};
pub use site::{
    ConnectPermissions, ConnectRequest, ConnectedSite, PendingSiteRequest, SiteAnswer, SiteCall, SiteId,
    SiteRequestBody, SiteRequestId,
};
pub use snapshot::{
    Account, AccountId, AccountSource, AddressBookEntry, ChainSummary, InboxBundle, InboxMessage, KeyKind,
    LockStatus, OwnerBalance, SNAPSHOT_VERSION, Snapshot, SyncPhase, SyncState,
};
pub use ui::{
    BlockSummary, ChainDetails, ChainRounds, ClaimStep, Diagnostics, ReceiveInfo, Surface, UiEvent,
    UiRequest, UiResponse,
};
pub use vault::{
    ImportedSecretKind, Signed, SignedEntry, VaultEvent, VaultRequest, VaultResponse, VaultStatus,
    VaultUiRequest, VaultUiResponse, VaultUpdate,
};
