//! A copy of the sources with every bug in it, asleep.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::{AWAKE, Edit, GIVEN, Mutant, PLANTED};

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

/// Every crate of the copy knows this one, which tells which bug is awake.
const ROOT_CRATE: &str = "crates/walnut-base/src";

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Writes the copy. Files that stay as they are keep their time, so that they are not built again.
pub(super) fn plant(root: &Path, copy: &Path, mutants: &BTreeMap<String, Mutant>) -> Result<()> {
    let mut files = Files::new();
    for source in SOURCES.into_iter().chain(["Cargo.lock", "rust-toolchain.toml"]) {
        read(root, Path::new(source), &mut files)?;
    }
    files.insert("Cargo.toml".into(), manifest(&fs::read_to_string(root.join("Cargo.toml"))?).into());
    for (name, mutant) in mutants {
        for edit in mutant.edits() {
            let bytes = files.get_mut(&edit.file).with_context(|| edit.file.display().to_string())?;
            let text = String::from_utf8(std::mem::take(bytes))?;
            *bytes = planted(&text, name, &edit).with_context(|| name.clone())?.into();
        }
    }
    let switch = files.get_mut(&Path::new(ROOT_CRATE).join("lib.rs")).context("walnut-base has no lib.rs")?;
    switch.extend(SWITCH.replace("AWAKE", AWAKE).bytes());
    for (path, content) in files {
        write_if_new(&copy.join(path), &content)?;
    }
    Ok(())
}

const SWITCH: &str = "
/// Whether the planted bug of that name is awake.
pub fn planted(name: &str) -> bool {
    static NAMES: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let names = NAMES.get_or_init(|| std::env::var(\"AWAKE\").unwrap_or_default());
    names.split(',').any(|awake| awake == name)
}
";

/// The name of what happens with and without a bug.
pub(super) fn given(name: &str) -> String {
    format!("{name}.given")
}

/// The text of a file with a bug in it.
pub(super) fn planted(text: &str, name: &str, edit: &Edit) -> Result<String> {
    if text.matches(&edit.find).count() != 1 {
        bail!("{} does not hold the text exactly once", edit.file.display());
    }
    let root = if edit.file.starts_with(ROOT_CRATE) { "crate" } else { "walnut_base" };
    let is_awake = |name: &str| format!("{root}::planted(\"{name}\")");
    let replace = edit.replace.replace(PLANTED, &is_awake(name)).replace(GIVEN, &is_awake(&given(name)));
    Ok(text.replace(&edit.find, &replace))
}

/// The root manifest with the members of the copy.
fn manifest(text: &str) -> String {
    let members = SOURCES.iter().filter(|source| source.matches('/').count() == 1);
    let members = members.copied().chain(["tests/sim"]).collect::<Vec<_>>();
    let lines = text.lines().map(|line| match line.starts_with("members = ") {
        true => format!("members = {members:?}"),
        false => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn read(root: &Path, path: &Path, files: &mut Files) -> Result<()> {
    let whole = root.join(path);
    if !whole.is_dir() {
        let content = fs::read(&whole).with_context(|| whole.display().to_string())?;
        files.insert(path.to_owned(), content);
        return Ok(());
    }
    for entry in fs::read_dir(&whole)? {
        read(root, &path.join(entry?.file_name()), files)?;
    }
    Ok(())
}

fn write_if_new(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, content)?)
}
