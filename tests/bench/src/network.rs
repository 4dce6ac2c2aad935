//! A local network in a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, de::DeserializeOwned};
use walnut_base::{AccountOwner, AccountSecretKey, ChainId, GenesisConfig, wallet_file::KeystoreFile};

use crate::{
    process,
    table::{Row, Table, Target},
};

/// Validators of the network.
pub(crate) const VALIDATORS: usize = 4;
/// Shards of each validator.
const SHARDS: usize = 2;
/// How long the network is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(3);
/// How long it may take to end by itself.
const END: Duration = Duration::from_secs(5);
/// Starts that are measured; the median counts.
const STARTS: usize = 3;

/// A running network; ends when this is dropped.
pub(crate) struct Network {
    child: Child,
    /// From the start of the process until its ready line.
    pub(crate) ready_after: Duration,
    /// Where its genesis is.
    pub(crate) genesis_path: PathBuf,
    /// Its genesis.
    pub(crate) genesis: GenesisConfig,
    /// Base address of its faucet.
    pub(crate) faucet: String,
    keys: Vec<(AccountOwner, Rc<AccountSecretKey>)>,
}

#[derive(Deserialize)]
struct Ready {
    ready: bool,
    genesis: PathBuf,
    faucet: String,
}

impl Network {
    /// Starts the validator program that lies beside this one, with that many chains besides the admin chain.
    pub(crate) fn start(folder: &Path, chains: u32) -> Result<Self> {
        let program = std::env::current_exe().context("this program does not know where it is")?;
        let program = program.with_file_name("walnut-validator");
        let start = Instant::now();
        let mut child = Command::new(&program)
            .args(["local-net", "--exit-with-parent", "--faucet-port", "0"])
            .args(["--validators", &VALIDATORS.to_string(), "--shards", &SHARDS.to_string()])
            .args(["--chains", &chains.to_string()])
            .arg("--data")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| {
                let build = "cargo build --release -p walnut-validator";
                format!("cannot start {}; build it with `{build}`", program.display())
            })?;
        let line = child.stdout.take().map(first_line).context("standard output is piped")?;
        let ready_after = start.elapsed();
        let ready = line.and_then(|line| Ok(serde_json::from_str::<Ready>(&line)?));
        let ready = ready.and_then(|ready| {
            anyhow::ensure!(ready.ready, "the network is not ready");
            let keystore: KeystoreFile = read_json(&folder.join("keystore.json"))?;
            Ok((read_json(&ready.genesis)?, ready, keystore))
        });
        match ready {
            Ok((genesis, Ready { genesis: genesis_path, faucet, .. }, keystore)) => {
                let keys = keystore.keys.into_iter().map(|(owner, key)| (owner, Rc::new(key.0))).collect();
                Ok(Self { child, ready_after, genesis_path, genesis, faucet, keys })
            }
            Err(error) => {
                end(&mut child);
                Err(error.context("the network did not start"))
            }
        }
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A root chain with its owner's key. 0 is the admin chain, 1 the faucet's.
    pub(crate) fn chain(&self, index: usize) -> Result<(ChainId, Rc<AccountSecretKey>)> {
        let chain = self.genesis.chains.get(index).with_context(|| format!("there is no chain {index}"))?;
        let key = chain.config.ownership.all_owners().find_map(|owner| {
            self.keys.iter().find(|(other, _)| other == owner).map(|(_, key)| Rc::clone(key))
        });
        Ok((chain.id(), key.with_context(|| format!("there is no key for chain {index}"))?))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Lets the process end by closing its input, and makes it end if it does not.
fn end(child: &mut Child) {
    drop(child.stdin.take());
    let start = Instant::now();
    while start.elapsed() < END {
        match child.try_wait() {
            Ok(None) => thread::sleep(Duration::from_millis(20)),
            Ok(Some(_)) | Err(_) => return,
        }
    }
    if let Err(error) = child.kill().and_then(|()| child.wait()) {
        eprintln!("bench: the network could not be ended: {error}");
    }
}

fn first_line(output: impl std::io::Read) -> Result<String> {
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).context("cannot read the ready line")?;
    Ok(line)
}

/// A JSON file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("cannot understand {}", path.display()))
}

/// Starts a network as a person would and leaves it alone.
pub(crate) fn measure_idle(folder: &Path, table: &mut Table) -> Result<()> {
    let mut times = Vec::new();
    let mut sizes = (0, 0);
    for number in 0..STARTS {
        let network = Network::start(&folder.join(number.to_string()), 2)?;
        times.push(network.ready_after);
        if number == 0 {
            thread::sleep(IDLE);
            sizes = (process::memory(network.pid(), "VmRSS")?, process::family_size(network.pid())?);
        }
    }
    let ready = crate::machine::median(&mut times);
    let how = format!("median of {STARTS} starts with new data folders, from exec to the ready line");
    table.add(
        Row::new("local network ready", "s", Target::AtMost(2.0)).value(ready.as_secs_f64()).machine(how),
    );
    let (memory, processes) = (to_f64(sizes.0) / 1e6, to_f64(sizes.1 as u64));
    let how = format!("resident after {} s, faucet and databases included", IDLE.as_secs());
    table.add(
        Row::new("4-validator network, idle memory", "MB", Target::AtMost(150.0))
            .reference(580.0)
            .value(memory)
            .machine(how),
    );
    table.add(
        Row::new("4-validator network, processes", "", Target::AtMost(1.0)).reference(14.0).value(processes),
    );
    Ok(())
}

/// Close enough for a table.
#[expect(clippy::cast_precision_loss, reason = "a table shows three digits")]
pub(crate) fn to_f64(count: u64) -> f64 {
    count as f64
}
