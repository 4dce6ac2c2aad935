//! A chain on a desk: state, network and one committee, for the tests of this crate.

use std::rc::Rc;

use futures::executor::block_on;
use walnut_base::{
    AccountOwner, Amount, ApplicationPermissions, Blob, BlobContent, BlobType, BlockHeight, ChainDescription,
    ChainId, ChainOrigin, ChainOwnership, Committee, CryptoHash, Epoch, IncomingBundle, InitialChainConfig,
    Message, MessageAction, MessageBundle, MessageKind, NetworkDescription, Operation, PostedMessage,
    ProposedBlock, ResourceControlPolicy, SystemMessage, SystemOperation, Timestamp, Transaction,
};
use walnut_views::{Batch, MemoryStore, RootKey, View};

use crate::{
    Applications, BlockError, BlockInputs, Committees, Environment, ExecutedBlock, ExecutionError,
    ExecutionState, Executor, NoHistory, OperationContext, ResourceController, TransactionTracker,
    UnsupportedApplications, execute_block, initialize_chain, storage,
};

/// A chain with its surroundings; its only owner is [`owner`] `(1)`.
pub(crate) struct Desk<A = UnsupportedApplications> {
    pub(crate) store: MemoryStore,
    pub(crate) committees: Committees,
    pub(crate) chain_id: ChainId,
    pub(crate) state: ExecutionState,
    pub(crate) resources: ResourceController,
    pub(crate) transaction: TransactionTracker,
    pub(crate) applications: A,
}

pub(crate) fn hash(byte: u8) -> CryptoHash {
    CryptoHash::from([byte; 32])
}

pub(crate) fn owner(byte: u8) -> AccountOwner {
    AccountOwner::Address32(hash(byte))
}

pub(crate) fn other_chain() -> ChainId {
    ChainId(hash(0xee))
}

pub(crate) fn tokens(count: u128) -> Amount {
    Amount::from_tokens(count)
}

pub(crate) fn policy(change: impl FnOnce(&mut ResourceControlPolicy)) -> ResourceControlPolicy {
    let mut policy = ResourceControlPolicy::no_fees();
    change(&mut policy);
    policy
}

pub(crate) fn description(index: u32) -> ChainDescription {
    ChainDescription {
        origin: ChainOrigin::Root(index),
        timestamp: Timestamp::from_micros(1000),
        config: InitialChainConfig {
            ownership: ChainOwnership::single(owner(1)),
            epoch: Epoch::ZERO,
            min_active_epoch: Epoch::ZERO,
            max_active_epoch: Epoch::ZERO,
            balance: tokens(100),
            application_permissions: ApplicationPermissions::default(),
        },
    }
}

impl Desk {
    pub(crate) fn new(policy: ResourceControlPolicy) -> Self {
        Self::with_applications(policy, description(1), UnsupportedApplications)
    }

    /// The chain is the network's admin chain.
    pub(crate) fn admin(policy: ResourceControlPolicy) -> Self {
        Self::with_applications(policy, description(0), UnsupportedApplications)
    }
}

impl<A: Applications> Desk<A> {
    pub(crate) fn with_applications(
        policy: ResourceControlPolicy,
        description: ChainDescription,
        applications: A,
    ) -> Self {
        let committee = Committee::new(Default::default(), policy).unwrap();
        let blob = Blob::new_committee(&committee);
        let network = NetworkDescription {
            name: "desk".into(),
            genesis_config_hash: hash(9),
            genesis_timestamp: Timestamp::from_micros(0),
            genesis_committee_blob_hash: blob.id().hash,
            admin_chain_id: self::description(0).id(),
        };
        let mut batch = Batch::new();
        batch.put(storage::network_description_key(), bcs::to_bytes(&network).unwrap());
        let store = MemoryStore::new();
        store.apply(&batch);
        let chain_id = description.id();
        let committees = Committees::new();
        store_blob(&store, &blob);
        store_blob(&store, &description.to_blob());
        let env = Environment::new(chain_id, &store, &committees, &applications);
        let mut state = block_on(ExecutionState::load(&env.chain)).unwrap();
        block_on(initialize_chain(&mut state, chain_id, &store, &committees)).unwrap().unwrap();
        let active = committees.known(Epoch::ZERO).unwrap();
        let resources = ResourceController::new(active, Some(owner(1)));
        let mut desk = Self {
            store,
            committees,
            chain_id,
            state,
            resources,
            transaction: TransactionTracker::default(),
            applications,
        };
        desk.save();
        desk
    }

    pub(crate) fn put_blob(&self, blob: &Blob) {
        store_blob(&self.store, blob);
    }

    pub(crate) fn put_event(&self, event_id: &walnut_base::EventId, value: &[u8]) {
        let mut batch = Batch::new();
        batch.put(storage::event_key(event_id), value);
        self.store.apply(&batch);
    }

    pub(crate) fn save(&mut self) {
        let mut batch = Batch::new();
        self.state.emit(&mut batch);
        self.store.apply(&batch.with_prefix(&RootKey::ChainState(self.chain_id).bytes()));
        self.state.mark_saved();
    }

    /// Gives an account to an owner.
    pub(crate) fn endow(&mut self, owner: AccountOwner, amount: Amount) {
        self.state.system.balances.insert(&owner, amount);
    }

    pub(crate) fn balance(&self) -> Amount {
        *self.state.system.balance.get()
    }

    /// `None`: there is no entry.
    pub(crate) fn balance_of(&self, owner: AccountOwner) -> Option<Amount> {
        let env = Environment::new(self.chain_id, &self.store, &self.committees, &self.applications);
        block_on(self.state.system.balances.read(&env.chain, &owner)).unwrap()
    }

    pub(crate) fn uses_blob(&self, blob_id: walnut_base::BlobId) -> bool {
        let env = Environment::new(self.chain_id, &self.store, &self.committees, &self.applications);
        block_on(self.state.system.used_blobs.contains(&env.chain, &blob_id)).unwrap()
    }

    pub(crate) fn operation_context(&self) -> OperationContext {
        OperationContext {
            chain_id: self.chain_id,
            authenticated_signer: Some(owner(1)),
            height: BlockHeight(0),
            round: None,
            timestamp: Timestamp::from_micros(2000),
        }
    }

    /// Lets an executor act on the desk's transaction.
    pub(crate) fn act<T>(
        &mut self,
        action: impl AsyncFnOnce(Executor<'_, MemoryStore, A>) -> Result<T, ExecutionError>,
    ) -> Result<T, ExecutionError> {
        let env = Environment::new(self.chain_id, &self.store, &self.committees, &self.applications);
        let executor = Executor {
            env: &env,
            state: &mut self.state,
            resources: &mut self.resources,
            transaction: &mut self.transaction,
        };
        block_on(action(executor))
    }

    /// Executes one operation in the desk's transaction, signed by [`owner`] `(1)`.
    pub(crate) fn operate(&mut self, operation: SystemOperation) -> Result<(), ExecutionError> {
        let context = self.operation_context();
        let operation = operation.into();
        self.act(async |mut executor| executor.execute_operation(context, &operation).await)
    }

    pub(crate) fn block(&self, transactions: Vec<Transaction>) -> ProposedBlock {
        ProposedBlock {
            chain_id: self.chain_id,
            epoch: Epoch::ZERO,
            transactions,
            height: BlockHeight(0),
            timestamp: Timestamp::from_micros(2000),
            authenticated_signer: Some(owner(1)),
            previous_block_hash: None,
        }
    }

    pub(crate) fn execute_with(
        &mut self,
        block: &ProposedBlock,
        published_blobs: &[Blob],
        replaying: Option<&[Vec<walnut_base::OracleResponse>]>,
    ) -> Result<ExecutedBlock, BlockError> {
        let env = Environment::new(self.chain_id, &self.store, &self.committees, &self.applications);
        let local_time = Timestamp::from_micros(2000);
        let inputs = BlockInputs { env: &env, history: &NoHistory, published_blobs, local_time, round: None };
        let result = block_on(execute_block(&mut self.state, &inputs, block, replaying));
        if result.is_err() {
            self.state.rollback();
        }
        result
    }

    pub(crate) fn execute(&mut self, transactions: Vec<Transaction>) -> Result<ExecutedBlock, BlockError> {
        let block = self.block(transactions);
        self.execute_with(&block, &[], None)
    }
}

fn store_blob(store: &MemoryStore, blob: &Blob) {
    let mut batch = Batch::new();
    batch.put(storage::blob_key(&blob.id()), blob.bytes());
    store.apply(&batch);
}

pub(crate) fn operation(operation: SystemOperation) -> Transaction {
    Transaction::ExecuteOperation(operation.into())
}

pub(crate) fn user_operation(application: u8, bytes: &[u8]) -> Transaction {
    let application_id = walnut_base::ApplicationId::new(hash(application));
    Transaction::ExecuteOperation(Operation::User { application_id, bytes: bytes.to_vec() })
}

pub(crate) fn transfer(
    owner: AccountOwner,
    recipient: walnut_base::Account,
    amount: Amount,
) -> SystemOperation {
    SystemOperation::Transfer { owner, recipient, amount }
}

pub(crate) fn to_other_chain(amount: Amount) -> SystemOperation {
    transfer(AccountOwner::CHAIN, walnut_base::Account::chain(other_chain()), amount)
}

pub(crate) fn posted(kind: MessageKind, message: Message) -> PostedMessage {
    PostedMessage {
        authenticated_signer: None,
        grant: Amount::ZERO,
        refund_grant_to: None,
        kind,
        index: 0,
        message,
    }
}

pub(crate) fn credit(amount: Amount) -> PostedMessage {
    let message = SystemMessage::Credit { target: AccountOwner::CHAIN, amount, source: owner(7) };
    posted(MessageKind::Tracked, message.into())
}

pub(crate) fn user_message(application: u8, kind: MessageKind) -> PostedMessage {
    let application_id = walnut_base::ApplicationId::new(hash(application));
    posted(kind, Message::User { application_id, bytes: vec![1, 2, 3] })
}

pub(crate) fn bundle(origin: u8, action: MessageAction, messages: Vec<PostedMessage>) -> Transaction {
    Transaction::ReceiveMessages(IncomingBundle {
        origin: ChainId(hash(origin)),
        bundle: MessageBundle {
            height: BlockHeight(3),
            timestamp: Timestamp::from_micros(1500),
            certificate_hash: hash(4),
            transaction_index: 0,
            messages,
        },
        action,
    })
}

pub(crate) fn blob_of(blob_type: BlobType, bytes: Vec<u8>) -> Blob {
    Blob::new(BlobContent::new(blob_type, bytes)).unwrap()
}

/// A committee that differs from the desk's by its policy.
pub(crate) fn committee_blob(policy: ResourceControlPolicy) -> (Rc<Committee>, Blob) {
    let committee = Committee::new(Default::default(), policy).unwrap();
    let blob = Blob::new_committee(&committee);
    (Rc::new(committee), blob)
}

/// Stores the blobs of an application of some other chain; its bytecode is not real.
pub(crate) fn create_counter<A: Applications>(desk: &mut Desk<A>) -> walnut_base::ApplicationId {
    create_requiring(desk, 1, Vec::new())
}

/// As [`create_counter`], for an application that requires others; `seed` makes it a different one.
pub(crate) fn create_requiring<A: Applications>(
    desk: &mut Desk<A>,
    seed: u8,
    required_application_ids: Vec<walnut_base::ApplicationId>,
) -> walnut_base::ApplicationId {
    let module_id = store_module(desk, seed);
    let description = walnut_base::ApplicationDescription {
        module_id,
        creator_chain_id: other_chain(),
        block_height: BlockHeight(1),
        application_index: 0,
        parameters: Vec::new(),
        required_application_ids,
    };
    desk.put_blob(&description.to_blob());
    description.id()
}

/// Stores the bytecode blobs of a module.
pub(crate) fn store_module<A: Applications>(desk: &mut Desk<A>, seed: u8) -> walnut_base::ModuleId {
    let (contract, service) = module_blobs(seed);
    desk.put_blob(&contract);
    desk.put_blob(&service);
    walnut_base::ModuleId::new(contract.id().hash, service.id().hash, walnut_base::VmRuntime::Wasm)
}

pub(crate) fn module_blobs(seed: u8) -> (Blob, Blob) {
    // Level 1: the validators' level allocates tables that would dominate the tests.
    let compress = |byte| zstd::stream::encode_all(&[byte; 100][..], 1).unwrap();
    (Blob::new_contract_bytecode(compress(seed)), Blob::new_service_bytecode(compress(seed ^ 0x80)))
}

/// What a [`Script`] does in one action.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Fuel(u64),
    Write(Batch),
    Transfer(AccountOwner, walnut_base::Account, Amount),
    Send(crate::SendMessageRequest),
    Emit(Vec<u8>, Vec<u8>),
    Subscribe(ChainId, walnut_base::StreamId),
    Unsubscribe(ChainId, walnut_base::StreamId),
    CreateBlob(Vec<u8>),
    ReadBlob(CryptoHash),
    AssertBlob(CryptoHash),
    AssertBefore(Timestamp),
    OpenChain(Amount),
    CloseChain,
    Round,
    ReadEvent(ChainId, Vec<u8>, u32),
}

type Actions = std::collections::VecDeque<(Vec<Step>, Vec<u8>)>;

/// Applications that do what they are told: one list of steps for each action, and what the action returns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) actions: Rc<std::cell::RefCell<Actions>>,
    /// What was run, in order.
    pub(crate) log: Rc<std::cell::RefCell<Vec<String>>>,
}

impl Script {
    pub(crate) fn new(actions: impl IntoIterator<Item = (Vec<Step>, &'static [u8])>) -> Self {
        let actions = actions.into_iter().map(|(steps, result)| (steps, result.to_vec())).collect();
        Self { actions: Rc::new(std::cell::RefCell::new(actions)), log: Rc::default() }
    }

    async fn step<S: walnut_views::Store>(
        host: &mut crate::ActionHost<'_, S, Self>,
        signer: Option<AccountOwner>,
        step: Step,
    ) -> Result<(), crate::HostError> {
        let app = host.application_id;
        match step {
            Step::Fuel(fuel) => {
                let result = host.meter().track_fuel(fuel, walnut_base::VmRuntime::Wasm);
                result.map_err(crate::HostError::Trap)
            }
            Step::Write(batch) => host.write_batch(&app, &batch).await,
            Step::Transfer(source, destination, amount) => {
                host.transfer(app, signer, source, destination, amount).await
            }
            Step::Send(request) => host.send_message(app, signer, request),
            Step::Emit(name, value) => host.emit(app, name.into(), value).await.map(|_| ()),
            Step::Subscribe(chain_id, stream_id) => host.subscribe_to_events(app, chain_id, stream_id).await,
            Step::Unsubscribe(chain_id, stream_id) => {
                host.unsubscribe_from_events(app, chain_id, stream_id).await
            }
            Step::CreateBlob(bytes) => {
                host.create_data_blob(bytes);
                Ok(())
            }
            Step::ReadBlob(hash) => host.read_data_blob(hash).await.map(|_| ()),
            Step::AssertBlob(hash) => host.assert_data_blob_exists(hash).await,
            Step::AssertBefore(timestamp) => host.assert_before(timestamp),
            Step::OpenChain(balance) => {
                let ownership = ChainOwnership::single(owner(3));
                host.open_chain(ownership, ApplicationPermissions::default(), balance).await.map(|_| ())
            }
            Step::CloseChain => {
                assert!(host.close_chain(&app));
                Ok(())
            }
            Step::Round => host.validation_round().map(|_| ()),
            Step::ReadEvent(chain_id, name, index) => {
                host.read_event(app, chain_id, name.into(), index).await.map(|_| ())
            }
        }
    }
}

impl Applications for Script {
    async fn run_action<S: walnut_views::Store>(
        &self,
        host: &mut crate::ActionHost<'_, S, Self>,
        action: crate::UserAction<'_>,
    ) -> Result<Option<Vec<u8>>, ExecutionError> {
        let name = match action {
            crate::UserAction::Instantiate(..) => "instantiate".to_string(),
            crate::UserAction::Operation(..) => "operation".to_string(),
            crate::UserAction::Message(..) => "message".to_string(),
            crate::UserAction::ProcessStreams(_, updates) => {
                let ranges =
                    updates.iter().map(|update| format!("{}..{}", update.previous_index, update.next_index));
                format!("streams {}", ranges.collect::<Vec<_>>().join(" "))
            }
        };
        self.log.borrow_mut().push(name);
        let (steps, result) = self.actions.borrow_mut().pop_front().unwrap_or_default();
        for step in steps {
            Self::step(host, action.signer(), step).await.map_err(crate::HostError::into_execution_error)?;
        }
        Ok(matches!(action, crate::UserAction::Operation(..)).then_some(result))
    }

    async fn run_query<S: walnut_views::Store>(
        &self,
        host: &mut crate::ActionHost<'_, S, Self>,
        _query: &[u8],
    ) -> Result<crate::UserQueryOutcome, ExecutionError> {
        Err(ExecutionError::ApplicationsUnsupported(host.application_id))
    }
}
