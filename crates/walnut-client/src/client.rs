//! The client: a local node, the chains it follows, and the rules of its owner.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use futures_util::lock::Mutex;
use walnut_base::{AccountOwner, BlockHeight, ChainId, Committee, NetworkDescription, StreamId};

use crate::{
    error::ClientError,
    host::Host,
    limits::{BLOCK_LIMIT_ERRORS_MAX, BUNDLES_PER_BLOCK_MAX, NEW_EVENTS_PER_BLOCK_MAX},
    local::LocalNode,
    policy::MessagePolicy,
    remote::Remote,
};

/// What a client decides for itself.
#[derive(Clone, Debug)]
pub struct Options {
    /// Incoming bundles in one proposed block.
    pub bundles_per_block_max: usize,
    /// Bundles that may exceed the block's limits before all remaining ones are set aside.
    pub block_limit_errors_max: u32,
    /// New events that one block takes in.
    pub new_events_per_block_max: u32,
    /// Whether super owners use the fast round. The proposal is durable before it leaves, so this is safe here.
    pub allow_fast_blocks: bool,
    /// Whether validators answer a confirmed block only after its messages were delivered.
    pub wait_for_outgoing_messages: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bundles_per_block_max: BUNDLES_PER_BLOCK_MAX,
            block_limit_errors_max: BLOCK_LIMIT_ERRORS_MAX,
            new_events_per_block_max: NEW_EVENTS_PER_BLOCK_MAX,
            allow_fast_blocks: true,
            wait_for_outgoing_messages: false,
        }
    }
}

/// How much of a chain the client keeps (`linera-core/src/client/mod.rs`, `ListeningMode`). Modes only grow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainMode {
    /// Every block is executed, and messages from other local chains are delivered.
    Full,
    /// Every block is executed.
    Follow,
    /// Only blocks with events of these streams are kept.
    EventsOnly(BTreeSet<StreamId>),
}

impl ChainMode {
    /// The smallest mode that includes both.
    pub fn extend(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Full, _) => {}
            (_, Self::Full) => *self = Self::Full,
            (Self::Follow, _) | (Self::EventsOnly(_), Self::Follow) => *self = Self::Follow,
            (Self::EventsOnly(streams), Self::EventsOnly(more)) => streams.extend(more),
        }
    }
}

/// One chain as the client holds it.
pub(crate) struct ChainHandle {
    pub(crate) mode: RefCell<ChainMode>,
    /// The owner that proposes on it.
    pub(crate) owner: RefCell<Option<AccountOwner>>,
    pub(crate) policy: RefCell<MessagePolicy>,
    /// Origins whose bundles are left alone until the next start, because they cannot be executed.
    pub(crate) skipped_origins: RefCell<BTreeSet<ChainId>>,
    /// One proposal at a time.
    pub(crate) proposing: Mutex<()>,
    /// One download at a time: validators are asked at once, but their blocks are fetched only once.
    pub(crate) downloading: Mutex<()>,
}

impl ChainHandle {
    fn new(mode: ChainMode) -> Self {
        Self {
            mode: RefCell::new(mode),
            owner: RefCell::default(),
            policy: RefCell::default(),
            skipped_origins: RefCell::default(),
            proposing: Mutex::new(()),
            downloading: Mutex::new(()),
        }
    }
}

/// A client of one network. Every method may be dropped at any await; nothing is lost that was promised.
pub struct Client<H: Host> {
    pub(crate) host: Rc<H>,
    pub(crate) local: LocalNode<H>,
    pub(crate) network: NetworkDescription,
    pub(crate) options: Options,
    chains: RefCell<BTreeMap<ChainId, Rc<ChainHandle>>>,
}

impl<H: Host> Client<H> {
    /// Opens the client on a store that was initialised for the network with [`LocalNode::initialize`].
    ///
    /// # Errors
    /// [`ClientError::NoNetwork`] when it was not.
    pub async fn open(host: Rc<H>, options: Options) -> Result<Self, ClientError> {
        let local = LocalNode::new(Rc::clone(&host));
        let network = local.network_description().await?.ok_or(ClientError::NoNetwork)?;
        let client = Self { host, local, network, options, chains: RefCell::default() };
        client.follow(client.network.admin_chain_id, ChainMode::Full).await;
        Ok(client)
    }

    /// The network's description.
    pub fn network(&self) -> &NetworkDescription {
        &self.network
    }

    /// The admin chain, where committees are announced.
    pub fn admin_chain_id(&self) -> ChainId {
        self.network.admin_chain_id
    }

    /// The program around this client.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// The local node.
    pub fn local(&self) -> &LocalNode<H> {
        &self.local
    }

    /// Keeps at least that much of the chain from now on.
    pub async fn follow(&self, chain_id: ChainId, mode: ChainMode) {
        let known = self.chains.borrow().get(&chain_id).cloned();
        match known {
            Some(handle) => handle.mode.borrow_mut().extend(mode),
            None => {
                self.chains.borrow_mut().insert(chain_id, Rc::new(ChainHandle::new(mode)));
            }
        }
        let chains = self.followed_chains().into_iter();
        let tracked =
            chains.filter(|(_, mode)| *mode == ChainMode::Full).map(|(chain_id, _)| chain_id).collect();
        self.local.set_tracked_chains(tracked).await;
    }

    /// Owns the chain from now on: keeps all of it and proposes on it as that owner.
    pub async fn own(&self, chain_id: ChainId, owner: AccountOwner) {
        self.follow(chain_id, ChainMode::Full).await;
        *self.handle(chain_id).owner.borrow_mut() = Some(owner);
    }

    /// Sets the rules about messages that the chain receives.
    pub async fn set_message_policy(&self, chain_id: ChainId, policy: MessagePolicy) {
        self.follow(chain_id, ChainMode::Full).await;
        *self.handle(chain_id).policy.borrow_mut() = policy;
    }

    /// Chains with how much of them is kept.
    pub fn followed_chains(&self) -> BTreeMap<ChainId, ChainMode> {
        let chains = self.chains.borrow();
        chains.iter().map(|(chain_id, handle)| (*chain_id, handle.mode.borrow().clone())).collect()
    }

    /// The owner that proposes on the chain.
    pub fn owner_of(&self, chain_id: ChainId) -> Option<AccountOwner> {
        self.chains.borrow().get(&chain_id).and_then(|handle| *handle.owner.borrow())
    }

    pub(crate) fn is_full(&self, chain_id: ChainId) -> bool {
        self.chains.borrow().get(&chain_id).is_some_and(|handle| *handle.mode.borrow() == ChainMode::Full)
    }

    /// The handle of a chain; chains that nobody follows get one that keeps no messages.
    pub(crate) fn handle(&self, chain_id: ChainId) -> Rc<ChainHandle> {
        let mut chains = self.chains.borrow_mut();
        let handle = chains.entry(chain_id).or_insert_with(|| Rc::new(ChainHandle::new(ChainMode::Follow)));
        Rc::clone(handle)
    }

    /// Connections to the committee's validators. Addresses that cannot be read are left out: such a validator counts as
    /// one that does not answer.
    pub fn remotes(&self, committee: &Committee) -> Vec<Remote<H::Remote>> {
        committee
            .validator_addresses()
            .filter_map(|(key, address)| Some(Remote::new(key, self.host.remote(&key, address).ok()?)))
            .collect()
    }

    /// The local height of a chain; zero when nothing is known of it.
    pub(crate) async fn next_height(&self, chain_id: ChainId) -> Result<BlockHeight, ClientError> {
        Ok(self.local.next_block_height(chain_id).await?)
    }
}
