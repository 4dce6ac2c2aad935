//! The command line.

use std::{
    error::Error,
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    pin::pin,
};

use clap::{Args, Parser, Subcommand};
use rand_core::OsRng;
use tokio::{
    io::AsyncReadExt as _,
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};
use tracing::Level;
use walnut_base::{Amount, GenesisConfig, Timestamp, crypto::TestingPrng};
use walnut_validator::{
    LocalNet, LocalNetOptions,
    genesis::{
        CommitteeConfig, GenesisOptions, Policy, ServerConfig, ValidatorOptions, create_genesis, generate,
        read_json, write_json, write_secret_json,
    },
};

/// Threads that serve all listeners. Shards have their own.
const RUNTIME_THREADS: usize = 2;
/// Threads that open databases side by side; they end when idle.
const BLOCKING_THREADS: usize = 8;
/// Stack of such a thread, in bytes.
const RUNTIME_STACK_BYTES: usize = 2 << 20;

/// Version of this program, and in the form in which `linera net up` asks for it that of the protocol.
pub(crate) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\nLinera protocol: v0.15.23");

/// A validator of the Linera protocol 0.15.23.
#[derive(Parser)]
#[command(name = "walnut-validator", version = VERSION)]
pub(crate) struct Cli {
    /// What to log on standard error: error, warn, info, debug or trace.
    #[arg(long, global = true, default_value = "error")]
    log: Level,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a whole network with a faucet in this process, on loopback.
    LocalNet(LocalNetArgs),
    /// Runs one validator.
    Run(RunArgs),
    /// Draws the keys of validators.
    Generate(GenerateArgs),
    /// Makes the genesis of a network.
    CreateGenesis(CreateGenesisArgs),
}

#[derive(Args)]
struct LocalNetArgs {
    /// Validators.
    #[arg(long, default_value_t = 4)]
    validators: usize,
    /// Shards of each validator.
    #[arg(long, default_value_t = 2)]
    shards: usize,
    /// Port of the faucet; 0 for a free one.
    #[arg(long, default_value_t = 0)]
    faucet_port: u16,
    /// No faucet.
    #[arg(long, conflicts_with = "faucet_port")]
    no_faucet: bool,
    /// Folder that keeps the network. Without it everything is in memory.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Keep everything in memory (the default without --data).
    #[arg(long, conflicts_with = "data")]
    memory: bool,
    /// Prices.
    #[arg(long, value_enum, default_value_t = Policy::NoFees)]
    policy: Policy,
    /// Hosts that applications may ask over HTTP, separated by commas.
    #[arg(long, value_delimiter = ',')]
    http_request_allow_list: Vec<String>,
    /// Root chains besides the admin chain; the first is the faucet's.
    #[arg(long, default_value_t = 2)]
    chains: u32,
    /// Balance of every root chain, in tokens.
    #[arg(long, default_value = "1000000")]
    initial_funding: Amount,
    /// Balance of a claimed chain, in tokens.
    #[arg(long, default_value = "1000")]
    faucet_amount: Amount,
    /// Tokens that may be claimed every day after that.
    #[arg(long, default_value = "0")]
    faucet_daily_amount: Amount,
    /// End when standard input closes.
    #[arg(long)]
    exit_with_parent: bool,
}

#[derive(Args)]
struct RunArgs {
    /// The validator's configuration, server_N.json.
    #[arg(long)]
    config: PathBuf,
    /// The genesis of the network.
    #[arg(long)]
    genesis: PathBuf,
    /// Folder of the database.
    #[arg(long)]
    data: PathBuf,
    /// Address to listen on, at the public port of the configuration.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::UNSPECIFIED))]
    listen: IpAddr,
}

#[derive(Args)]
pub(crate) struct GenerateArgs {
    /// Option files, one per validator.
    #[arg(long, num_args = 1.., required = true)]
    validators: Vec<PathBuf>,
    /// Where to write the committee.
    #[arg(long)]
    committee: Option<PathBuf>,
    /// Make keys that anyone can make again; for tests.
    #[arg(long)]
    testing_prng_seed: Option<u64>,
}

#[derive(Args)]
struct CreateGenesisArgs {
    /// Root chains besides the admin chain.
    #[arg(default_value_t = 2)]
    chains: u32,
    /// The committee of `generate`.
    #[arg(long)]
    committee: PathBuf,
    /// Where to write the genesis.
    #[arg(long)]
    genesis: PathBuf,
    /// Where to write the keys of the root chains.
    #[arg(long)]
    keystore: PathBuf,
    /// Balance of every root chain, in tokens.
    #[arg(long, default_value = "1000000")]
    initial_funding: Amount,
    /// Prices.
    #[arg(long = "policy-config", value_enum, default_value_t = Policy::NoFees)]
    policy: Policy,
    /// Hosts that applications may ask; flags of the protocol are among them.
    #[arg(long, value_delimiter = ',')]
    http_request_allow_list: Option<Vec<String>>,
    /// The network's name.
    #[arg(long)]
    network_name: Option<String>,
    /// Make keys that anyone can make again; for tests.
    #[arg(long)]
    testing_prng_seed: Option<u64>,
}

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

impl Cli {
    /// Does what was asked.
    pub(crate) fn execute(self) -> Outcome {
        start_log(self.log);
        match self.command {
            Command::LocalNet(args) => runtime()?.block_on(local_net(args)),
            Command::Run(args) => runtime()?.block_on(run(args)),
            Command::Generate(args) => generate_keys(&args),
            Command::CreateGenesis(args) => write_genesis(args),
        }
    }
}

/// Sends the log to standard error.
pub(crate) fn start_log(level: Level) {
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_ansi(false).init();
}

pub(crate) fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(RUNTIME_THREADS)
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_stack_size(RUNTIME_STACK_BYTES)
        .enable_all()
        .build()
}

async fn local_net(args: LocalNetArgs) -> Outcome {
    let exit_with_parent = args.exit_with_parent;
    // Before anything is there to be lost.
    let end = end_of_process(exit_with_parent)?;
    let net = LocalNet::start(LocalNetOptions {
        validators: args.validators,
        shards: args.shards,
        faucet_port: (!args.no_faucet).then_some(args.faucet_port),
        data: args.data,
        policy: args.policy,
        http_request_allow_list: args.http_request_allow_list,
        chains: args.chains,
        initial_funding: args.initial_funding,
        faucet_amount: args.faucet_amount,
        faucet_daily_amount: args.faucet_daily_amount,
    })
    .await?;
    say(&serde_json::json!({
        "ready": true,
        "faucet": net.faucet,
        "validators": net.validators,
        "genesis": net.genesis_path,
    }))?;
    end.await;
    net.stop().await;
    Ok(())
}

async fn run(args: RunArgs) -> Outcome {
    let config: ServerConfig = read_json(&args.config)?;
    let genesis: GenesisConfig = read_json(&args.genesis)?;
    run_validator(config, &genesis, &args.data, args.listen).await
}

/// Runs one validator until the process is told to end.
pub(crate) async fn run_validator(
    config: ServerConfig,
    genesis: &GenesisConfig,
    data: &Path,
    listen: IpAddr,
) -> Outcome {
    let end = end_of_process(false)?;
    let ready = |address| {
        let line = serde_json::json!({ "ready": true, "address": address });
        if let Err(error) = say(&line) {
            tracing::warn!(%error, "nobody reads the ready line");
        }
    };
    Ok(walnut_validator::run(config, genesis, data, listen, ready, end).await?)
}

/// Completes at SIGTERM, at SIGINT, or, if asked, when standard input closes.
pub(crate) fn end_of_process(with_stdin: bool) -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let stdin_closed = async {
            if !with_stdin {
                return std::future::pending().await;
            }
            let mut stdin = tokio::io::stdin();
            let mut buffer = [0; 64];
            while matches!(stdin.read(&mut buffer).await, Ok(count) if count > 0) {}
        };
        let (terminated, interrupted) = (pin!(terminate.recv()), pin!(interrupt.recv()));
        let signalled = futures_util::future::select(terminated, interrupted);
        futures_util::future::select(signalled, pin!(stdin_closed)).await;
    })
}

fn say(line: &serde_json::Value) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

pub(crate) fn generate_keys(args: &GenerateArgs) -> Outcome {
    let options =
        args.validators.iter().map(|path| ValidatorOptions::read(path)).collect::<Result<Vec<_>, _>>()?;
    let committee = args.committee.as_deref();
    let lines = match args.testing_prng_seed {
        Some(seed) => generate(&mut TestingPrng::seed_from_u64(seed), &options, committee)?,
        None => generate(&mut OsRng, &options, committee)?,
    };
    let mut stdout = io::stdout().lock();
    lines.iter().try_for_each(|line| writeln!(stdout, "{line}"))?;
    Ok(())
}

fn write_genesis(args: CreateGenesisArgs) -> Outcome {
    let committee: CommitteeConfig = read_json(&args.committee)?;
    let mut policy = args.policy.prices();
    if let Some(hosts) = args.http_request_allow_list {
        policy.http_request_allow_list = hosts.into_iter().collect();
    }
    let micros = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_micros();
    let options = GenesisOptions {
        other_chains: args.chains,
        initial_funding: args.initial_funding,
        policy,
        network_name: args.network_name,
        timestamp: Timestamp::from_micros(u64::try_from(micros)?),
    };
    let created = match args.testing_prng_seed {
        Some(seed) => create_genesis(&mut TestingPrng::seed_from_u64(seed), committee, options)?,
        None => create_genesis(&mut OsRng, committee, options)?,
    };
    write_json(&args.genesis, &created.genesis)?;
    Ok(write_secret_json(&args.keystore, &created.into_keystore())?)
}
