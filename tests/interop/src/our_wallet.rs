//! A wallet of ours: the program `walnut` over a folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};
use serde_json::Value;
use walnut_base::{Operation, SystemOperation};

use crate::{
    programs::Programs,
    running::{run, tail},
};

/// A folder.
pub(crate) struct OurWallet {
    program: PathBuf,
    folder: PathBuf,
}

impl OurWallet {
    /// A new one, without chains.
    pub(crate) fn init(programs: &Programs, folder: &Path, faucet: &str) -> anyhow::Result<Self> {
        let wallet = Self { program: programs.ours.join("walnut"), folder: folder.to_owned() };
        wallet.ask(&["init", "--faucet", faucet])?;
        Ok(wallet)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--json").arg("--wallet").arg(&self.folder).args(arguments);
        command
    }

    /// The answer of a command that must work.
    pub(crate) fn ask(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let output = run(&mut self.command(arguments)).with_context(|| format!("walnut {arguments:?}"))?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "walnut {arguments:?}: {}", tail(&errors));
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Checks that a command fails, and for that reason.
    pub(crate) fn fail(&self, arguments: &[&str], reason: &str) -> anyhow::Result<String> {
        let output = run(&mut self.command(arguments)).with_context(|| format!("walnut {arguments:?}"))?;
        ensure!(!output.status.success(), "walnut {arguments:?} should have failed");
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(said.contains(reason), "walnut {arguments:?}: not {reason:?}: {}", tail(&said));
        Ok(format!("refused: {reason}"))
    }

    /// Claims a chain: its id and its owner.
    pub(crate) fn request_chain(&self) -> anyhow::Result<(String, String)> {
        let answer = self.ask(&["request-chain"])?;
        Ok((text(&answer["chain"])?, text(&answer["owner"])?))
    }

    /// A block of such operations on a chain.
    pub(crate) fn execute(
        &self,
        chain: &str,
        operations: impl IntoIterator<Item = SystemOperation>,
    ) -> anyhow::Result<Value> {
        let operations = operations.into_iter().map(Operation::from).collect::<Vec<_>>();
        let file = self.folder.join("operations.json");
        fs::write(&file, serde_json::to_vec(&operations)?)?;
        self.ask(&["execute", &file.display().to_string(), "--chain", chain])
    }

    /// The chain's own balance after sync and with what waits taken in.
    pub(crate) fn balance(&self, chain: &str) -> anyhow::Result<String> {
        self.ask(&["sync", "--chain", chain])?;
        self.ask(&["process-inbox", "--chain", chain])?;
        text(&self.ask(&["balance", "--chain", chain])?["balance"])
    }
}

/// A text in an answer.
pub(crate) fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().with_context(|| format!("{value} is not a text"))?.to_owned())
}
