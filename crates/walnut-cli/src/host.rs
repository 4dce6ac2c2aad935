//! The program around a client: a store, keys, a clock and connections.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use walnut_base::{
    AccountOwner, AccountSecretKey, NodeError, ProposalContent, Timestamp, ValidatorPublicKey,
};
use walnut_client::{Durability, Host, SignError, SignedContent};
use walnut_execution::WasmApplications;
use walnut_storage::Storage;
use walnut_views::{Batch, StoreError};

use crate::{outside::NativeOutside, remote::NativeRemote};

/// Connections by address. The hosts of one process may share them.
pub type Connections = Rc<RefCell<BTreeMap<String, NativeRemote>>>;

/// A client's host over any store. Keys are in memory and sign at once; no record is kept of what was signed besides
/// the client's own.
pub struct NativeHost<S> {
    storage: S,
    applications: WasmApplications<NativeOutside>,
    connections: Connections,
    keys: RefCell<BTreeMap<AccountOwner, Rc<AccountSecretKey>>>,
}

impl<S> NativeHost<S> {
    /// A host with those keys. Connections are made within the tokio runtime that it is used in.
    pub fn new(
        storage: S,
        applications: WasmApplications<NativeOutside>,
        connections: Connections,
        keys: impl IntoIterator<Item = Rc<AccountSecretKey>>,
    ) -> Self {
        let host = Self { storage, applications, connections, keys: RefCell::default() };
        keys.into_iter().for_each(|key| host.add_key(key));
        host
    }

    /// Signs with this key as well from now on.
    pub fn add_key(&self, key: Rc<AccountSecretKey>) {
        self.keys.borrow_mut().insert(key.owner(), key);
    }
}

impl<S: Storage> Host for NativeHost<S> {
    type Store = S;
    type Remote = NativeRemote;
    type Applications = WasmApplications<NativeOutside>;

    fn applications(&self) -> WasmApplications<NativeOutside> {
        self.applications.clone()
    }

    fn store(&self) -> &S {
        &self.storage
    }

    async fn commit(&self, batch: &Batch, durability: Durability) -> Result<(), StoreError> {
        let durability = match durability {
            Durability::Relaxed => walnut_storage::Durability::Relaxed,
            Durability::Strict => walnut_storage::Durability::Strict,
        };
        Ok(self.storage.commit(batch, durability).await?)
    }

    fn remote(&self, _: &ValidatorPublicKey, address: &str) -> Result<NativeRemote, NodeError> {
        let mut connections = self.connections.borrow_mut();
        if let Some(remote) = connections.get(address) {
            return Ok(remote.clone());
        }
        let remote = NativeRemote::new(address)?;
        connections.insert(address.to_owned(), remote.clone());
        Ok(remote)
    }

    fn now(&self) -> Timestamp {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX))
    }

    async fn sleep_until(&self, time: Timestamp) {
        tokio::time::sleep(Duration::from_micros(time.delta_since(self.now()).as_micros())).await;
    }

    fn has_key(&self, owner: &AccountOwner) -> bool {
        self.keys.borrow().contains_key(owner)
    }

    async fn sign(&self, owner: AccountOwner, content: &ProposalContent) -> Result<SignedContent, SignError> {
        match self.keys.borrow().get(&owner) {
            Some(key) => Ok(key.sign(content).into()),
            None => Err(SignError::NoKey(owner)),
        }
    }
}
