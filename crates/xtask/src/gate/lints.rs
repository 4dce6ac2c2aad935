//! Format, lints and docs, with every warning an error.

use anyhow::Result;

use super::tally::Tally;
use super::{Context, one};
use crate::machine::{WASM_TARGET, WasmToolchain};
use crate::plan::Plan;
use crate::tidy::PURE;
use crate::workspace::Place;

/// Adapters that have a browser side.
const ADAPTERS: [&str; 2] = ["walnut-storage", "walnut-rpc"];

pub(super) fn format(context: &Context<'_>) -> Result<Tally> {
    context.machine.cargo().args(["fmt", "--all", "--check"]).status().map(one)
}

/// The workspace as native code. Unwraps are the business of the tidy rules, which know what is a test.
pub(super) fn clippy(context: &Context<'_>) -> Result<Tally> {
    let cargo = context.machine.cargo().args(["clippy", "--quiet", "--workspace", "--all-targets"]);
    let cargo = cargo.arg("--features").arg(native_features(context));
    cargo.args(["--", "-D", "warnings", "-A", "clippy::unwrap_used"]).status().map(one)
}

/// What runs in the browser: the artefacts, the core floors and the adapters.
pub(super) fn clippy_wasm(context: &Context<'_>) -> Result<Tally> {
    let plan = Plan::load(&context.workspace.root)?;
    let mut packages: Vec<&str> = plan.artefacts.iter().map(|artefact| artefact.package.as_str()).collect();
    packages.extend(PURE);
    packages.extend(ADAPTERS);
    let mut cargo =
        context.machine.wasm_cargo()?.args(["clippy", "--quiet", "--lib", "--target", WASM_TARGET]);
    let features = context.workspace.features_for(Place::Browser, |name| packages.contains(&name));
    cargo = cargo.arg("--features").arg(features);
    for package in packages {
        context.workspace.require(package)?;
        cargo = cargo.args(["-p", package]);
    }
    if context.machine.wasm_toolchain()? == Some(WasmToolchain::Linked) {
        cargo = cargo.env("SYSROOT", context.machine.linked_toolchain());
    }
    cargo.args(["--", "-D", "warnings"]).status().map(one)
}

pub(super) fn docs(context: &Context<'_>) -> Result<Tally> {
    let cargo = context.machine.cargo().args(["doc", "--quiet", "--workspace", "--no-deps"]);
    let cargo = cargo.arg("--document-private-items").arg("--features").arg(native_features(context));
    cargo.env("RUSTDOCFLAGS", "-D warnings").status().map(one)
}

/// All features of all packages that native code may have.
pub(super) fn native_features(context: &Context<'_>) -> String {
    context.workspace.features_for(Place::Native, |_| true)
}
