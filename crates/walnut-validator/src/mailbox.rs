//! The queue in front of a shard: requests from the front, bounded, and requests from other chains, coalesced.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use walnut_base::CrossChainRequest;

use crate::{
    cross_chain::CrossChainQueue,
    request::{Answer, AnswerSender, ChainRequest},
};

/// Requests that may wait for one shard. Callers beyond it wait in the front, where their timeout runs.
const REQUESTS_MAX: usize = 1_024;

/// A request and who waits for its answer.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// What to do.
    pub(crate) request: ChainRequest,
    /// Where the answer goes.
    pub(crate) answer: AnswerSender,
    /// The place in the queue, free again when this is dropped.
    _place: OwnedSemaphorePermit,
}

/// What a shard takes out at a time.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    /// Requests of the front, in order.
    pub(crate) requests: Vec<Envelope>,
    /// Requests of other chains.
    pub(crate) cross_chain: Vec<CrossChainRequest>,
    /// Whether everything that is on its way must be sent once more.
    pub(crate) resend: bool,
}

#[derive(Debug, Default)]
struct Queues {
    requests: VecDeque<Envelope>,
    cross_chain: CrossChainQueue,
    /// When to send again what is on its way.
    resend_at: Option<Instant>,
    is_closed: bool,
}

impl Queues {
    fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.cross_chain.is_empty()
    }

    /// How long it is until something must be sent again, if anything must.
    fn until_resend(&self) -> Option<Duration> {
        self.resend_at.map(|time| time.saturating_duration_since(Instant::now()))
    }
}

/// The queue of one shard.
#[derive(Debug)]
pub(crate) struct Mailbox {
    queues: Mutex<Queues>,
    filled: Condvar,
    places: Arc<Semaphore>,
}

/// The shard has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closed;

impl Mailbox {
    /// An empty queue.
    pub(crate) fn new() -> Self {
        Self {
            queues: Mutex::default(),
            filled: Condvar::new(),
            places: Arc::new(Semaphore::new(REQUESTS_MAX)),
        }
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        // Every change under the lock is one call that cannot panic half-way.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a request into the queue, waiting for a place; the answer arrives in the receiver.
    pub(crate) async fn send(&self, request: ChainRequest) -> Result<oneshot::Receiver<Answer>, Closed> {
        let place = self.places.clone().acquire_owned().await.map_err(|_| Closed)?;
        let (answer, receiver) = oneshot::channel();
        {
            let mut queues = self.queues();
            if queues.is_closed {
                return Err(Closed);
            }
            queues.requests.push_back(Envelope { request, answer, _place: place });
        }
        self.filled.notify_one();
        Ok(receiver)
    }

    /// Puts requests between chains into the queue; never waits.
    pub(crate) fn push_cross_chain(&self, request: CrossChainRequest) {
        {
            let mut queues = self.queues();
            if queues.is_closed {
                return;
            }
            queues.cross_chain.push(request);
        }
        self.filled.notify_one();
    }

    /// After this time the shard sends again what is on its way; what is asked for already stays as it is.
    pub(crate) fn ask_to_resend(&self, delay: Duration) {
        self.queues().resend_at.get_or_insert_with(|| Instant::now() + delay);
        self.filled.notify_one();
    }

    /// Takes up to so many requests of the front and between chains; waits until there is something to do unless
    /// `or_nothing`. None when the queue is closed.
    pub(crate) fn take(&self, requests_max: usize, cross_chain_max: usize, or_nothing: bool) -> Option<Mail> {
        let mut queues = self.queues();
        while !queues.is_closed && !or_nothing && queues.is_empty() {
            queues = match queues.until_resend() {
                Some(Duration::ZERO) => break,
                Some(time) => {
                    self.filled.wait_timeout(queues, time).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.filled.wait(queues).unwrap_or_else(PoisonError::into_inner),
            };
        }
        if queues.is_closed {
            return None;
        }
        let resend = queues.until_resend() == Some(Duration::ZERO);
        if resend {
            queues.resend_at = None;
        }
        let count = queues.requests.len().min(requests_max);
        let requests = queues.requests.drain(..count).collect();
        Some(Mail { requests, cross_chain: queues.cross_chain.take(cross_chain_max), resend })
    }

    /// Refuses everything from now on, and drops what waits.
    pub(crate) fn close(&self) {
        let dropped = {
            let mut queues = self.queues();
            queues.is_closed = true;
            std::mem::take(&mut queues.requests)
        };
        self.places.close();
        self.filled.notify_all();
        drop(dropped);
    }
}
