//! One shard: a thread that owns a [`Node`] and handles one request after the other.
//!
//! Each request's batch goes to the writer, and the shard goes on with the next request, reading through an overlay of what
//! is in flight. Reply, requests to other chains and notifications are released by the writer, after the commit. Since
//! commits of a shard are answered in order, no answer can tell of something that is not stored yet; a query waits for
//! what it may have seen.
//!
//! When a commit fails, everything in flight is refused, its replies are dropped, and the node forgets all it has in
//! memory; a little later all shards send again what is on its way between chains. When handling panics, that chain is
//! dropped from memory and the caller gets an error.

use std::{
    collections::{BTreeMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use walnut_base::{ChainId, ChainInfoQuery, CrossChainRequest};
use walnut_chain::{Delivery, DeliveryWaiters, Effects, Handled, Node, ProcessingMode};
use walnut_execution::Applications;
use walnut_rpc::{Code, Status, convert::PreviousEventBlock};
use walnut_storage::Durability;
use walnut_views::{LayerId, Overlay};

use crate::{
    clock::now,
    committer::{Commit, Committer, Lane},
    mailbox::{Envelope, Mailbox},
    outgoing::Outgoing,
    poll::block_on,
    progress::Progress,
    release::{Release, Releaser},
    request::{AnswerSender, ChainReply, ChainRequest},
    storage::ValidatorStorage,
};

/// Commits in flight, hence layers that every read looks through. More than one sync of the journal takes.
const IN_FLIGHT_MAX: u64 = 256;

/// Requests of the front taken out of the queue at a time, so that those between chains do not wait long.
const REQUESTS_MAX: usize = 32;

/// Requests between chains taken out of the queue at a time. What goes to one chain is saved once, and all of it is stored
/// together; a few milliseconds of work, so that requests of the front do not wait long.
const CROSS_CHAIN_MAX: usize = 256;

/// Callers that may wait for the delivery of messages. Beyond it they are answered at once.
const WAITERS_MAX: usize = 10_000;

/// From a failed commit to sending again what it may have lost: a disk that fails now will not be well at once.
const RESEND_DELAY: Duration = Duration::from_secs(1);

/// What happened in a shard, for the log and for tests.
#[derive(Debug, Default)]
pub struct ShardCounters {
    /// Requests that panicked.
    pub panics: AtomicU64,
    /// Failed commits that made the shard forget its memory.
    pub restarts: AtomicU64,
}

/// The state of the thread.
pub(crate) struct Shard<A> {
    node: Node<A>,
    store: Overlay<ValidatorStorage>,
    layers: VecDeque<(u64, LayerId)>,
    submitted: u64,
    generation: u64,
    lane: Arc<Lane>,
    progress: Arc<Progress>,
    committer: Committer,
    releaser: Arc<Releaser>,
    waiters: DeliveryWaiters<(AnswerSender, ChainReply)>,
    outgoing: Outgoing,
    counters: Arc<ShardCounters>,
}

/// A handled request: what to answer, and whether that has to wait for deliveries up to a height.
type Outcome = (ChainReply, Delivery);

impl<A: Applications> Shard<A> {
    /// A shard that has handled nothing yet.
    pub(crate) fn new(
        node: Node<A>,
        storage: ValidatorStorage,
        committer: Committer,
        releaser: Arc<Releaser>,
        outgoing: Outgoing,
        counters: Arc<ShardCounters>,
    ) -> Self {
        Self {
            node,
            store: Overlay::new(storage),
            layers: VecDeque::new(),
            submitted: 0,
            generation: 0,
            lane: Arc::default(),
            progress: Arc::default(),
            committer,
            releaser,
            waiters: DeliveryWaiters::default(),
            outgoing,
            counters,
        }
    }

    /// Works until the queue is closed. First of all, and after a failure of any shard, chains with messages on the way send
    /// them again, one between every two rounds of mail.
    pub(crate) fn run(mut self, mailbox: &Mailbox) {
        let mut to_resend: VecDeque<ChainId> = self.outgoing.chains().collect();
        while let Some(mail) = mailbox.take(REQUESTS_MAX, CROSS_CHAIN_MAX, !to_resend.is_empty()) {
            if mail.resend {
                self.prepare();
                to_resend = self.outgoing.chains().collect();
            }
            self.handle_round(mail.cross_chain);
            for envelope in mail.requests {
                self.handle(envelope);
            }
            if let Some(chain_id) = to_resend.pop_front() {
                self.resend(chain_id);
            }
        }
        self.progress.wait_for(self.submitted);
    }

    fn handle(&mut self, envelope: Envelope) {
        let Envelope { request, answer, .. } = envelope;
        if answer.is_closed() {
            // The caller has gone; what it wanted was never begun.
            return;
        }
        self.prepare();
        let (chain_id, waits) = (request.chain_id(), waits_for_delivery(&request));
        let Some(handled) = self.guarded(chain_id, |node, store| dispatch(node, store, request)) else {
            let status = Status::new(Code::Internal, "handling the request failed");
            Release::answer(answer, Err(status.into())).run(&self.releaser);
            return;
        };
        let (effects, release) = match handled {
            Ok(((reply, Delivery::Pending(height)), effects))
                if waits && self.waiters.len() < WAITERS_MAX =>
            {
                self.waiters.register(chain_id, height, (answer, reply));
                (effects, Release::default())
            }
            Ok(((reply, _), effects)) => (effects, Release::answer(answer, Ok(reply))),
            Err(failure) => {
                tracing::debug!(%chain_id, error = %failure.error, "request refused");
                let error = failure.to_node_error();
                (failure.effects, Release::answer(answer, Err(error.into())))
            }
        };
        self.settle(effects, release, Durability::Strict);
    }

    /// Requests between chains that have come together: one save per chain, one commit for all. Chains whose requests do not
    /// all go well get them one by one instead.
    fn handle_round(&mut self, requests: Vec<CrossChainRequest>) {
        let mut by_chain = BTreeMap::<ChainId, Vec<CrossChainRequest>>::new();
        for request in requests {
            by_chain.entry(request.target_chain_id()).or_default().push(request);
        }
        if by_chain.is_empty() {
            return;
        }
        self.prepare();
        let mut effects = Effects::default();
        let mut one_by_one = Vec::new();
        for (chain_id, requests) in by_chain {
            // No chain reads what another one writes here, so no chain has to see what this round has decided so far.
            let handled = self.guarded(chain_id, |node, store| {
                block_on(node.handle_cross_chain_requests(store, chain_id, &requests, now()))
            });
            match handled {
                Some(Ok(more)) => effects.extend(more),
                Some(Err(_)) | None => one_by_one.extend(requests),
            }
        }
        // Before anything else happens: it was worked out from the state at the beginning of the round.
        self.settle(effects, Release::default(), Durability::Relaxed);
        for request in one_by_one {
            self.handle_cross_chain(request);
        }
    }

    /// Delivery may be taken back by a power cut: the confirmation to the sender is stored later in the same journal.
    fn handle_cross_chain(&mut self, request: CrossChainRequest) {
        self.prepare();
        let chain_id = request.target_chain_id();
        let handled = self.guarded(chain_id, |node, store| {
            block_on(node.handle_cross_chain_request(store, request, now()))
        });
        let effects = match handled {
            None => return,
            Some(Ok(((), effects))) => effects,
            Some(Err(failure)) => {
                tracing::warn!(%chain_id, error = %failure.error, "a request between chains was refused");
                failure.effects
            }
        };
        self.settle(effects, Release::default(), Durability::Relaxed);
    }

    fn resend(&mut self, chain_id: ChainId) {
        self.prepare();
        let query = ChainInfoQuery::new(chain_id).with_network_actions();
        let handled =
            self.guarded(chain_id, |node, store| block_on(node.handle_chain_info_query(store, query, now())));
        match handled {
            None => {}
            Some(Ok((_, effects))) => self.settle(effects, Release::default(), Durability::Strict),
            Some(Err(failure)) => {
                tracing::warn!(%chain_id, error = %failure.error, "messages could not be sent again");
                self.settle(failure.effects, Release::default(), Durability::Strict);
            }
        }
    }

    /// Runs the chain's code; None if it panicked.
    fn guarded<T>(
        &mut self,
        chain_id: ChainId,
        work: impl FnOnce(&mut Node<A>, &Overlay<ValidatorStorage>) -> T,
    ) -> Option<T> {
        let Self { node, store, .. } = self;
        if let Ok(result) = catch_unwind(AssertUnwindSafe(|| work(node, store))) {
            return Some(result);
        }
        self.counters.panics.fetch_add(1, Ordering::Relaxed);
        tracing::error!(%chain_id, "handling a request panicked; the chain is loaded again");
        self.node.forget(chain_id);
        None
    }

    /// Drops the layers that are stored by now, waits if too many are not, and starts over after a failure.
    fn prepare(&mut self) {
        if self.submitted >= IN_FLIGHT_MAX {
            self.progress.wait_for(self.submitted - IN_FLIGHT_MAX + 1);
        }
        let (answered, has_failed) = self.progress.now();
        if has_failed {
            self.start_over();
            return;
        }
        while let Some((_, layer)) = self.layers.pop_front_if(|(number, _)| *number <= answered) {
            self.store.remove(layer);
        }
    }

    fn start_over(&mut self) {
        self.progress.wait_for(self.submitted);
        for (_, layer) in self.layers.drain(..) {
            self.store.remove(layer);
        }
        self.node.forget_all();
        self.waiters = DeliveryWaiters::default();
        let index = self.releaser.index_of_own();
        match block_on(Outgoing::load(self.store.base(), |chain_id| {
            self.releaser.shard_of(chain_id) == index
        })) {
            Ok(outgoing) => self.outgoing = outgoing,
            Err(error) => tracing::error!(%error, "the marks of outgoing messages cannot be read"),
        }
        self.generation += 1;
        self.progress.restart();
        self.counters.restarts.fetch_add(1, Ordering::Relaxed);
    }

    /// Submits what a request decided; the rest of its effects is released when that is stored.
    fn settle(&mut self, mut effects: Effects, mut release: Release, durability: Durability) {
        self.outgoing.note(&mut effects);
        let Effects { batch, cross_chain, notifications, delivered } = effects;
        for (chain_id, height) in delivered {
            for (answer, reply) in self.waiters.release(chain_id, height) {
                release.answers.push((answer, Ok(reply)));
            }
        }
        release.cross_chain = cross_chain;
        release.notifications = notifications;
        if batch.is_empty() && (release.is_empty() || self.progress.now() == (self.submitted, false)) {
            release.run(&self.releaser);
            return;
        }
        self.submitted += 1;
        if !batch.is_empty() {
            self.layers.push_back((self.submitted, self.store.push(&batch)));
        }
        let (progress, releaser) = (self.progress.clone(), self.releaser.clone());
        self.committer.submit(Commit {
            lane: self.lane.clone(),
            generation: self.generation,
            batch,
            durability,
            committed: Box::new(move |outcome| {
                progress.answer(outcome.is_ok());
                match outcome {
                    Ok(()) => release.run(&releaser),
                    // What came from other chains is lost as well, and only their shards know it.
                    Err(_) => releaser.ask_all_to_resend(RESEND_DELAY),
                }
            }),
        });
    }
}

fn waits_for_delivery(request: &ChainRequest) -> bool {
    match request {
        ChainRequest::Lite { wait_for_outgoing_messages, .. }
        | ChainRequest::Confirmed { wait_for_outgoing_messages, .. } => *wait_for_outgoing_messages,
        _ => false,
    }
}

fn dispatch<A: Applications>(
    node: &mut Node<A>,
    store: &Overlay<ValidatorStorage>,
    request: ChainRequest,
) -> Handled<Outcome> {
    let info = |handled: Handled<_>| {
        let (response, effects) = handled?;
        Ok(((ChainReply::Info(Box::new(response)), Delivery::Complete), effects))
    };
    let delivery = |handled: Handled<(_, Delivery)>| {
        let ((response, delivery), effects) = handled?;
        Ok(((ChainReply::Info(Box::new(response)), delivery), effects))
    };
    match request {
        ChainRequest::Proposal(proposal) => {
            info(block_on(node.handle_block_proposal(store, *proposal, now())))
        }
        ChainRequest::Lite { certificate, .. } => {
            delivery(block_on(node.handle_lite_certificate(store, certificate, now())))
        }
        ChainRequest::Confirmed { certificate, .. } => delivery(block_on(node.handle_confirmed_certificate(
            store,
            certificate,
            ProcessingMode::Auto,
            now(),
        ))),
        ChainRequest::Validated(certificate) => {
            info(block_on(node.handle_validated_certificate(store, certificate, now())))
        }
        ChainRequest::Timeout(certificate) => {
            info(block_on(node.handle_timeout_certificate(store, certificate, now())))
        }
        ChainRequest::Query(query) => info(block_on(node.handle_chain_info_query(store, *query, now()))),
        ChainRequest::PendingBlob { chain_id, blob } => {
            info(block_on(node.handle_pending_blob(store, chain_id, blob)))
        }
        ChainRequest::DownloadPendingBlob { chain_id, blob_id } => {
            let (blob, effects) = block_on(node.download_pending_blob(store, chain_id, blob_id))?;
            Ok(((ChainReply::Blob(blob.into_content()), Delivery::Complete), effects))
        }
        ChainRequest::PreviousEventBlocks { chain_id, stream_ids } => {
            let read = async |chain: &mut walnut_chain::ChainReader<'_, '_, _>| {
                chain.previous_event_blocks(stream_ids).await
            };
            let (found, effects) = block_on(node.inspect(store, chain_id, read))?;
            let block = |(stream_id, (block_height, crypto_hash))| PreviousEventBlock {
                stream_id,
                block_height,
                crypto_hash,
            };
            let blocks = found.into_iter().map(block).collect();
            Ok(((ChainReply::EventBlocks(blocks), Delivery::Complete), effects))
        }
    }
}

#[cfg(test)]
mod tests;
