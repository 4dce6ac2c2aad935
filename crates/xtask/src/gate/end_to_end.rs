//! The extension in a real browser against a local network: the demo, then every `tests/browser/*.test.mjs`.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::Context;
use super::tally::Tally;
use crate::demo;
use crate::examples;
use crate::machine::Browser;
use crate::network::Network;
use crate::programs::Build;

const DEMO: &str = "demo.mjs";
/// One script in one browser.
const LIMIT: Duration = Duration::from_secs(10 * 60);

pub(super) fn run(context: &Context<'_>, browser: Browser) -> Result<Tally> {
    let scripts = scripts(context)?;
    let folder = context.workspace.target.join("end-to-end").join(browser.name());
    let developer = demo::developer(context.machine, context.workspace, Build::Tests)?;
    let mut total = Tally::default();
    for name in scripts {
        // A network for each: what one script leaves behind is no other's business.
        let network = Network::start(context.machine, context.workspace, &folder, Build::Tests)?;
        println!("{name} in {}", browser.name());
        let script = demo::script(context.machine, context.workspace, &name, browser)?;
        let script = script.env("WALNUT_FAUCET", &network.faucet).env("WALNUT_NETWORK", &network.ready);
        let script = script.env("WALNUT_NETWORK_PROCESS", network.process());
        let script = script.env("WALNUT_CLI", &developer);
        let script = script.env("WALNUT_EXAMPLES", examples::folder(context.workspace));
        total += Tally::of(script.env("WALNUT_OUT", folder.join(&name)).timeout(LIMIT))?;
    }
    Ok(total)
}

fn scripts(context: &Context<'_>) -> Result<Vec<String>> {
    let folder = &context.machine.browser_tests;
    if !folder.join(DEMO).exists() {
        bail!("tests/browser/{DEMO} is missing");
    }
    let mut names = Vec::new();
    for entry in folder.read_dir().context("cannot list tests/browser")? {
        let name = entry.context("cannot list tests/browser")?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".test.mjs") {
            names.push(name.into_owned());
        }
    }
    names.sort();
    names.insert(0, DEMO.to_owned());
    Ok(names)
}
