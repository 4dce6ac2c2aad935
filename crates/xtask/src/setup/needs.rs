//! What the project needs from a machine, and whether it is there.

use anyhow::{Context, Result};

use super::apt::SYSTEM;
use super::{npm, tools};
use crate::machine::{Machine, WasmToolchain};
use crate::workspace::Workspace;

const DISK_REMEDY: &str = "make room: a clean `cargo xtask test` fills the target folder";

/// What a clean `cargo xtask test` writes into the target folder, in GB (measured: 7.1).
const TARGET_GB: u32 = 8;

/// One thing a machine must have.
#[derive(Debug)]
pub(crate) struct Need {
    pub(crate) name: &'static str,
    /// The version asked for, in words.
    pub(crate) required: String,
    /// The version that is there.
    pub(crate) found: Option<String>,
    /// Whether what is there will do.
    pub(crate) met: bool,
    /// Whether work goes on without it.
    pub(crate) optional: bool,
    /// How to get it.
    pub(crate) remedy: String,
}

impl Need {
    /// Required, and not there or not in the right version.
    pub(crate) fn is_missing(&self) -> bool {
        !self.met && !self.optional
    }

    fn at_least(name: &'static str, minimum: u32, found: Option<String>, remedy: &str) -> Self {
        let major = found.as_deref().and_then(major);
        let required = if minimum == 0 { "any".into() } else { format!("≥ {minimum}") };
        let met = major.is_some_and(|major| major >= minimum);
        Self { name, required, found, met, optional: false, remedy: remedy.into() }
    }

    fn exactly(name: &'static str, version: &str, found: Option<String>, remedy: String) -> Self {
        let met = found.as_deref() == Some(version);
        Self { name, required: version.into(), found, met, optional: false, remedy }
    }
}

/// Everything the project needs, in the order in which it is obtained.
pub(crate) fn all(machine: &Machine, workspace: &Workspace) -> Result<Vec<Need>> {
    let channel = pinned_channel(workspace)?;
    let rustc = machine.version("rustc", "--version");
    let rustup = format!("rustup toolchain install {channel} --profile minimal -c rustfmt -c clippy");
    let by_setup = "cargo xtask setup";
    let mut needs = vec![
        Need::exactly("rustc", &channel, rustc, rustup.clone()),
        Need::at_least("rustfmt", 0, machine.version("rustfmt", "--version"), &rustup),
        Need::at_least("clippy", 0, machine.version("cargo-clippy", "--version"), &rustup),
        Need::at_least(
            "node",
            20,
            machine.version("node", "--version"),
            "Node 20 or newer, from nodejs.org or apt",
        ),
        Need::at_least("npm", 0, machine.version("npm", "--version"), "comes with Node"),
        Need::at_least("git", 0, machine.version("git", "--version"), "apt-get install git"),
    ];
    for package in SYSTEM {
        let program = package.programs.iter().copied().find(|program| machine.find(program).is_some());
        let found = program.and_then(|program| machine.version(program, "--version"));
        needs.push(Need::at_least(package.name, package.minimum, found, &super::apt::line(&[package])));
    }
    let toolchain = machine.wasm_toolchain()?;
    needs.push(Need {
        name: "wasm32 target",
        required: "any".into(),
        found: toolchain.map(|toolchain| match toolchain {
            WasmToolchain::Stock => format!("with {channel}"),
            WasmToolchain::Linked => format!("toolchain {}", crate::machine::LINKED_TOOLCHAIN),
        }),
        met: toolchain.is_some(),
        optional: false,
        remedy: format!("{by_setup} (rustup target add {})", crate::machine::WASM_TARGET),
    });
    for tool in tools::all(workspace)? {
        let found = machine.version(tool.program, "--version");
        let remedy = format!("{by_setup} (cargo install {} --version {})", tool.name, tool.version);
        needs.push(Need::exactly(tool.name, &tool.version, found, remedy));
    }
    for module in npm::all(machine)? {
        let remedy = format!("{by_setup} (npm ci in tests/browser)");
        needs.push(Need::exactly(module.name, &module.required, module.found, remedy));
    }
    let nextest = machine.version("cargo-nextest", "--version");
    let mut nextest =
        Need::at_least("cargo-nextest", 0, nextest, "cargo install cargo-nextest (tests run faster)");
    nextest.optional = true;
    needs.push(nextest);
    let mut disk = Need::at_least("free disk, GB", TARGET_GB, free_gb(machine, workspace), DISK_REMEDY);
    // A target folder that is there already needs less.
    disk.optional = true;
    needs.push(disk);
    Ok(needs)
}

/// Free space for the target folder, in whole GB.
fn free_gb(machine: &Machine, workspace: &Workspace) -> Option<String> {
    let table = machine.run("df").args(["-P", "-B", "1000000000"]).arg(&workspace.root).output().ok()?;
    table.lines().nth(1)?.split_whitespace().nth(3).map(str::to_owned)
}

/// The toolchain that rust-toolchain.toml names.
fn pinned_channel(workspace: &Workspace) -> Result<String> {
    let text = std::fs::read_to_string(workspace.root.join("rust-toolchain.toml"))
        .context("cannot read rust-toolchain.toml")?;
    let file: toml::Table = toml::from_str(&text).context("rust-toolchain.toml does not parse")?;
    let channel = file.get("toolchain").and_then(|toolchain| toolchain.get("channel"));
    let channel = channel.and_then(toml::Value::as_str).context("rust-toolchain.toml names no channel")?;
    Ok(channel.to_owned())
}

fn major(version: &str) -> Option<u32> {
    version.split(['.', '-']).next()?.parse().ok()
}

#[cfg(test)]
mod tests;
