//! A wallet of the reference: its command-line program over a folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};

use crate::{
    programs::Programs,
    running::{run, tail},
};

/// Wallet, keys and database in a folder.
pub(crate) struct TheirWallet {
    program: PathBuf,
    folder: PathBuf,
}

impl TheirWallet {
    /// A new one, without chains.
    pub(crate) fn init(program: &Path, folder: &Path, faucet: &str) -> anyhow::Result<Self> {
        fs::create_dir(folder)?;
        let wallet = Self { program: program.to_owned(), folder: folder.to_owned() };
        wallet.ask(&["wallet", "init", "--faucet", faucet])?;
        Ok(wallet)
    }

    /// A call of their program with this wallet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let [wallet, keystore, database] =
            ["wallet.json", "keystore.json", "client.db"].map(|name| self.folder.join(name));
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).env("RUST_BACKTRACE", "0");
        command.arg("--wallet").arg(wallet).arg("--keystore").arg(keystore);
        command.arg("--storage").arg(format!("rocksdb:{}", database.display()));
        // Builds of the reference without optimisation are slow; this is not about time.
        command.args(["--send-timeout-ms", "60000", "--recv-timeout-ms", "60000"]);
        command.arg("--wait-for-outgoing-messages").args(arguments);
        command
    }

    /// What a command that must work prints.
    pub(crate) fn ask(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = run(&mut self.command(arguments)).with_context(|| format!("linera {arguments:?}"))?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "linera {arguments:?}: {}", tail(&errors));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Checks that a command fails, and for that reason.
    pub(crate) fn fail(&self, arguments: &[&str], reason: &str) -> anyhow::Result<String> {
        let output = run(&mut self.command(arguments)).with_context(|| format!("linera {arguments:?}"))?;
        ensure!(!output.status.success(), "linera {arguments:?} should have failed");
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(said.contains(reason), "linera {arguments:?}: not {reason:?}: {}", tail(&said));
        Ok(format!("refused: {reason}"))
    }

    /// Publishes and creates an example, with its parameters and its argument as JSON.
    pub(crate) fn create(
        &self,
        programs: &Programs,
        name: &str,
        parameters: &str,
        argument: &str,
    ) -> anyhow::Result<String> {
        let (contract, service) = programs.example(name);
        let (contract, service) = (contract.display().to_string(), service.display().to_string());
        let create = ["publish-and-create", &contract, &service];
        let printed = self
            .ask(&[&create[..], &["--json-parameters", parameters, "--json-argument", argument]].concat())?;
        let application = printed.lines().next_back().context("no application")?.trim();
        ensure!(application.len() == 64, "not an application: {printed:?}");
        Ok(application.to_owned())
    }

    /// A block with an operation of an application on one of the wallet's chains.
    pub(crate) fn call(
        &self,
        chain: &str,
        application: &str,
        operation: &impl serde::Serialize,
    ) -> anyhow::Result<String> {
        let hex = hex::encode(bcs::to_bytes(operation)?);
        let call = ["execute-operation", "--application-id", application, "--operation", &hex];
        self.ask(&[&call[..], &["--chain-id", chain]].concat())
    }

    /// Claims a chain: its id and its owner.
    pub(crate) fn request_chain(&self, faucet: &str) -> anyhow::Result<(String, String)> {
        let printed = self.ask(&["wallet", "request-chain", "--faucet", faucet, "--set-default"])?;
        let mut lines = printed.lines().map(|line| line.trim().to_owned());
        let chain = lines.next().with_context(|| format!("no chain in {printed:?}"))?;
        let owner = lines.next_back().with_context(|| format!("no owner in {printed:?}"))?;
        ensure!(chain.len() == 64 && owner.starts_with("0x"), "not a chain and an owner: {printed:?}");
        Ok((chain, owner))
    }

    /// The balance of an account after sync and with what waits taken in.
    pub(crate) fn balance(&self, account: &str) -> anyhow::Result<String> {
        let chain = account.rsplit('@').next().unwrap_or(account);
        self.ask(&["sync", chain])?;
        Ok(self.ask(&["query-balance", account])?.trim_end_matches('.').to_owned())
    }
}
