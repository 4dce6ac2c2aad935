//! Replaying recorded networks: the program `replay` of `walnut-vectors`.

use anyhow::Result;

use crate::machine::Machine;
use crate::programs::{self, Build};
use crate::workspace::Workspace;

const PROGRAM: &str = "replay";

/// Runs the replay over the given folders; its exit code is the verdict.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, args: &[String]) -> Result<()> {
    let programs = programs::build(machine, workspace, Build::Release, &[PROGRAM])?;
    // Folders are meant as the caller typed them, so the program starts where the caller is.
    machine.run(programs.join(PROGRAM)).args(args).dir(&std::env::current_dir()?).status()
}
