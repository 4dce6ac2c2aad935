//! The machine: cache folder, search path, browsers and the toolchain for wasm32.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};

use crate::process::Run;
use crate::workspace::Workspace;

/// Name of the linked toolchain that the fallback makes.
pub(crate) const LINKED_TOOLCHAIN: &str = "walnut-wasm";
/// The target of everything that runs in a browser.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Where tools are and how to start them.
pub(crate) struct Machine {
    /// Holds tools and the fallback toolchain; outside the target folder, so `cargo clean` spares it.
    pub(crate) cache: PathBuf,
    /// Folder of the npm tools: package.json and the browser tests.
    pub(crate) browser_tests: PathBuf,
    root: PathBuf,
    path: OsString,
}

/// Which toolchain compiles for wasm32.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum WasmToolchain {
    /// The pinned toolchain has the target.
    Stock,
    /// The linked toolchain of the fallback.
    Linked,
}

/// A browser that tests and demo run in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Browser {
    Chromium,
    Firefox,
}

impl Browser {
    pub(crate) const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    /// The name on command lines and in the environment of the browser tests.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    /// Programs that are this browser, the preferred one first.
    pub(crate) fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-browser"],
            Self::Firefox => &["firefox-esr", "firefox"],
        }
    }

    /// The folder of the extension package for this browser.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Chromium => "chrome",
            Self::Firefox => "firefox",
        }
    }
}

impl FromStr for Browser {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|browser| browser.name() == name) {
            Some(browser) => Ok(browser),
            None => bail!("unknown browser `{name}`"),
        }
    }
}

impl Machine {
    pub(crate) fn new(workspace: &Workspace) -> Result<Self> {
        let cache = match std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
            Some(folder) => PathBuf::from(folder),
            None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
        }
        .join("walnut");
        let browser_tests = workspace.root.join("tests/browser");
        let old = std::env::var_os("PATH").context("PATH is not set")?;
        let ours = [cache.join("tools/bin"), browser_tests.join("node_modules/.bin")];
        let path = std::env::join_paths(ours.into_iter().chain(std::env::split_paths(&old)))
            .context("a folder name on PATH has a colon")?;
        Ok(Self { cache, browser_tests, root: workspace.root.clone(), path })
    }

    /// A call of a tool, with the cache's tools first on PATH, started in the repository.
    pub(crate) fn run(&self, program: impl AsRef<std::ffi::OsStr>) -> Run {
        Run::new(program).env("PATH", &self.path).dir(&self.root)
    }

    /// A call of the pinned cargo.
    pub(crate) fn cargo(&self) -> Run {
        // What `cargo run` told this program about itself would otherwise reach build scripts and rebuild them.
        let inherited = std::env::vars_os().map(|(key, _)| key).filter(|key| {
            let key = key.to_string_lossy();
            key == "CARGO" || key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_")
        });
        inherited.fold(self.run("cargo"), |run, key| run.without_env(key))
    }

    /// A call of the cargo that compiles for wasm32.
    pub(crate) fn wasm_cargo(&self) -> Result<Run> {
        match self.wasm_toolchain()? {
            Some(WasmToolchain::Stock) => Ok(self.cargo()),
            Some(WasmToolchain::Linked) => {
                Ok(self.cargo().without_env("RUSTUP_TOOLCHAIN").arg(format!("+{LINKED_TOOLCHAIN}")))
            }
            None => bail!("no toolchain for {WASM_TARGET}: run `cargo xtask setup`"),
        }
    }

    /// The toolchain for wasm32: the pinned one when it has the target, else the linked one.
    pub(crate) fn wasm_toolchain(&self) -> Result<Option<WasmToolchain>> {
        let libraries =
            self.run("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]).output()?;
        if has_library(Path::new(libraries.trim()), "libstd-") {
            return Ok(Some(WasmToolchain::Stock));
        }
        let linked = self.linked_toolchain();
        let complete = has_library(&linked.join("lib/rustlib").join(WASM_TARGET).join("lib"), "libtest-");
        if self.find("rustup").is_none() {
            return Ok(None); // nobody to ask for a linked toolchain
        }
        let listed = self.run("rustup").args(["toolchain", "list"]).output()?;
        let known = listed.lines().any(|line| line.split_whitespace().next() == Some(LINKED_TOOLCHAIN));
        Ok((complete && known).then_some(WasmToolchain::Linked))
    }

    /// The folder of the linked toolchain.
    pub(crate) fn linked_toolchain(&self) -> PathBuf {
        self.cache.join("toolchain")
    }

    /// Where a program is, if it is on PATH.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        std::env::split_paths(&self.path).map(|folder| folder.join(program)).find(|file| file.is_file())
    }

    /// The first of several programs that is on PATH.
    pub(crate) fn find_any(&self, programs: &[&str]) -> Option<PathBuf> {
        programs.iter().find_map(|program| self.find(program))
    }

    /// The version a program prints, when it is there and prints one.
    pub(crate) fn version(&self, program: &str, flag: &str) -> Option<String> {
        let file = self.find(program)?;
        let text = self.run(file).arg(flag).output().ok()?;
        first_version(&text)
    }
}

/// Whether a folder has a Rust library whose file name starts so.
pub(crate) fn has_library(folder: &Path, prefix: &str) -> bool {
    let Ok(entries) = folder.read_dir() else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(prefix) && name.ends_with(".rlib")
    })
}

/// The first word of a text that looks like a version.
pub(crate) fn first_version(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || "(),".contains(c));
    words
        .map(|word| word.strip_prefix('v').unwrap_or(word))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests;
