//! An honest wallet: opens its client, uses its chains at random, and in the end makes sure that all is well.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    fmt,
    rc::Rc,
    task::Waker,
};

use futures_util::future::{Either, select};
use walnut_base::{
    Account, AccountOwner, AdminOperation, Amount, Blob, ChainId, Epoch, Notification, Operation, Reason,
    SystemOperation,
};
use walnut_chain::Fault as Blame;
use walnut_client::{
    BlanketPolicy, Client, ClientError, LocalError, LocalNode, MessagePolicy, Options, Outcome, Reaction,
    Remote,
};

use crate::{
    executor::Group,
    host::{Device, SimHost},
    plan::{Fault, Ownership, owner, ownership, validator_key},
    world::{Invariant, World},
};

/// News that wait to be looked into.
const NEWS_MAX: usize = 20;

/// How long an owner may need for a block when nothing goes wrong any more, in microseconds of pretend time.
const PROGRESS_LIMIT: u64 = 900_000_000;

/// A wallet that may be killed and started again.
pub struct Wallet {
    /// What survives.
    pub device: Rc<Device>,
    /// Chains of the genesis that it has a key for.
    homes: Vec<usize>,
    group: Cell<Option<Group>>,
    news: RefCell<VecDeque<(usize, Notification)>>,
    waker: RefCell<Option<Waker>>,
    /// Whether it only waits for the end.
    is_retired: Cell<bool>,
    /// Whether it has done what it should at the end.
    pub is_done: Cell<bool>,
}

type SimClient = Client<SimHost>;

impl Wallet {
    /// A wallet on a new device.
    pub fn new(world: &Rc<World>, number: usize, key: usize) -> Rc<Self> {
        let chains = world.plan.chains.iter().enumerate();
        let homes = chains
            .filter(|(_, chain)| chain.owners.contains(&key) || chain.kind == Ownership::Open)
            .map(|(index, _)| index)
            .collect();
        let device =
            Device { world: Rc::clone(world), number, key, disk: Rc::default(), skew: world.draw_skew() };
        Rc::new(Self {
            device: Rc::new(device),
            homes,
            group: Cell::new(None),
            news: RefCell::default(),
            waker: RefCell::default(),
            is_retired: Cell::new(false),
            is_done: Cell::new(false),
        })
    }

    fn world(&self) -> &Rc<World> {
        &self.device.world
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.group.get().is_some()
    }

    /// Starts it, unless it runs.
    pub fn start(self: &Rc<Self>) {
        if self.is_running() {
            return;
        }
        let world = self.world();
        let group = world.executor.group();
        self.group.set(Some(group));
        let wallet = Rc::clone(self);
        world.executor.spawn(group, async move {
            let client = wallet.open().await;
            let listening = Rc::clone(&wallet);
            let heard = Rc::clone(&client);
            wallet.world().executor.spawn(group, async move { listening.listen(&heard).await });
            wallet.live(&client).await;
        });
    }

    /// Kills it, and takes back what was not synced: none, some or all of it.
    pub fn kill(&self) {
        let Some(group) = self.group.take() else { return };
        let world = self.world();
        world.executor.kill(group);
        world.unlisten(self.device.number);
        self.news.borrow_mut().clear();
        self.device.disk.cut(world.random.index(self.device.disk.at_risk() + 1));
    }

    /// From now on it only sees to it that all its chains are well.
    pub fn retire(&self) {
        self.is_retired.set(true);
    }

    async fn open(self: &Rc<Self>) -> Rc<SimClient> {
        let world = self.world();
        let host = Rc::new(SimHost(Rc::clone(&self.device)));
        loop {
            let options = Options {
                wait_for_outgoing_messages: world.random.chance(500),
                bundles_per_block_max: 1 + world.random.index(5),
                ..Options::default()
            };
            let opened = match LocalNode::initialize(&*host, &world.genesis).await {
                Ok(()) => Client::open(Rc::clone(&host), options).await,
                Err(error) => Err(error),
            };
            match opened {
                Ok(client) => {
                    let client = Rc::new(client);
                    for chain in &self.homes {
                        client.own(world.chain_ids[*chain], owner(self.device.key)).await;
                    }
                    self.hear(&client);
                    return client;
                }
                Err(error) => self.failed("opening", &error),
            }
            world.executor.sleep(100_000).await;
        }
    }

    /// Lets the world see every block that the local node takes, and the wallet what validators announce.
    fn hear(self: &Rc<Self>, client: &SimClient) {
        let device = Rc::clone(&self.device);
        client.local().add_listener(move |news| device.world.check_news(&device.disk, news));
        let wallet = Rc::downgrade(self);
        self.world().listen(
            self.device.number,
            Rc::new(move |validator, notification| {
                let Some(wallet) = wallet.upgrade() else { return };
                let mut news = wallet.news.borrow_mut();
                if news.len() < NEWS_MAX {
                    news.push_back((validator, notification));
                }
                if let Some(waker) = wallet.waker.borrow_mut().take() {
                    waker.wake();
                }
            }),
        );
    }

    async fn listen(&self, client: &SimClient) {
        let world = self.world();
        let host = client.host();
        loop {
            let next = std::future::poll_fn(|context| match self.news.borrow_mut().pop_front() {
                Some(next) => std::task::Poll::Ready(next),
                None => {
                    *self.waker.borrow_mut() = Some(context.waker().clone());
                    std::task::Poll::Pending
                }
            });
            let (validator, notification) = next.await;
            let remote = Remote::new(validator_key(validator).public(), host.connection(validator));
            match client.react(&remote, &notification).await {
                Ok(Reaction::Received(chain_id)) if world.random.chance(300) => {
                    let received = client.process_inbox(chain_id, &|_| {}).await;
                    self.outcome("takes what came", received.map(|_| ()));
                }
                Ok(_) => {}
                Err(error) => self.failed("reacting", &error),
            }
        }
    }

    async fn live(self: &Rc<Self>, client: &SimClient) {
        let world = self.world();
        while !self.is_retired.get() {
            world.executor.sleep(world.random.duration(1_000, 1_500_000)).await;
            if self.homes.is_empty() {
                continue;
            }
            let home = *world.random.pick(&self.homes);
            let mut action = Box::pin(self.act(client, home));
            if world.goes_wrong(Fault::Abort, 150) {
                let limit = world.executor.sleep(world.random.duration(100, 1_000_000));
                if let Either::Right(_) = select(&mut action, limit).await {
                    world.note(format_args!("device {}: breaks off", self.device.number));
                }
            } else {
                action.await;
            }
        }
        for home in &self.homes {
            self.finish(client, *home).await;
        }
        self.is_done.set(true);
        // What still comes is taken, until nothing comes any more.
        loop {
            world.executor.sleep(4_000_000).await;
            for home in &self.homes {
                // News may have been lost.
                let synced = client.sync_all(world.chain_ids[*home]).await;
                self.outcome("looks for messages", synced);
                self.collect(client, *home).await;
            }
        }
    }

    fn outcome(&self, what: &str, outcome: Result<(), ClientError>) {
        match outcome {
            Ok(()) => self.world().note(format_args!("device {}: {what}", self.device.number)),
            Err(error) => self.failed(what, &error),
        }
    }

    fn failed(&self, what: &str, error: &ClientError) {
        let device = self.device.number;
        self.world().note(format_args!("device {device}: {what}: {error}"));
        if let ClientError::Local(LocalError::Worker(worker)) = error
            && worker.fault() == Blame::Local
        {
            let what = format!("device {device}, {what}: {worker}");
            self.world().violate(Invariant::Soundness, what);
        }
    }

    async fn act(&self, client: &SimClient, home: usize) {
        let world = self.world();
        let random = &world.random;
        let chain_id = world.chain_ids[home];
        match random.below(100) {
            0..45 => {
                let operations = (0..1 + random.below(3)).map(|_| self.transfer(home)).collect();
                self.execute(client, home, "transfers", operations, Vec::new()).await;
            }
            45..60 => {
                let synced = client.sync_all(chain_id).await;
                self.outcome("looks for messages", synced);
                self.collect(client, home).await;
            }
            60..66 => self.outcome("synchronizes", client.sync_chain(chain_id).await.map(drop)),
            66..74 => {
                let staged = client.stage(chain_id, vec![self.transfer(home)], Vec::new()).await;
                world.executor.sleep(random.duration(1_000, 2_000_000)).await;
                match staged {
                    Ok(staged) => {
                        let outcome = client.propose(staged, &|_| {}).await;
                        self.made(client, home, "proposes what was staged", outcome).await;
                    }
                    Err(error) => self.failed("stages", &error),
                }
            }
            74..80 => {
                let retried = client.retry_pending(chain_id, &|_| {}).await;
                self.outcome("retries", retried.map(drop));
            }
            80..82 => self.outcome("gives up a block", client.clear_pending(chain_id).await),
            82..86 => {
                self.outcome("asks for a timeout", client.request_timeout(chain_id).await.map(drop));
            }
            86..89 => {
                let target = *random.pick(&world.chain_ids);
                let claim = SystemOperation::Claim {
                    owner: owner(self.device.key),
                    target_id: target,
                    recipient: Account::chain(chain_id),
                    amount: Amount::from_millis(u128::from(1 + random.below(30))),
                };
                let operations = vec![Operation::System(Box::new(claim))];
                self.execute(client, home, "claims", operations, Vec::new()).await;
            }
            89..93 if world.plan.has(Fault::Ownership) && home != 0 => {
                if let Some(operation) = self.change_owners(home) {
                    self.execute(client, home, "changes owners", vec![operation], Vec::new()).await;
                }
            }
            93..96 if world.plan.has(Fault::Rejection) => {
                let blanket = match random.below(3) {
                    0 => BlanketPolicy::Accept,
                    1 => BlanketPolicy::Reject,
                    _ => BlanketPolicy::Ignore,
                };
                let policy = MessagePolicy { blanket, ..MessagePolicy::default() };
                client.set_message_policy(chain_id, policy).await;
            }
            96..100 if world.plan.has(Fault::Epochs) && home == 0 => self.change_committee(client).await,
            _ => {
                self.collect(client, home).await;
            }
        }
    }

    async fn execute(
        &self,
        client: &SimClient,
        home: usize,
        what: &str,
        operations: Vec<Operation>,
        blobs: Vec<Blob>,
    ) {
        let outcome = client.execute(self.world().chain_ids[home], operations, blobs, &|_| {}).await;
        self.made(client, home, what, outcome).await;
    }

    async fn made(&self, client: &SimClient, home: usize, what: &str, outcome: Result<Outcome, ClientError>) {
        let world = self.world();
        let device = self.device.number;
        match outcome {
            Ok(Outcome::Committed(certificate)) => world.note(format_args!(
                "device {device}: {what} on chain {home} at {}: block {}",
                certificate.height(),
                Short(certificate.hash())
            )),
            Ok(Outcome::Conflict(certificate)) => world.note(format_args!(
                "device {device}: {what} on chain {home}: {} was first",
                Short(certificate.hash())
            )),
            Ok(Outcome::WaitForTimeout { timestamp, current_round, .. }) => {
                world.note(format_args!("device {device}: {what} on chain {home}: waits in {current_round}"));
                if world.random.chance(700) {
                    world.executor.sleep_until(timestamp.micros()).await;
                    let retried = client.retry_pending(world.chain_ids[home], &|_| {}).await;
                    self.outcome("tries again after waiting", retried.map(drop));
                }
            }
            Err(error) => self.failed(what, &error),
        }
    }

    fn transfer(&self, home: usize) -> Operation {
        let world = self.world();
        let random = &world.random;
        let recipient = *random.pick(&world.chain_ids);
        let target = match random.chance(800) {
            true => AccountOwner::CHAIN,
            false => owner(random.index(world.plan.devices + 1)),
        };
        let payer = match random.chance(900) {
            true => AccountOwner::CHAIN,
            false => owner(self.device.key),
        };
        let most = match random.chance(50) {
            true => world.plan.chains[home].balance.to_attos(),
            false => Amount::from_millis(200).to_attos(),
        };
        let amount = Amount::from_attos(1 + u128::from(random.next()) % most);
        Operation::System(Box::new(SystemOperation::Transfer {
            owner: payer,
            recipient: Account { chain_id: recipient, owner: target },
            amount,
        }))
    }

    /// Other rounds and weights, sometimes without one of the owners, but never without this one.
    fn change_owners(&self, home: usize) -> Option<Operation> {
        let world = self.world();
        let random = &world.random;
        let chain = &world.plan.chains[home];
        if !chain.owners.contains(&self.device.key) {
            return None;
        }
        let mut owners = vec![self.device.key];
        let others = chain.owners.iter().filter(|other| **other != self.device.key);
        owners.extend(others.filter(|_| random.chance(800)));
        let kinds = [Ownership::Shared, Ownership::Mixed, Ownership::Open, Ownership::Super];
        let ownership = ownership(*random.pick(&kinds), &owners, random);
        Some(Operation::System(Box::new(SystemOperation::ChangeOwnership {
            super_owners: ownership.super_owners.into_iter().collect(),
            owners: ownership.owners.into_iter().collect(),
            multi_leader_rounds: ownership.multi_leader_rounds,
            open_multi_leader_rounds: ownership.open_multi_leader_rounds,
            timeout_config: ownership.timeout_config,
        })))
    }

    /// A new committee in which liars stay a minority, or the end of an old one.
    async fn change_committee(&self, client: &SimClient) {
        let world = self.world();
        let epoch = world.ledger.borrow().last_epoch();
        if epoch.0 >= 3 {
            return;
        }
        let Some(weights) = world.plan.other_weights(&world.random) else { return };
        let committee = world.plan.committee(&weights);
        world.ledger.borrow_mut().note_committee(&committee);
        let blob = Blob::new_committee(&committee);
        let blob_hash = blob.id().hash;
        let admin = |operation| Operation::System(Box::new(SystemOperation::Admin(operation)));
        let operations = vec![
            admin(AdminOperation::PublishCommitteeBlob { blob_hash }),
            admin(AdminOperation::CreateCommittee { epoch: Epoch(epoch.0 + 1), blob_hash }),
        ];
        self.execute(client, 0, "changes the committee", operations, vec![blob]).await;
    }

    async fn collect(&self, client: &SimClient, home: usize) {
        let received = client.process_inbox(self.world().chain_ids[home], &|_| {}).await;
        match received {
            Ok((certificates, _)) if certificates.is_empty() => {}
            received => self.outcome("takes messages", received.map(drop)),
        }
    }

    /// Makes a block on a chain, now that nothing goes wrong any more.
    async fn finish(&self, client: &SimClient, home: usize) {
        let world = self.world();
        let chain_id = world.chain_ids[home];
        let deadline = world.executor.now() + PROGRESS_LIMIT;
        client.set_message_policy(chain_id, MessagePolicy::default()).await;
        loop {
            if !world.must_progress(chain_id, owner(self.device.key)) {
                return;
            }
            let error = match self.finish_once(client, chain_id).await {
                Ok(Outcome::Committed(_)) => return,
                Ok(Outcome::Conflict(_)) => String::from("another block was first"),
                Ok(Outcome::WaitForTimeout { timestamp, current_round, .. }) => {
                    world.executor.sleep_until(timestamp.micros()).await;
                    format!("waits in {current_round}")
                }
                Err(error) => {
                    self.failed("finishing", &error);
                    error.to_string()
                }
            };
            world.executor.sleep(200_000 + world.random.below(2_000_000)).await;
            if world.executor.now() > deadline {
                let device = self.device.number;
                let what = format!("device {device} cannot make a block on chain {home}: {error}");
                world.violate(Invariant::Progress, what);
                return;
            }
        }
    }

    async fn finish_once(&self, client: &SimClient, chain_id: ChainId) -> Result<Outcome, ClientError> {
        client.sync_all(chain_id).await?;
        // What waits is enough.
        if let Some(outcome) = client.retry_pending(chain_id, &|_| {}).await? {
            return Ok(outcome);
        }
        let burn = SystemOperation::Transfer {
            owner: AccountOwner::CHAIN,
            recipient: Account::chain(chain_id),
            amount: Amount::from_attos(1),
        };
        client.execute(chain_id, vec![Operation::System(Box::new(burn))], Vec::new(), &|_| {}).await
    }
}

/// The beginning of a hash.
pub struct Short(pub walnut_base::CryptoHash);

impl fmt::Display for Short {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in &self.0.as_bytes()[..4] {
            write!(formatter, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The height of a block that a notification tells of.
pub fn new_block(notification: &Notification) -> Option<(walnut_base::BlockHeight, walnut_base::CryptoHash)> {
    match &notification.reason {
        Reason::NewBlock { height, hash, .. } => Some((*height, *hash)),
        _ => None,
    }
}
