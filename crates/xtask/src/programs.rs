//! The native programs, always built with the features of the whole workspace: a library that two programs want with
//! different features would be compiled twice, which is most of the time and half of the disk.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::machine::Machine;
use crate::workspace::{Place, Workspace};

/// How programs are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// As they ship; for people and measurements.
    Release,
    /// As the tests have built them already.
    Tests,
}

/// Builds programs, named as cargo names them, and returns the folder they are in.
pub(crate) fn build(
    machine: &Machine,
    workspace: &Workspace,
    build: Build,
    names: &[&str],
) -> Result<PathBuf> {
    let (profile, folder): (&[&str], _) = match build {
        Build::Release => (&["--release"], "release"),
        Build::Tests => (&[], "debug"),
    };
    let mut cargo = machine.cargo().args(["build", "--quiet", "--workspace"]).args(profile);
    cargo = cargo.arg("--features").arg(workspace.features_for(Place::Native, |_| true));
    for name in names {
        if !workspace.has_program(name) {
            bail!("no package has a program `{name}`");
        }
        cargo = cargo.args(["--bin", name]);
    }
    cargo.status()?;
    Ok(workspace.target.join(folder))
}
