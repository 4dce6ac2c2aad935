//! The rules of the house, checked on the files as they are.
//!
//! Floors and purity come from the manifests ([`floors`], [`manifests`]), the rest from the text of every file that
//! git knows or would add ([`mod@sources`], [`mod@words`]). Each rule is a function from plain values to violations, so that
//! its test can show it a breach.

mod floors;
mod manifests;
mod sources;
mod words;

use std::fmt;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
pub(crate) use floors::PURE;

/// One breach of one rule.
#[derive(Debug, PartialEq)]
struct Violation {
    /// File, file and line, or package.
    place: String,
    what: String,
}

impl Violation {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// A text file, its path relative to the repository.
struct Source {
    path: String,
    text: String,
}

/// Prints every violation; an error when there is one.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let sources = sources(workspace)?;
    let mut violations = floors::check(workspace);
    violations.extend(manifests::check(&sources)?);
    violations.extend(sources::check(&sources));
    violations.extend(words::check(&sources));
    for violation in &violations {
        println!("tidy: {violation}");
    }
    if !violations.is_empty() {
        bail!("{} breaches of the rules of the house", violations.len());
    }
    println!("tidy: {} packages, {} files", workspace.packages.len(), sources.len());
    Ok(())
}

/// Endings of files that people write.
const ENDINGS: [&str; 10] = [".rs", ".toml", ".md", ".ts", ".mjs", ".js", ".html", ".css", ".proto", ".json"];
/// Folders of recorded bytes: data, not text of ours.
const DATA: [&str; 2] = ["tests/vectors/golden/", "tests/vectors/data/"];

fn sources(workspace: &Workspace) -> Result<Vec<Source>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&workspace.root)
        .output()
        .context("cannot start git")?;
    if !output.status.success() {
        bail!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let list = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    let mut sources = Vec::new();
    for path in list.split('\0').filter(|path| is_ours(path)) {
        let file = workspace.root.join(path);
        if !file.exists() {
            continue; // deleted, not committed yet
        }
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {path}"))?;
        sources.push(Source { path: path.to_owned(), text });
    }
    Ok(sources)
}

fn is_ours(path: &str) -> bool {
    ENDINGS.iter().any(|ending| path.ends_with(ending))
        && !path.ends_with("package-lock.json")
        && !DATA.iter().any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests;
