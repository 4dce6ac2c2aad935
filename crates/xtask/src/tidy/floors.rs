//! Floors: an arrow between packages points down, and pure packages depend on nothing that does I/O.

use super::Violation;
use crate::workspace::{Package, Workspace};

/// Floors 0 to 4: no clock, socket, disk, randomness, thread.
pub(crate) const PURE: [&str; 7] = [
    "walnut-base",
    "walnut-views",
    "walnut-vm",
    "walnut-wallet",
    "walnut-execution",
    "walnut-chain",
    "walnut-client",
];

/// What each package may use of the house. Packages under `tests/` may use everything.
const USES: &[(&str, &[&str])] = &[
    ("walnut-base", &[]),
    ("walnut-views", &["base"]),
    ("walnut-vm", &["base"]),
    ("walnut-wallet", &["base"]),
    ("walnut-execution", &["base", "views", "vm"]),
    ("walnut-chain", &["base", "views", "execution"]),
    ("walnut-client", &["base", "views", "execution", "chain"]),
    ("walnut-storage", &["base", "views"]),
    ("walnut-rpc", &["base"]),
    ("walnut-validator", &["base", "views", "vm", "execution", "chain", "storage", "rpc"]),
    ("walnut-cli", &["base", "views", "vm", "execution", "client", "storage", "rpc"]),
    (
        "walnut-background",
        &["base", "views", "vm", "wallet", "execution", "chain", "client", "storage", "rpc"],
    ),
    ("walnut-popup", &["base", "wallet"]),
    ("walnut-vault", &["base", "wallet"]),
    ("xtask", &[]),
];

/// Crates that reach the outside; a pure package has none of them as a direct dependency.
const IO_CRATES: [&str; 24] = [
    "async-std",
    "chrono",
    "futures-timer",
    "getrandom",
    "gloo",
    "hyper",
    "idb",
    "indexed_db_futures",
    "js-sys",
    "mio",
    "redb",
    "reqwest",
    "rusqlite",
    "serde-wasm-bindgen",
    "smol",
    "socket2",
    "tokio",
    "tokio-stream",
    "tonic",
    "tracing-subscriber",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "web-sys",
    "web-time",
];

/// Checks every package of the workspace.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in &workspace.packages {
        let folder = package.folder().strip_prefix(&workspace.root).unwrap_or(package.folder());
        let is_test = folder.starts_with("tests");
        match USES.iter().find(|(name, _)| *name == package.name) {
            Some((_, uses)) => arrows(package, uses, &mut violations),
            None if is_test => {}
            None => violations
                .push(Violation::new(&package.name, "stands on no floor; see the table in tidy/floors.rs")),
        }
        if PURE.contains(&package.name.as_str()) {
            purity(package, &mut violations);
        }
        if !folder.starts_with("tests/interop") {
            upstream(package, &mut violations);
        }
    }
    violations
}

/// Dependencies of tests may point anywhere.
fn shipped(package: &Package) -> impl Iterator<Item = &crate::workspace::Dependency> {
    package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"))
}

fn arrows(package: &Package, uses: &[&str], violations: &mut Vec<Violation>) {
    for dependency in shipped(package) {
        let Some(room) = dependency.name.strip_prefix("walnut-") else { continue };
        if !uses.contains(&room) {
            violations.push(Violation::new(&package.name, format!("may not use walnut-{room}")));
        }
    }
}

fn purity(package: &Package, violations: &mut Vec<Violation>) {
    for dependency in shipped(package) {
        let name = dependency.name.as_str();
        if IO_CRATES.contains(&name) || name.starts_with("gloo-") {
            violations.push(Violation::new(&package.name, format!("is pure and may not use {name}")));
        }
        if name == "rand" && dependency.uses_default_features {
            violations.push(Violation::new(&package.name, "is pure: rand without default features only"));
        }
    }
}

/// The code is our own: of upstream only the metering of bytecode, whose costs are consensus.
fn upstream(package: &Package, violations: &mut Vec<Violation>) {
    for dependency in &package.dependencies {
        if dependency.name.starts_with("linera-") && dependency.name != "linera-wasm-instrument" {
            violations.push(Violation::new(&package.name, format!("may not use {}", dependency.name)));
        }
    }
}
