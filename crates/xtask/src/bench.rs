//! Measuring: the benchmark program of `tests/bench`.

use anyhow::{Result, bail};

use crate::machine::Machine;
use crate::workspace::Workspace;

const PACKAGE: &str = "walnut-bench";
/// The program that the benchmark starts; it looks for it beside itself.
const VALIDATOR: &str = "walnut-validator";

/// Builds the benchmark and the validator in the release profile and runs it; the arguments are its own.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, args: &[String]) -> Result<()> {
    if !workspace.require(PACKAGE)?.targets_of("bin").any(|name| name == PACKAGE) {
        bail!("package {PACKAGE} has no program of that name");
    }
    machine.cargo().args(["build", "--quiet", "--release", "-p", PACKAGE, "-p", VALIDATOR]).status()?;
    let program = machine.run(workspace.target.join("release").join(PACKAGE));
    program.args(args).env("WALNUT_TARGET", &workspace.target).status()
}
