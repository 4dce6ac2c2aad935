//! Tests compiled to wasm32 and run inside a browser, in a dedicated worker.
//!
//! Every package whose integration tests have a target that starts with `web` or `wasm` takes part. The core floors are run
//! by the replay of the recorded networks, the IndexedDB backend by the suite of storage, so those two must be there.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::Context;
use super::tally::Tally;
use crate::machine::{Browser, WASM_TARGET};
use crate::workspace::{Package, Place};

/// Packages that must have browser tests.
const REQUIRED: [&str; 2] = ["walnut-vectors", "walnut-storage"];
/// One test file in one browser, start of the browser included.
const LIMIT: Duration = Duration::from_secs(15 * 60);
/// The same limit, as the runner reads it: a test that hangs is reported by the runner first.
const RUNNER_LIMIT_S: &str = "840";

pub(super) fn run(context: &Context<'_>, browser: Browser) -> Result<Tally> {
    for name in REQUIRED {
        if !context.workspace.require(name)?.targets_of("test").any(is_browser_test) {
            bail!("package {name} has no browser test (tests/web.rs)");
        }
    }
    let (variable, driver) = match browser {
        Browser::Chromium => ("CHROMEDRIVER", "chromedriver"),
        Browser::Firefox => ("GECKODRIVER", "geckodriver"),
    };
    let driver = context.machine.find(driver).with_context(|| format!("{driver} is missing"))?;
    let settings = context.machine.browser_tests.join("webdriver.json");
    let mut total = Tally::default();
    for package in &context.workspace.packages {
        for test in package.targets_of("test").filter(|test| is_browser_test(test)) {
            println!("{} {test} in {}", package.name, browser.name());
            // One package that does not compile is one failure, not the end of the others.
            total += match build(context, package, test) {
                Err(error) => {
                    println!("{error:#}");
                    Tally { passed: 0, failed: 1 }
                }
                Ok(file) => {
                    let runner =
                        context.machine.run("wasm-bindgen-test-runner").arg(&file).env(variable, &driver);
                    let runner = runner.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &settings);
                    Tally::of(runner.env("WASM_BINDGEN_TEST_TIMEOUT", RUNNER_LIMIT_S).timeout(LIMIT))?
                }
            };
        }
    }
    Ok(total)
}

/// Compiles one browser test; the wasm file.
fn build(context: &Context<'_>, package: &Package, test: &str) -> Result<String> {
    let features: Vec<String> = package.features_for(Place::Browser).collect();
    let cargo = context.machine.wasm_cargo()?.args(["test", "--no-run", "--quiet", "--target", WASM_TARGET]);
    let cargo = cargo.args(["--profile", "wasm-test", "-p", &package.name, "--test", test]);
    let cargo = cargo.arg("--features").arg(features.join(","));
    let output = cargo.arg("--message-format=json-render-diagnostics").output()?;
    executable(&output, test).with_context(|| format!("{}: no wasm file for {test}", package.name))
}

fn is_browser_test(target: &str) -> bool {
    target.starts_with("web") || target.starts_with("wasm")
}

/// The file that cargo says it made for a test.
fn executable(messages: &str, test: &str) -> Option<String> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let made = messages.filter(|message| message["target"]["name"] == test);
    made.filter_map(|message| message["executable"].as_str().map(str::to_owned)).next_back()
}
