//! The wasm32 target: by rustup where it can download, else by the fallback.

use std::time::Duration;

use anyhow::{Context, Result};

use super::debian;
use crate::machine::{Machine, WASM_TARGET};

/// Long enough for the download on a slow line, short enough not to look hung on a closed one.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

/// Makes the target available, if it is not.
pub(super) fn install(machine: &Machine) -> Result<()> {
    if machine.wasm_toolchain()?.is_some() {
        return Ok(());
    }
    println!("setup: rustup target add {WASM_TARGET}");
    // Without a backtrace: a closed network is no defect worth one.
    let rustup = machine.run("rustup").args(["target", "add", WASM_TARGET]).env("RUST_BACKTRACE", "0");
    let added = rustup.timeout(RUSTUP_LIMIT).output();
    let reason = match added {
        Ok(_) if machine.wasm_toolchain()?.is_some() => return Ok(()),
        Ok(_) => "it says the target is there, but the libraries are not".to_owned(),
        Err(error) => format!("{error:#}"),
    };
    println!("setup: rustup could not ({reason}); building it from the system's own compiler packages");
    debian::install(machine).context("the wasm32 fallback failed")
}
