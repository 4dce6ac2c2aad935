//! Blocks per second: wallets that do nothing but send.
//!
//! Every wallet is a whole client with its own node, in one thread; together with the network it has this machine to
//! itself. A block counts when its certificate is there, was executed by the wallet, and a quorum of validators has taken
//! it. Validators keep their votes in databases on disk and sync before they answer.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use tokio::task::LocalSet;
use walnut_base::{
    Account, AccountOwner, AccountSecretKey, Amount, ChainId, ConfirmedBlockCertificate, GenesisConfig,
    Operation, SystemOperation,
};
use walnut_cli::Connections;
use walnut_client::{Client, Draft, LocalNode, Options, Outcome};

use crate::{
    Wallet,
    machine::{Machine, median},
    network::{Network, to_f64},
    process,
    table::{Row, Table, Target},
    wallet,
};

/// Time before the clock starts: connections, caches, and chains that have a first block.
const WARM_UP: Duration = Duration::from_secs(2);
/// Transfers of a large block.
const TRANSFERS: usize = 50;
/// The first chain of a wallet that makes load. Those before it: the admin's, the faucet's, that of the synchronisation,
/// and that of applications.
const FIRST_CHAIN: usize = 4;

/// A wallet and its chain.
pub(crate) struct Sender {
    client: Client<Wallet>,
    chain_id: ChainId,
}

impl Sender {
    /// Opens a new wallet that owns the chain.
    pub(crate) async fn open(
        genesis: &GenesisConfig,
        connections: &Connections,
        chain_id: ChainId,
        key: Rc<AccountSecretKey>,
    ) -> Result<Self> {
        let owner = key.owner();
        let host = wallet(connections, Some(key));
        LocalNode::initialize(&*host, genesis).await?;
        let client = Client::open(host, Options::default()).await?;
        client.own(chain_id, owner).await;
        Ok(Self { client, chain_id })
    }

    /// Makes a block of these operations.
    pub(crate) async fn send(&self, operations: Vec<Operation>) -> Result<()> {
        self.make(operations.into()).await.map(drop)
    }

    /// Makes a block.
    pub(crate) async fn make(&self, draft: Draft) -> Result<ConfirmedBlockCertificate> {
        match self.client.execute(self.chain_id, draft.operations, draft.blobs, &|_| {}).await? {
            Outcome::Committed(certificate) => Ok(*certificate),
            other => bail!("a block was not made: {other:?}"),
        }
    }
}

/// One atto to the chain.
pub(crate) fn transfer(recipient: ChainId) -> Operation {
    Operation::System(Box::new(SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::chain(recipient),
        amount: Amount::from_attos(1),
    }))
}

/// What a load came to.
struct Done {
    elapsed: Duration,
    times: Vec<Duration>,
    wallets_cpu: Duration,
    network_cpu: Duration,
}

impl Done {
    fn blocks(&self) -> f64 {
        to_f64(self.times.len() as u64)
    }

    fn blocks_per_second(&self) -> f64 {
        self.blocks() / self.elapsed.as_secs_f64()
    }

    /// How the figure came about, per block.
    fn describe(&mut self, machine: &Machine) -> String {
        let blocks = self.blocks().max(1.0);
        let per_block = |time: Duration| time.as_secs_f64() * 1e3 / blocks;
        format!(
            "CPU per block: {:.2} ms validators, {:.2} ms wallets; median block {:.0} ms; one core checks {:.0} \
             signatures/ms, a durable write takes {:.2} ms",
            per_block(self.network_cpu),
            per_block(self.wallets_cpu),
            median(&mut self.times).as_secs_f64() * 1e3,
            machine.certificate_checks / 1e3,
            machine.durable_write_us / 1e3,
        )
    }
}

/// Runs the loads, each for that long.
pub(crate) fn measure(
    network: &Network,
    machine: &Machine,
    wallets: u32,
    seconds: Duration,
    table: &mut Table,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        let connections = Connections::default();
        let mut senders = Vec::new();
        for index in FIRST_CHAIN..FIRST_CHAIN + usize::try_from(wallets)? {
            let (chain_id, key) = network.chain(index)?;
            senders.push(Rc::new(Sender::open(&network.genesis, &connections, chain_id, key).await?));
        }
        crate::progress("load: 1 transfer per block");
        let mut small =
            run(network, &senders, seconds, |number, own| vec![recipient(&senders, number, own)]).await?;
        let value = small.blocks_per_second();
        table.add(
            Row::new(
                "4 validators and load on one machine, 1 transfer per block, votes durable",
                "blocks/s",
                Target::AtLeast(300.0),
            )
            .reference(68.5)
            .value(value)
            .machine(small.describe(machine)),
        );
        let row = |what: &str| {
            let what = format!("4 validators and load on one machine, {TRANSFERS} transfers per block{what}");
            Row::new(what, "transfers/s", Target::AtLeast(10_000.0)).reference(1_950.0)
        };
        let to_f64_transfers = to_f64(TRANSFERS as u64);
        crate::progress("load: many transfers per block to one chain");
        let mut single =
            run(network, &senders, seconds, |number, own| vec![recipient(&senders, number, own); TRANSFERS])
                .await?;
        let value = single.blocks_per_second() * to_f64_transfers;
        table.add(row(", to one chain").value(value).machine(single.describe(machine)));
        crate::progress("load: many transfers per block to many chains");
        let mut many = run(network, &senders, seconds, |number, own| {
            (0..TRANSFERS).map(|step| recipient(&senders, number * TRANSFERS + step, own)).collect()
        })
        .await?;
        let value = many.blocks_per_second() * to_f64_transfers;
        table.add(row(", to many chains").value(value).machine(many.describe(machine)));
        Ok(())
    })
}

/// A chain of another wallet; all of them in turn.
fn recipient(senders: &[Rc<Sender>], number: usize, own: usize) -> ChainId {
    let others = senders.len().saturating_sub(1).max(1);
    senders[(own + 1 + number % others) % senders.len()].chain_id
}

async fn run(
    network: &Network,
    senders: &[Rc<Sender>],
    seconds: Duration,
    recipients: impl Fn(usize, usize) -> Vec<ChainId> + Clone,
) -> Result<Done> {
    let start = Instant::now() + WARM_UP;
    let end = start + seconds;
    let times = RefCell::new(Vec::new());
    let work = senders.iter().enumerate().map(|(own, sender)| {
        let (recipients, times) = (&recipients, &times);
        async move {
            let mut number = 0;
            while Instant::now() < end {
                let operations = recipients(number, own).into_iter().map(transfer).collect();
                let before = Instant::now();
                sender.send(operations).await.context("a wallet under load")?;
                let now = Instant::now();
                if (start..end).contains(&now) {
                    times.borrow_mut().push(now - before);
                }
                number += 1;
            }
            anyhow::Ok(())
        }
    });
    let own = std::process::id();
    let cpu = || anyhow::Ok((process::cpu_time(own)?, process::cpu_time(network.pid())?));
    let watch = async {
        tokio::time::sleep_until(start.into()).await;
        let before = cpu()?;
        tokio::time::sleep_until(end.into()).await;
        let after = cpu()?;
        Ok((after.0.saturating_sub(before.0), after.1.saturating_sub(before.1)))
    };
    let (_, (wallets_cpu, network_cpu)) =
        futures::future::try_join(futures::future::try_join_all(work), watch).await?;
    Ok(Done { elapsed: seconds, times: times.into_inner(), wallets_cpu, network_cpu })
}
