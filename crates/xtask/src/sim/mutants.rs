//! Planted bugs: each file of `tests/sim/mutants` changes one place of the sources, and the simulator has to notice.
//!
//! The sources are copied below the target folder, so that the repository itself is never touched, and built in a folder of
//! their own: cargo tells two copies of a package apart by nothing but the times of their files, and would take a changed
//! one for the ordinary one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::{PACKAGE, PROFILE};
use crate::machine::Machine;
use crate::workspace::Workspace;

/// Seeds that are tried, and steps of each, before a mutant counts as missed.
const SEEDS: &str = "400";
const STEPS: &str = "4000";

/// What the simulator needs of the sources; the validator lends it single files.
const SOURCES: [&str; 10] = [
    "crates/walnut-base",
    "crates/walnut-chain",
    "crates/walnut-client",
    "crates/walnut-execution",
    "crates/walnut-storage",
    "crates/walnut-views",
    "crates/walnut-vm",
    "crates/walnut-validator/src",
    "tests/sim/src",
    "tests/sim/Cargo.toml",
];

/// One planted bug.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    /// What it breaks, in one line.
    breaks: String,
    /// The file, from the root of the repository.
    file: PathBuf,
    /// Text that the file has exactly once.
    find: String,
    /// What stands there instead.
    replace: String,
}

/// Plants one bug after the other and runs the simulator until it notices; arguments choose some by name.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, names: &[String]) -> Result<()> {
    let copy = workspace.target.join("mutants");
    copy_sources(&workspace.root, &copy)?;
    let mut files = fs::read_dir(workspace.root.join("tests/sim/mutants"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.sort();
    let mut missed = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !names.is_empty() && !names.contains(&name) {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        let mutant: Mutant = toml::from_str(&text).with_context(|| file.display().to_string())?;
        match try_one(machine, &copy, &mutant).with_context(|| name.clone())? {
            Some(caught) => println!("{name:<34} {caught:<40} {}", mutant.breaks),
            None => {
                println!("{name:<34} {:<40} {}", "NOT CAUGHT", mutant.breaks);
                missed.push(name);
            }
        }
    }
    match missed.is_empty() {
        true => Ok(()),
        false => bail!("not caught: {}", missed.join(", ")),
    }
}

/// By which promise, seed and steps the mutant was caught.
fn try_one(machine: &Machine, copy: &Path, mutant: &Mutant) -> Result<Option<String>> {
    let path = copy.join(&mutant.file);
    let original = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    if original.matches(&mutant.find).count() != 1 {
        bail!("{} does not hold the text exactly once", mutant.file.display());
    }
    fs::write(&path, original.replace(&mutant.find, &mutant.replace))?;
    let manifest = copy.join("Cargo.toml");
    let log = copy.join("log");
    let build = machine.cargo().args(["build", "--profile", PROFILE, "-p", PACKAGE, "--manifest-path"]);
    let target = copy.join("target");
    let built = build.arg(&manifest).env("CARGO_TARGET_DIR", &target).dir(copy).logged(&log);
    fs::write(&path, original)?;
    built?;
    let program = machine.run(target.join(PROFILE).join(PACKAGE));
    if program.args(["--seeds", SEEDS, "--steps", STEPS]).logged(&log).is_ok() {
        return Ok(None);
    }
    let output = fs::read_to_string(&log)?;
    let caught = output.lines().find_map(|line| line.strip_prefix("violation\t"));
    match caught {
        Some(caught) => Ok(Some(caught.replace('\t', ", "))),
        None => bail!("the simulator failed without a reason: {output}"),
    }
}

fn copy_sources(root: &Path, copy: &Path) -> Result<()> {
    for source in SOURCES {
        copy_all(&root.join(source), &copy.join(source))?;
    }
    for file in ["Cargo.lock", "rust-toolchain.toml"] {
        copy_file(&root.join(file), &copy.join(file))?;
    }
    let members = SOURCES.iter().filter(|source| source.matches('/').count() == 1);
    let members = members.copied().chain(["tests/sim"]).collect::<Vec<_>>();
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let lines = manifest.lines().map(|line| match line.starts_with("members = ") {
        true => format!("members = {members:?}"),
        false => line.to_owned(),
    });
    write_if_new(&copy.join("Cargo.toml"), lines.collect::<Vec<_>>().join("\n").as_bytes())
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return copy_file(from, to);
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    write_if_new(to, &fs::read(from).with_context(|| from.display().to_string())?)
}

/// Keeps the time of a file that stays as it is, so that it is not built again.
fn write_if_new(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, content)?)
}
