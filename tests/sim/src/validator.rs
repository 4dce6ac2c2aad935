//! A validator: a front, shards with the shipped node, one writer, and a disk.
//!
//! What `walnut-validator` does with threads is done with tasks here, in the same order: read through an overlay, submit
//! the batch, and release requests between chains, news and answers when it is stored. The node, the marks of outgoing
//! messages, the queue of requests between chains and the choice of the shard are the shipped code itself.

mod dispatch;
mod mailbox;
mod shard;
mod writer;

use std::{cell::RefCell, rc::Rc};

use futures_channel::oneshot;
use walnut_base::{Blob, NodeError, TimeDelta, Timestamp, ValidatorPublicKey};
use walnut_chain::{Node, initialize_storage, proposal_delay, records};
use walnut_execution::UnsupportedApplications;
use walnut_views::{Batch, ready};

use self::{
    mailbox::{Envelope, Mailbox},
    shard::{Release, Shard},
    writer::Writer,
};
use crate::{
    disk::Disk,
    executor::Group,
    lies,
    plan::validator_key,
    routing::shard_index,
    wire::{Answer, Reply, Request, failed_call},
    world::World,
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
}

/// A read of a store in memory.
pub fn get<T>(read: impl Future<Output = Result<T, walnut_views::StoreError>>) -> T {
    ready(read).expect("memory reads")
}

/// What a request was and when it was handled: what an answer is judged by.
#[derive(Clone)]
pub struct Witness {
    /// The request.
    pub request: Rc<Request>,
    /// The validator's clock.
    pub now: Timestamp,
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
