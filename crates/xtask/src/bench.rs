//! Measuring: the benchmark program of `tests/bench`.

use anyhow::{Context as _, Result};

use crate::extension;
use crate::machine::{Browser, Machine};
use crate::programs::{self, Build};
use crate::workspace::Workspace;

const PROGRAM: &str = "walnut-bench";
/// The program that the benchmark starts; it looks for it beside itself.
const VALIDATOR: &str = "walnut-validator";
/// The benchmark's name for what is measured in a browser.
const BROWSER_PART: &str = "browser";

/// Builds the benchmark and the validator in the release profile and runs it; the arguments are its own. Where there is a
/// browser, the extension is built, too, and measured in it.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, args: &[String]) -> Result<()> {
    let programs = programs::build(machine, workspace, Build::Release, &[PROGRAM, VALIDATOR])?;
    let program = machine.run(programs.join(PROGRAM));
    let mut program = program.args(args).env("WALNUT_TARGET", &workspace.target);
    let browser = Browser::Chromium;
    let has_scripts = machine.browser_tests.join("node_modules").is_dir() && machine.find("node").is_some();
    if wants_browser(args)
        && has_scripts
        && let Some(chromium) = machine.find_any(browser.programs())
    {
        // In a process of its own, whose report does not mix with the benchmark's on standard output.
        let own = std::env::current_exe().context("this program does not know where it is")?;
        eprint!("{}", machine.run(own).arg("extension").output()?);
        program = program
            .env("WALNUT_BROWSER_TESTS", &machine.browser_tests)
            .env("WALNUT_BROWSER", browser.name())
            .env("WALNUT_BROWSER_PROGRAM", chromium)
            .env("WALNUT_EXTENSION", extension::folder(workspace, browser));
    }
    program.status()
}

/// Whether the arguments ask for everything, or for the browser among others.
fn wants_browser(args: &[String]) -> bool {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let parts = match arg.split_once('=') {
            Some(("--only", parts)) => parts,
            None if arg == "--only" => args.next().map_or("", String::as_str),
            None if arg == "--help" || arg == "-h" => return false,
            Some(_) | None => continue,
        };
        return parts.split(',').any(|part| part == BROWSER_PART);
    }
    true
}
