//! The queue of a shard.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    task::{Poll, Waker},
};

use futures_channel::oneshot;
use walnut_base::CrossChainRequest;

use crate::{
    cross_chain::CrossChainQueue,
    wire::{Answer, Request},
};

/// A request for a shard.
pub(super) struct Envelope {
    pub(super) request: Rc<Request>,
    pub(super) sender: oneshot::Sender<Answer>,
}

/// What a shard takes out at a time.
pub(super) struct Mail {
    pub(super) requests: VecDeque<Envelope>,
    pub(super) cross_chain: Vec<CrossChainRequest>,
    /// Whether everything that is on its way must be sent once more.
    pub(super) resend: bool,
}

/// The queue of a shard.
#[derive(Default)]
pub(super) struct Mailbox {
    requests: RefCell<VecDeque<Envelope>>,
    cross_chain: RefCell<CrossChainQueue>,
    resend: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Mailbox {
    pub(super) fn push(&self, envelope: Envelope) {
        self.requests.borrow_mut().push_back(envelope);
        wake(&self.waker);
    }

    pub(super) fn push_cross_chain(&self, request: CrossChainRequest) {
        self.cross_chain.borrow_mut().push(request);
        wake(&self.waker);
    }

    pub(super) fn ask_to_resend(&self) {
        self.resend.set(true);
        wake(&self.waker);
    }

    /// Waits for mail, unless `or_nothing`.
    pub(super) async fn take(&self, or_nothing: bool) -> Mail {
        let is_empty = || self.requests.borrow().is_empty() && self.cross_chain.borrow().is_empty();
        wait(&self.waker, || or_nothing || self.resend.get() || !is_empty()).await;
        let requests = std::mem::take(&mut *self.requests.borrow_mut());
        Mail { requests, cross_chain: self.cross_chain.borrow_mut().take(256), resend: self.resend.take() }
    }
}

pub(super) fn wake(waker: &RefCell<Option<Waker>>) {
    if let Some(waker) = waker.borrow_mut().take() {
        waker.wake();
    }
}

/// Waits until something is so; whoever makes it so wakes.
pub(super) async fn wait(waker: &RefCell<Option<Waker>>, is_so: impl Fn() -> bool) {
    std::future::poll_fn(|context| {
        if is_so() {
            return Poll::Ready(());
        }
        *waker.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}
