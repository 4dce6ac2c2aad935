//! The commands in README.md are real: each one is run, or is run by another step, or is at least understood.

use anyhow::{Context as _, Result};

use super::Context;
use super::tally::Tally;
use crate::cli::Command;

/// How a command of the README is checked.
#[derive(Debug, PartialEq)]
enum Check {
    /// Run here.
    Run,
    /// This run has done it, or its parts.
    Covered,
    /// Too long to run twice; the words are right.
    Understood,
    /// Getting and entering the repository.
    Passage,
    /// Nobody checks it.
    Unknown(String),
}

pub(super) fn run(context: &Context<'_>) -> Result<Tally> {
    let path = context.workspace.root.join("README.md");
    let text = std::fs::read_to_string(path).context("cannot read README.md")?;
    let commands = commands(&text);
    anyhow::ensure!(!commands.is_empty(), "README.md has no commands in ```sh blocks");
    let mut tally = Tally::default();
    for command in commands {
        let check = check(command);
        println!("{command}: {check:?}");
        let ok = match check {
            Check::Covered | Check::Understood | Check::Passage => true,
            Check::Unknown(why) => {
                println!("    {why}");
                false
            }
            Check::Run => match context.machine.cargo().args(command.split_whitespace().skip(1)).status() {
                Ok(()) => true,
                Err(error) => {
                    println!("    {error:#}");
                    false
                }
            },
        };
        tally += if ok { Tally { passed: 1, failed: 0 } } else { Tally { passed: 0, failed: 1 } };
    }
    Ok(tally)
}

/// The lines of all shell blocks, without prompts, comments and blank lines.
fn commands(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut commands = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(language) = line.strip_prefix("```") {
            inside = !inside && matches!(language, "sh" | "bash" | "console" | "shell");
            continue;
        }
        let command = line.strip_prefix("$ ").unwrap_or(line);
        let command = command.split(" #").next().unwrap_or(command).trim();
        if inside && !command.is_empty() && !command.starts_with('#') {
            commands.push(command);
        }
    }
    commands
}

fn check(command: &str) -> Check {
    if command.starts_with("git clone ") || command.starts_with("cd ") {
        return Check::Passage;
    }
    let Some(arguments) = command.strip_prefix("cargo xtask") else {
        return Check::Unknown("only `cargo xtask` commands are checked".into());
    };
    match Command::parse(arguments.split_whitespace().map(str::to_owned)) {
        Ok(Command::Help | Command::Doctor | Command::Replay { .. }) => Check::Run,
        Ok(Command::Bench { .. }) => Check::Understood,
        Ok(_) => Check::Covered,
        Err(error) => Check::Unknown(format!("{error:#}")),
    }
}

#[cfg(test)]
mod tests;
