//! Our programs against the reference's: the program of `tests/interop`.

mod reference;

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::examples;
use crate::extension;
use crate::machine::{Browser, Machine};
use crate::process::Run;
use crate::programs::{self, Build};
use crate::workspace::{Place, Workspace};

/// The program of the cases, and what it runs against the reference.
const PROGRAMS: [&str; 3] = ["walnut-interop", "walnut", "walnut-validator"];

/// The program's argument for the case that needs another build of the reference.
const BENCHMARK: &str = "--benchmark";

/// Finds or installs the reference's programs, builds ours and the examples, and runs the cases or records a network; the
/// other arguments are the program's own, its exit code is the verdict.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, command: &str, args: &[String]) -> Result<()> {
    let (bin, rest) = bin_argument(args)?;
    let reference = match bin {
        Some(folder) => folder,
        None => reference::find_or_install(machine, rest.iter().any(|arg| arg == BENCHMARK))?,
    };
    examples::run(machine, workspace)?;
    extension::run(machine, workspace)?;
    let ours = programs::build(machine, workspace, Build::Release, &PROGRAMS)?;
    let program =
        machine.run(ours.join(PROGRAMS[0])).arg("--reference").arg(reference).arg("--ours").arg(&ours);
    let program = program.env("WALNUT_EXAMPLES_TEST", examples_test(machine, workspace)?);
    let program = browsers(machine, workspace, program)?.arg("--examples").arg(examples::folder(workspace));
    let program = program.arg("--logs").arg(workspace.target.join("interop")).arg(command).args(rest);
    // Folders are meant as the caller typed them.
    program.dir(&std::env::current_dir()?).status()
}

/// Builds the tests of the examples; their program has a name that only cargo knows.
fn examples_test(machine: &Machine, workspace: &Workspace) -> Result<String> {
    let build = ["test", "--quiet", "--no-run", "--message-format", "json", "--workspace", "--features"];
    let cargo = machine.cargo().args(build).arg(workspace.features_for(Place::Native, |_| true));
    let messages = cargo.args(["--test", "examples"]).output()?;
    let message = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok();
    let program = messages.lines().filter_map(message).find_map(|message| {
        let is_test = message["target"]["name"] == "examples" && message["profile"]["test"] == true;
        is_test.then(|| message["executable"].as_str().map(str::to_owned)).flatten()
    });
    program.context("cargo did not say where the tests of the examples are")
}

/// Tells the program where browsers, their packages and the scripts for them are.
fn browsers(machine: &Machine, workspace: &Workspace, program: Run) -> Result<Run> {
    let web_client = web_client(machine, workspace)?;
    let mut program = program.env("WALNUT_BROWSER_TESTS", &machine.browser_tests);
    program = program.env("WALNUT_WEB_CLIENT", web_client);
    for browser in Browser::ALL {
        let (name, upper) = (browser.name(), browser.name().to_uppercase());
        let found = machine.find_any(browser.programs()).with_context(|| format!("no {name}"))?;
        program = program.env(&format!("WALNUT_{upper}"), found);
        program = program.env(&format!("WALNUT_EXTENSION_{upper}"), extension::folder(workspace, browser));
    }
    Ok(program)
}

/// The folder with the page of the reference's web client, which comes from npm.
fn web_client(machine: &Machine, workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.root.join("tests/interop/web");
    if !folder.join("node_modules/@linera/client").is_dir() {
        println!("interop: npm ci (tests/interop/web)");
        let log = machine.cache.join("log/npm-interop.log");
        machine.run("npm").args(["ci", "--no-audit", "--no-fund"]).dir(&folder).logged(&log)?;
    }
    Ok(folder)
}

/// Takes `--bin DIR` out of the arguments.
fn bin_argument(args: &[String]) -> Result<(Option<PathBuf>, Vec<String>)> {
    let mut rest = Vec::new();
    let mut bin = None;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--bin" {
            let folder = PathBuf::from(args.next().context("--bin needs a folder")?);
            bin = Some(folder.canonicalize().with_context(|| format!("{}: not there", folder.display()))?);
        } else {
            rest.push(arg.clone());
        }
    }
    Ok((bin, rest))
}

#[cfg(test)]
mod tests;
