//! A network started by the reference's `linera net up`, of validators of either kind.

use std::{
    fmt::{self, Display, Formatter},
    fs,
    io::Write as _,
    net::TcpListener,
    os::unix::fs::{OpenOptionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use walnut_base::GenesisConfig;

use crate::{programs::Programs, running::Running, their_wallet::TheirWallet, validator::Stopped};

/// Ports are this and up to 6000 more (protocol/05 §31): below those that the system gives out by itself.
const PORT_BASE: u16 = 20_000;
/// Port of the faucet.
const FAUCET_PORT: u16 = PORT_BASE - 1;
/// The first public port.
const FIRST_PUBLIC_PORT: u16 = PORT_BASE + 4001;
/// How long a network may take to start.
const START_TIME: Duration = Duration::from_secs(240);

/// Whose validators a network has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Makeup {
    /// Four of the reference's.
    Theirs,
    /// Four of ours.
    Ours,
    /// Two of each: every quorum needs three.
    Mixed,
}

impl Makeup {
    /// Number of validators.
    pub(crate) const VALIDATORS: usize = 4;
    /// Shards of each.
    const SHARDS: usize = 2;

    /// Whether the validator of that number is ours.
    fn is_ours(self, number: usize) -> bool {
        match self {
            Self::Theirs => false,
            Self::Ours => true,
            Self::Mixed => number.is_multiple_of(2),
        }
    }
}

impl Display for Makeup {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Theirs => "their validators",
            Self::Ours => "our validators",
            Self::Mixed => "mixed committee",
        })
    }
}

/// What things cost and how states are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Everything is free.
    NoFees,
    /// The public test network's prices.
    Testnet,
    /// Those, with historical hashing.
    Historical,
}

impl Rules {
    fn policy(self) -> &'static str {
        match self {
            Self::NoFees => "no-fees",
            Self::Testnet | Self::Historical => "testnet",
        }
    }

    /// Flags of the protocol, and this machine, where the tests of an example have a server.
    fn allow_list(self) -> String {
        let flags = match self {
            Self::NoFees | Self::Testnet => "",
            Self::Historical => ",FLAG_HISTORICAL_HASH.linera.network,FLAG_FREE_REJECT.linera.network",
        };
        format!("localhost,127.0.0.1{flags}")
    }
}

impl Display for Rules {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoFees => "no-fees",
            Self::Testnet => "testnet",
            Self::Historical => "historical",
        })
    }
}

/// What files about such a network are called.
pub(crate) fn file_stem(makeup: Makeup, rules: Rules) -> String {
    format!("{makeup}-{rules}").replace(' ', "-")
}

/// A network that runs until this is dropped.
pub(crate) struct Network {
    // Dropped first: its processes use the folder.
    _running: Running,
    folder: TempDir,
    bin: PathBuf,
}

impl Network {
    /// Starts one.
    pub(crate) fn start(programs: &Programs, makeup: Makeup, rules: Rules) -> anyhow::Result<Self> {
        for port in [FAUCET_PORT, FIRST_PUBLIC_PORT] {
            TcpListener::bind(("127.0.0.1", port)).with_context(|| format!("port {port}"))?;
        }
        let folder = tempfile::tempdir()?;
        let bin = folder.path().join("bin");
        fs::create_dir(&bin)?;
        for name in ["linera", "linera-storage-server"] {
            link(&programs.reference.join(name), &bin.join(name))?;
        }
        for name in ["linera-server", "linera-proxy"] {
            write_chooser(programs, makeup, name, &bin.join(name))?;
        }
        let files = folder.path().join("net");
        fs::create_dir(&files)?;
        let log = programs.logs.join(format!("{}.log", file_stem(makeup, rules)));
        let (validators, shards) = (Makeup::VALIDATORS.to_string(), Makeup::SHARDS.to_string());
        let mut command = Command::new(bin.join("linera"));
        command.env("TEST_OFFSET_PORT", PORT_BASE.to_string());
        command.args(["net", "up", "--validators", &validators, "--shards", &shards, "--with-faucet"]);
        command.args(["--faucet-port", &FAUCET_PORT.to_string(), "--policy-config", rules.policy()]);
        command.args(["--http-request-allow-list", &rules.allow_list(), "--path"]).arg(&files);
        let mut running = Running::start(&mut command, &log)?;
        running.wait_for("READY!", START_TIME)?;
        Ok(Self { _running: running, folder, bin })
    }

    /// Address of its faucet.
    pub(crate) fn faucet(&self) -> String {
        format!("http://127.0.0.1:{FAUCET_PORT}")
    }

    /// A folder that goes away with the network.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A wallet of theirs with the admin chain. The one that made the network is in use by the faucet, so this is another one
    /// with its keys.
    pub(crate) fn admin(&self) -> anyhow::Result<TheirWallet> {
        let files = self.folder.path().join("net");
        let genesis: GenesisConfig = serde_json::from_slice(&fs::read(files.join("genesis.json"))?)?;
        let chain = genesis.chains.first().context("the genesis has no chain")?;
        let owner = chain.config.ownership.all_owners().next().context("the admin chain has no owner")?;
        let (chain, owner) = (chain.id().to_string(), owner.to_string());
        let wallet = self.their_wallet("admin")?;
        fs::copy(files.join("keystore_0.json"), self.folder.path().join("admin/keystore.json"))?;
        wallet.ask(&["wallet", "follow-chain", &chain, "--sync"])?;
        wallet.ask(&["assign", "--owner", &owner, "--chain-id", &chain])?;
        wallet.ask(&["wallet", "set-default", &chain])?;
        Ok(wallet)
    }

    /// An empty wallet of theirs that knows the network from its faucet.
    pub(crate) fn their_wallet(&self, name: &str) -> anyhow::Result<TheirWallet> {
        TheirWallet::init(&self.bin.join("linera"), &self.folder.path().join(name), &self.faucet())
    }

    /// Address of a validator, as committees name it.
    pub(crate) fn validator_address(number: usize) -> String {
        format!("grpc:localhost:{}", public_port(number))
    }

    /// Kills the processes of a validator.
    pub(crate) fn kill(&self, number: usize) -> anyhow::Result<Stopped> {
        Stopped::kill(&self.folder.path().join("net"), number, public_port(number))
    }
}

fn public_port(validator: usize) -> u16 {
    FIRST_PUBLIC_PORT.saturating_add(u16::try_from(validator).unwrap_or(u16::MAX))
}

/// `linera` finds the others beside its own file, so a symbolic link would not do.
fn link(from: &Path, to: &Path) -> anyhow::Result<()> {
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).with_context(|| from.display().to_string())?;
    }
    Ok(())
}

/// A program that starts ours or theirs, by the number in the name of the configuration file.
fn write_chooser(programs: &Programs, makeup: Makeup, name: &str, path: &Path) -> anyhow::Result<()> {
    let beside = path.with_file_name(format!("ours-{name}"));
    fs::create_dir(&beside)?;
    symlink(programs.ours.join("walnut-validator"), beside.join(name))?;
    let (ours, theirs) = (beside.join(name), programs.reference.join(name));
    let mut script = String::from("#!/bin/sh\ncase \"$*\" in\n");
    for number in 0..Makeup::VALIDATORS {
        let program = if makeup.is_ours(number) { &ours } else { &theirs };
        script += &format!("*server_{number}.json*) exec '{}' \"$@\" ;;\n", program.display());
    }
    let default = if makeup == Makeup::Theirs { &theirs } else { &ours };
    script += &format!("*) exec '{}' \"$@\" ;;\nesac\n", default.display());
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o755).open(path)?;
    file.write_all(script.as_bytes())?;
    ensure!(path.is_file(), "{}: not written", path.display());
    Ok(())
}
