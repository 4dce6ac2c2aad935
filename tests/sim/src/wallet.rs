//! An honest wallet: opens its client, uses its chains at random, and in the end makes sure that all is well.

mod actions;
mod committees;
mod news;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    fmt,
    rc::Rc,
    task::Waker,
};

use futures_util::future::{Either, select};
use walnut_base::{Account, AccountOwner, Amount, Blob, ChainId, Notification, Operation, SystemOperation};
use walnut_chain::Fault as Blame;
use walnut_client::{Client, ClientError, LocalError, LocalNode, MessagePolicy, Options, Outcome};

use crate::{
    executor::Group,
    host::{Device, SimHost},
    plan::{Fault, Ownership, owner},
    world::{Invariant, World},
};

/// How long an owner may need for a block when nothing goes wrong any more, in microseconds of pretend time.
const PROGRESS_LIMIT: u64 = 900_000_000;

/// A wallet that may be killed and started again.
pub struct Wallet {
    /// What survives.
    pub device: Rc<Device>,
    /// Chains of the genesis that it has a key for.
    homes: Vec<usize>,
    /// How many of the chains that were opened it has looked at.
    looked_at: Cell<usize>,
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
            looked_at: Cell::new(0),
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

    /// The chains that it has a key for, by number: of the genesis, and opened since.
    fn homes(&self) -> Vec<usize> {
        let world = self.world();
        let ledger = world.ledger.borrow();
        let opened = (world.chain_ids.len()..).zip(ledger.opened());
        let key = owner(self.device.key);
        let own = opened.filter(|(_, (_, ownership))| ownership.verify_owner(&key));
        self.homes.iter().copied().chain(own.map(|(number, _)| number)).collect()
    }

    /// Takes the chains that were opened for its key.
    async fn adopt(&self, client: &SimClient) {
        let world = self.world();
        let chains = world.chains();
        let seen = world.chain_ids.len() + self.looked_at.replace(chains.len() - world.chain_ids.len());
        for home in self.homes().into_iter().filter(|home| *home >= seen) {
            client.own(chains[home], owner(self.device.key)).await;
        }
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
                    self.looked_at.set(0);
                    self.adopt(&client).await;
                    self.hear(&client);
                    return client;
                }
                Err(error) => self.failed("opening", &error),
            }
            world.executor.sleep(100_000).await;
        }
    }

    async fn live(self: &Rc<Self>, client: &SimClient) {
        let world = self.world();
        while !self.is_retired.get() {
            let at_once = self.wait().await;
            let homes = self.homes();
            if homes.is_empty() {
                continue;
            }
            self.adopt(client).await;
            let mut action = Box::pin(async {
                match at_once {
                    Some(home) => {
                        let operations = vec![self.transfer(home)];
                        self.execute(client, home, "transfers at once", operations, Vec::new()).await;
                    }
                    None if self.governs() && world.goes_wrong(Fault::Epochs, 300) => {
                        self.govern(client).await
                    }
                    None => self.act(client, *world.random.pick(&homes)).await,
                }
            });
            if world.goes_wrong(Fault::Abort, 150) {
                let limit = world.executor.sleep(world.random.duration(100, 1_000_000));
                if let Either::Right(_) = select(&mut action, limit).await {
                    world.note(format_args!("device {}: breaks off", self.device.number));
                }
            } else {
                action.await;
            }
        }
        if self.governs() && world.plan.has(Fault::Epochs) {
            // The others fall behind once more, and have to follow.
            for _ in 0..world.random.below(4) {
                self.govern(client).await;
            }
        }
        self.adopt(client).await;
        for home in self.homes() {
            self.finish(client, home).await;
        }
        self.is_done.set(true);
        // What still comes is taken, until nothing comes any more.
        loop {
            world.executor.sleep(4_000_000).await;
            self.adopt(client).await;
            for home in self.homes() {
                // News may have been lost.
                let synced = client.sync_all(world.chain_id(home)).await;
                self.outcome("looks for messages", synced);
                self.collect(client, home).await;
            }
        }
    }

    /// Waits until it acts again. Answers the chain, if it is the one that all its owners turn to at the full second.
    async fn wait(&self) -> Option<usize> {
        let world = self.world();
        if !world.goes_wrong(Fault::Race, 250) {
            world.executor.sleep(world.random.duration(1_000, 1_500_000)).await;
            return None;
        }
        let second = world.executor.now() / 1_000_000 + 1;
        world.executor.sleep_until(second * 1_000_000).await;
        let number = usize::try_from(second).expect("seconds are few") % world.plan.chains.len();
        self.homes.contains(&number).then_some(number)
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

    async fn execute(
        &self,
        client: &SimClient,
        home: usize,
        what: &str,
        operations: Vec<Operation>,
        blobs: Vec<Blob>,
    ) {
        let outcome = client.execute(self.world().chain_id(home), operations, blobs, &|_| {}).await;
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
                    let retried = client.retry_pending(world.chain_id(home), &|_| {}).await;
                    self.outcome("tries again after waiting", retried.map(drop));
                }
            }
            Err(error) => self.failed(what, &error),
        }
    }

    async fn collect(&self, client: &SimClient, home: usize) {
        let received = client.process_inbox(self.world().chain_id(home), &|_| {}).await;
        match received {
            Ok((certificates, _)) if certificates.is_empty() => {}
            received => self.outcome("takes messages", received.map(drop)),
        }
    }

    /// Makes a block on a chain, now that nothing goes wrong any more.
    async fn finish(&self, client: &SimClient, home: usize) {
        let world = self.world();
        let chain_id = world.chain_id(home);
        let deadline = world.executor.now() + PROGRESS_LIMIT;
        client.set_message_policy(chain_id, MessagePolicy::default()).await;
        loop {
            let is_closed = world.ledger.borrow().chain(&chain_id).is_some_and(|chain| chain.is_closed);
            if is_closed || !world.must_progress(chain_id, owner(self.device.key)) {
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
