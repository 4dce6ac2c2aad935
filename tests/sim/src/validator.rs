//! A validator: a front, shards with the shipped node, one writer, and a disk.
//!
//! What `walnut-validator` does with threads is done with tasks here, in the same order: read through an overlay, submit
//! the batch, and release requests between chains, news and answers when it is stored. The node, the marks of outgoing
//! messages, the queue of requests between chains and the choice of the shard are the shipped code itself.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    task::{Poll, Waker},
};

use futures_channel::oneshot;
use walnut_base::{
    Blob, BlobContent, ChainId, ChainInfoQuery, CrossChainRequest, NodeError, Notification, TimeDelta,
    Timestamp, ValidatorPublicKey,
};
use walnut_chain::{
    ChainError, Delivery, DeliveryWaiters, Effects, Handled, Node, NodeConfig, ProcessingMode,
    initialize_storage, proposal_delay, records,
};
use walnut_execution::UnsupportedApplications;
use walnut_views::{Batch, LayerId, Overlay, Store, ready};

use crate::{
    cross_chain::CrossChainQueue,
    disk::Disk,
    executor::{Group, pause},
    lies,
    outgoing::Outgoing,
    plan::{Fault, validator_key},
    routing::shard_index,
    wire::{Answer, Reply, Request, failed_call},
    world::{Invariant, World},
};

/// The node of a shard.
pub type SimNode = Node<UnsupportedApplications>;

/// One validator. A liar is two of them under one key, who do not know of each other.
pub struct Validator {
    world: std::rc::Weak<World>,
    /// Its number.
    pub index: usize,
    /// Its public key.
    pub public_key: ValidatorPublicKey,
    /// By how much its clock is wrong.
    pub skew: i64,
    /// Its processes: one, or two.
    pub processes: Vec<Rc<Process>>,
    /// Whether it keeps to the protocol.
    pub is_honest: bool,
}

/// A disk, and what runs on it.
pub struct Process {
    /// The disk.
    pub disk: Rc<Disk>,
    running: RefCell<Option<Rc<Running>>>,
}

/// A process between its start and its end.
struct Running {
    group: Group,
    mailboxes: Vec<Mailbox>,
    writer: Writer,
}

impl Validator {
    /// A validator with a fresh store.
    pub fn new(world: &Rc<World>, index: usize) -> Rc<Self> {
        let is_honest = !world.plan.byzantine.contains(&index);
        let process = || {
            let disk = Disk::default();
            let batch = ready(initialize_storage(&disk, &world.genesis)).expect("the genesis is valid");
            disk.write(&batch, true);
            Rc::new(Process { disk: Rc::new(disk), running: RefCell::default() })
        };
        Rc::new(Self {
            world: Rc::downgrade(world),
            index,
            public_key: validator_key(index).public(),
            skew: world.draw_skew(),
            processes: (0..if is_honest { 1 } else { 2 }).map(|_| process()).collect(),
            is_honest,
        })
    }

    fn world(&self) -> Rc<World> {
        self.world.upgrade().expect("validators end with their world")
    }

    /// The disk of the first process.
    pub fn disk(&self) -> &Rc<Disk> {
        &self.processes[0].disk
    }

    /// Whether its first process runs.
    pub fn is_running(&self) -> bool {
        self.processes[0].running.borrow().is_some()
    }

    fn now(&self) -> Timestamp {
        self.world().clock(self.skew)
    }

    /// Starts what does not run.
    pub fn start(self: &Rc<Self>) {
        let world = self.world();
        for process in &self.processes {
            if process.running.borrow().is_some() {
                continue;
            }
            let running = Rc::new(Running {
                group: world.executor.group(),
                mailboxes: (0..world.plan.shards).map(|_| Mailbox::default()).collect(),
                writer: Writer::default(),
            });
            *process.running.borrow_mut() = Some(Rc::clone(&running));
            for index in 0..world.plan.shards {
                let shard = Shard::new(self, process, &running, index);
                world.executor.spawn(running.group, shard.run());
            }
            let (validator, disk) = (Rc::clone(self), Rc::clone(&process.disk));
            let group = running.group;
            world.executor.spawn(group, async move { validator.write(&running, &disk).await });
        }
    }

    /// Kills it, and takes back what was not synced: none, some or all of it.
    pub fn kill(&self) {
        let world = self.world();
        for process in &self.processes {
            let Some(running) = process.running.borrow_mut().take() else { continue };
            world.executor.kill(running.group);
            process.disk.cut(world.random.index(process.disk.at_risk() + 1));
        }
    }

    /// A request arrives.
    pub fn receive(
        self: &Rc<Self>,
        from: usize,
        request: Rc<Request>,
        sender: Option<oneshot::Sender<Answer>>,
    ) {
        let world = self.world();
        let process = &self.processes[world.random.index(self.processes.len())];
        let Some(running) = process.running.borrow().clone() else {
            if let Some(sender) = sender {
                world.send_back(self.index, from, sender, Err(failed_call("connection refused")));
            }
            return;
        };
        let (validator, disk) = (Rc::clone(self), Rc::clone(&process.disk));
        world.executor.spawn(running.group, async move {
            let answer = validator.serve(&running, &disk, Rc::clone(&request)).await;
            let world = validator.world();
            let answer = match validator.is_honest {
                true => Some(answer),
                false => lies::twist(&world, &validator, &request, answer),
            };
            if let (Some(sender), Some(answer)) = (sender, answer) {
                world.send_back(validator.index, from, sender, answer);
            }
        });
    }

    /// What the front does: `walnut-validator/src/front.rs`.
    async fn serve(&self, running: &Rc<Running>, disk: &Disk, request: Rc<Request>) -> Answer {
        let world = self.world();
        if let Request::Proposal(proposal) = &*request {
            let delay = proposal_delay(proposal, self.now(), TimeDelta::from_millis(500));
            if delay > TimeDelta::ZERO {
                world.executor.sleep(delay.as_micros()).await;
            }
        }
        let Some(chain_id) = request.chain_id() else { return self.read(disk, &request) };
        let index = shard_index(&self.public_key, &chain_id, running.mailboxes.len());
        let (sender, answer) = oneshot::channel();
        running.mailboxes[index].push(Envelope { request, sender });
        answer.await.unwrap_or_else(|_| Err(failed_call("the outcome could not be stored")))
    }

    fn read(&self, disk: &Disk, request: &Request) -> Answer {
        let missing = || failed_call("not found");
        Ok(match request {
            Request::UploadBlob(content) => {
                let blob = Blob::new(content.clone()).map_err(|_| NodeError::InvalidDecoding)?;
                if get(records::read_blob_state(disk, blob.id())).is_none() {
                    return Err(missing());
                }
                let mut batch = Batch::default();
                records::put_blob(&mut batch, &blob);
                disk.write(&batch, false);
                Reply::BlobId(blob.id())
            }
            Request::DownloadBlob(blob_id) => {
                Reply::Blob(get(records::read_blob(disk, *blob_id)).ok_or_else(missing)?.into_content())
            }
            Request::Certificates(chain_id, heights) => {
                let mut certificates = Vec::new();
                for height in heights {
                    let Some(hash) = get(records::read_hash_by_height(disk, *chain_id, *height)) else {
                        continue;
                    };
                    certificates.extend(get(records::read_certificate(disk, hash)));
                }
                Reply::Certificates(certificates)
            }
            Request::BlobLastUsedBy(blob_id) => {
                let state = get(records::read_blob_state(disk, *blob_id));
                let hash = state.and_then(|state| state.last_used_by).ok_or_else(missing)?;
                let certificate = get(records::read_certificate(disk, hash));
                Reply::Certificate(Box::new(certificate.ok_or_else(missing)?))
            }
            Request::MissingBlobs(blob_ids) => Reply::BlobIds(get(records::missing_blobs(disk, blob_ids))),
            Request::EventHeights(event_ids) => {
                Reply::Heights(event_ids.iter().map(|id| get(records::read_event_height(disk, id))).collect())
            }
            _ => return Err(NodeError::UnexpectedMessage),
        })
    }

    /// What the writer does: `walnut-validator/src/committer.rs`.
    async fn write(&self, running: &Running, disk: &Disk) {
        let world = self.world();
        loop {
            running.writer.filled().await;
            world.executor.sleep(world.random.duration(50, 8_000)).await;
            world.stall().await;
            let group = std::mem::take(&mut *running.writer.queue.borrow_mut());
            let accepted = |commit: &Commit| commit.generation >= commit.lane.first_accepted.get();
            let (group, refused): (Vec<_>, Vec<_>) = group.into_iter().partition(accepted);
            let mut is_stored = true;
            let is_empty = group.iter().all(|commit| commit.batch.is_empty());
            if !is_empty {
                let fails = world.goes_wrong(Fault::Disk, world.plan.disk);
                let is_torn = !fails && world.goes_wrong(Fault::Torn, world.plan.disk);
                is_stored = !fails && !is_torn;
                if !fails {
                    let is_strict = group.iter().any(|commit| commit.is_strict && !commit.batch.is_empty());
                    let mut whole = Batch::default();
                    group.iter().for_each(|commit| whole.operations.extend(commit.batch.operations.clone()));
                    disk.write(&whole, is_strict);
                }
                if !is_stored {
                    world.note(format_args!("validator {}: commit fails, torn: {is_torn}", self.index));
                    for commit in &group {
                        commit.lane.first_accepted.set(commit.generation + 1);
                    }
                }
            }
            for commit in group {
                (commit.committed)(is_stored);
            }
            for commit in refused {
                (commit.committed)(false);
            }
        }
    }
}

/// A read of a store in memory.
pub fn get<T>(read: impl Future<Output = Result<T, walnut_views::StoreError>>) -> T {
    ready(read).expect("memory reads")
}

/// A request for a shard.
struct Envelope {
    request: Rc<Request>,
    sender: oneshot::Sender<Answer>,
}

/// The queue of a shard.
#[derive(Default)]
struct Mailbox {
    requests: RefCell<VecDeque<Envelope>>,
    cross_chain: RefCell<CrossChainQueue>,
    waker: RefCell<Option<Waker>>,
}

impl Mailbox {
    fn push(&self, envelope: Envelope) {
        self.requests.borrow_mut().push_back(envelope);
        wake(&self.waker);
    }

    fn push_cross_chain(&self, request: CrossChainRequest) {
        self.cross_chain.borrow_mut().push(request);
        wake(&self.waker);
    }

    /// Waits for mail, unless `or_nothing`.
    async fn take(&self, or_nothing: bool) -> (Vec<CrossChainRequest>, VecDeque<Envelope>) {
        let is_empty = || self.requests.borrow().is_empty() && self.cross_chain.borrow().is_empty();
        wait(&self.waker, || or_nothing || !is_empty()).await;
        let requests = std::mem::take(&mut *self.requests.borrow_mut());
        (self.cross_chain.borrow_mut().take(256), requests)
    }
}

fn wake(waker: &RefCell<Option<Waker>>) {
    if let Some(waker) = waker.borrow_mut().take() {
        waker.wake();
    }
}

/// Waits until something is so; whoever makes it so wakes.
async fn wait(waker: &RefCell<Option<Waker>>, is_so: impl Fn() -> bool) {
    std::future::poll_fn(|context| {
        if is_so() {
            return Poll::Ready(());
        }
        *waker.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}

/// The queue of the writer.
#[derive(Default)]
struct Writer {
    queue: RefCell<Vec<Commit>>,
    waker: RefCell<Option<Waker>>,
}

impl Writer {
    fn submit(&self, commit: Commit) {
        self.queue.borrow_mut().push(commit);
        wake(&self.waker);
    }

    async fn filled(&self) {
        wait(&self.waker, || !self.queue.borrow().is_empty()).await;
    }
}

#[derive(Default)]
struct Lane {
    first_accepted: Cell<u64>,
}

struct Commit {
    lane: Rc<Lane>,
    generation: u64,
    batch: Batch,
    is_strict: bool,
    committed: Box<dyn FnOnce(bool)>,
}

/// How far the writer is with the commits of a shard.
#[derive(Default)]
struct Progress {
    answered: Cell<u64>,
    has_failed: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// What a request was and when it was handled: what an answer is judged by.
#[derive(Clone)]
pub struct Witness {
    /// The request.
    pub request: Rc<Request>,
    /// The validator's clock.
    pub now: Timestamp,
}

/// An answer that waits for something.
type Waiting = (oneshot::Sender<Answer>, Answer, Witness);

/// What leaves when a batch is stored.
#[derive(Default)]
struct Release {
    cross_chain: Vec<CrossChainRequest>,
    notifications: Vec<Notification>,
    answers: Vec<Waiting>,
}

impl Release {
    fn is_empty(&self) -> bool {
        self.cross_chain.is_empty() && self.notifications.is_empty() && self.answers.is_empty()
    }
}

/// `walnut-validator/src/shard.rs`, as a task.
struct Shard {
    validator: Rc<Validator>,
    world: Rc<World>,
    running: Rc<Running>,
    index: usize,
    node: SimNode,
    store: Overlay<Rc<Disk>>,
    layers: VecDeque<(u64, LayerId)>,
    submitted: u64,
    generation: u64,
    lane: Rc<Lane>,
    progress: Rc<Progress>,
    waiters: DeliveryWaiters<Waiting>,
    outgoing: Outgoing,
    to_resend: VecDeque<ChainId>,
}

impl Shard {
    fn new(validator: &Rc<Validator>, process: &Process, running: &Rc<Running>, index: usize) -> Self {
        let mut shard = Self {
            validator: Rc::clone(validator),
            world: validator.world(),
            running: Rc::clone(running),
            index,
            node: Node::new(NodeConfig::validator(validator_key(validator.index)), UnsupportedApplications),
            store: Overlay::new(Rc::clone(&process.disk)),
            layers: VecDeque::new(),
            submitted: 0,
            generation: 0,
            lane: Rc::default(),
            progress: Rc::default(),
            waiters: DeliveryWaiters::default(),
            outgoing: Outgoing::default(),
            to_resend: VecDeque::new(),
        };
        shard.load_outgoing();
        shard.to_resend = shard.outgoing.chains().collect();
        shard
    }

    fn load_outgoing(&mut self) {
        let (key, shards) = (&self.validator.public_key, self.running.mailboxes.len());
        let is_ours = |chain_id: &ChainId| shard_index(key, chain_id, shards) == self.index;
        self.outgoing = get(Outgoing::load(self.store.base(), is_ours));
    }

    async fn run(mut self) {
        let running = Rc::clone(&self.running);
        loop {
            self.world.stall().await;
            let (cross_chain, requests) =
                running.mailboxes[self.index].take(!self.to_resend.is_empty()).await;
            if !cross_chain.is_empty() {
                self.handle_round(cross_chain).await;
                pause().await;
            }
            for envelope in requests {
                self.handle(envelope).await;
                pause().await;
            }
            if let Some(chain_id) = self.to_resend.pop_front() {
                self.prepare().await;
                let query = ChainInfoQuery::new(chain_id).with_network_actions();
                let effects = match ready(self.node.handle_chain_info_query(&self.store, query, self.now())) {
                    Ok((_, effects)) => effects,
                    Err(failure) => self.refused(chain_id, *failure).1,
                };
                self.settle(effects, Release::default(), true);
                pause().await;
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.validator.now()
    }

    async fn handle(&mut self, envelope: Envelope) {
        let Envelope { request, sender } = envelope;
        if sender.is_canceled() {
            return;
        }
        self.prepare().await;
        let chain_id = request.chain_id().expect("the front asks about chains");
        let witness = Witness { request: Rc::clone(&request), now: self.now() };
        let (effects, release) = match dispatch(&mut self.node, &self.store, &request, witness.now) {
            Ok(((reply, Delivery::Pending(height)), effects)) if request.waits_for_delivery() => {
                self.waiters.register(chain_id, height, (sender, Ok(reply), witness));
                (effects, Release::default())
            }
            Ok(((reply, _), effects)) => {
                let answers = vec![(sender, Ok(reply), witness)];
                (effects, Release { answers, ..Release::default() })
            }
            Err(failure) => {
                let (error, effects) = self.refused(chain_id, *failure);
                let answers = vec![(sender, Err(error), witness)];
                (effects, Release { answers, ..Release::default() })
            }
        };
        self.settle(effects, release, true);
    }

    fn refused(&self, chain_id: ChainId, failure: walnut_chain::Failure) -> (NodeError, Effects) {
        // The node blames itself for this one as the reference does, but a proposal may hold anything.
        let is_strange = matches!(failure.error.as_chain_error(), Some(ChainError::UnexpectedMessage { .. }));
        let is_own_fault = failure.error.fault() == walnut_chain::Fault::Local && !is_strange;
        if self.validator.is_honest && is_own_fault {
            let index = self.validator.index;
            let what = format!("validator {index}, chain {chain_id}: {}", failure.error);
            self.world.violate(Invariant::Soundness, what);
        }
        (failure.to_node_error(), failure.effects)
    }

    async fn handle_round(&mut self, requests: Vec<CrossChainRequest>) {
        let mut by_chain = BTreeMap::<ChainId, Vec<CrossChainRequest>>::new();
        for request in requests {
            by_chain.entry(request.target_chain_id()).or_default().push(request);
        }
        self.prepare().await;
        let mut effects = Effects::default();
        let mut one_by_one = Vec::new();
        for (chain_id, requests) in by_chain {
            let now = self.now();
            match ready(self.node.handle_cross_chain_requests(&self.store, chain_id, &requests, now)) {
                Ok(more) => effects.extend(more),
                Err(_) => one_by_one.extend(requests),
            }
        }
        self.settle(effects, Release::default(), false);
        for request in one_by_one {
            self.prepare().await;
            let (chain_id, now) = (request.target_chain_id(), self.now());
            let effects = match ready(self.node.handle_cross_chain_request(&self.store, request, now)) {
                Ok(((), effects)) => effects,
                Err(failure) => self.refused(chain_id, *failure).1,
            };
            self.settle(effects, Release::default(), false);
        }
    }

    async fn prepare(&mut self) {
        if self.progress.has_failed.get() {
            let (progress, submitted) = (Rc::clone(&self.progress), self.submitted);
            wait(&progress.waker, || progress.answered.get() >= submitted).await;
            self.start_over();
            return;
        }
        let answered = self.progress.answered.get();
        while let Some((_, layer)) = self.layers.pop_front_if(|(number, _)| *number <= answered) {
            self.store.remove(layer);
        }
    }

    fn start_over(&mut self) {
        for (_, layer) in self.layers.drain(..) {
            self.store.remove(layer);
        }
        self.node.forget_all();
        self.waiters = DeliveryWaiters::default();
        self.load_outgoing();
        self.generation += 1;
        self.progress.has_failed.set(false);
    }

    fn settle(&mut self, mut effects: Effects, mut release: Release, is_strict: bool) {
        self.outgoing.note(&mut effects);
        let Effects { batch, cross_chain, notifications, delivered } = effects;
        for (chain_id, height) in delivered {
            release.answers.extend(self.waiters.release(chain_id, height));
        }
        release.cross_chain = cross_chain;
        release.notifications = notifications;
        let is_calm = self.progress.answered.get() == self.submitted && !self.progress.has_failed.get();
        let (validator, running) = (Rc::clone(&self.validator), Rc::clone(&self.running));
        let disk = Rc::clone(self.store.base());
        if batch.is_empty() && (release.is_empty() || is_calm) {
            validator.release(&running, &disk, release);
            return;
        }
        self.submitted += 1;
        if !batch.is_empty() {
            self.layers.push_back((self.submitted, self.store.push(&batch)));
        }
        let progress = Rc::clone(&self.progress);
        self.running.writer.submit(Commit {
            lane: Rc::clone(&self.lane),
            generation: self.generation,
            batch,
            is_strict,
            committed: Box::new(move |is_stored| {
                progress.answered.set(progress.answered.get() + 1);
                progress.has_failed.set(progress.has_failed.get() || !is_stored);
                wake(&progress.waker);
                if is_stored {
                    validator.release(&running, &disk, release);
                }
            }),
        });
    }
}

impl Validator {
    /// Lets everything go: `walnut-validator/src/release.rs`. Here is where the world looks at what leaves.
    fn release(&self, running: &Running, disk: &Rc<Disk>, release: Release) {
        let world = self.world();
        for request in release.cross_chain {
            let index = shard_index(&self.public_key, &request.target_chain_id(), running.mailboxes.len());
            running.mailboxes[index].push_cross_chain(request);
        }
        for notification in &release.notifications {
            if self.is_honest {
                world.check_news(disk, notification);
            }
            world.announce(self.index, notification);
        }
        for (sender, answer, witness) in release.answers {
            if self.is_honest {
                world.check_answer(self, disk, &answer, &witness);
            }
            drop::<Result<(), Answer>>(sender.send(answer));
        }
    }
}

type Outcome = (Reply, Delivery);

fn dispatch<S: Store>(node: &mut SimNode, store: &S, request: &Request, now: Timestamp) -> Handled<Outcome> {
    let info = |handled: Handled<_>| {
        let (response, effects) = handled?;
        Ok(((Reply::Info(Box::new(response)), Delivery::Complete), effects))
    };
    let delivery = |handled: Handled<(_, Delivery)>| {
        let ((response, delivery), effects) = handled?;
        Ok(((Reply::Info(Box::new(response)), delivery), effects))
    };
    match request {
        Request::Proposal(proposal) => {
            info(ready(node.handle_block_proposal(store, (**proposal).clone(), now)))
        }
        Request::Lite(certificate, _) => {
            delivery(ready(node.handle_lite_certificate(store, certificate.clone(), now)))
        }
        Request::Confirmed(certificate, _) => {
            let certificate = (**certificate).clone();
            delivery(ready(node.handle_confirmed_certificate(store, certificate, ProcessingMode::Auto, now)))
        }
        Request::Validated(certificate) => {
            info(ready(node.handle_validated_certificate(store, (**certificate).clone(), now)))
        }
        Request::Timeout(certificate) => {
            info(ready(node.handle_timeout_certificate(store, (**certificate).clone(), now)))
        }
        Request::Query(query) => info(ready(node.handle_chain_info_query(store, (**query).clone(), now))),
        Request::PendingBlob(chain_id, content) => {
            let blob = decoded(content)?;
            info(ready(node.handle_pending_blob(store, *chain_id, blob)))
        }
        Request::DownloadPendingBlob(chain_id, blob_id) => {
            let (blob, effects) = ready(node.download_pending_blob(store, *chain_id, *blob_id))?;
            Ok(((Reply::Blob(blob.into_content()), Delivery::Complete), effects))
        }
        Request::PreviousEvents(chain_id, stream_ids) => {
            let read = async |chain: &mut walnut_chain::ChainReader<'_, '_, _>| {
                chain.previous_event_blocks(stream_ids.clone()).await
            };
            let (found, effects) = ready(node.inspect(store, *chain_id, read))?;
            let blocks = found.into_iter().map(|(stream, (height, hash))| (stream, height, hash));
            Ok(((Reply::Events(blocks.collect()), Delivery::Complete), effects))
        }
        _ => unreachable!("the front answers it"),
    }
}

fn decoded(content: &BlobContent) -> Result<Blob, Box<walnut_chain::Failure>> {
    Blob::new(content.clone())
        .map_err(|_| walnut_chain::Failure::new(walnut_chain::WorkerError::UnexpectedBlob))
}
