//! The wasm32 target without a download from rustup: Debian's compiler and its library sources, linked as a
//! rustup toolchain of its own.
//!
//! 1. Debian's `rustc-web`, `cargo-web` and sources, and its linker.
//! 2. `-Zbuild-std` compiles the standard library for wasm32 inside an empty crate. `test` is among the parts, since
//!    wasm-bindgen-test needs it.
//! 3. A toolchain folder points to Debian's programs and holds the libraries of step 2.
//! 4. `rustup toolchain link` gives it a name.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::apt;
use crate::machine::{LINKED_TOOLCHAIN, Machine, WASM_TARGET};

const PACKAGES: &[&str] =
    &["rustc-web", "cargo-web", "rust-web-src", "libstd-rust-web-dev", "lld-19", "rust-web-clippy"];
const HOST: &str = "x86_64-unknown-linux-gnu";
/// Library files of the empty crate, which the toolchain must not have.
const EMPTY_CRATE: &str = "walnut_empty";

pub(super) fn install(machine: &Machine) -> Result<()> {
    if std::env::consts::ARCH != "x86_64" {
        bail!("it is known to work on x86_64 only, and this machine is {}", std::env::consts::ARCH);
    }
    let lacking = [
        "/usr/bin/rustc",
        "/usr/bin/cargo",
        "/usr/bin/cargo-clippy",
        "/usr/bin/lld-19",
        "/usr/lib/rustlib/src",
    ];
    if lacking.iter().any(|file| !Path::new(file).exists()) {
        apt::install(machine, PACKAGES)?;
    }
    let built = build_libraries(machine)?;
    let folder = machine.linked_toolchain();
    assemble(&built, &folder)?;
    machine.run("rustup").args(["toolchain", "link", LINKED_TOOLCHAIN]).arg(&folder).output().map(drop)
}

/// Compiles the standard library; the folder with the results.
fn build_libraries(machine: &Machine) -> Result<PathBuf> {
    let krate = machine.cache.join("empty");
    write(&krate.join("src/lib.rs"), "#![no_std]\n")?;
    let manifest = format!(
        "[package]\nname = \"{EMPTY_CRATE}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n"
    );
    write(&krate.join("Cargo.toml"), &manifest)?;
    println!("setup: compiling the standard library for {WASM_TARGET} (about a minute)");
    let target = krate.join("target");
    machine
        .run("/usr/bin/cargo")
        .args(["build", "-Zbuild-std=std,panic_abort,proc_macro,test", "--release", "--target", WASM_TARGET])
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &target)
        .without_env("RUSTUP_TOOLCHAIN")
        .without_env("RUSTFLAGS")
        .dir(&krate)
        .logged(&machine.cache.join("log/build-std.log"))?;
    Ok(target.join(WASM_TARGET).join("release/deps"))
}

fn assemble(built: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let rustlib = folder.join("lib/rustlib");
    let script = format!("#!/bin/sh\nexec /usr/bin/rustc --sysroot {} \"$@\"\n", quoted(folder)?);
    let rustc = folder.join("bin/rustc");
    write(&rustc, &script)?;
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).context("cannot make rustc executable")?;
    for (from, to) in [
        ("/usr/bin/cargo".into(), folder.join("bin/cargo")),
        ("/usr/bin/cargo-clippy".into(), folder.join("bin/cargo-clippy")),
        ("/usr/bin/clippy-driver".into(), folder.join("bin/clippy-driver")),
        (format!("/usr/lib/rustlib/{HOST}/lib"), rustlib.join(HOST).join("lib")),
        ("/usr/bin/lld-19".into(), rustlib.join(HOST).join("bin/rust-lld")),
    ] {
        make_parent(&to)?;
        symlink(&from, &to).with_context(|| format!("cannot link {} to {from}", to.display()))?;
    }
    let libraries = rustlib.join(WASM_TARGET).join("lib");
    fs::create_dir_all(&libraries).with_context(|| format!("cannot make {}", libraries.display()))?;
    let mut count = 0_usize;
    for entry in built.read_dir().with_context(|| format!("cannot list {}", built.display()))? {
        let entry = entry.context("cannot list the built libraries")?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with(&format!("lib{EMPTY_CRATE}-")) {
            fs::copy(entry.path(), libraries.join(&name)).with_context(|| format!("cannot copy {text}"))?;
            count += 1;
        }
    }
    if count == 0 {
        bail!("the build left no library in {}", built.display());
    }
    Ok(())
}

/// A path for a shell script.
fn quoted(path: &Path) -> Result<String> {
    let text = path.to_str().context("the cache folder's name is not UTF-8")?;
    if text.contains('\'') {
        bail!("the cache folder's name has a quote: {text}");
    }
    Ok(format!("'{text}'"))
}

fn write(path: &Path, text: &str) -> Result<()> {
    make_parent(path)?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn make_parent(path: &Path) -> Result<()> {
    let parent = path.parent().expect("every path here lies in a folder");
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))
}
