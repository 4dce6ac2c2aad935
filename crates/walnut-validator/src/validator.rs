//! One validator inside this process: storage, writer, shards, front.

use std::{io, sync::Arc, thread::JoinHandle};

use thiserror::Error;
use walnut_base::{GenesisConfig, ValidatorSecretKey};
use walnut_chain::{InitializationError, Node, NodeConfig, initialize_storage};
use walnut_execution::Applications;
use walnut_storage::{Durability, StorageError};
use walnut_views::StoreError;

use crate::{
    committer::Committer,
    front::Front,
    mailbox::Mailbox,
    notifier::Notifier,
    outgoing::Outgoing,
    poll::block_on,
    release::Releaser,
    routing::shard_index,
    shard::{Shard, ShardCounters},
    storage::ValidatorStorage,
};

/// Stack of a shard's thread, in bytes: execution nests deeply in debug builds. Only what is touched takes memory.
const SHARD_STACK_BYTES: usize = 8 << 20;

/// Why a validator cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The storage is of another network, or the genesis is unusable.
    #[error(transparent)]
    Initialization(#[from] InitializationError),
    /// The storage cannot be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The storage cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread cannot be started.
    #[error("a thread cannot be started: {0}")]
    Thread(#[from] io::Error),
    /// A validator without shards.
    #[error("a validator needs at least one shard")]
    NoShards,
}

/// A running validator without a listener.
pub struct Validator {
    front: Front,
    mailboxes: Arc<[Mailbox]>,
    notifier: Arc<Notifier>,
    committer: Committer,
    shards: Vec<JoinHandle<()>>,
    writer: JoinHandle<()>,
    counters: Vec<Arc<ShardCounters>>,
}

impl Validator {
    /// Starts the shards. Storage that is empty becomes that of the network; storage of another network is refused.
    ///
    /// # Errors
    /// [`StartError`]; nothing keeps running then.
    pub fn start<A: Applications + Clone + Send + 'static>(
        storage: ValidatorStorage,
        genesis: &GenesisConfig,
        secret_key: &ValidatorSecretKey,
        shards: usize,
        applications: A,
    ) -> Result<Self, StartError> {
        if shards == 0 {
            return Err(StartError::NoShards);
        }
        let batch = block_on(initialize_storage(&storage, genesis))?;
        if !batch.is_empty() {
            storage.commit_now(&[&batch], Durability::Strict)?;
        }
        let public_key = secret_key.public();
        let mailboxes: Arc<[Mailbox]> = (0..shards).map(|_| Mailbox::new()).collect();
        let notifier = Arc::new(Notifier::default());
        let is_of = |index| move |chain_id: &_| shard_index(&public_key, chain_id, shards) == index;
        let outgoing = (0..shards).map(|index| block_on(Outgoing::load(&storage, is_of(index))));
        let outgoing = outgoing.collect::<Result<Vec<_>, _>>()?;
        let (committer, writer) = Committer::start(storage.clone())?;
        let block_time_grace = NodeConfig::validator(copy_of(secret_key)).block_time_grace;
        let mut validator = Self {
            front: Front::new(
                public_key,
                block_time_grace,
                mailboxes.clone(),
                storage.clone(),
                committer.clone(),
                notifier.clone(),
            ),
            mailboxes: mailboxes.clone(),
            notifier: notifier.clone(),
            committer: committer.clone(),
            shards: Vec::new(),
            writer,
            counters: Vec::new(),
        };
        for (index, outgoing) in outgoing.into_iter().enumerate() {
            let releaser = Arc::new(Releaser::new(index, public_key, mailboxes.clone(), notifier.clone()));
            let (storage, committer) = (storage.clone(), committer.clone());
            let (secret_key, applications) = (copy_of(secret_key), applications.clone());
            let (mailboxes, counters) = (mailboxes.clone(), Arc::new(ShardCounters::default()));
            validator.counters.push(counters.clone());
            // The node is made inside its thread: it shares memory without locks.
            let work = move || {
                let node = Node::new(NodeConfig::validator(secret_key), applications);
                Shard::new(node, storage, committer, releaser, outgoing, counters).run(&mailboxes[index]);
            };
            let thread =
                std::thread::Builder::new().name(format!("shard {index}")).stack_size(SHARD_STACK_BYTES);
            match thread.spawn(work) {
                Ok(handle) => validator.shards.push(handle),
                Err(error) => {
                    validator.stop();
                    return Err(error.into());
                }
            }
        }
        Ok(validator)
    }

    /// What a listener serves.
    pub fn front(&self) -> &Front {
        &self.front
    }

    /// What happened in the shards.
    pub fn counters(&self) -> &[Arc<ShardCounters>] {
        &self.counters
    }

    /// Ends subscriptions, so that a listener can shut down.
    pub fn end_subscriptions(&self) {
        self.notifier.close();
    }

    /// Refuses requests from now on, stores what was decided, and ends the threads. Blocks until then.
    pub fn stop(self) {
        self.notifier.close();
        for mailbox in self.mailboxes.iter() {
            mailbox.close();
        }
        for shard in self.shards {
            if shard.join().is_err() {
                tracing::error!("a shard had panicked");
            }
        }
        self.committer.stop();
        if self.writer.join().is_err() {
            tracing::error!("the writer had panicked");
        }
    }
}

/// Secret keys are not `Clone`, so that copies are made on purpose: every shard signs.
fn copy_of(secret_key: &ValidatorSecretKey) -> ValidatorSecretKey {
    ValidatorSecretKey::from_bytes(&secret_key.to_secret_bytes()).expect("the bytes of a key are a key")
}
