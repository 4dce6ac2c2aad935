//! A new wallet that reads a chain from the validators: a whole process, from its start to its end.

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use clap::Args;
use serde::{Deserialize, Serialize};
use walnut_base::{ChainId, GenesisConfig};
use walnut_cli::Connections;
use walnut_client::{ChainMode, Client, LocalNode, Options};

use crate::{
    load::{Sender, transfer},
    machine::{Machine, median},
    network::{Network, VALIDATORS, read_json, to_f64},
    process,
    table::{Row, Table, Target},
    wallet,
};

/// Blocks of the chain.
pub(crate) const BLOCKS: u64 = 400;
/// Wallets, one after the other; the median counts.
const RUNS: usize = 5;
/// The chain: the first that is neither the admin's nor the faucet's.
pub(crate) const CHAIN: usize = 2;

/// What the inner process is told.
#[derive(Args, Debug)]
pub(crate) struct WalletArguments {
    /// The network's genesis.
    #[arg(long)]
    genesis: PathBuf,
    /// The chain to read.
    #[arg(long)]
    chain: ChainId,
}

/// What the inner process answers.
#[derive(Debug, Serialize, Deserialize)]
struct WalletAnswer {
    blocks: u64,
    peak_bytes: u64,
    cpu_ms: f64,
}

/// The inner process: a new wallet reads, verifies and executes the chain.
pub(crate) fn run_wallet(arguments: &WalletArguments) -> Result<()> {
    let genesis: GenesisConfig = read_json(&arguments.genesis)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let info = runtime.block_on(async {
        let host = wallet(&Connections::default(), None);
        LocalNode::initialize(&*host, &genesis).await?;
        let client = Client::open(host, Options::default()).await?;
        client.follow(arguments.chain, ChainMode::Full).await;
        anyhow::Ok(client.sync_chain(arguments.chain).await?)
    })?;
    let own = std::process::id();
    let answer = WalletAnswer {
        blocks: info.next_block_height.0,
        peak_bytes: process::memory(own, "VmHWM")?,
        cpu_ms: process::cpu_time(own)?.as_secs_f64() * 1e3,
    };
    println!("{}", serde_json::to_string(&answer)?);
    Ok(())
}

/// Lets new wallets read the chain that [`make_chain`] has made.
pub(crate) fn measure(network: &Network, machine: &Machine, table: &mut Table) -> Result<()> {
    let (chain_id, _) = network.chain(CHAIN)?;
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let mut times = Vec::new();
    let mut peak_bytes = 0;
    let mut cpu = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        let output = Command::new(&program)
            .arg("wallet")
            .arg("--genesis")
            .arg(&network.genesis_path)
            .args(["--chain", &chain_id.to_string()])
            .output()
            .context("cannot start the wallet")?;
        times.push(start.elapsed());
        let errors = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "the wallet failed: {errors}");
        let answer: WalletAnswer =
            serde_json::from_slice(&output.stdout).context("the wallet said something else")?;
        anyhow::ensure!(answer.blocks == BLOCKS, "the wallet has {} blocks", answer.blocks);
        peak_bytes = peak_bytes.max(answer.peak_bytes);
        cpu.push(Duration::from_secs_f64(answer.cpu_ms / 1e3));
    }
    let what = format!("sync of a {BLOCKS}-block chain from {VALIDATORS} validators into a new wallet");
    let checks = to_f64(BLOCKS * 3) / machine.certificate_checks;
    let how = format!(
        "median of {RUNS} whole processes, {:.2} s CPU; checking the chain's {} signatures alone takes {checks:.2} s",
        median(&mut cpu).as_secs_f64(),
        BLOCKS * 3,
    );
    let row = Row::new(format!("{what}, whole process"), "s", Target::AtMost(0.2));
    table.add(row.reference(0.5).value(median(&mut times).as_secs_f64()).machine(how));
    let row = Row::new(format!("{what}, peak memory"), "MB", Target::AtMost(60.0));
    table.add(row.reference(200.0).value(to_f64(peak_bytes) / 1e6).machine("largest of all runs"));
    Ok(())
}

/// Makes the chain.
pub(crate) fn make_chain(network: &Network) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (chain_id, key) = network.chain(CHAIN)?;
        let (recipient, _) = network.chain(0)?;
        let sender = Sender::open(&network.genesis, &Connections::default(), chain_id, key).await?;
        for _ in 0..BLOCKS {
            sender.send(vec![transfer(recipient)]).await?;
        }
        Ok(())
    })
}
