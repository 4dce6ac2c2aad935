//! A network of validators in one process, with pretend time: what the client's tests run against.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use futures::executor::block_on;
use walnut_base::{
    Account, AccountOwner, AccountSecretKey, Amount, Blob, BlobContent, BlobId, BlockHeight, BlockProposal,
    ChainDescription, ChainId, ChainInfoQuery, Committee, ConfirmedBlockCertificate, CryptoHash,
    Ed25519SecretKey, EventId, GenesisConfig, LiteCertificate, NodeError, Operation, ProposalContent,
    ResourceControlPolicy, StreamId, SystemOperation, TimeoutCertificate, Timestamp,
    ValidatedBlockCertificate, ValidatorPublicKey, ValidatorSecretKey, ValidatorState,
};
use walnut_chain::{
    Effects, Failure, Handled, Node, NodeConfig, ProcessingMode, initialize_storage, records,
};
use walnut_client::{
    Answer, Client, Durability, Host, LocalNode, Options, SignError, SignedContent, ValidatorNode,
};
use walnut_execution::{NothingOutside, WasmApplications};
use walnut_storage::{MemoryStorage, Storage as _};
use walnut_views::{Batch, StoreError};

/// Everybody in the process shares the loaded modules.
type Applications = WasmApplications<NothingOutside>;

/// What is wrong with a validator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    #[default]
    None,
    /// It answers nothing.
    Offline,
    /// It takes proposals and certificates but answers as if it had not heard them.
    Deaf,
    /// It signs its answers with a wrong key.
    Forger,
    /// It keeps what is on its disk only: no block is in its memory when a certificate comes.
    Forgetful,
}

/// One validator.
pub(crate) struct Validator {
    pub(crate) public_key: ValidatorPublicKey,
    node: RefCell<Node<Applications>>,
    storage: MemoryStorage,
    clock: Rc<Cell<u64>>,
    pub(crate) fault: Cell<Fault>,
    /// Requests so far, by name.
    pub(crate) requests: RefCell<BTreeMap<&'static str, u32>>,
}

impl Validator {
    fn now(&self) -> Timestamp {
        Timestamp::from(self.clock.get())
    }

    fn check(&self, name: &'static str) -> Result<(), NodeError> {
        *self.requests.borrow_mut().entry(name).or_default() += 1;
        let changes = !name.starts_with("query") && !name.starts_with("download");
        match self.fault.get() {
            Fault::Offline => Err(NodeError::GrpcError { error: "connection refused".into() }),
            Fault::Deaf if changes => Err(NodeError::GrpcError { error: "deadline exceeded".into() }),
            Fault::None | Fault::Deaf | Fault::Forger | Fault::Forgetful => Ok(()),
        }
    }

    /// Commits, delivers to the validator's own chains, then answers.
    async fn settle<T>(&self, handled: Handled<T>) -> Result<T, NodeError> {
        let (outcome, effects) = match handled {
            Ok((reply, effects)) => (Ok(reply), effects),
            Err(failure) => (Err(failure.to_node_error()), failure.effects),
        };
        self.commit(&effects);
        let mut queue = effects.cross_chain;
        while let Some(request) = queue.pop() {
            let now = self.now();
            let handled =
                self.node.borrow_mut().handle_cross_chain_request(&self.storage, request, now).await;
            let effects = match handled {
                Ok(((), effects)) => effects,
                Err(failure) => {
                    let Failure { effects, .. } = *failure;
                    effects
                }
            };
            self.commit(&effects);
            queue.extend(effects.cross_chain);
        }
        outcome
    }

    fn commit(&self, effects: &Effects) {
        self.storage.commit_now(&effects.batch).expect("memory takes everything");
    }
}

/// A client's connection to a validator.
#[derive(Clone)]
pub(crate) struct Connection(Rc<Validator>);

impl Connection {
    fn answer(&self, answer: Answer) -> Answer {
        let mut answer = answer?;
        if self.0.fault.get() == Fault::Forger {
            answer.signature = Some(secret_key(99).sign(&*answer.info));
        }
        Ok(answer)
    }
}

impl ValidatorNode for Connection {
    async fn handle_block_proposal(&self, proposal: BlockProposal) -> Answer {
        self.0.check("proposal")?;
        let handled =
            self.0.node.borrow_mut().handle_block_proposal(&self.0.storage, proposal, self.0.now()).await;
        self.answer(self.0.settle(handled).await)
    }

    async fn handle_lite_certificate(&self, certificate: LiteCertificate, _wait: bool) -> Answer {
        self.0.check("lite")?;
        if self.0.fault.get() == Fault::Forgetful {
            self.0.node.borrow_mut().forget_all();
        }
        let handled = self
            .0
            .node
            .borrow_mut()
            .handle_lite_certificate(&self.0.storage, certificate, self.0.now())
            .await;
        self.answer(self.0.settle(handled).await.map(|(answer, _)| answer))
    }

    async fn handle_confirmed_certificate(
        &self,
        certificate: ConfirmedBlockCertificate,
        _wait: bool,
    ) -> Answer {
        self.0.check("confirmed")?;
        let (store, now) = (&self.0.storage, self.0.now());
        let mode = ProcessingMode::Auto;
        let handled =
            self.0.node.borrow_mut().handle_confirmed_certificate(store, certificate, mode, now).await;
        self.answer(self.0.settle(handled).await.map(|(answer, _)| answer))
    }

    async fn handle_validated_certificate(&self, certificate: ValidatedBlockCertificate) -> Answer {
        self.0.check("validated")?;
        let (store, now) = (&self.0.storage, self.0.now());
        let handled = self.0.node.borrow_mut().handle_validated_certificate(store, certificate, now).await;
        self.answer(self.0.settle(handled).await)
    }

    async fn handle_timeout_certificate(&self, certificate: TimeoutCertificate) -> Answer {
        self.0.check("timeout")?;
        let (store, now) = (&self.0.storage, self.0.now());
        let handled = self.0.node.borrow_mut().handle_timeout_certificate(store, certificate, now).await;
        self.answer(self.0.settle(handled).await)
    }

    async fn handle_chain_info_query(&self, query: ChainInfoQuery) -> Answer {
        self.0.check("query")?;
        let handled =
            self.0.node.borrow_mut().handle_chain_info_query(&self.0.storage, query, self.0.now()).await;
        self.answer(self.0.settle(handled).await)
    }

    async fn download_pending_blob(
        &self,
        chain_id: ChainId,
        blob_id: BlobId,
    ) -> Result<BlobContent, NodeError> {
        self.0.check("download_pending_blob")?;
        let handled =
            self.0.node.borrow_mut().download_pending_blob(&self.0.storage, chain_id, blob_id).await;
        self.0.settle(handled).await.map(Blob::into_content)
    }

    async fn handle_pending_blob(&self, chain_id: ChainId, content: BlobContent) -> Answer {
        self.0.check("pending_blob")?;
        let blob = Blob::new(content).map_err(|_| NodeError::InvalidDecoding)?;
        let handled = self.0.node.borrow_mut().handle_pending_blob(&self.0.storage, chain_id, blob).await;
        self.answer(self.0.settle(handled).await)
    }

    async fn upload_blob(&self, content: BlobContent) -> Result<BlobId, NodeError> {
        self.0.check("upload_blob")?;
        let blob = Blob::new(content).map_err(|_| NodeError::InvalidDecoding)?;
        let known = records::read_blob_state(&self.0.storage, blob.id()).await.expect("memory reads");
        if known.is_none() {
            return Err(NodeError::GrpcError { error: "Blob not found".into() });
        }
        let mut batch = Batch::default();
        records::put_blob(&mut batch, &blob);
        self.0.storage.commit_now(&batch).expect("memory takes everything");
        Ok(blob.id())
    }

    async fn download_blob(&self, blob_id: BlobId) -> Result<BlobContent, NodeError> {
        self.0.check("download_blob")?;
        let blob = records::read_blob(&self.0.storage, blob_id).await.expect("memory reads");
        blob.map(Blob::into_content).ok_or(NodeError::GrpcError { error: "Blob not found".into() })
    }

    async fn download_certificates_by_heights(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<ConfirmedBlockCertificate>, NodeError> {
        self.0.check("download_certificates")?;
        let mut certificates = Vec::new();
        for height in heights {
            let hash =
                records::read_hash_by_height(&self.0.storage, chain_id, height).await.expect("memory reads");
            let Some(hash) = hash else { continue };
            certificates
                .extend(records::read_certificate(&self.0.storage, hash).await.expect("memory reads"));
        }
        Ok(certificates)
    }

    async fn blob_last_used_by_certificate(
        &self,
        blob_id: BlobId,
    ) -> Result<ConfirmedBlockCertificate, NodeError> {
        self.0.check("download_blob_certificate")?;
        let missing = || NodeError::GrpcError { error: "Blob not found".into() };
        let state = records::read_blob_state(&self.0.storage, blob_id).await.expect("memory reads");
        let hash = state.and_then(|state| state.last_used_by).ok_or_else(missing)?;
        records::read_certificate(&self.0.storage, hash).await.expect("memory reads").ok_or_else(missing)
    }

    async fn missing_blob_ids(&self, blob_ids: Vec<BlobId>) -> Result<Vec<BlobId>, NodeError> {
        self.0.check("query_missing_blobs")?;
        Ok(records::missing_blobs(&self.0.storage, &blob_ids).await.expect("memory reads"))
    }

    async fn event_block_heights(
        &self,
        event_ids: Vec<EventId>,
    ) -> Result<Vec<Option<BlockHeight>>, NodeError> {
        self.0.check("query_event_heights")?;
        let mut heights = Vec::new();
        for event_id in &event_ids {
            heights.push(records::read_event_height(&self.0.storage, event_id).await.expect("memory reads"));
        }
        Ok(heights)
    }

    async fn previous_event_blocks(
        &self,
        chain_id: ChainId,
        stream_ids: Vec<StreamId>,
    ) -> Result<Vec<(StreamId, BlockHeight, CryptoHash)>, NodeError> {
        self.0.check("query_previous_events")?;
        let handled = self
            .0
            .node
            .borrow_mut()
            .inspect(&self.0.storage, chain_id, async |chain| chain.previous_event_blocks(stream_ids).await)
            .await;
        let blocks = self.0.settle(handled).await?;
        Ok(blocks.into_iter().map(|(stream, (height, hash))| (stream, height, hash)).collect())
    }
}

/// Validators, a clock and a genesis.
pub(crate) struct Network {
    applications: Applications,
    pub(crate) validators: Vec<Rc<Validator>>,
    pub(crate) genesis: GenesisConfig,
    pub(crate) clock: Rc<Cell<u64>>,
}

/// The key of root chain `index`.
pub(crate) fn owner_key(index: u8) -> AccountSecretKey {
    AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[index + 1; 32]))
}

fn secret_key(index: u8) -> ValidatorSecretKey {
    ValidatorSecretKey::from_bytes(&[index + 100; 32]).expect("a key")
}

/// A committee with these votes per validator; those with none are no members.
pub(crate) fn committee(votes: &[u64], policy: ResourceControlPolicy) -> Committee {
    let members = (0..).zip(votes).filter(|(_, votes)| **votes > 0).map(|(index, votes)| {
        let state = ValidatorState {
            network_address: format!("grpc:validator:{index}"),
            votes: *votes,
            account_public_key: owner_key(50 + index).public(),
        };
        (secret_key(index).public(), state)
    });
    Committee::new(members.collect(), policy).expect("votes fit")
}

impl Network {
    /// Four validators, an admin chain and `chains` more, each with 1,000 tokens.
    pub(crate) fn new(chains: u8) -> Self {
        Self::with_policy(chains, ResourceControlPolicy::no_fees())
    }

    pub(crate) fn with_policy(chains: u8, policy: ResourceControlPolicy) -> Self {
        Self::with_spares(chains, 0, policy)
    }

    /// The same, with validators that are no members of the first committee: the last ones.
    pub(crate) fn with_spares(chains: u8, spares: u8, policy: ResourceControlPolicy) -> Self {
        let clock = Rc::new(Cell::new(1_700_000_000_000_000));
        let keys = (0..4 + spares).map(secret_key).collect::<Vec<_>>();
        let committee = committee(&[100; 4], policy);
        let mut genesis = GenesisConfig::new(committee, Timestamp::from(clock.get()), "test".into());
        for index in 0..=chains {
            genesis.add_root_chain(owner_key(index).owner(), Amount::from_tokens(1_000));
        }
        let applications = Applications::default();
        let validators = keys.into_iter().map(|key| {
            let storage = MemoryStorage::new();
            let batch = block_on(initialize_storage(&storage, &genesis)).expect("a fresh store");
            storage.commit_now(&batch).expect("memory takes everything");
            Rc::new(Validator {
                public_key: key.public(),
                node: RefCell::new(Node::new(NodeConfig::validator(key), applications.clone())),
                storage,
                clock: Rc::clone(&clock),
                fault: Cell::default(),
                requests: RefCell::default(),
            })
        });
        let validators = validators.collect();
        Self { applications, validators, genesis, clock }
    }

    pub(crate) fn chain(&self, index: u8) -> &ChainDescription {
        &self.genesis.chains[usize::from(index)]
    }

    pub(crate) fn chain_id(&self, index: u8) -> ChainId {
        self.chain(index).id()
    }

    /// A wallet with the key of the root chain, on its own device.
    pub(crate) fn wallet(&self, index: u8) -> Wallet {
        let storage = MemoryStorage::new();
        Wallet {
            applications: self.applications.clone(),
            network: self.connections(),
            clock: Rc::clone(&self.clock),
            storage,
            keys: Rc::new(vec![owner_key(index)]),
            signed: Rc::default(),
            is_stuck: Rc::default(),
        }
    }

    fn connections(&self) -> BTreeMap<ValidatorPublicKey, Connection> {
        self.validators
            .iter()
            .map(|validator| (validator.public_key, Connection(Rc::clone(validator))))
            .collect()
    }

    /// A client that owns the root chain, opened and ready.
    pub(crate) fn client(&self, index: u8) -> Rc<Client<Wallet>> {
        self.open(self.wallet(index), index)
    }

    /// A client on that device.
    pub(crate) fn open(&self, wallet: Wallet, index: u8) -> Rc<Client<Wallet>> {
        self.open_on(wallet, index, index)
    }

    /// A client on that device, with the key of one root chain on another one.
    pub(crate) fn open_on(&self, wallet: Wallet, key: u8, index: u8) -> Rc<Client<Wallet>> {
        block_on(async {
            let host = Rc::new(wallet);
            LocalNode::initialize(&*host, &self.genesis).await.expect("the genesis is valid");
            let client = Client::open(host, Options::default()).await.expect("opens");
            client.own(self.chain_id(index), owner_key(key).owner()).await;
            Rc::new(client)
        })
    }
}

/// A device: a disk, keys, and connections.
#[derive(Clone)]
pub(crate) struct Wallet {
    applications: Applications,
    network: BTreeMap<ValidatorPublicKey, Connection>,
    clock: Rc<Cell<u64>>,
    pub(crate) storage: MemoryStorage,
    keys: Rc<Vec<AccountSecretKey>>,
    /// Everything that was signed.
    pub(crate) signed: Rc<RefCell<Vec<ProposalContent>>>,
    /// Whether the disk has stopped answering.
    pub(crate) is_stuck: Rc<Cell<bool>>,
}

impl Host for Wallet {
    type Store = MemoryStorage;
    type Remote = Connection;
    type Applications = Applications;

    fn applications(&self) -> Applications {
        self.applications.clone()
    }

    fn store(&self) -> &MemoryStorage {
        &self.storage
    }

    async fn commit(&self, batch: &Batch, _durability: Durability) -> Result<(), StoreError> {
        if self.is_stuck.get() {
            std::future::pending::<()>().await;
        }
        Ok(self.storage.commit(batch, walnut_storage::Durability::Strict).await?)
    }

    fn remote(&self, public_key: &ValidatorPublicKey, address: &str) -> Result<Connection, NodeError> {
        let unknown = || NodeError::CannotResolveValidatorAddress { address: address.into() };
        self.network.get(public_key).cloned().ok_or_else(unknown)
    }

    fn now(&self) -> Timestamp {
        Timestamp::from(self.clock.get())
    }

    /// Nobody waits for real: the clock jumps.
    async fn sleep_until(&self, time: Timestamp) {
        self.clock.set(self.clock.get().max(time.micros()));
    }

    fn has_key(&self, owner: &AccountOwner) -> bool {
        self.keys.iter().any(|key| key.owner() == *owner)
    }

    async fn sign(&self, owner: AccountOwner, content: &ProposalContent) -> Result<SignedContent, SignError> {
        let key = self.keys.iter().find(|key| key.owner() == owner).ok_or(SignError::NoKey(owner))?;
        self.signed.borrow_mut().push(content.clone());
        Ok(key.sign(content).into())
    }
}

/// A transfer of tokens from one chain's own balance to another's.
pub(crate) fn transfer(recipient: ChainId, tokens: u128) -> Operation {
    Operation::System(Box::new(SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::chain(recipient),
        amount: Amount::from_tokens(tokens),
    }))
}
