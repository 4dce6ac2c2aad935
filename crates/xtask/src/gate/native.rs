//! Native tests: nextest where it is installed, else cargo's own runner, and the examples in the docs.

use std::time::Duration;

use anyhow::Result;

use super::Context;
use super::lints::native_features;
use super::tally::Tally;
use crate::process::Run;

/// Build included, on two slow cores.
const LIMIT: Duration = Duration::from_secs(30 * 60);

pub(super) fn tests(context: &Context<'_>) -> Result<Tally> {
    let cargo = context.machine.cargo();
    let cargo = match context.machine.find("cargo-nextest") {
        Some(_) => {
            cargo.args(["nextest", "run", "--cargo-quiet", "--no-fail-fast", "--status-level", "fail"])
        }
        None => cargo.args(["test", "--quiet", "--no-fail-fast", "--lib", "--bins", "--tests"]),
    };
    Tally::of(workspace(cargo, context))
}

pub(super) fn doctests(context: &Context<'_>) -> Result<Tally> {
    let cargo = context.machine.cargo().args(["test", "--quiet", "--no-fail-fast", "--doc"]);
    let (success, output) = workspace(cargo, context).tee()?;
    let mut tally = Tally::count(&output);
    if !success && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

fn workspace(cargo: Run, context: &Context<'_>) -> Run {
    cargo.args(["--workspace", "--features"]).arg(native_features(context)).timeout(LIMIT)
}
