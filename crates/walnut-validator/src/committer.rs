//! One writer for all shards of a validator: while the journal syncs, the next commits gather and share the next sync.
//!
//! Shards go on while their commits are in flight, so a later batch may build on an earlier one. If a commit fails,
//! everything its lane submitted before the lane started over is refused, however healthy the disk is by then: a batch
//! must never be stored without those it builds on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
};

use walnut_storage::{Durability, StorageError};
use walnut_views::Batch;

use crate::storage::ValidatorStorage;

/// Commits that share one write. More would only delay the first of them.
const GROUP_COMMITS_MAX: usize = 256;

/// Called on the writer's thread with the outcome of a commit. Commits of one lane are answered in order.
pub(crate) type Committed = Box<dyn FnOnce(Result<(), StorageError>) + Send>;

/// The commits of one shard.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    /// Commits of earlier generations are refused.
    first_accepted: AtomicU64,
}

/// One batch to write.
pub(crate) struct Commit {
    /// Whose it is.
    pub(crate) lane: Arc<Lane>,
    /// How often the lane had started over when it was submitted.
    pub(crate) generation: u64,
    /// The writes; may be empty, to be answered after what came before.
    pub(crate) batch: Batch,
    /// What must have happened before `committed` is called.
    pub(crate) durability: Durability,
    /// Who waits.
    pub(crate) committed: Committed,
}

enum Message {
    Commit(Commit),
    Stop,
}

/// A handle to the writer. The queue has no bound of its own: every lane bounds what it has in flight.
#[derive(Clone)]
pub(crate) struct Committer {
    messages: Sender<Message>,
}

impl Committer {
    /// Starts the writer of a storage.
    pub(crate) fn start(storage: ValidatorStorage) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (messages, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name("commit".into())
            .stack_size(512 * 1024)
            .spawn(move || write_groups(&storage, &receiver))?;
        Ok((Self { messages }, thread))
    }

    /// Hands a commit to the writer; never waits.
    pub(crate) fn submit(&self, commit: Commit) {
        if let Err(refused) = self.messages.send(Message::Commit(commit))
            && let Message::Commit(commit) = refused.0
        {
            (commit.committed)(Err(StorageError::Closed));
        }
    }

    /// Lets the writer end after what was submitted before.
    pub(crate) fn stop(&self) {
        if self.messages.send(Message::Stop).is_err() {
            tracing::debug!("the writer has ended already");
        }
    }
}

fn write_groups(storage: &ValidatorStorage, messages: &Receiver<Message>) {
    while let Ok(Message::Commit(first)) = messages.recv() {
        let mut group = vec![first];
        let mut is_stopping = false;
        while group.len() < GROUP_COMMITS_MAX {
            match messages.try_recv() {
                Ok(Message::Commit(commit)) => group.push(commit),
                Ok(Message::Stop) => {
                    is_stopping = true;
                    break;
                }
                Err(_) => break,
            }
        }
        write_group(storage, group);
        if is_stopping {
            break;
        }
    }
}

fn write_group(storage: &ValidatorStorage, group: Vec<Commit>) {
    let accepted = |commit: &Commit| commit.generation >= commit.lane.first_accepted.load(Ordering::Acquire);
    let (group, refused): (Vec<_>, Vec<_>) = group.into_iter().partition(accepted);
    let full = || group.iter().filter(|commit| !commit.batch.is_empty());
    let outcome = match full().map(|commit| commit.durability).max() {
        None => Ok(()),
        Some(strictest) => {
            storage.commit_now(&full().map(|commit| &commit.batch).collect::<Vec<_>>(), strictest)
        }
    };
    if let Err(error) = &outcome {
        tracing::error!(%error, commits = group.len(), "a commit failed");
        for commit in &group {
            commit.lane.first_accepted.fetch_max(commit.generation + 1, Ordering::AcqRel);
        }
    }
    for commit in group {
        (commit.committed)(outcome.clone());
    }
    for commit in refused {
        (commit.committed)(Err(StorageError::Closed));
    }
}

#[cfg(test)]
mod tests;
