//! Tools from npm: listed in tests/browser/package.json, pinned by its lock file.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::machine::Machine;

/// One module of package.json.
pub(crate) struct Module {
    pub(crate) name: &'static str,
    pub(crate) required: String,
    pub(crate) found: Option<String>,
}

/// The modules that are programs or that the browser tests import.
const MODULES: [&str; 3] = ["binaryen", "puppeteer-core", "typescript"];

/// Asked-for and installed versions.
pub(crate) fn all(machine: &Machine) -> Result<Vec<Module>> {
    let package = read(&machine.browser_tests.join("package.json"))?;
    let modules = MODULES.into_iter().map(|name| {
        let required = package["devDependencies"][name].as_str();
        let required =
            required.with_context(|| format!("tests/browser/package.json does not list {name}"))?;
        let manifest = machine.browser_tests.join("node_modules").join(name).join("package.json");
        let found = match manifest.exists() {
            true => read(&manifest)?["version"].as_str().map(str::to_owned),
            false => None,
        };
        Ok(Module { name, required: required.to_owned(), found })
    });
    modules.collect()
}

/// Installs what the lock file says, if something is missing or of another version.
pub(super) fn install(machine: &Machine) -> Result<()> {
    if all(machine)?.iter().all(|module| module.found.as_deref() == Some(module.required.as_str())) {
        return Ok(());
    }
    println!("setup: npm ci (tests/browser)");
    machine
        .run("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .dir(&machine.browser_tests)
        .logged(&machine.cache.join("log/npm.log"))
}

fn read(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} does not parse", path.display()))
}
