//! The reference's programs, built from the crates they are published in.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::machine::Machine;
use crate::setup;

/// The version whose truth is ours.
const VERSION: &str = "0.15.23";
/// Packages and the features that local networks need.
const PACKAGES: [(&str, &[&str]); 2] =
    [("linera-storage-service", &[]), ("linera-service", &["--features", "storage-service"])];
/// What they install.
const PROGRAMS: [&str; 4] = ["linera", "linera-server", "linera-proxy", "linera-storage-server"];
/// What building them takes from the system.
const DEBIAN: [&str; 7] =
    ["protobuf-compiler", "libprotobuf-dev", "clang", "libclang-dev", "cmake", "pkg-config", "libssl-dev"];
/// The function that its Wasm compiler calls and newer compilers do not bring.
const STACK_PROBE: &str = include_str!("probestack.s");

/// The folder with the programs, in the cache; builds them when they are not there, which takes most of an hour.
pub(super) fn find_or_install(machine: &Machine) -> Result<PathBuf> {
    let root = machine.cache.join(format!("reference-{VERSION}"));
    let bin = root.join("bin");
    if PROGRAMS.iter().all(|name| bin.join(name).is_file()) {
        return Ok(bin);
    }
    println!(
        "interop: building the reference {VERSION} (once, most of an hour; --bin DIR names another build)"
    );
    if machine.find("protoc").is_none() || machine.find("cmake").is_none() {
        setup::install_packages(machine, &DEBIAN)?;
    }
    let build = root.join("build");
    fs::create_dir_all(&build).with_context(|| format!("cannot make {}", build.display()))?;
    let (source, object) = (root.join("probestack.s"), root.join("probestack.o"));
    fs::write(&source, STACK_PROBE).with_context(|| format!("cannot write {}", source.display()))?;
    machine.run("cc").arg("-c").arg(&source).arg("-o").arg(&object).status()?;
    let flags = format!("-C link-arg={}", object.display());
    for (package, features) in PACKAGES {
        let install =
            machine.cargo().args(["install", package, "--version", VERSION, "--locked"]).args(features);
        let install =
            install.arg("--root").arg(&root).env("CARGO_TARGET_DIR", &build).env("RUSTFLAGS", &flags);
        install.logged(&root.join(format!("{package}.log")))?;
    }
    if let Some(name) = PROGRAMS.iter().find(|name| !bin.join(name).is_file()) {
        bail!("{name} was not installed into {}", bin.display());
    }
    // Gigabytes that nobody needs again.
    fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))?;
    Ok(bin)
}
