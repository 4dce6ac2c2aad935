//! What cargo says about the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The repository: its folders and its packages with their direct dependencies.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// One member of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
    #[serde(default)]
    features: BTreeMap<String, Vec<String>>,
}

/// Where code runs: a package's features for one place may not compile for the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Native,
    Browser,
}

impl Place {
    /// Names of the features that packages have for this place.
    fn features(self) -> &'static [&'static str] {
        match self {
            Self::Native => &["native", "server", "mock"],
            Self::Browser => &["browser", "indexed-db"],
        }
    }
}

/// A direct dependency as the manifest states it.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` for a normal one, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    pub(crate) uses_default_features: bool,
}

/// A library, program, test or benchmark of a package.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

impl Workspace {
    /// Asks cargo; no dependency is resolved or downloaded.
    pub(crate) fn load() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&root)
            .output()
            .context("cannot start cargo")?;
        if !output.status.success() {
            bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        serde_json::from_slice(&output.stdout).context("cargo metadata printed something unexpected")
    }

    /// The member of that name.
    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The member of that name, or an error that says it is not there yet.
    pub(crate) fn require(&self, name: &str) -> Result<&Package> {
        self.package(name).with_context(|| format!("the workspace has no package `{name}`"))
    }

    /// The features for a place of some packages, as cargo wants them: with commas between.
    pub(crate) fn features_for(&self, place: Place, is_chosen: impl Fn(&str) -> bool) -> String {
        let chosen = self.packages.iter().filter(|package| is_chosen(&package.name));
        chosen.flat_map(|package| package.features_for(place)).collect::<Vec<_>>().join(",")
    }

    /// Whether a package has a program of that name.
    pub(crate) fn has_program(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.targets_of("bin").any(|program| program == name))
    }

    /// The version of a package in Cargo.lock, when it is there.
    pub(crate) fn locked_version(&self, name: &str) -> Result<Option<String>> {
        #[derive(Deserialize)]
        struct Lock {
            package: Vec<Locked>,
        }
        #[derive(Deserialize)]
        struct Locked {
            name: String,
            version: String,
        }
        let path = self.root.join("Cargo.lock");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let lock: Lock = toml::from_str(&text).context("Cargo.lock does not parse")?;
        Ok(lock.package.into_iter().find(|locked| locked.name == name).map(|locked| locked.version))
    }
}

impl Package {
    /// The folder of the package.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().expect("a manifest lies in a folder")
    }

    /// The features of this package for a place, as `package/feature`.
    pub(crate) fn features_for(&self, place: Place) -> impl Iterator<Item = String> {
        let names = place.features().iter().filter(|name| self.features.contains_key(**name));
        names.map(|name| format!("{}/{name}", self.name))
    }

    /// Names of the targets of one kind (`bin`, `test`, …).
    pub(crate) fn targets_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.targets
            .iter()
            .filter(move |target| target.kind.iter().any(|k| k == kind))
            .map(|t| t.name.as_str())
    }
}
