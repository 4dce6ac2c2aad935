//! From what rustc writes to what contracts may contain.
//!
//! wasm-opt knows how to do without bulk memory and saturating conversions. It replaces each `memory.copy` and
//! `memory.fill` by a call of a function that goes byte by byte; `memory.wat` has quicker ones, which are put in
//! their place while the module is text. In the course of it the custom sections disappear, which no host reads.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result};

use crate::machine::Machine;

/// What rustc may have used.
const RUSTC: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
/// Replaces what contracts may not have.
const LOWER: [&str; 3] =
    ["--llvm-memory-copy-fill-lowering", "--llvm-nontrapping-fptoint-lowering", "--emit-text"];
/// What contracts may have; makes the module small.
const FINISH: [&str; 4] = ["-mvp", "--enable-mutable-globals", "--enable-sign-ext", "-Oz"];

/// The functions that replace wasm-opt's.
const MEMORY: &str = include_str!("memory.wat");
/// Their names, which are wasm-opt's.
const FUNCTIONS: [&str; 2] = ["__memory_copy", "__memory_fill"];

/// Lowers a compiled module, unless the result of the same input is there.
pub(super) fn run(machine: &Machine, input: &Path, output: &Path) -> Result<()> {
    let bytes = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let mut hasher = DefaultHasher::new();
    (&bytes, RUSTC, LOWER, FINISH, MEMORY).hash(&mut hasher);
    let fingerprint = format!("{:016x}", hasher.finish());
    let stamp = input.with_extension("lowered");
    if output.exists() && fs::read_to_string(&stamp).is_ok_and(|old| old == fingerprint) {
        return Ok(());
    }
    let text = input.with_extension("wat");
    machine.run("wasm-opt").args(RUSTC).args(LOWER).arg("-o").arg(&text).arg(input).output()?;
    let lowered = fs::read_to_string(&text).with_context(|| format!("cannot read {}", text.display()))?;
    let replaced = with_quick_memory(&lowered).context("memory.wat is not as expected")?;
    fs::write(&text, replaced).with_context(|| format!("cannot write {}", text.display()))?;
    machine.run("wasm-opt").args(FINISH).arg("-o").arg(output).arg(&text).output()?;
    fs::write(&stamp, fingerprint).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Puts the functions of `memory.wat` in place of those of the same name; a module that has none is left alone.
/// `None` when `memory.wat` lacks one.
fn with_quick_memory(module: &str) -> Option<String> {
    let mut module = module.to_owned();
    for name in FUNCTIONS {
        let ours = &MEMORY[function(MEMORY, name)?];
        if let Some(theirs) = function(&module, name) {
            module.replace_range(theirs, ours);
        }
    }
    Some(module)
}

/// Where a function stands in a text, found by its name and its parentheses. Its body must have none in texts or
/// comments.
fn function(text: &str, name: &str) -> Option<Range<usize>> {
    let start = text.find(&format!("(func ${name} "))?;
    let mut depth = 0_usize;
    for (at, character) in text[start..].char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(start..start + at + 1),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests;
