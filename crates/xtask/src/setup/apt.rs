//! Packages of Debian and Ubuntu.

use anyhow::{Context, Result, bail};

use crate::machine::Machine;

/// A program that comes from the system's packages.
#[derive(Debug)]
pub(crate) struct SystemPackage {
    pub(crate) name: &'static str,
    /// Any of these programs will do.
    pub(crate) programs: &'static [&'static str],
    /// Lowest major version.
    pub(crate) minimum: u32,
    debian: &'static str,
    ubuntu: &'static str,
}

/// What the build and the browser tests take from the system.
///
/// The browsers' lowest versions are not below those that manifest.json asks for.
pub(crate) const SYSTEM: &[SystemPackage] = &[
    SystemPackage {
        name: "chromium",
        programs: &["chromium", "chromium-browser"],
        minimum: 120,
        debian: "chromium",
        ubuntu: "chromium-browser",
    },
    SystemPackage {
        name: "chromedriver",
        programs: &["chromedriver"],
        minimum: 120,
        debian: "chromium-driver",
        ubuntu: "chromium-chromedriver",
    },
    SystemPackage {
        name: "firefox",
        programs: &["firefox-esr", "firefox"],
        minimum: 140,
        debian: "firefox-esr",
        ubuntu: "firefox",
    },
    SystemPackage { name: "clang", programs: &["clang"], minimum: 14, debian: "clang", ubuntu: "clang" },
    SystemPackage { name: "llvm-ar", programs: &["llvm-ar"], minimum: 14, debian: "llvm", ubuntu: "llvm" },
];

/// The line that installs some of them.
pub(crate) fn line(packages: &[&SystemPackage]) -> String {
    format!("apt-get install -y --no-install-recommends {}", names(packages).join(" "))
}

/// Installs those whose programs are not there.
pub(super) fn install_missing(machine: &Machine) -> Result<()> {
    let missing: Vec<&SystemPackage> =
        SYSTEM.iter().filter(|package| machine.find_any(package.programs).is_none()).collect();
    install(machine, &names(&missing))
}

/// Installs packages by name; where that is not allowed, the error is the line to run.
pub(crate) fn install(machine: &Machine, packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    if machine.find("apt-get").is_none() {
        bail!("this machine has no apt-get; install these by its own means: {}", packages.join(" "));
    }
    let user = machine.run("id").arg("-u").output().context("cannot tell who is running")?;
    if user.trim() != "0" {
        bail!("not root; please run: sudo apt-get update && sudo {line}");
    }
    println!("setup: {line}");
    let log = machine.cache.join("log/apt.log");
    // An outdated list is no reason to stop: the packages may still be found in it.
    if let Err(error) = machine.run("apt-get").arg("update").logged(&log) {
        println!("setup: apt-get update failed, going on with the list that is there ({error:#})");
    }
    let apt = machine.run("apt-get").args(line.split(' ').skip(1)).env("DEBIAN_FRONTEND", "noninteractive");
    apt.logged(&log)
}

fn names(packages: &[&SystemPackage]) -> Vec<&'static str> {
    let ubuntu =
        std::fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|l| l == "ID=ubuntu"));
    packages.iter().map(|package| if ubuntu { package.ubuntu } else { package.debian }).collect()
}
