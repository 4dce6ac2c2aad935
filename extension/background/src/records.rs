//! The wallet's own records, as JSON in the local partition of a database.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use walnut_base::{AccountOwner, BlockHeight, ChainId, CryptoHash};
use walnut_storage::{Durability, IndexedDbStorage, Storage as _, StorageError};
use walnut_views::{Batch, RootKey, Store as _, StoreError};
use walnut_wallet::{
    address_book::AddressBook,
    grants::Grants,
    messages::{UiError, UiErrorCode},
};

/// Database of what is the same on every network.
pub(crate) const WALLET_DATABASE: &str = "walnut-wallet";

/// Inner key of the settings, in the wallet's database.
pub(crate) const SETTINGS: u8 = 16;
/// Inner key of the known networks, in the wallet's database.
pub(crate) const NETWORKS: u8 = 17;
/// Inner key of the table of signatures, in a network's database.
pub(crate) const SIGNED: u8 = 18;
/// Inner key of chains, names, sites, in a network's database.
pub(crate) const CHAINS: u8 = 19;
/// Inner key of the activity, in a network's database.
pub(crate) const ACTIVITY: u8 = 20;
/// Inner key of the questions asked of applications, in a network's database.
pub(crate) const QUESTIONS: u8 = 21;

/// Which network a faucet belongs to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct KnownNetwork {
    /// The faucet that named it.
    pub(crate) faucet_url: String,
    /// Its genesis hash, pinned at first contact.
    pub(crate) genesis_hash: Option<CryptoHash>,
    /// Its name.
    pub(crate) name: String,
}

/// A chain in the wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChainEntry {
    pub(crate) chain_id: ChainId,
    pub(crate) name: String,
    /// The key that proposes on it; none for chains that are only watched.
    pub(crate) owner: Option<AccountOwner>,
    /// Blocks below this height are in the activity.
    pub(crate) recorded: BlockHeight,
    /// Whether the faucet gave it.
    pub(crate) is_claimed: bool,
}

/// Chains, names and sites of one network.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NetworkRecord {
    pub(crate) chains: Vec<ChainEntry>,
    pub(crate) book: AddressBook,
    pub(crate) sites: Grants,
    pub(crate) current_account: Option<u32>,
}

fn key(record: u8) -> Vec<u8> {
    let mut key = RootKey::Local.bytes();
    key.push(record);
    key
}

/// A record, if it was stored.
pub(crate) async fn load<T: DeserializeOwned>(
    storage: &IndexedDbStorage,
    record: u8,
) -> Result<Option<T>, UiError> {
    let Some(bytes) = storage.read(&key(record)).await.map_err(|error| store_error(&error))? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| damaged(&format!("record {record}: {error}")))
}

/// Stores a record through a power cut.
pub(crate) async fn store<T: Serialize>(
    storage: &IndexedDbStorage,
    record: u8,
    value: &T,
) -> Result<(), UiError> {
    let batch = write(record, value)?;
    storage.commit(&batch, Durability::Strict).await.map_err(|error| storage_error(&error))
}

/// The write that stores a record.
pub(crate) fn write<T: Serialize + ?Sized>(record: u8, value: &T) -> Result<Batch, UiError> {
    let bytes = serde_json::to_vec(value).map_err(|error| UiError::internal(error.to_string()))?;
    let mut batch = Batch::default();
    batch.put(key(record), bytes);
    Ok(batch)
}

/// An error of the database in plain words.
pub(crate) fn storage_error(error: &StorageError) -> UiError {
    match error {
        StorageError::Newer { .. } => UiError::new(
            UiErrorCode::StorageNewerVersion,
            "This wallet's database was written by a newer version. Update the extension; nothing was changed.",
        ),
        StorageError::Damaged(_) => damaged(&error.to_string()),
        StorageError::QuotaExceeded => UiError::new(
            UiErrorCode::StorageFull,
            "The browser has no space left for the wallet. Free some disk space and try again; nothing was lost.",
        ),
        StorageError::InUse | StorageError::Closed => UiError::new(
            UiErrorCode::SecondInstance,
            "Another window of this wallet holds the database. Close it, or restart the node under Network.",
        ),
        StorageError::Backend(_) => UiError::new(
            UiErrorCode::StorageDamaged,
            "The browser's database does not work. Private windows and some privacy settings switch it off.",
        ),
    }
    .with_details(error.to_string())
}

/// A failed read in plain words.
pub(crate) fn store_error(error: &StoreError) -> UiError {
    damaged(&error.to_string())
}

fn damaged(details: &str) -> UiError {
    UiError::new(
        UiErrorCode::StorageDamaged,
        "The local database is damaged. Your keys are safe; start again from the network under Settings, Resync.",
    )
    .with_details(details)
}
