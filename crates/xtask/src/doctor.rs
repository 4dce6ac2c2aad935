//! What this machine has and lacks.

use anyhow::{Result, bail};

use crate::machine::Machine;
use crate::setup::needs;
use crate::workspace::Workspace;

/// Prints the table; an error when something required is missing.
pub(crate) fn run(machine: &Machine, workspace: &Workspace) -> Result<()> {
    let needs = needs::all(machine, workspace)?;
    println!("   {:<18} {:<12} {:<24} how to get it", "what", "required", "here");
    for need in &needs {
        let mark = match (need.met, need.optional) {
            (true, _) => "ok",
            (false, true) => "- ",
            (false, false) => "NO",
        };
        let here = need.found.as_deref().unwrap_or("missing");
        let remedy = if need.met { "" } else { need.remedy.as_str() };
        println!(
            "{}",
            format!("{mark} {:<18} {:<12} {here:<24} {remedy}", need.name, need.required).trim_end()
        );
    }
    let missing: Vec<&str> = needs.iter().filter(|need| need.is_missing()).map(|need| need.name).collect();
    if !missing.is_empty() {
        bail!("missing: {}; `cargo xtask setup` installs what it can", missing.join(", "));
    }
    println!("\neverything required is here; tools are kept in {}", machine.cache.display());
    Ok(())
}
