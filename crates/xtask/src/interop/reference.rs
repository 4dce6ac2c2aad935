//! The reference's programs, built from the crates they are published in.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::machine::Machine;
use crate::setup;

/// The version whose truth is ours.
const VERSION: &str = "0.15.23";
/// Packages, and the features that local networks need.
const PACKAGES: [(&str, Option<&str>); 2] =
    [("linera-storage-service", None), ("linera-service", Some("storage-service"))];
/// The feature of `linera-service` without which its benchmark refuses to run.
const BENCHMARK_FEATURE: &str = "opentelemetry";
/// What they install.
const PROGRAMS: [&str; 4] = ["linera", "linera-server", "linera-proxy", "linera-storage-server"];
/// What building them takes from the system.
const DEBIAN: [&str; 7] =
    ["protobuf-compiler", "libprotobuf-dev", "clang", "libclang-dev", "cmake", "pkg-config", "libssl-dev"];
/// The function that its Wasm compiler calls and newer compilers do not bring.
const STACK_PROBE: &str = include_str!("probestack.s");

/// The folder with the programs, in the cache; builds them when they are not there, which takes most of an hour. Those that
/// can run a benchmark can do everything else, too.
pub(super) fn find_or_install(machine: &Machine, with_benchmark: bool) -> Result<PathBuf> {
    let plain = machine.cache.join(format!("reference-{VERSION}"));
    let full = machine.cache.join(format!("reference-{VERSION}-{BENCHMARK_FEATURE}"));
    let usable = if with_benchmark { vec![&full] } else { vec![&full, &plain] };
    let has_all = |bin: &PathBuf| PROGRAMS.iter().all(|name| bin.join(name).is_file());
    if let Some(bin) = usable.iter().map(|root| root.join("bin")).find(has_all) {
        return Ok(bin);
    }
    install(machine, if with_benchmark { &full } else { &plain }, with_benchmark)
}

fn install(machine: &Machine, root: &Path, with_benchmark: bool) -> Result<PathBuf> {
    let bin = root.join("bin");
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
        let more = features.filter(|_| with_benchmark).map(|_| BENCHMARK_FEATURE);
        let features: Vec<&str> = features.into_iter().chain(more).collect();
        let install = machine.cargo().args(["install", package, "--version", VERSION, "--locked"]);
        let install = install.arg("--features").arg(features.join(","));
        let install =
            install.arg("--root").arg(root).env("CARGO_TARGET_DIR", &build).env("RUSTFLAGS", &flags);
        install.logged(&root.join(format!("{package}.log")))?;
    }
    if let Some(name) = PROGRAMS.iter().find(|name| !bin.join(name).is_file()) {
        bail!("{name} was not installed into {}", bin.display());
    }
    // Gigabytes that nobody needs again.
    fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))?;
    Ok(bin)
}
