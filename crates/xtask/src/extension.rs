//! Assembling the extension: static files, compiled scripts, wasm artefacts and the manifest, for each browser.
//!
//! The result lies in `extension/chrome` and `extension/firefox` of the target folder, each with a zip beside it.

mod manifest;
mod zip;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::machine::{Browser, Machine};
use crate::wasm;
use crate::workspace::Workspace;

/// The unpacked package for a browser.
pub(crate) fn folder(workspace: &Workspace, browser: Browser) -> PathBuf {
    workspace.target.join("extension").join(browser.package())
}

/// Builds the artefacts and both packages.
pub(crate) fn run(machine: &Machine, workspace: &Workspace) -> Result<()> {
    wasm::run(machine, workspace)?;
    let scripts = compile_scripts(machine, workspace)?;
    let statics = workspace.root.join("extension/static");
    let manifest = manifest::load(workspace)?;
    for browser in Browser::ALL {
        let folder = folder(workspace, browser);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        copy_tree(&statics, &folder)?;
        copy_tree(&scripts, &folder.join("scripts"))?;
        copy_artefacts(&wasm::folder(workspace), &folder.join("wasm"))?;
        let text = manifest::for_browser(&manifest, browser)?;
        write(&folder.join("manifest.json"), text.as_bytes())?;
        manifest::check_files(&text, &folder)?;
        let archive = workspace.target.join(format!("extension/walnut-{}.zip", browser.package()));
        let bytes = zip::pack(&folder)?;
        write(&archive, &bytes)?;
        println!("extension: {} ({} bytes zipped)", folder.display(), bytes.len());
    }
    Ok(())
}

/// TypeScript to JavaScript, in a staging folder where `../wasm/*.d.ts` exists; the folder with the results.
fn compile_scripts(machine: &Machine, workspace: &Workspace) -> Result<PathBuf> {
    let sources = workspace.root.join("extension/scripts");
    if !sources.join("tsconfig.json").exists() {
        bail!("extension/scripts/tsconfig.json is missing");
    }
    let stage = workspace.target.join("extension/stage");
    if stage.exists() {
        fs::remove_dir_all(&stage).with_context(|| format!("cannot remove {}", stage.display()))?;
    }
    copy_tree(&sources, &stage.join("scripts"))?;
    copy_tree(&wasm::folder(workspace), &stage.join("wasm"))?;
    let output = workspace.target.join("extension/scripts");
    if output.exists() {
        fs::remove_dir_all(&output).with_context(|| format!("cannot remove {}", output.display()))?;
    }
    machine
        .run("tsc")
        .args(["--project", "scripts", "--typeRoots"])
        .arg(machine.browser_tests.join("node_modules/@types"))
        .args(["--types", "chrome", "--rootDir", "scripts", "--outDir"])
        .arg(&output)
        .dir(&stage)
        .status()
        .context("the scripts do not compile")?;
    Ok(output)
}

/// Glue and wasm, without the type declarations.
fn copy_artefacts(from: &Path, to: &Path) -> Result<()> {
    copy_tree(from, to)?;
    for entry in entries(to)? {
        if entry.to_string_lossy().ends_with(".d.ts") {
            fs::remove_file(&entry).with_context(|| format!("cannot remove {}", entry.display()))?;
        }
    }
    Ok(())
}

/// Copies a folder with everything in it.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in entries(from)? {
        let target = to.join(entry.file_name().expect("an entry has a name"));
        if entry.is_dir() {
            copy_tree(&entry, &target)?;
        } else {
            fs::copy(&entry, &target).with_context(|| format!("cannot copy {}", entry.display()))?;
        }
    }
    Ok(())
}

/// The entries of a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = folder.read_dir().with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths = list.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
