//! Making a fresh machine able to build, test and show the wallet.
//!
//! In order: system packages (apt when root, else the exact line to run), the wasm32 target (rustup, else the
//! fallback of [`debian`]), tools from crates.io, tools from npm. What is there already is left alone, so a second
//! run takes a moment.

mod apt;
mod debian;
pub(crate) mod needs;
mod npm;
mod target;
mod tools;

pub(crate) use apt::install as install_packages;

use anyhow::{Context, Result, bail};

use crate::machine::Machine;
use crate::workspace::Workspace;

/// Installs what is missing and fails when something required still is.
pub(crate) fn run(machine: &Machine, workspace: &Workspace) -> Result<()> {
    let missing = missing(machine, workspace)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("setup: this machine lacks {}", missing.join(", "));
    for folder in ["tools", "log"] {
        let folder = machine.cache.join(folder);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    apt::install_missing(machine)?;
    target::install(machine)?;
    tools::install(machine, workspace)?;
    npm::install(machine)?;
    let left = self::missing(machine, workspace)?;
    if left.is_empty() {
        println!("setup: done");
        return Ok(());
    }
    bail!("still missing after set-up: {}; `cargo xtask doctor` says how to get it", left.join(", "))
}

/// Names of what is required and not there.
fn missing(machine: &Machine, workspace: &Workspace) -> Result<Vec<&'static str>> {
    let needs = needs::all(machine, workspace)?;
    Ok(needs.iter().filter(|need| need.is_missing()).map(|need| need.name).collect())
}
