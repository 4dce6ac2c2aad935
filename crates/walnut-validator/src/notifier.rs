//! Subscriptions: many chains per stream, a bounded queue per subscriber.

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_core::Stream;
use walnut_base::{ChainId, Notification};

/// Notifications that wait for one slow subscriber. Beyond it the oldest are lost, as in the reference
/// (`--notification-queue-size`); clients find out what they missed when they synchronize.
const QUEUE_NOTIFICATIONS_MAX: usize = 1_000;

/// Who wants to know about which chain.
#[derive(Debug, Default)]
pub(crate) struct Notifier {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    next_id: u64,
    is_closed: bool,
    by_chain: BTreeMap<ChainId, BTreeMap<u64, Arc<Queue>>>,
}

#[derive(Debug, Default)]
struct Queue {
    state: Mutex<QueueState>,
}

#[derive(Debug, Default)]
struct QueueState {
    waiting: VecDeque<Notification>,
    waker: Option<Waker>,
    is_closed: bool,
}

/// Nothing below panics while it holds a lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Notifier {
    /// Registers a subscriber for these chains, known or not.
    pub(crate) fn subscribe(self: &Arc<Self>, chain_ids: Vec<ChainId>) -> Subscription {
        let queue = Arc::new(Queue::default());
        let mut table = lock(&self.table);
        let id = table.next_id;
        table.next_id += 1;
        if table.is_closed {
            queue.close();
        } else {
            for chain_id in &chain_ids {
                table.by_chain.entry(*chain_id).or_default().insert(id, queue.clone());
            }
        }
        drop(table);
        Subscription { id, chain_ids, queue, notifier: self.clone() }
    }

    /// Tells all subscribers of the chain; never waits.
    pub(crate) fn notify(&self, notification: &Notification) {
        let table = lock(&self.table);
        for queue in table.by_chain.get(&notification.chain_id).into_iter().flat_map(BTreeMap::values) {
            queue.push(notification.clone());
        }
    }

    /// Ends all streams, and new ones at once.
    pub(crate) fn close(&self) {
        let by_chain = {
            let mut table = lock(&self.table);
            table.is_closed = true;
            std::mem::take(&mut table.by_chain)
        };
        for queue in by_chain.values().flat_map(BTreeMap::values) {
            queue.close();
        }
    }
}

impl Queue {
    fn push(&self, notification: Notification) {
        let waker = {
            let mut state = lock(&self.state);
            if state.waiting.len() >= QUEUE_NOTIFICATIONS_MAX {
                state.waiting.pop_front();
            }
            state.waiting.push_back(notification);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn close(&self) {
        let waker = {
            let mut state = lock(&self.state);
            state.is_closed = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The notifications of one subscriber; dropping it unsubscribes.
#[derive(Debug)]
pub struct Subscription {
    id: u64,
    chain_ids: Vec<ChainId>,
    queue: Arc<Queue>,
    notifier: Arc<Notifier>,
}

impl Stream for Subscription {
    type Item = Notification;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Notification>> {
        let mut state = lock(&self.queue.state);
        if let Some(notification) = state.waiting.pop_front() {
            return Poll::Ready(Some(notification));
        }
        if state.is_closed {
            return Poll::Ready(None);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut table = lock(&self.notifier.table);
        for chain_id in &self.chain_ids {
            if let Some(queues) = table.by_chain.get_mut(chain_id) {
                queues.remove(&self.id);
                if queues.is_empty() {
                    table.by_chain.remove(chain_id);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
