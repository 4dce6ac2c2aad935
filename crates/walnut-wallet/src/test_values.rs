//! Values that several tests use.

use walnut_base::{AccountOwner, Amount, BlockHeight, ChainId, CryptoHash, Timestamp};

use crate::messages::{
    Account, AccountId, AccountSource, AddressBookEntry, ChainSummary, KeyKind, SyncState, UiError,
    UiErrorCode,
};

/// 2026-11-21 08:00:00 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_795_248_000_000_000);

pub(crate) fn hash(n: u8) -> CryptoHash {
    [n; 32].into()
}

pub(crate) fn chain(n: u8) -> ChainId {
    ChainId(hash(n))
}

pub(crate) fn owner(n: u8) -> AccountOwner {
    AccountOwner::Address32(hash(n))
}

pub(crate) fn later(seconds: u64) -> Timestamp {
    NOW.saturating_add_micros(seconds * 1_000_000)
}

pub(crate) fn account(id: u32, name: &str, owner: AccountOwner) -> Account {
    Account {
        id: AccountId(id),
        name: name.to_owned(),
        owner,
        key_kind: KeyKind::Ed25519,
        source: AccountSource::Phrase { index: 0 },
        created_at: NOW,
        backed_up: true,
    }
}

pub(crate) fn summary(chain_id: ChainId, name: &str, account: Option<u32>) -> ChainSummary {
    ChainSummary {
        chain_id,
        name: name.to_owned(),
        account: account.map(AccountId),
        chain_balance: Amount::from_tokens(10),
        owner_balances: Vec::new(),
        tokens: Vec::new(),
        next_block_height: BlockHeight(3),
        block_hash: Some(hash(9)),
        unread_bundles: 0,
        is_closed: false,
        has_pending_proposal: false,
        sync: SyncState::stopped(),
    }
}

pub(crate) fn book_entry(
    id: u32,
    name: &str,
    chain_id: Option<ChainId>,
    owner: Option<AccountOwner>,
) -> AddressBookEntry {
    AddressBookEntry { id, name: name.to_owned(), chain_id, owner, created_at: NOW }
}

pub(crate) fn some_error() -> UiError {
    UiError::new(UiErrorCode::NoQuorum, "Two of four validators have answered; one more is needed.")
}
