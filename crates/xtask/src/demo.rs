//! The demo: a local network, a browser with the extension, and the main job in it.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::examples;
use crate::extension;
use crate::machine::{Browser, Machine};
use crate::network::Network;
use crate::process::Run;
use crate::programs::{self, Build};
use crate::workspace::Workspace;

const SCRIPT: &str = "demo.mjs";
/// The program for developers.
const DEVELOPER: &str = "walnut";

/// What the person asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    /// Show the browser.
    pub(crate) headed: bool,
    /// Leave browser and network running.
    pub(crate) keep: bool,
    pub(crate) browser: Browser,
}

/// Builds everything and runs the demo; transcript and screenshots go to `demo/` in the target folder.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, options: &Options) -> Result<()> {
    if !machine.browser_tests.join(SCRIPT).exists() {
        bail!("tests/browser/{SCRIPT} is missing");
    }
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if options.headed && !display {
        bail!("--headed needs a display, and neither DISPLAY nor WAYLAND_DISPLAY is set");
    }
    let start = Instant::now();
    extension::run(machine, workspace)?;
    let developer = developer(machine, workspace, Build::Release)?;
    let folder = workspace.target.join("demo");
    let network = Network::start(machine, workspace, &folder, Build::Release)?;
    println!(
        "demo: local network ready, faucet at {} ({:.1} s)",
        network.faucet,
        start.elapsed().as_secs_f64()
    );
    let mut script = script(machine, workspace, SCRIPT, options.browser)?;
    script = script
        .env("WALNUT_FAUCET", &network.faucet)
        .env("WALNUT_NETWORK", &network.ready)
        .env("WALNUT_CLI", &developer)
        .env("WALNUT_EXAMPLES", examples::folder(workspace))
        .env("WALNUT_OUT", &folder);
    if options.headed || (options.keep && display) {
        script = script.env("WALNUT_HEADED", "1");
    }
    if options.keep {
        println!("demo: everything stays until Ctrl-C");
        script = script.env("WALNUT_KEEP", "1");
    }
    script.status().context("the demo failed")?;
    println!("demo: transcript and screenshots in {}", folder.display());
    Ok(())
}

/// Builds what somebody who publishes applications needs: the applications, and the program for developers, whose path
/// is returned.
pub(crate) fn developer(machine: &Machine, workspace: &Workspace, build: Build) -> Result<PathBuf> {
    examples::run(machine, workspace)?;
    Ok(programs::build(machine, workspace, build, &[DEVELOPER])?.join(DEVELOPER))
}

/// A call of a browser script with what every script is told: browser, program and package.
pub(crate) fn script(machine: &Machine, workspace: &Workspace, name: &str, browser: Browser) -> Result<Run> {
    let program = machine.find_any(browser.programs()).with_context(|| format!("no {}", browser.name()))?;
    let run = machine.run("node").arg(name).dir(&machine.browser_tests);
    Ok(run
        .env("WALNUT_BROWSER", browser.name())
        .env("WALNUT_BROWSER_PROGRAM", program)
        .env("WALNUT_EXTENSION", extension::folder(workspace, browser)))
}
