//! The build plan of the wasm artefacts: `wasm-pack.toml`.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// All artefacts, in the order of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    #[serde(rename = "artefact")]
    pub(crate) artefacts: Vec<Artefact>,
}

/// One wasm file with its JavaScript glue.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Artefact {
    /// The package that is compiled.
    #[serde(rename = "crate")]
    pub(crate) package: String,
    /// File name without ending: `<name>.js`, `<name>_bg.wasm`.
    pub(crate) name: String,
    /// Cargo profile.
    pub(crate) profile: String,
    pub(crate) features: Vec<String>,
    /// Level for wasm-opt, `-O1` … `-O4`, `-Os`, `-Oz`.
    pub(crate) optimise: String,
    /// Largest allowed size of the wasm file after gzip, in bytes.
    pub(crate) gzip_budget: u64,
}

impl Plan {
    /// Reads the plan of the repository.
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(root.join("wasm-pack.toml")).context("cannot read wasm-pack.toml")?;
        Self::parse(&text).context("wasm-pack.toml")
    }

    fn parse(text: &str) -> Result<Self> {
        let plan: Self = toml::from_str(text)?;
        let mut names = BTreeSet::new();
        for artefact in &plan.artefacts {
            let name = &artefact.name;
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
                bail!("artefact name `{name}`: lower-case letters and underscores only");
            }
            if !names.insert(name) {
                bail!("two artefacts are named `{name}`");
            }
            if !matches!(artefact.optimise.as_str(), "none" | "-O1" | "-O2" | "-O3" | "-O4" | "-Os" | "-Oz") {
                bail!("artefact `{name}`: wasm-opt has no level `{}`", artefact.optimise);
            }
            if artefact.gzip_budget == 0 {
                bail!("artefact `{name}`: a budget of 0 bytes");
            }
        }
        if plan.artefacts.is_empty() {
            bail!("no artefact");
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests;
