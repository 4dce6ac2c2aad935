//! The one writer of a process: what `walnut-validator/src/committer.rs` does with a thread.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::Waker,
};

use walnut_views::Batch;

use super::{
    Running, Validator,
    mailbox::{wait, wake},
};
use crate::{disk::Disk, plan::Fault};

/// The queue of the writer.
#[derive(Default)]
pub(super) struct Writer {
    queue: RefCell<Vec<Commit>>,
    waker: RefCell<Option<Waker>>,
}

impl Writer {
    pub(super) fn submit(&self, commit: Commit) {
        self.queue.borrow_mut().push(commit);
        wake(&self.waker);
    }

    async fn filled(&self) {
        wait(&self.waker, || !self.queue.borrow().is_empty()).await;
    }
}

#[derive(Default)]
pub(super) struct Lane {
    first_accepted: Cell<u64>,
}

pub(super) struct Commit {
    pub(super) lane: Rc<Lane>,
    pub(super) generation: u64,
    pub(super) batch: Batch,
    pub(super) is_strict: bool,
    pub(super) committed: Box<dyn FnOnce(bool)>,
}

impl Validator {
    /// What the writer does: `walnut-validator/src/committer.rs`.
    pub(super) async fn write(&self, running: &Running, disk: &Disk) {
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
