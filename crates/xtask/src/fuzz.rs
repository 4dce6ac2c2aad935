//! Fuzzing: builds the engine of `tests/fuzz/engine` with the marks that libFuzzer steers by, and runs its targets.
//!
//! Nothing but the pinned toolchain and a C++ compiler is needed. There is no AddressSanitizer: the code has no `unsafe` of
//! its own, and what libFuzzer finds are panics, overflows, endless loops and allocations without bounds.
//!
//! What is found goes below the target folder, crashes too; `--minimize` takes the least of it that reaches as much code
//! into `tests/fuzz/corpus`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::machine::Machine;
use crate::process::Run;
use crate::workspace::Workspace;

const ENGINE: &str = "walnut-fuzz-engine";

/// What the compiler adds to the code: counters for edges, and the operands of comparisons.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Of one input. Beyond it an input is a waste of time.
const INPUT_BYTES_MAX: &str = "-max_len=8192";

/// Of the committed files of one target, all in all.
const CORPUS_BYTES_MAX: u64 = 90_000;

/// What `cargo xtask fuzz` is told.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    /// Names; none for all.
    pub(crate) targets: Vec<String>,
    /// For each of them.
    pub(crate) minutes: f64,
    /// Whether to renew the committed corpus afterwards.
    pub(crate) minimize: bool,
}

/// Runs the targets, one after the other; an error when one of them crashes.
pub(crate) fn run(machine: &Machine, workspace: &Workspace, options: &Options) -> Result<()> {
    let fuzzer = Fuzzer::build(machine, workspace)?;
    let all = fuzzer.targets()?;
    if let Some(unknown) = options.targets.iter().find(|name| !all.contains(name)) {
        bail!("no target is called `{unknown}`; there are {}", all.join(", "));
    }
    let chosen = if options.targets.is_empty() { &all } else { &options.targets };
    let mut crashed = Vec::new();
    for name in chosen {
        let start = Instant::now();
        let (has_crashed, output) = fuzzer.fuzz(name, options.minutes)?;
        let count = executions(&output).with_context(|| format!("{name}: {output}"))?;
        let (time, crashes) = (start.elapsed().as_secs_f64(), usize::from(has_crashed));
        println!("{name:<14} {count:>12} executions {time:>8.1} s {crashes} crashes");
        if has_crashed {
            crashed.push(name.as_str());
        } else if options.minimize {
            fuzzer.minimize(name)?;
        }
    }
    match crashed.is_empty() {
        true => Ok(()),
        false => bail!("crashed: {}; see {}", crashed.join(", "), fuzzer.folder.join("crashes").display()),
    }
}

struct Fuzzer<'a> {
    machine: &'a Machine,
    program: PathBuf,
    /// What is found.
    folder: PathBuf,
    /// What is committed.
    corpus: PathBuf,
}

impl<'a> Fuzzer<'a> {
    fn build(machine: &'a Machine, workspace: &Workspace) -> Result<Self> {
        let tests = workspace.root.join("tests/fuzz");
        let folder = workspace.target.join("fuzz");
        let version = machine.run("rustc").arg("-vV").output()?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.context("rustc does not say what it runs on")?;
        // With a target named, build scripts and macros are left as they are.
        let cargo = machine.cargo().args(["build", "--quiet", "--release", "--target", host]);
        let cargo = cargo.arg("--manifest-path").arg(tests.join("engine/Cargo.toml"));
        cargo.env("CARGO_TARGET_DIR", &folder).env("RUSTFLAGS", FLAGS).status()?;
        let program = folder.join(host).join("release").join(ENGINE);
        Ok(Self { machine, program, folder, corpus: tests.join("corpus") })
    }

    /// The names of all targets.
    fn targets(&self) -> Result<Vec<String>> {
        let list = self.machine.run(&self.program).env("WALNUT_FUZZ_TARGET", "list").output()?;
        Ok(list.lines().map(str::to_owned).collect())
    }

    fn call(&self, name: &str) -> Run {
        self.machine.run(&self.program).env("WALNUT_FUZZ_TARGET", name)
    }

    /// A folder of this target below the target folder.
    fn place(&self, what: &str, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(what).join(name);
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(folder)
    }

    /// Whether it crashed, and what libFuzzer told.
    fn fuzz(&self, name: &str, minutes: f64) -> Result<(bool, String)> {
        let (found, seeds) = (self.place("found", name)?, self.place("seeds", name)?);
        let crashes = self.place("crashes", name)?;
        let log = self.folder.join(format!("{name}.log"));
        let call = self.call(name).env("WALNUT_FUZZ_SEEDS", &seeds).arg(INPUT_BYTES_MAX);
        let call =
            call.args(["-timeout=20", "-rss_limit_mb=3000", "-malloc_limit_mb=800", "-print_final_stats=1"]);
        let call = call.arg(format!("-max_total_time={:.0}", minutes * 60.0));
        let call = call.arg(format!("-artifact_prefix={}/", crashes.display())).arg(found).arg(seeds);
        let committed = self.corpus.join(name);
        let call = if committed.is_dir() { call.arg(committed) } else { call };
        let has_crashed = call.logged(&log).is_err();
        Ok((has_crashed, fs::read_to_string(&log)?))
    }

    /// The least that reaches as much code, small files first, becomes the committed corpus.
    fn minimize(&self, name: &str) -> Result<()> {
        let least = self.folder.join("least").join(name);
        if least.is_dir() {
            fs::remove_dir_all(&least)?;
        }
        let least = self.place("least", name)?;
        let call = self.call(name).arg("-merge=1").arg(INPUT_BYTES_MAX).arg(&least);
        let call = call.args([self.place("seeds", name)?, self.place("found", name)?]);
        let committed = self.corpus.join(name);
        let call = if committed.is_dir() { call.arg(&committed) } else { call };
        call.logged(&self.folder.join(format!("{name}.log")))?;
        let mut files = Vec::new();
        for entry in fs::read_dir(&least)? {
            let entry = entry?;
            files.push((entry.metadata()?.len(), entry.path()));
        }
        files.sort();
        if committed.is_dir() {
            fs::remove_dir_all(&committed)?;
        }
        fs::create_dir_all(&committed)?;
        let mut bytes = 0;
        for (length, file) in files {
            bytes += length;
            if bytes > CORPUS_BYTES_MAX {
                break;
            }
            fs::copy(&file, committed.join(file_name(&file)))?;
        }
        Ok(())
    }
}

fn file_name(path: &Path) -> &std::ffi::OsStr {
    path.file_name().unwrap_or_default()
}

/// How many inputs libFuzzer says it has tried.
fn executions(output: &str) -> Option<u64> {
    let known = output.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    match known {
        Some(count) => count.trim().parse().ok(),
        // After a crash in the first round there are only its numbered lines.
        None => {
            let numbers = output.lines().filter_map(|line| line.strip_prefix('#')?.split_whitespace().next());
            numbers.filter_map(|number| number.parse().ok()).next_back().or(Some(0))
        }
    }
}

#[cfg(test)]
mod tests;
