//! Building the wasm artefacts: cargo, wasm-bindgen, wasm-opt, then the sizes against their budgets.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::machine::{Machine, WASM_TARGET};
use crate::plan::{Artefact, Plan};
use crate::workspace::Workspace;

/// What rustc turns on for this target and all supported browsers have.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The folder with the finished artefacts.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("wasm")
}

/// Builds every artefact of the plan; fails when one is over its budget.
pub(crate) fn run(machine: &Machine, workspace: &Workspace) -> Result<()> {
    let plan = Plan::load(&workspace.root)?;
    let folder = folder(workspace);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut sizes = Vec::new();
    for artefact in &plan.artefacts {
        workspace.require(&artefact.package)?;
        build(machine, workspace, artefact, &folder)
            .with_context(|| format!("artefact {}", artefact.name))?;
        sizes.push(Size::measure(artefact, &folder)?);
    }
    println!("{:<10} {:>12} {:>12} {:>12}", "wasm", "bytes", "gzip", "budget");
    for size in &sizes {
        let mark = if size.is_over() { "  OVER" } else { "" };
        println!("{:<10} {:>12} {:>12} {:>12}{mark}", size.name, size.raw, size.gzip, size.budget);
    }
    let over: Vec<&str> = sizes.iter().filter(|size| size.is_over()).map(|size| size.name.as_str()).collect();
    if !over.is_empty() {
        bail!("over the size budget: {}", over.join(", "));
    }
    Ok(())
}

fn build(machine: &Machine, workspace: &Workspace, artefact: &Artefact, folder: &Path) -> Result<()> {
    println!("wasm: {} ({})", artefact.name, artefact.package);
    let cargo = machine.wasm_cargo()?;
    let cargo = cargo.args(["build", "--quiet", "--lib", "--target", WASM_TARGET]);
    let cargo = cargo.args(["--profile", &artefact.profile, "-p", &artefact.package]);
    cargo.arg("--features").arg(artefact.features.join(",")).status()?;
    let file = format!("{}.wasm", artefact.package.replace('-', "_"));
    let compiled = workspace.target.join(WASM_TARGET).join(&artefact.profile).join(file);

    let stage = workspace.target.join("wasm-bindgen").join(&artefact.name);
    machine
        .run("wasm-bindgen")
        .args(["--target", "web", "--omit-default-module-path", "--out-name", &artefact.name, "--out-dir"])
        .arg(&stage)
        .arg(&compiled)
        .output()?;
    for ending in [".js", ".d.ts"] {
        copy(&stage.join(format!("{}{ending}", artefact.name)), folder)?;
    }
    let snippets = stage.join("snippets");
    if snippets.exists() {
        crate::extension::copy_tree(&snippets, &folder.join("snippets"))?;
    }
    let glued = stage.join(format!("{}_bg.wasm", artefact.name));
    optimise(machine, artefact, &glued, &folder.join(format!("{}_bg.wasm", artefact.name)))
}

/// wasm-opt, unless the plan says that it does not pay or the result of the same input and level is there already.
fn optimise(machine: &Machine, artefact: &Artefact, input: &Path, output: &Path) -> Result<()> {
    let bytes = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let mut hasher = DefaultHasher::new();
    (&bytes, &artefact.optimise, WASM_FEATURES).hash(&mut hasher);
    let stamp = input.with_extension("optimised");
    if artefact.optimise == "none" {
        fs::write(output, &bytes).with_context(|| format!("cannot write {}", output.display()))?;
        return fs::write(&stamp, "none").with_context(|| format!("cannot write {}", stamp.display()));
    }
    let fingerprint = format!("{:016x}", hasher.finish());
    if output.exists() && fs::read_to_string(&stamp).is_ok_and(|old| old == fingerprint) {
        return Ok(());
    }
    let run = machine.run("wasm-opt").arg(&artefact.optimise).args(WASM_FEATURES);
    run.arg("-o").arg(output).arg(input).output()?;
    fs::write(&stamp, fingerprint).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Sizes of one artefact, in bytes.
struct Size {
    name: String,
    raw: u64,
    gzip: u64,
    budget: u64,
}

impl Size {
    fn measure(artefact: &Artefact, folder: &Path) -> Result<Self> {
        let file = folder.join(format!("{}_bg.wasm", artefact.name));
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let gzip = gzip_size(&bytes)?;
        Ok(Self { name: artefact.name.clone(), raw: bytes.len() as u64, gzip, budget: artefact.gzip_budget })
    }

    fn is_over(&self) -> bool {
        self.gzip > self.budget
    }
}

fn gzip_size(bytes: &[u8]) -> Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).context("cannot compress")?;
    Ok(encoder.finish().context("cannot compress")?.len() as u64)
}

fn copy(file: &Path, folder: &Path) -> Result<()> {
    let name = file.file_name().expect("a file has a name");
    fs::copy(file, folder.join(name)).with_context(|| format!("cannot copy {}", file.display()))?;
    Ok(())
}
