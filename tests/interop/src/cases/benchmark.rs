//! Their wallet puts the network under load.

use anyhow::{Context as _, ensure};

use super::{Lab, Steps, steps::Failed};
use crate::running::run;

/// Chains that pay each other.
const CHAINS: &str = "4";
/// Blocks per second that are asked for: nothing that a build without optimisation could not do.
const BLOCKS_PER_SECOND: &str = "8";
const SECONDS: &str = "10";

/// Claims a chain, and lets their benchmark open others, play on them and close them.
pub(super) fn scenario(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    steps.step("opens chains, sends between them, and closes them", || {
        let wallet = lab.network.their_wallet("benchmark")?;
        wallet.request_chain(&lab.network.faucet())?;
        let output = run(wallet
            .command(&["benchmark", "single", "--num-chains", CHAINS, "--bps", BLOCKS_PER_SECOND])
            .args(["--runtime-in-seconds", SECONDS, "--close-chains"]))?;
        let log =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        ensure!(output.status.success(), "{}", crate::running::tail(&log));
        ensure!(log.contains("All benchmark tasks completed successfully"), "{}", crate::running::tail(&log));
        let rates = log.lines().filter_map(achieved).collect::<Vec<_>>();
        let best = rates.iter().max().context("it told no rate")?;
        ensure!(*best > 0, "no block was made: {}", crate::running::tail(&log));
        Ok(format!("{} blocks, at most {best} per second", rates.iter().sum::<u64>()))
    })
}

/// Blocks in a second, as their log tells: "… chieved 8 BPS/8 TPS".
fn achieved(line: &str) -> Option<u64> {
    let (before, _) = line.rsplit_once(" BPS/")?;
    before.rsplit(' ').next()?.replace(',', "").parse().ok()
}
