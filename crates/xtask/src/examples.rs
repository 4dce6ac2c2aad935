//! The applications of `examples/`: compiled, lowered to what validators take, checked, and measured.
//!
//! rustc, and the standard library that comes with it, use instructions that contracts may not contain (bulk memory,
//! saturating conversions; see [`bytecode`]). They are replaced after compiling ([`lowering`]), so that any toolchain
//! will do. Modules in the text format are assembled here.

mod bytecode;
mod lowering;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::machine::{Machine, WASM_TARGET, WasmToolchain};
use crate::process::Run;
use crate::workspace::{Package, Workspace};
use bytecode::Role;

/// The folder with the sources, a workspace of its own: its dependencies are none of the wallet's.
const FOLDER: &str = "examples";

/// The folder with the finished modules, `<name>_contract.wasm` and `<name>_service.wasm`.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join(FOLDER)
}

/// Builds every module; fails when validators would not take one.
pub(crate) fn run(machine: &Machine, workspace: &Workspace) -> Result<()> {
    let sources = workspace.root.join(FOLDER);
    let out = folder(workspace);
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut modules = compiled(machine, workspace, &sources)?;
    modules.extend(written(&sources)?);
    modules.sort_by(|a, b| a.name.cmp(&b.name).then(a.role.cmp(&b.role)));

    println!("{:<24} {:>10} {:>10}", "module", "compiled", "bytes");
    let mut refused = Vec::new();
    for module in &modules {
        let bytes = module.finish(machine, &out)?;
        println!("{:<24} {:>10} {:>10}", module.to_string(), module.source.size()?, bytes.len());
        if let Err(reason) = bytecode::check(module.role, &bytes) {
            println!("    {reason}");
            refused.push(module.to_string());
        }
    }
    if !refused.is_empty() {
        bail!("validators would refuse {}", refused.join(", "));
    }
    println!("examples: {} modules in {}", modules.len(), out.display());
    Ok(())
}

/// Compares the sources with what rustfmt makes of them.
pub(crate) fn format(machine: &Machine, workspace: &Workspace) -> Result<()> {
    machine.cargo().dir(&workspace.root.join(FOLDER)).args(["fmt", "--all", "--check"]).status()
}

/// Lints the sources, every warning an error.
pub(crate) fn lint(machine: &Machine, workspace: &Workspace) -> Result<()> {
    let cargo = cargo(machine, workspace, "clippy")?.arg("--lib");
    let cargo = match machine.wasm_toolchain()? {
        Some(WasmToolchain::Linked) => cargo.env("SYSROOT", machine.linked_toolchain()),
        _ => cargo,
    };
    cargo.args(["--", "-D", "warnings"]).status()
}

/// cargo on all Rust examples, in a folder of its own below the target folder. Everything runs it with the same
/// settings, so that it finds again what it has.
fn cargo(machine: &Machine, workspace: &Workspace, command: &str) -> Result<Run> {
    let cargo = machine.wasm_cargo()?.dir(&workspace.root.join(FOLDER));
    let cargo = cargo.args([command, "--locked", "--quiet", "--release", "--bins", "--target", WASM_TARGET]);
    let cargo = cargo.arg("--target-dir").arg(build_folder(workspace));
    // One flag needs no separators; unlike RUSTFLAGS it may have spaces.
    Ok(cargo.env("CARGO_ENCODED_RUSTFLAGS", same_paths()?))
}

fn build_folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("examples-build")
}

/// One of the two modules of an application.
struct Module {
    name: String,
    role: Role,
    source: Source,
}

/// Where a module comes from.
enum Source {
    /// What cargo left.
    Compiled(PathBuf),
    /// The text format.
    Text(PathBuf),
}

impl Source {
    fn path(&self) -> &Path {
        let (Self::Compiled(path) | Self::Text(path)) = self;
        path
    }

    /// Bytes, before anything was done to them.
    fn size(&self) -> Result<u64> {
        let path = self.path();
        Ok(fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len())
    }
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Through a string, so that the table's columns apply.
        f.pad(&format!("{}_{}", self.name, self.role.name()))
    }
}

impl Module {
    /// Splits `<name>_contract` and `<name>_service`; `None` for any other program.
    fn named(program: &str, source: impl FnOnce(&str) -> Source) -> Option<Self> {
        let (name, role) = program.rsplit_once('_')?;
        let role = Role::ALL.into_iter().find(|known| known.name() == role)?;
        Some(Self { name: name.to_owned(), role, source: source(program) })
    }

    /// Brings the module into its final form, unless that is there already; returns its bytes.
    fn finish(&self, machine: &Machine, out: &Path) -> Result<Vec<u8>> {
        let output = out.join(format!("{self}.wasm"));
        match &self.source {
            Source::Compiled(input) => lowering::run(machine, input, &output)?,
            Source::Text(input) => {
                let bytes =
                    wat::parse_file(input).with_context(|| format!("cannot assemble {}", input.display()))?;
                fs::write(&output, bytes).with_context(|| format!("cannot write {}", output.display()))?;
            }
        }
        fs::read(&output).with_context(|| format!("cannot read {}", output.display()))
    }
}

/// Compiles all Rust examples.
fn compiled(machine: &Machine, workspace: &Workspace, sources: &Path) -> Result<Vec<Module>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    println!("examples: compiling");
    cargo(machine, workspace, "build")?.status()?;

    let metadata = machine.cargo().dir(sources).args(["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Metadata =
        serde_json::from_str(&metadata.output()?).context("cargo metadata is unreadable")?;
    let folder = build_folder(workspace).join(WASM_TARGET).join("release");
    let programs = metadata.packages.iter().flat_map(|package| package.targets_of("bin"));
    Ok(programs
        .filter_map(|program| {
            Module::named(program, |program| Source::Compiled(folder.join(format!("{program}.wasm"))))
        })
        .collect())
}

/// A panic names its file. Without this flag a module would differ from machine to machine, and so would its ID; and
/// it would say in whose home it was built.
fn same_paths() -> Result<String> {
    let home = match std::env::var_os("CARGO_HOME").filter(|value| !value.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cargo"),
    };
    Ok(format!("--remap-path-prefix={}=crates", home.join("registry/src").display()))
}

/// The examples in the text format: folders with `contract.wat` and `service.wat`.
fn written(sources: &Path) -> Result<Vec<Module>> {
    let mut modules = Vec::new();
    let folders = fs::read_dir(sources).with_context(|| format!("cannot list {}", sources.display()))?;
    for folder in folders {
        let folder = folder.with_context(|| format!("cannot list {}", sources.display()))?;
        let name = folder.file_name().to_string_lossy().into_owned();
        for role in Role::ALL {
            let text = folder.path().join(format!("{}.wat", role.name()));
            if text.exists() {
                modules.push(Module { name: name.clone(), role, source: Source::Text(text) });
            }
        }
    }
    Ok(modules)
}

#[cfg(test)]
mod tests;
