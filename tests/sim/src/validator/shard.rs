//! A shard: what `walnut-validator/src/shard.rs` does with a thread.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    task::Waker,
};

use futures_channel::oneshot;
use walnut_base::{ChainId, ChainInfoQuery, CrossChainRequest, NodeError, Notification, Timestamp};
use walnut_chain::{ChainError, Delivery, DeliveryWaiters, Effects, Node, NodeConfig};
use walnut_execution::UnsupportedApplications;
use walnut_views::{LayerId, Overlay, ready};

use super::{
    Process, Running, SimNode, Validator, Witness,
    dispatch::dispatch,
    get,
    mailbox::{Envelope, Mail, Mailbox, wait, wake},
    writer::{Commit, Lane},
};
use crate::{
    disk::Disk,
    executor::pause,
    outgoing::Outgoing,
    plan::validator_key,
    routing::shard_index,
    wire::Answer,
    world::{Invariant, World},
};

/// From a failed commit to sending again what it may have lost, in microseconds.
const RESEND_DELAY: u64 = 1_000_000;

/// How far the writer is with the commits of a shard.
#[derive(Default)]
struct Progress {
    answered: Cell<u64>,
    has_failed: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// An answer that waits for something.
type Waiting = (oneshot::Sender<Answer>, Answer, Witness);

/// What leaves when a batch is stored.
#[derive(Default)]
pub(super) struct Release {
    pub(super) cross_chain: Vec<CrossChainRequest>,
    pub(super) notifications: Vec<Notification>,
    pub(super) answers: Vec<Waiting>,
}

impl Release {
    fn is_empty(&self) -> bool {
        self.cross_chain.is_empty() && self.notifications.is_empty() && self.answers.is_empty()
    }
}

/// `walnut-validator/src/shard.rs`, as a task.
pub(super) struct Shard {
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
    pub(super) fn new(
        validator: &Rc<Validator>,
        process: &Process,
        running: &Rc<Running>,
        index: usize,
    ) -> Self {
        let mut config = NodeConfig::validator(validator_key(validator.index));
        if let Some(bytes) = validator.world().plan.chunk_bytes {
            config.cross_chain_chunk_bytes = bytes;
        }
        let mut shard = Self {
            validator: Rc::clone(validator),
            world: validator.world(),
            running: Rc::clone(running),
            index,
            node: Node::new(config, UnsupportedApplications),
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

    pub(super) async fn run(mut self) {
        let running = Rc::clone(&self.running);
        loop {
            self.world.stall().await;
            let Mail { requests, cross_chain, resend } =
                running.mailboxes[self.index].take(!self.to_resend.is_empty()).await;
            if resend {
                self.prepare().await;
                self.to_resend = self.outgoing.chains().collect();
            }
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
                } else {
                    resend_later(&validator.world(), &running);
                }
            }),
        });
    }
}

fn resend_later(world: &World, running: &Rc<Running>) {
    let running = Rc::clone(running);
    let time = world.executor.now() + RESEND_DELAY;
    world.executor.at(time, move || running.mailboxes.iter().for_each(Mailbox::ask_to_resend));
}
