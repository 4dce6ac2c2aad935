//! Replaying recorded networks: the program `replay` of `walnut-vectors`.

use anyhow::{Result, bail};

use crate::machine::Machine;
use crate::workspace::Workspace;

const PACKAGE: &str = "walnut-vectors";
const PROGRAM: &str = "replay";

/// Runs the replay over the given folders; its exit code is the verdict.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, args: &[String]) -> Result<()> {
    if !workspace.require(PACKAGE)?.targets_of("bin").any(|name| name == PROGRAM) {
        bail!("package {PACKAGE} has no program `{PROGRAM}`");
    }
    // Folders are meant as the caller typed them, so the program starts where the caller is.
    let here = std::env::current_dir()?;
    let manifest = workspace.root.join("Cargo.toml");
    let cargo = machine.cargo().args(["run", "--quiet", "--release", "--manifest-path"]).arg(manifest);
    cargo.args(["-p", PACKAGE, "--bin", PROGRAM, "--"]).args(args).dir(&here).status()
}
