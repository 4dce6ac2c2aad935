//! Everything of one run: time, chance, the network, who takes part, and what is known to have happened.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    fmt,
    rc::Rc,
};

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use walnut_base::{
    BlockHeight, BlockProposal, ChainId, GenesisConfig, Notification, Timestamp, ValidatedBlockCertificate,
};

use crate::{
    book::Book,
    executor::{Executor, Group},
    ledger::Ledger,
    plan::{Fault, GENESIS_TIME, Plan},
    random::Random,
    trace::Trace,
    validator::Validator,
    wire::{Answer, Request, failed_call},
};

/// How long a caller waits for an answer, in microseconds.
const CALL_TIMEOUT: u64 = 4_000_000;

/// Requests that are kept to be replayed.
const RECORDED: usize = 300;

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which one.
    pub invariant: Invariant,
    /// By whom and how.
    pub what: String,
}

/// The promises that are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Two different blocks are confirmed at one height.
    OneBlockPerHeight,
    /// A certificate was accepted without a quorum of valid votes.
    Quorum,
    /// An honest validator voted twice, against its lock, or without reason.
    Votes,
    /// Something left that is not on disk.
    PersistThenSpeak,
    /// A wallet signed two blocks for one round.
    OneSignaturePerRound,
    /// Somebody proposed who may not.
    Proposers,
    /// A block does not continue its chain as the rules say.
    Blocks,
    /// A message was lost, changed, doubled or taken out of order.
    Messages,
    /// Tokens appeared or vanished.
    Tokens,
    /// Two nodes disagree about the state after the same block.
    States,
    /// A node thinks that its own state is broken.
    Soundness,
    /// A validator refused a confirmed block, and not because it lacks something.
    Confirmed,
    /// A message did not arrive although everything was well again.
    Delivery,
    /// An owner could not make a block although everything was well again.
    Progress,
    /// Something panicked.
    Panic,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {}", self.invariant, self.what)
    }
}

/// The number of a wallet on the network; validators have their index.
pub fn party_of_device(device: usize) -> usize {
    1000 + device
}

/// See the module.
pub struct World {
    /// What the seed decided.
    pub plan: Plan,
    /// The genesis.
    pub genesis: GenesisConfig,
    /// The chains of the genesis, in order.
    pub chain_ids: Vec<ChainId>,
    /// Tasks and time.
    pub executor: Rc<Executor>,
    /// What happened.
    pub trace: Trace,
    /// Chance, for everything but the choice of the next task.
    pub random: Random,
    /// Whether things still go wrong.
    pub is_faulty: Cell<bool>,
    /// The validators.
    pub validators: RefCell<Vec<Rc<Validator>>>,
    /// The votes that left.
    pub book: RefCell<Book>,
    /// The blocks that are confirmed.
    pub ledger: RefCell<Ledger>,
    /// The group of what nobody kills.
    pub group: Group,
    sides: RefCell<BTreeMap<usize, u64>>,
    recorded: RefCell<VecDeque<Rc<Request>>>,
    kept: RefCell<BTreeMap<(ChainId, BlockHeight), Vec<ValidatedBlockCertificate>>>,
    listeners: RefCell<BTreeMap<usize, Listener>>,
    violation: RefCell<Option<Violation>>,
}

/// Takes the news of a validator for a wallet.
type Listener = Rc<dyn Fn(usize, Notification)>;

impl World {
    /// A world in which nobody does anything yet.
    pub fn new(plan: Plan) -> Rc<Self> {
        let genesis = plan.genesis();
        let executor = Executor::new(GENESIS_TIME, Random::new(plan.options.seed, 2));
        let random = Random::new(plan.options.seed, 3);
        let chain_ids = genesis.chains.iter().map(walnut_base::ChainDescription::id).collect();
        let world = Rc::new(Self {
            trace: Trace::new(plan.options.echo),
            ledger: RefCell::new(Ledger::new(&genesis)),
            genesis,
            chain_ids,
            group: executor.group(),
            executor,
            random,
            is_faulty: Cell::new(true),
            validators: RefCell::default(),
            book: RefCell::default(),
            sides: RefCell::default(),
            recorded: RefCell::default(),
            kept: RefCell::default(),
            listeners: RefCell::default(),
            violation: RefCell::default(),
            plan,
        });
        for index in 0..world.plan.weights.len() {
            let validator = Validator::new(&world, index);
            world.validators.borrow_mut().push(validator);
        }
        world
    }

    /// All chains: those of the genesis, then those that were opened.
    pub fn chains(&self) -> Vec<ChainId> {
        let ledger = self.ledger.borrow();
        let opened = ledger.opened().iter().map(|(chain_id, _)| *chain_id);
        self.chain_ids.iter().copied().chain(opened).collect()
    }

    /// The chain with that number.
    pub fn chain_id(&self, number: usize) -> ChainId {
        self.chains()[number]
    }

    /// A validator.
    pub fn validator(&self, index: usize) -> Rc<Validator> {
        Rc::clone(&self.validators.borrow()[index])
    }

    /// Notes an event.
    pub fn note(&self, event: fmt::Arguments<'_>) {
        self.trace.note(self.executor.now() - GENESIS_TIME, event);
    }

    /// Whether that kind of thing goes wrong now, so many times out of a thousand.
    pub fn goes_wrong(&self, fault: Fault, per_mille: u64) -> bool {
        self.is_faulty.get() && self.plan.has(fault) && self.random.chance(per_mille)
    }

    /// Waits while a machine stands still, if it does.
    pub async fn stall(&self) {
        if self.goes_wrong(Fault::Stall, 30) {
            self.executor.sleep(self.random.duration(5_000, 800_000)).await;
        }
    }

    /// The clock of somebody.
    pub fn clock(&self, skew: i64) -> Timestamp {
        Timestamp::from(self.executor.now().saturating_add_signed(skew))
    }

    /// By how much somebody's clock is wrong, in microseconds.
    pub fn draw_skew(&self) -> i64 {
        match self.plan.has(Fault::Skew) {
            true => i64::try_from(self.random.below(600_000)).expect("small") - 300_000,
            false => 0,
        }
    }

    /// Reports that a promise was broken. The first one counts.
    pub fn violate(&self, invariant: Invariant, what: impl fmt::Display) {
        let mut violation = self.violation.borrow_mut();
        if violation.is_none() {
            self.note(format_args!("VIOLATION {invariant:?}: {what}"));
            *violation = Some(Violation { invariant, what: what.to_string() });
        }
    }

    /// The promise that was broken, if one was.
    pub fn violation(&self) -> Option<Violation> {
        self.violation.borrow().clone()
    }

    /// Puts everybody on one side or the other; none for all on one.
    pub fn divide(&self, sides: BTreeMap<usize, u64>) {
        *self.sides.borrow_mut() = sides;
    }

    /// How long a message is on its way; none if it is lost.
    pub fn travel(&self, from: usize, to: usize) -> Option<u64> {
        let sides = self.sides.borrow();
        if sides.get(&from).unwrap_or(&0) != sides.get(&to).unwrap_or(&0) {
            return None;
        }
        if self.goes_wrong(Fault::Loss, self.plan.loss) {
            return None;
        }
        Some(match self.goes_wrong(Fault::Delay, self.plan.delay) {
            true => self.random.duration(self.plan.latency, 8_000_000),
            false => self.random.duration(100, self.plan.latency),
        })
    }

    /// Sends a request and waits for the answer.
    pub async fn call(self: &Rc<Self>, from: usize, to: usize, request: Request) -> Answer {
        let (sender, answer) = oneshot::channel();
        let request = Rc::new(request);
        self.record(&request);
        if self.goes_wrong(Fault::Duplication, self.plan.duplication) {
            self.send(from, to, Rc::clone(&request), None);
        }
        self.send(from, to, request, Some(sender));
        let mut timeout = self.executor.sleep(CALL_TIMEOUT);
        match select(answer, &mut timeout).await {
            Either::Left((Ok(answer), _)) => return answer,
            // It was lost: the caller cannot know.
            Either::Left((Err(oneshot::Canceled), _)) => timeout.await,
            Either::Right(_) => {}
        }
        Err(failed_call("deadline exceeded"))
    }

    /// Sends a request.
    pub fn send(
        self: &Rc<Self>,
        from: usize,
        to: usize,
        request: Rc<Request>,
        sender: Option<oneshot::Sender<Answer>>,
    ) {
        let Some(time) = self.travel(from, to) else { return };
        let validator = self.validator(to);
        self.executor.at(self.executor.now() + time, move || validator.receive(from, request, sender));
    }

    /// Sends an answer back.
    pub fn send_back(
        self: &Rc<Self>,
        from: usize,
        to: usize,
        sender: oneshot::Sender<Answer>,
        answer: Answer,
    ) {
        let Some(time) = self.travel(from, to) else { return };
        let deliver = move || drop::<Result<(), Answer>>(sender.send(answer));
        self.executor.at(self.executor.now() + time, deliver);
    }

    fn record(&self, request: &Rc<Request>) {
        if !self.plan.has(Fault::Rogue) {
            return;
        }
        if let Request::Validated(certificate) = &**request {
            self.keep(certificate);
        }
        let mut recorded = self.recorded.borrow_mut();
        if recorded.len() >= RECORDED {
            recorded.pop_front();
        }
        recorded.push_back(Rc::clone(request));
    }

    fn keep(&self, certificate: &ValidatedBlockCertificate) {
        let mut kept = self.kept.borrow_mut();
        let kept = kept.entry((certificate.chain_id(), certificate.height())).or_default();
        let is_same = |known: &ValidatedBlockCertificate| {
            known.round == certificate.round && known.hash() == certificate.hash()
        };
        if !kept.iter().any(is_same) {
            kept.push(certificate.clone());
        }
    }

    /// The validated certificates that somebody showed for a height.
    pub fn kept(&self, chain_id: ChainId, height: BlockHeight) -> Vec<ValidatedBlockCertificate> {
        self.kept.borrow().get(&(chain_id, height)).cloned().unwrap_or_default()
    }

    /// A proposal that somebody made for a chain before.
    pub fn recorded_proposal(&self, chain_id: ChainId) -> Option<BlockProposal> {
        let recorded = self.recorded.borrow();
        let proposals = recorded.iter().filter_map(|request| match &**request {
            Request::Proposal(proposal) if proposal.content.block.chain_id == chain_id => Some(proposal),
            _ => None,
        });
        let proposals = proposals.collect::<Vec<_>>();
        proposals.get(self.random.index(proposals.len())).map(|proposal| (***proposal).clone())
    }

    /// A request that somebody sent before.
    pub fn recorded(&self) -> Option<Rc<Request>> {
        let recorded = self.recorded.borrow();
        let index = self.random.index(recorded.len());
        recorded.get(index).cloned()
    }

    /// Lets a wallet hear of what validators announce.
    pub fn listen(&self, device: usize, listener: Listener) {
        self.listeners.borrow_mut().insert(device, listener);
    }

    /// A wallet hears nothing any more.
    pub fn unlisten(&self, device: usize) {
        let listener = self.listeners.borrow_mut().remove(&device);
        drop(listener);
    }

    /// A validator announces something to every wallet that listens; it may get lost.
    pub fn announce(self: &Rc<Self>, validator: usize, notification: &Notification) {
        let listeners = self.listeners.borrow().clone();
        for (device, listener) in listeners {
            let Some(time) = self.travel(validator, party_of_device(device)) else { continue };
            let notification = notification.clone();
            self.executor.at(self.executor.now() + time, move || listener(validator, notification));
        }
    }
}
