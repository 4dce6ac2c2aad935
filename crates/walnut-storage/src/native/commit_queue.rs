//! One writer for many shards: while the journal syncs, the next commits gather and share the next sync.

use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::JoinHandle,
};

use walnut_views::Batch;

use super::NativeStorage;
use crate::{Durability, StorageError};

/// Commits that may wait for the writer. A full queue makes shards wait: back-pressure instead of memory.
const QUEUE_COMMITS_MAX: usize = 1_024;

/// Commits that share one write. More would only delay the first of them.
const GROUP_COMMITS_MAX: usize = 256;

/// Called on the writer's thread with the outcome of a commit.
pub type Committed = Box<dyn FnOnce(Result<(), StorageError>) + Send>;

struct Commit {
    batch: Batch,
    durability: Durability,
    committed: Committed,
}

/// A handle to the writer thread. Commits of one handle keep their order; the thread ends when all handles are gone.
#[derive(Clone)]
pub struct CommitQueue {
    commits: SyncSender<Commit>,
}

impl CommitQueue {
    /// Starts the writer of a database.
    ///
    /// # Errors
    /// [`StorageError::Backend`] when the thread cannot be started.
    pub fn start(storage: NativeStorage) -> Result<(Self, JoinHandle<()>), StorageError> {
        let (sender, receiver) = sync_channel(QUEUE_COMMITS_MAX);
        let thread = std::thread::Builder::new()
            .name("commit".into())
            .spawn(move || write_groups(&storage, &receiver))
            .map_err(|error| StorageError::Backend(error.to_string()))?;
        Ok((Self { commits: sender }, thread))
    }

    /// Hands a batch to the writer and returns at once, unless the queue is full.
    pub fn submit(&self, batch: Batch, durability: Durability, committed: Committed) {
        let commit = Commit { batch, durability, committed };
        if let Err(refused) = self.commits.send(commit) {
            (refused.0.committed)(Err(StorageError::Closed));
        }
    }
}

fn write_groups(storage: &NativeStorage, commits: &Receiver<Commit>) {
    while let Ok(first) = commits.recv() {
        let mut group = vec![first];
        group.extend(commits.try_iter().take(GROUP_COMMITS_MAX - 1));
        let strictest = group.iter().map(|commit| commit.durability).max().unwrap_or(Durability::Strict);
        let outcome = storage.commit_now(group.iter().map(|commit| &commit.batch), strictest);
        for commit in group {
            (commit.committed)(outcome.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    //! Order and durability of grouped commits.

    use std::sync::mpsc::channel;

    use walnut_views::WriteOperation;

    use super::*;
    use crate::native::Options;

    #[test]
    fn commits_keep_their_order_and_are_all_answered() {
        let folder = tempfile::tempdir().expect("a folder");
        let storage = NativeStorage::open(folder.path(), Options::default()).expect("opens");
        let (queue, thread) = CommitQueue::start(storage.clone()).expect("starts");
        let (sender, receiver) = channel();
        for number in 0..500_u32 {
            let key = b"last".to_vec();
            let value = number.to_le_bytes().to_vec();
            let batch = Batch { operations: vec![WriteOperation::Put { key, value }] };
            let sender = sender.clone();
            let committed = move |outcome| sender.send((number, outcome)).expect("the test listens");
            queue.submit(batch, Durability::Strict, Box::new(committed));
        }
        let answers = receiver.iter().take(500).collect::<Vec<_>>();
        assert_eq!(answers, (0..500).map(|number| (number, Ok(()))).collect::<Vec<_>>());
        assert_eq!(storage.read_now(b"last"), Ok(Some(499_u32.to_le_bytes().to_vec())));
        drop(queue);
        thread.join().expect("the writer ends");
    }
}
