//! Storage in the browser.
//!
//! One database per network, one object store with binary keys (IndexedDB orders them bytewise), one transaction per
//! batch and one per read call, however many keys it names: opening a transaction costs more than the reads in it.
//! The default durability of both browsers is relaxed; strict commits name it.

use std::collections::BTreeMap;

use indexed_db_futures::{
    Build as _, BuildPrimitive as _, KeyRange,
    database::Database,
    error::{DomException, Error, OpenDbError},
    query_source::QuerySource as _,
    transaction::{TransactionDurability, TransactionMode, TransactionOptions},
};
use js_sys::Uint8Array;
use walnut_views::{Batch, Entry, Store, StoreError, WriteOperation, upper_bound};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::{Durability, Storage, StorageError};

/// Version of the database; raised with every incompatible change of layout. IndexedDB refuses to open a newer one.
const FORMAT: u32 = 1;

/// The one object store.
const RECORDS: &str = "records";

/// An open IndexedDB database.
pub struct IndexedDbStorage {
    database: Database,
}

impl IndexedDbStorage {
    /// Opens the database of that name, creating it when it does not exist.
    ///
    /// # Errors
    /// [`StorageError::Newer`] when a newer release wrote it (the found version is not told by the browser and reported
    /// as one above ours), [`StorageError::Damaged`] when it lacks its object store, [`StorageError::Backend`] where
    /// IndexedDB is disabled.
    pub async fn open(name: &str) -> Result<Self, StorageError> {
        let database = Database::open(name)
            .with_version(FORMAT)
            .with_on_upgrade_needed(|_event, database| {
                database.create_object_store(RECORDS).build()?;
                Ok(())
            })
            .build()
            .map_err(open_error)?
            .await
            .map_err(open_error)?;
        if !database.object_store_names().any(|name| name == RECORDS) {
            return Err(StorageError::Damaged("the object store is missing".into()));
        }
        Ok(Self { database })
    }

    /// Removes the database of that name with everything in it.
    ///
    /// # Errors
    /// [`StorageError::Backend`].
    pub async fn delete(name: &str) -> Result<(), StorageError> {
        Database::delete_by_name(name).map_err(open_error)?.await.map_err(storage_error)
    }

    async fn read_all(&self, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StorageError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = self.database.transaction(RECORDS).build().map_err(storage_error)?;
        let records = transaction.object_store(RECORDS).map_err(storage_error)?;
        // All requests go out before the first answer is awaited: one round trip for the lot.
        let requests = keys
            .iter()
            .map(|key| records.get::<JsValue, _, _>(binary(key)).primitive())
            .collect::<Result<Vec<_>, _>>()
            .map_err(storage_error)?;
        let mut values = Vec::with_capacity(keys.len());
        for request in requests {
            let value = request.await.map_err(storage_error)?;
            values.push(value.filter(|value| !value.is_undefined()).map(|value| bytes(&value)));
        }
        Ok(values)
    }

    async fn scan_range(&self, prefix: &[u8], with_values: bool) -> Result<Entries, StorageError> {
        let transaction = self.database.transaction(RECORDS).build().map_err(storage_error)?;
        let records = transaction.object_store(RECORDS).map_err(storage_error)?;
        let range = prefix_range(prefix);
        let keys = records
            .get_all_keys::<JsValue>()
            .with_query::<JsValue, _>(range.clone())
            .primitive()
            .map_err(storage_error)?;
        let values = match with_values {
            true => {
                let request = records.get_all::<JsValue>().with_query::<JsValue, _>(range).primitive();
                Some(request.map_err(storage_error)?)
            }
            false => None,
        };
        let keys = keys.await.map_err(storage_error)?;
        let mut found = Entries::default();
        for key in keys {
            let key = bytes(&key.map_err(storage_error)?);
            found.keys.push(key[prefix.len()..].to_vec());
        }
        if let Some(values) = values {
            for value in values.await.map_err(storage_error)? {
                found.values.push(bytes(&value.map_err(storage_error)?));
            }
        }
        Ok(found)
    }

    async fn write(&self, batch: &Batch, durability: Durability) -> Result<(), StorageError> {
        let mut options = TransactionOptions::new();
        options.set_durability(match durability {
            Durability::Relaxed => TransactionDurability::Relaxed,
            Durability::Strict => TransactionDurability::Strict,
        });
        let transaction = self
            .database
            .transaction(RECORDS)
            .with_mode(TransactionMode::Readwrite)
            .with_options(options)
            .build()
            .map_err(storage_error)?;
        let records = transaction.object_store(RECORDS).map_err(storage_error)?;
        // Requests of a transaction run in the order they were made; the commit waits for all of them, and a failed
        // one aborts the whole transaction.
        let Final { prefixes, values } = Final::of(batch);
        for prefix in prefixes {
            let request = records.delete::<JsValue, _>(prefix_range(prefix)).primitive();
            drop(request.map_err(storage_error)?);
        }
        for (key, value) in values {
            match value {
                Some(value) => {
                    let request = records.put(binary(value)).with_key(binary(key)).primitive();
                    drop(request.map_err(storage_error)?);
                }
                None => {
                    let request = records.delete::<JsValue, _>(KeyRange::Only(binary(key))).primitive();
                    drop(request.map_err(storage_error)?);
                }
            }
        }
        transaction.commit().await.map_err(storage_error)
    }
}

/// Result of a scan: as many values as keys, or none when only keys were asked for.
#[derive(Default)]
struct Entries {
    keys: Vec<Vec<u8>>,
    values: Vec<Vec<u8>>,
}

/// What a batch comes to: these prefixes go first, then each key gets its last value. Blocks of one chain that are stored
/// together rewrite the same records, and every request to the browser costs more than finding that out.
struct Final<'a> {
    prefixes: Vec<&'a [u8]>,
    values: BTreeMap<&'a [u8], Option<&'a [u8]>>,
}

impl<'a> Final<'a> {
    fn of(batch: &'a Batch) -> Self {
        let mut result = Self { prefixes: Vec::new(), values: BTreeMap::new() };
        for operation in &batch.operations {
            match operation {
                WriteOperation::Put { key, value } => {
                    result.values.insert(key, Some(value));
                }
                WriteOperation::Delete { key } => {
                    result.values.insert(key, None);
                }
                WriteOperation::DeletePrefix { key_prefix } => {
                    result.values.retain(|key, _| !key.starts_with(key_prefix));
                    result.prefixes.push(key_prefix);
                }
            }
        }
        result
    }
}

impl Store for IndexedDbStorage {
    async fn read(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut values = self.read_all(&[key]).await?;
        Ok(values.pop().flatten())
    }

    async fn read_multi(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let keys = keys.iter().map(Vec::as_slice).collect::<Vec<_>>();
        Ok(self.read_all(&keys).await?)
    }

    async fn scan_keys(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(self.scan_range(prefix, false).await?.keys)
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<Entry>, StoreError> {
        let entries = self.scan_range(prefix, true).await?;
        Ok(entries.keys.into_iter().zip(entries.values).collect())
    }
}

impl Storage for IndexedDbStorage {
    async fn commit(&self, batch: &Batch, durability: Durability) -> Result<(), StorageError> {
        if batch.operations.is_empty() {
            return Ok(());
        }
        self.write(batch, durability).await
    }
}

fn binary(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// Keys come back as `ArrayBuffer`, values as the `Uint8Array` that was stored; both become a view here.
fn bytes(value: &JsValue) -> Vec<u8> {
    match value.dyn_ref::<Uint8Array>() {
        Some(array) => array.to_vec(),
        None => Uint8Array::new(value).to_vec(),
    }
}

/// All keys that start with the prefix.
fn prefix_range(prefix: &[u8]) -> KeyRange<JsValue> {
    match upper_bound(prefix) {
        Some(end) => KeyRange::Bound(binary(prefix), false, binary(&end), true),
        None => KeyRange::LowerBound(binary(prefix), false),
    }
}

fn open_error(error: OpenDbError) -> StorageError {
    match error {
        OpenDbError::Base(error) => storage_error(error),
        other => StorageError::Backend(other.to_string()),
    }
}

fn storage_error(error: Error) -> StorageError {
    let Error::DomException(exception) = &error else {
        return StorageError::Backend(error.to_string());
    };
    let system = match exception {
        DomException::InvalidStateError(_) => return StorageError::Closed,
        DomException::TransactionInactiveError(system)
        | DomException::NotFoundError(system)
        | DomException::ConstraintError(system)
        | DomException::InvalidAccessError(system)
        | DomException::DataError(system)
        | DomException::AbortError(system)
        | DomException::ReadOnlyError(system)
        | DomException::DataCloneError(system)
        | DomException::SyntaxError(system)
        | DomException::Other(system) => system,
    };
    match system.name().as_str() {
        "VersionError" => StorageError::Newer { found: FORMAT + 1, supported: FORMAT },
        "QuotaExceededError" => StorageError::QuotaExceeded,
        name => StorageError::Backend(format!("{name}: {}", exception.message())),
    }
}
