//! Standing in for the reference's `linera-proxy` and `linera-server`, so that `linera net up` starts this validator.
//!
//! `linera net up` looks for both programs beside itself and starts, for each validator, one proxy and then one server per
//! shard (protocol/05 §31 and §32 B). A validator here is one process: the proxy is all of it, and a server only says on its
//! shard's port that it is well. Neither uses the storage named to them; the database lies beside the configuration file,
//! and the genesis is read from the working directory, where `net up` puts it.

use std::{
    ffi::OsStr,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use clap::{Args, Parser, Subcommand};
use tokio::net::TcpListener;
use walnut_base::GenesisConfig;
use walnut_rpc::server::serve_health;
use walnut_validator::genesis::{ServerConfig, read_json};

use crate::cli::{self, GenerateArgs, Outcome, VERSION};

/// The genesis, in the working directory.
const GENESIS_FILE: &str = "genesis.json";
/// What the database's folder is called: the configuration file with this ending.
const DATABASE_ENDING: &str = "walnut";

/// A program of the reference whose place is taken.
pub(crate) enum StandIn {
    /// The public port, and behind it the whole validator.
    Proxy(ProxyArgs),
    /// A shard's port, or the making of keys.
    Server(ServerCli),
}

/// Runs a validator in place of the reference's proxy.
#[derive(Parser)]
#[command(name = "linera-proxy", version = VERSION)]
pub(crate) struct ProxyArgs {
    /// The validator's configuration, server_N.json.
    config: PathBuf,
    #[command(flatten)]
    ignored: Ignored,
    /// Which of the validator's proxies; there is one.
    #[arg(long, default_value_t = 0)]
    id: usize,
    /// Not used: a request inside this process has no deadline of its own.
    #[arg(long)]
    send_timeout_ms: Option<u64>,
    /// Not used, as above.
    #[arg(long)]
    recv_timeout_ms: Option<u64>,
}

/// Takes the place of the reference's server.
#[derive(Parser)]
#[command(name = "linera-server", version = VERSION)]
pub(crate) struct ServerCli {
    #[command(subcommand)]
    command: ServerCommand,
}

#[derive(Subcommand)]
enum ServerCommand {
    /// Draws the keys of validators.
    Generate(GenerateArgs),
    /// Says on a shard's port that it is well; its work is done by the proxy's process.
    Run(ShardArgs),
}

#[derive(Args)]
struct ShardArgs {
    /// The validator's configuration, server_N.json.
    #[arg(long)]
    server: PathBuf,
    /// Which shard.
    #[arg(long, default_value_t = 0)]
    shard: usize,
    #[command(flatten)]
    ignored: Ignored,
    #[command(flatten)]
    queue: QueueArgs,
}

/// What both programs are told and this validator has no use for.
#[derive(Args)]
struct Ignored {
    /// Not used: the database lies beside the configuration.
    #[arg(long)]
    storage: Option<String>,
}

/// The queue between the reference's shards. Shards here are threads of one process and lose no requests, so there is
/// nothing to retry.
#[derive(Args)]
struct QueueArgs {
    #[arg(long, hide = true)]
    cross_chain_queue_size: Option<u64>,
    #[arg(long, hide = true)]
    cross_chain_max_retries: Option<u64>,
    #[arg(long, hide = true)]
    cross_chain_retry_delay_ms: Option<u64>,
    #[arg(long, hide = true)]
    cross_chain_max_backoff_ms: Option<u64>,
    #[arg(long, hide = true)]
    cross_chain_sender_delay_ms: Option<u64>,
    #[arg(long, hide = true)]
    cross_chain_sender_failure_rate: Option<f32>,
}

impl StandIn {
    /// Reads the command line when the program was started under one of the two names.
    pub(crate) fn of_program(name: &OsStr) -> Option<Self> {
        match Path::new(name).file_name()?.to_str()? {
            "linera-proxy" => Some(Self::Proxy(ProxyArgs::parse())),
            "linera-server" => Some(Self::Server(ServerCli::parse())),
            _ => None,
        }
    }

    /// Does what was asked.
    pub(crate) fn execute(self) -> Outcome {
        match self {
            Self::Proxy(args) => cli::runtime()?.block_on(args.run()),
            Self::Server(ServerCli { command: ServerCommand::Generate(args) }) => cli::generate_keys(&args),
            Self::Server(ServerCli { command: ServerCommand::Run(args) }) => {
                cli::runtime()?.block_on(args.run())
            }
        }
    }
}

impl ProxyArgs {
    async fn run(self) -> Outcome {
        if self.id != 0 {
            return Err("this validator has one proxy: the whole of it runs as --id 0".into());
        }
        let config: ServerConfig = read_json(&self.config)?;
        let genesis: GenesisConfig = read_json(Path::new(GENESIS_FILE))?;
        let listen = listen_address(&config.validator.network.host);
        let data = self.config.with_extension(DATABASE_ENDING);
        cli::run_validator(config, &genesis, &data, listen).await
    }
}

impl ShardArgs {
    async fn run(self) -> Outcome {
        if self.queue.cross_chain_sender_failure_rate.is_some_and(|rate| rate > 0.0) {
            return Err("requests between the shards of one process cannot be made to fail".into());
        }
        let end = cli::end_of_process(false)?;
        let config: ServerConfig = read_json(&self.server)?;
        let shards = &config.internal_network.shards;
        let shard = shards.get(self.shard).ok_or_else(|| {
            format!("there is no shard {}: the configuration has {}", self.shard, shards.len())
        })?;
        let address = SocketAddr::new(listen_address(&shard.host), shard.port);
        let in_use = |error: io::Error| format!("{address}: {error}");
        let listener = TcpListener::bind(address).await.map_err(in_use)?;
        Ok(serve_health(listener, end).await?)
    }
}

/// Loopback for a validator that is known under a loopback name, else every address.
fn listen_address(host: &str) -> IpAddr {
    let is_loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    IpAddr::V4(if is_loopback { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED })
}
