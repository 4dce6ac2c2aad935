//! The tests of the example applications, which make networks of ours otherwise, on this network.

use std::process::Command;

use anyhow::{Context as _, ensure};

use super::{Lab, Steps, steps::Failed};
use crate::running;

/// The one that needs a list of hosts of its own.
const NOT_HERE: &str = "price::only_hosts_of_the_list_are_asked";

/// Every example, with exact values, events, sessions and an HTTP oracle among them; each chain is replayed by a new node.
pub(super) fn scenario(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    steps.step("the tests of all example applications", || {
        let mut command = Command::new(&lab.programs.examples_test);
        command.env("WALNUT_EXAMPLES_FAUCET", lab.network.faucet()).env("RUST_BACKTRACE", "0");
        let output = running::run(command.args(["--test-threads", "1", "--skip", NOT_HERE]))?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "{}", running::tail(&said));
        let result = said.lines().find(|line| line.starts_with("test result:")).context("no result")?;
        Ok(result.trim_start_matches("test result: ").to_owned())
    })
}
