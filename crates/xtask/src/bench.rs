//! Measuring: the benchmark program of `tests/bench`.

use anyhow::{Result, bail};

use crate::machine::Machine;
use crate::workspace::Workspace;

const PACKAGE: &str = "walnut-bench";

/// Runs the benchmark in the release profile; the arguments are its own.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, args: &[String]) -> Result<()> {
    if !workspace.require(PACKAGE)?.targets_of("bin").any(|name| name == PACKAGE) {
        bail!("package {PACKAGE} has no program of that name");
    }
    let cargo = machine.cargo().args(["run", "--quiet", "--release", "-p", PACKAGE, "--"]);
    cargo.args(args).env("WALNUT_TARGET", &workspace.target).status()
}
