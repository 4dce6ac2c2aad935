//! A local network for demo and tests: four validators and a faucet in one process on loopback.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::machine::Machine;
use crate::programs::{self, Build};
use crate::workspace::Workspace;

/// Long enough for a busy machine; the network itself is ready in under two seconds.
const READY_LIMIT: Duration = Duration::from_secs(30);
const PROGRAM: &str = "walnut-validator";

/// A running network; it ends when this is dropped.
pub(crate) struct Network {
    child: Child,
    /// The line the network printed when it was ready.
    pub(crate) ready: String,
    /// Base address of the faucet.
    pub(crate) faucet: String,
}

impl Network {
    /// Builds the validator and starts four of them with two shards each; its log goes into `folder`.
    pub(crate) fn start(
        machine: &Machine,
        workspace: &Workspace,
        folder: &Path,
        build: Build,
    ) -> Result<Self> {
        let programs = programs::build(machine, workspace, build, &[PROGRAM])?;
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let log = File::create(folder.join("network.log")).context("cannot write the network's log")?;
        let mut child = machine
            .run(programs.join(PROGRAM))
            .args(["local-net", "--validators", "4", "--shards", "2", "--faucet-port", "0"])
            .args(["--http-request-allow-list", "127.0.0.1"])
            .spawn_with(Stdio::piped(), log.into())?;
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut network = Self { child, ready: String::new(), faucet: String::new() };
        network.ready = first_json_line(stdout).with_context(|| {
            format!("the local network did not become ready; see {}", folder.join("network.log").display())
        })?;
        network.faucet = faucet_of(&network.ready)?;
        Ok(network)
    }

    /// Number of its process, for tests that stop it for a while.
    pub(crate) fn process(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        if self.child.kill().is_ok() && self.child.wait().is_err() {
            eprintln!("xtask: the local network could not be reaped");
        }
    }
}

/// Waits for the first line that is a JSON object. The rest of the output is read and dropped, so that the
/// network never blocks on a full pipe.
fn first_json_line(stdout: impl std::io::Read + Send + 'static) -> Result<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { break };
            // Nobody listens any more once the first line is in.
            if line.starts_with('{') && sender.send(line).is_err() {
                continue;
            }
        }
    });
    match receiver.recv_timeout(READY_LIMIT) {
        Ok(line) => Ok(line),
        Err(mpsc::RecvTimeoutError::Disconnected) => bail!("it ended without a ready line"),
        Err(mpsc::RecvTimeoutError::Timeout) => bail!("no ready line within {} s", READY_LIMIT.as_secs()),
    }
}

fn faucet_of(ready: &str) -> Result<String> {
    let value: Value = serde_json::from_str(ready).context("the ready line is not JSON")?;
    if value["ready"] != Value::Bool(true) {
        bail!("the network said it is not ready: {ready}");
    }
    value["faucet"]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("no faucet in the ready line: {ready}"))
}

#[cfg(test)]
mod tests;
