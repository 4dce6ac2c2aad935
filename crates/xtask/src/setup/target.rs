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
    match machine.run("rustup").args(["target", "add", WASM_TARGET]).timeout(RUSTUP_LIMIT).output() {
        Ok(_) => Ok(()),
        Err(error) => {
            println!(
                "setup: rustup could not ({error:#}); building it from the system's own compiler packages"
            );
            debian::install(machine).context("the wasm32 fallback failed")
        }
    }
}
