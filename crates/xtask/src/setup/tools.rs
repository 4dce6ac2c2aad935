//! Tools from crates.io, installed into the cache folder.

use anyhow::{Context, Result};

use crate::machine::Machine;
use crate::workspace::Workspace;

/// A program that `cargo install` builds.
pub(crate) struct CargoTool {
    /// Package name.
    pub(crate) name: &'static str,
    /// Program that shows its version.
    pub(crate) program: &'static str,
    pub(crate) version: String,
}

/// Used until a crate puts wasm-bindgen into Cargo.lock.
const WASM_BINDGEN_DEFAULT: &str = "0.2.130";
const GECKODRIVER: &str = "0.37.1";

/// The tools; the wasm-bindgen program must have exactly the version of the crate.
pub(crate) fn all(workspace: &Workspace) -> Result<Vec<CargoTool>> {
    let locked = workspace.locked_version("wasm-bindgen")?;
    let wasm_bindgen = locked.unwrap_or_else(|| WASM_BINDGEN_DEFAULT.to_owned());
    Ok(vec![
        CargoTool { name: "wasm-bindgen-cli", program: "wasm-bindgen", version: wasm_bindgen },
        CargoTool { name: "geckodriver", program: "geckodriver", version: GECKODRIVER.to_owned() },
    ])
}

/// Builds those that are not there in the right version.
pub(super) fn install(machine: &Machine, workspace: &Workspace) -> Result<()> {
    for tool in all(workspace)? {
        if machine.version(tool.program, "--version").as_deref() == Some(tool.version.as_str()) {
            continue;
        }
        println!("setup: cargo install {} --version {} (some minutes)", tool.name, tool.version);
        // The tool's own lock file first; where one of its versions cannot be had, whatever resolves.
        if let Err(error) = build(machine, &tool, true) {
            println!("setup: not with its own lock file ({error:#}); once more without");
            build(machine, &tool, false).with_context(|| format!("cannot install {}", tool.name))?;
        }
    }
    Ok(())
}

fn build(machine: &Machine, tool: &CargoTool, locked: bool) -> Result<()> {
    let mut run = machine.cargo().args(["install", "--force", "--version", &tool.version, tool.name]);
    if locked {
        run = run.arg("--locked");
    }
    run.arg("--root")
        .arg(machine.cache.join("tools"))
        .env("CARGO_TARGET_DIR", machine.cache.join("build"))
        .logged(&machine.cache.join(format!("log/{}.log", tool.name)))
}
