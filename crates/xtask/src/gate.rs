//! Every check, in order, each one timed: what `cargo xtask test` and continuous integration run.
//!
//! A step that fails does not stop the ones after it, so that one run shows all there is to mend. A step whose part
//! of the project is not there fails and says so.

mod end_to_end;
mod examples;
mod lints;
mod native;
mod readme;
mod tally;
mod web;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::machine::{Browser, Machine};
use crate::workspace::Workspace;
use crate::{extension, setup, tidy};
use tally::Tally;

/// What every step is given.
pub(crate) struct Context<'a> {
    machine: &'a Machine,
    workspace: &'a Workspace,
}

type Check = fn(&Context<'_>) -> Result<Tally>;

/// The steps: cheap ones first, each one before those that lean on it.
const STEPS: &[(&str, Check)] = &[
    ("setup", |c| setup::run(c.machine, c.workspace).map(one)),
    ("format", lints::format),
    ("tidy", |c| tidy::run(c.workspace).map(one)),
    ("clippy", lints::clippy),
    ("clippy-wasm", lints::clippy_wasm),
    ("docs", lints::docs),
    ("examples", examples::run),
    ("native", native::tests),
    ("doctests", native::doctests),
    ("web-chromium", |c| web::run(c, Browser::Chromium)),
    ("web-firefox", |c| web::run(c, Browser::Firefox)),
    ("extension", |c| extension::run(c.machine, c.workspace).map(one)),
    ("e2e-chromium", |c| end_to_end::run(c, Browser::Chromium)),
    ("e2e-firefox", |c| end_to_end::run(c, Browser::Firefox)),
    ("readme", readme::run),
];

/// Runs the named steps, or all; an error when one fails.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| STEPS.iter().all(|(step, _)| step != name)) {
        let names: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        bail!("no step `{unknown}`; the steps are {}", names.join(", "));
    }
    let context = Context { machine, workspace };
    let mut total = Tally::default();
    let mut reports = Vec::new();
    for (name, check) in STEPS.iter().filter(|(name, _)| only.is_empty() || only.iter().any(|o| o == name)) {
        println!("\n=== {name}");
        let start = Instant::now();
        let (tally, error) = match check(&context) {
            Ok(tally) => (tally, None),
            Err(error) => (Tally { passed: 0, failed: 1 }, Some(format!("{error:#}"))),
        };
        if let Some(error) = &error {
            println!("{name}: {error}");
        }
        total += tally;
        reports.push(Report { name, tally, time: start.elapsed(), error });
    }
    println!("\n=== summary");
    for report in &reports {
        println!("{}", report.line());
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 {
        bail!("{} checks failed", total.failed);
    }
    Ok(())
}

/// A step without tests of its own counts as one check.
fn one((): ()) -> Tally {
    Tally { passed: 1, failed: 0 }
}

struct Report {
    name: &'static str,
    tally: Tally,
    time: Duration,
    error: Option<String>,
}

impl Report {
    fn line(&self) -> String {
        let word = if self.tally.failed == 0 { "ok  " } else { "FAIL" };
        let error = self.error.as_deref().and_then(|error| error.lines().next()).unwrap_or_default();
        let counts = format!("{:>5} ok {:>4} bad", self.tally.passed, self.tally.failed);
        format!("{word} {:<14} {:>7.1} s {counts}  {error}", self.name, self.time.as_secs_f64())
            .trim_end()
            .to_owned()
    }
}

#[cfg(test)]
mod tests;
