//! What leaves a shard once a commit is stored: requests to other chains, notifications, answers, in this order.

use std::{sync::Arc, time::Duration};

use walnut_base::{ChainId, CrossChainRequest, Notification, ValidatorPublicKey};

use crate::{
    mailbox::Mailbox,
    notifier::Notifier,
    request::{Answer, AnswerSender},
    routing::shard_index,
};

/// Where a shard's effects go.
#[derive(Debug)]
pub(crate) struct Releaser {
    own_index: usize,
    validator: ValidatorPublicKey,
    mailboxes: Arc<[Mailbox]>,
    notifier: Arc<Notifier>,
}

impl Releaser {
    /// The releaser of one shard of a validator.
    pub(crate) fn new(
        own_index: usize,
        validator: ValidatorPublicKey,
        mailboxes: Arc<[Mailbox]>,
        notifier: Arc<Notifier>,
    ) -> Self {
        Self { own_index, validator, mailboxes, notifier }
    }

    /// The index of the shard itself.
    pub(crate) fn index_of_own(&self) -> usize {
        self.own_index
    }

    /// The index of the shard that keeps a chain.
    pub(crate) fn shard_of(&self, chain_id: &ChainId) -> usize {
        shard_index(&self.validator, chain_id, self.mailboxes.len())
    }

    /// After this time every shard sends again what is on its way between chains.
    pub(crate) fn ask_all_to_resend(&self, delay: Duration) {
        self.mailboxes.iter().for_each(|mailbox| mailbox.ask_to_resend(delay));
    }
}

/// The effects of a request besides its batch.
#[derive(Default)]
pub(crate) struct Release {
    /// To other chains of this validator.
    pub(crate) cross_chain: Vec<CrossChainRequest>,
    /// To subscribers.
    pub(crate) notifications: Vec<Notification>,
    /// To callers.
    pub(crate) answers: Vec<(AnswerSender, Answer)>,
}

impl Release {
    /// Nothing but an answer.
    pub(crate) fn answer(sender: AnswerSender, answer: Answer) -> Self {
        Self { answers: vec![(sender, answer)], ..Self::default() }
    }

    /// Whether there is nothing to release.
    pub(crate) fn is_empty(&self) -> bool {
        self.cross_chain.is_empty() && self.notifications.is_empty() && self.answers.is_empty()
    }

    /// Lets everything go; never waits.
    pub(crate) fn run(self, releaser: &Releaser) {
        for request in self.cross_chain {
            releaser.mailboxes[releaser.shard_of(&request.target_chain_id())].push_cross_chain(request);
        }
        for notification in &self.notifications {
            releaser.notifier.notify(notification);
        }
        for (sender, answer) in self.answers {
            if sender.send(answer).is_err() {
                tracing::trace!("a caller did not wait for its answer");
            }
        }
    }
}
