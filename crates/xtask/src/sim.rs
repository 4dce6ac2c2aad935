//! The simulator of `tests/sim`, and whether it finds bugs that were planted.

mod mutants;

pub(crate) use mutants::run as run_mutants;

use anyhow::{Result, bail};

use crate::machine::Machine;
use crate::workspace::Workspace;

const PACKAGE: &str = "walnut-sim";
/// Built again in seconds when one crate has changed.
const PROFILE: &str = "sim";

/// Builds the simulator and runs it; the arguments are its own, its exit code is the verdict.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, args: &[String]) -> Result<()> {
    if !workspace.require(PACKAGE)?.targets_of("bin").any(|name| name == PACKAGE) {
        bail!("package {PACKAGE} has no program of that name");
    }
    machine.cargo().args(["build", "--quiet", "--profile", PROFILE, "-p", PACKAGE]).status()?;
    machine.run(workspace.target.join(PROFILE).join(PACKAGE)).args(args).status()
}
