//! The extension in a real browser: the script of the demo, with two wallets and a developer.

use std::process::Command;

use anyhow::ensure;

use super::{Lab, Steps, steps::Failed};
use crate::{programs::Browser, running};

/// The demo in Chromium.
pub(super) fn chromium(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    demo(lab, steps, &lab.programs.chromium)
}

/// The demo in Firefox.
pub(super) fn firefox(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    demo(lab, steps, &lab.programs.firefox)
}

fn demo(lab: &Lab<'_>, steps: &mut Steps<'_>, browser: &Browser) -> Result<(), Failed> {
    steps.step("claim, pay both ways, a token, kill, restart", || {
        let out = lab.network.folder().join(format!("browser-{}", browser.name));
        std::fs::create_dir(&out)?;
        let mut command = Command::new("node");
        command.arg("demo.mjs").current_dir(&lab.programs.browser_tests);
        command.env("WALNUT_BROWSER", browser.name).env("WALNUT_BROWSER_PROGRAM", &browser.program);
        command.env("WALNUT_EXTENSION", &browser.extension).env("WALNUT_OUT", &out);
        command.env("WALNUT_FAUCET", lab.network.faucet());
        command.env("WALNUT_CLI", lab.programs.ours.join("walnut"));
        command.env("WALNUT_EXAMPLES", &lab.programs.examples);
        let output = running::run(&mut command)?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success(),
            "{}{}",
            running::tail(&said),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(running::tail(said.lines().next_back().unwrap_or_default()))
    })
}
