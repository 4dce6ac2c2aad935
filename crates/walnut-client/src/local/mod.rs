//! The local node: verifies and executes everything, commits before anybody hears of it.
//!
//! One request at a time: the node's handlers take `&mut self` and wait for reads, so a queue (a fair lock) stands in
//! front. All effects of a request, including the messages it delivers to other local chains, are committed in one
//! batch: a crash leaves either all of it or nothing.

mod applications;
mod error;
mod pending;
mod proposals;
mod reads;
mod writes;

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use futures_util::lock::{Mutex, MutexGuard};
use walnut_base::{ChainId, GenesisConfig, Notification, Timestamp};
use walnut_chain::{Effects, Node, NodeConfig, initialize_storage};
use walnut_execution::Applications;
use walnut_views::{Overlay, Store as _};

pub use error::{LocalError, Missing};
use pending::KnownPending;
pub(crate) use proposals::Bundles;
pub use reads::Balances;

use crate::{
    error::ClientError,
    host::{Durability, Host},
};

/// Called with every notification of the local node, after its cause was committed.
type Listener = Box<dyn Fn(&Notification)>;

/// The node inside a client.
pub struct LocalNode<H: Host> {
    host: Rc<H>,
    node: Mutex<Node<H::Applications>>,
    listeners: RefCell<Vec<Listener>>,
    pending: KnownPending,
}

/// The node while it may know more than the disk. Unless that is stored, it forgets everything, whatever reached the disk:
/// when the commit fails, and when whoever waits for the request is dropped half-way.
struct Unsaved<'a, A: Applications> {
    node: MutexGuard<'a, Node<A>>,
    is_saved: bool,
}

impl<A: Applications> Drop for Unsaved<'_, A> {
    fn drop(&mut self) {
        if !self.is_saved {
            self.node.forget_all();
        }
    }
}

impl<H: Host> LocalNode<H> {
    /// A node over the host's store. It tracks no chain yet.
    pub fn new(host: Rc<H>) -> Self {
        let node = Node::new(NodeConfig::client(BTreeSet::new()), host.applications());
        Self { host, node: Mutex::new(node), listeners: RefCell::default(), pending: KnownPending::default() }
    }

    /// Prepares an empty store for a network; does nothing when it already belongs to that network.
    ///
    /// # Errors
    /// [`ClientError::OtherNetwork`] when it belongs to another one: nothing is written.
    pub async fn initialize(host: &H, genesis: &GenesisConfig) -> Result<(), ClientError> {
        if let Some(stored) = walnut_chain::records::read_network_description(host.store()).await? {
            let expected = genesis.hash();
            if stored.genesis_config_hash != expected {
                return Err(ClientError::OtherNetwork { expected, found: stored.genesis_config_hash });
            }
        }
        let batch = initialize_storage(host.store(), genesis)
            .await
            .map_err(|error| ClientError::DamagedRecord(error.to_string()))?;
        if !batch.is_empty() {
            host.commit(&batch, Durability::Strict).await?;
        }
        Ok(())
    }

    /// Keeps the inboxes of these chains from now on. Chains once tracked stay tracked.
    pub(crate) async fn set_tracked_chains(&self, chains: BTreeSet<ChainId>) {
        let mut node = self.node.lock().await;
        for chain_id in chains {
            node.track(chain_id);
        }
    }

    /// Hears of everything that happens in the local node, for as long as it lives.
    pub fn add_listener(&self, listener: impl Fn(&Notification) + 'static) {
        self.listeners.borrow_mut().push(Box::new(listener));
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.host.now()
    }

    /// Runs one request to its end: its work, the delivery of its messages, its commit, then the news.
    async fn run<T>(
        &self,
        durability: Durability,
        work: impl AsyncFnOnce(
            &mut Node<H::Applications>,
            &Overlay<&H::Store>,
        ) -> (Result<T, LocalError>, Effects),
    ) -> Result<T, LocalError> {
        let node = self.node.lock().await;
        let mut unsaved = Unsaved { node, is_saved: false };
        let node = &mut *unsaved.node;
        let overlay = Overlay::new(self.host.store());
        // On the heap: execution is deep, and stacks of browsers are small.
        let (outcome, effects) = Box::pin(work(node, &overlay)).await;
        let (delivered, effects) = match node.process_cross_chain_locally(&overlay, effects, self.now()).await
        {
            Ok(effects) => (Ok(()), effects),
            Err(failure) => (Err(LocalError::from(failure.error)), failure.effects),
        };
        if !effects.batch.is_empty() {
            self.host.commit(&effects.batch, durability).await.map_err(LocalError::Commit)?;
        }
        unsaved.is_saved = true;
        drop(unsaved);
        self.notify(&effects.notifications);
        let reply = outcome?;
        delivered?;
        Ok(reply)
    }

    fn notify(&self, notifications: &[Notification]) {
        let listeners = self.listeners.borrow();
        for notification in notifications {
            for listener in &*listeners {
                listener(notification);
            }
        }
    }

    async fn read_local(&self, key: &[u8]) -> Result<Option<Vec<u8>>, LocalError> {
        Ok(self.host.store().read(key).await?)
    }
}
