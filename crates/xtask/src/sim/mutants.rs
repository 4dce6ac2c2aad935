//! Planted bugs: each file of `tests/sim/mutants` describes one, and the simulator has to notice it.
//!
//! All of them are planted in one copy of the sources below the target folder, so that the repository itself is never
//! touched and everything is built once. Each sleeps there until its name is in the environment of the program: without
//! one the copy does what the repository does. A bug counts as caught by a seed that breaks a promise with it, and none
//! without it; the seed is written into the bug's file, and `--known` tries only that one.
//!
//! Some lines are one of two that keep the same promise. A bug in one of them shows nothing; its file says which the other
//! is, and takes that one away, too (`also`). Others only mend what something else has broken; their files break that,
//! with and without the bug (`given`).

mod copy;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::{PACKAGE, PROFILE};
use crate::machine::Machine;
use crate::workspace::Workspace;

/// Seeds that are tried before a bug counts as missed.
const SEEDS: u64 = 200;
/// Steps of each with faults. Healing takes about ten thousand more, and finds little.
const STEPS: &str = "12000";

/// Where the name of the bug that is awake stands.
const AWAKE: &str = "WALNUT_PLANTED";
/// Stands in a replacement for: this bug is awake.
const PLANTED: &str = "PLANTED";
/// Stands in a replacement for: what this bug makes worse happens.
const GIVEN: &str = "GIVEN";

/// One planted bug.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    /// What it breaks, in one line.
    breaks: String,
    /// Why the first place alone shows nothing, if that is so.
    masked_by: Option<String>,
    /// The file, from the root of the repository.
    file: PathBuf,
    /// Text that the file has exactly once.
    find: String,
    /// What stands there instead: the same, and the bug where [`PLANTED`] is true.
    replace: String,
    /// Other places that change with it.
    #[serde(default)]
    also: Vec<Edit>,
    /// What happens with and without the bug.
    #[serde(default)]
    given: Vec<Edit>,
    /// What catches it.
    caught_by: Option<Catch>,
    /// Why nothing has caught it yet, if that is so.
    not_caught: Option<String>,
}

/// One place of a bug; see [`Mutant`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: PathBuf,
    find: String,
    replace: String,
}

impl Mutant {
    fn edits(&self) -> Vec<Edit> {
        let Self { file, find, replace, also, given, .. } = self;
        let first = Edit { file: file.clone(), find: find.clone(), replace: replace.clone() };
        [vec![first], also.clone(), given.clone()].concat()
    }
}

/// How a bug was noticed.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Catch {
    seed: u64,
    /// The promise that was broken.
    promise: String,
    /// After so many steps.
    steps: u64,
}

impl Catch {
    /// From the simulator's line about it.
    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.strip_prefix("violation\t")?.split('\t');
        let promise = parts.next()?.to_owned();
        let seed = parts.next()?.strip_prefix("seed ")?.parse().ok()?;
        let steps = parts.next()?.strip_prefix("steps ")?.parse().ok()?;
        Some(Self { seed, promise, steps })
    }

    fn line(&self) -> String {
        let Self { seed, promise, steps } = self;
        format!("caught_by = {{ seed = {seed}, promise = \"{promise}\", steps = {steps} }}\n")
    }
}

/// Wakes one bug after the other and runs the simulator until it notices. Arguments choose some by name; `--known` tries
/// only the seeds that are known to catch them.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, args: &[String]) -> Result<()> {
    let is_known = args.iter().any(|arg| arg == "--known");
    let names = args.iter().filter(|arg| *arg != "--known").collect::<Vec<_>>();
    let mutants = load(&workspace.root.join("tests/sim/mutants"))?;
    if let Some(unknown) = names.iter().find(|name| !mutants.contains_key(**name)) {
        bail!("no planted bug is called `{unknown}`");
    }
    let program = Program { machine, copy: workspace.target.join("mutants") };
    program.build(&workspace.root, &mutants)?;
    let mut missed = Vec::new();
    let mut count = 0;
    for (name, mutant) in mutants.iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        if let (true, Some(why)) = (is_known, &mutant.not_caught) {
            println!("{name:<30} {:<38} {}: {why}", "no seed is known", mutant.breaks);
            continue;
        }
        let caught = match (is_known, &mutant.caught_by) {
            (true, None) => None,
            (true, Some(known)) => program.catch(name, mutant, known.seed, 1)?,
            (false, _) => program.catch(name, mutant, 1, SEEDS)?,
        };
        match caught {
            Some(caught) => {
                count += 1;
                let Catch { seed, promise, steps } = &caught;
                println!("{name:<30} {promise:<20} seed {seed:<4} steps {steps:<6} {}", mutant.breaks);
                if let Some(other) = &mutant.masked_by {
                    println!("{:<30} the first place alone is masked: {other}", "");
                }
                note(&workspace.root.join("tests/sim/mutants").join(format!("{name}.toml")), &caught)?;
            }
            None => {
                println!("{name:<30} {:<38} {}", "NOT CAUGHT", mutant.breaks);
                missed.push(name.as_str());
            }
        }
    }
    println!("{count} of {} planted bugs caught", mutants.len());
    match missed.is_empty() {
        true => Ok(()),
        false => bail!("not caught: {}", missed.join(", ")),
    }
}

fn load(folder: &Path) -> Result<BTreeMap<String, Mutant>> {
    let mut mutants = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        let mutant: Mutant = toml::from_str(&text).with_context(|| path.display().to_string())?;
        let mut replacements =
            std::iter::once(&mutant.replace).chain(mutant.also.iter().map(|edit| &edit.replace));
        if !replacements.all(|text| text.contains(PLANTED)) {
            bail!("{}: a replacement does not say {PLANTED}", path.display());
        }
        if !mutant.given.iter().all(|edit| edit.replace.contains(GIVEN)) {
            bail!("{}: what is given does not say {GIVEN}", path.display());
        }
        mutants.insert(name, mutant);
    }
    Ok(mutants)
}

/// Writes into the file of a bug what catches it.
fn note(path: &Path, caught: &Catch) -> Result<()> {
    let text = fs::read_to_string(path)?;
    let is_outcome = |line: &&str| line.starts_with("caught_by = ") || line.starts_with("not_caught = ");
    let lines = text.split_inclusive('\n').filter(|line| !is_outcome(line));
    let without = lines.collect::<String>();
    let (head, tail) = without.split_once('\n').unwrap_or((&without, ""));
    let noted = format!("{head}\n{}{tail}", caught.line());
    match noted == text {
        true => Ok(()),
        false => Ok(fs::write(path, noted)?),
    }
}

/// The simulator with all bugs in it.
struct Program<'a> {
    machine: &'a Machine,
    copy: PathBuf,
}

impl Program<'_> {
    fn target(&self) -> PathBuf {
        self.copy.join("target")
    }

    fn build(&self, root: &Path, mutants: &BTreeMap<String, Mutant>) -> Result<()> {
        copy::plant(root, &self.copy, mutants)?;
        let build = self.machine.cargo().args(["build", "--profile", PROFILE, "-p", PACKAGE]);
        let build = build.arg("--manifest-path").arg(self.copy.join("Cargo.toml"));
        build.env("CARGO_TARGET_DIR", self.target()).dir(&self.copy).logged(&self.copy.join("log"))
    }

    /// What the first of these seeds notices that notices nothing without the bug; none if none does.
    fn catch(&self, name: &str, mutant: &Mutant, first: u64, seeds: u64) -> Result<Option<Catch>> {
        let given = if mutant.given.is_empty() { String::new() } else { copy::given(name) };
        let mut seed = first;
        while seed < first + seeds {
            let caught = self.run(&format!("{name},{given}"), seed, first + seeds - seed)?;
            let Some(caught) = caught else { return Ok(None) };
            match self.run(&given, caught.seed, 1)? {
                None => return Ok(Some(caught)),
                Some(other) if given.is_empty() => {
                    bail!("seed {} breaks {} without any bug", other.seed, other.promise)
                }
                // There it is worse than can be mended.
                Some(_) => seed = caught.seed + 1,
            }
        }
        Ok(None)
    }

    fn run(&self, awake: &str, seed: u64, seeds: u64) -> Result<Option<Catch>> {
        let log = self.copy.join("log");
        let program = self.machine.run(self.target().join(PROFILE).join(PACKAGE)).env(AWAKE, awake);
        let program = program.args(["--jobs", "1", "--steps", STEPS]);
        let program = program.args(["--seed", &seed.to_string(), "--seeds", &seeds.to_string()]);
        if program.logged(&log).is_ok() {
            return Ok(None);
        }
        let output = fs::read_to_string(&log)?;
        match output.lines().find_map(Catch::parse) {
            Some(caught) => Ok(Some(caught)),
            None => bail!("the simulator failed without a reason: {output}"),
        }
    }
}

#[cfg(test)]
mod tests;
