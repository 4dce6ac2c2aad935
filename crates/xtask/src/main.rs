//! Automation of the project: set-up, build, demo, test, bench, replay.
//!
//! `cargo xtask` with no argument prints the commands. Every command finds the repository by itself, works in
//! cargo's target folder and in one cache folder (`$XDG_CACHE_HOME/walnut`, else `~/.cache/walnut`) that holds the
//! tools it installed.
//!
//! Start reading at [`cli`]; [`setup`] makes a fresh machine able to build, [`gate`] is what continuous
//! integration runs, [`tidy`] holds the rules of the house.

mod bench;
mod cli;
mod demo;
mod doctor;
mod examples;
mod extension;
mod fuzz;
mod gate;
mod interop;
mod machine;
mod network;
mod plan;
mod process;
mod programs;
mod replay;
mod setup;
mod sim;
mod tidy;
mod wasm;
mod workspace;

use std::process::ExitCode;

use cli::Command;
use machine::Machine;
use workspace::Workspace;

fn main() -> ExitCode {
    let command = match Command::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("{error:#}\n\n{}", cli::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    if matches!(command, Command::Help) {
        println!("{}", cli::USAGE);
        return Ok(());
    }
    let workspace = Workspace::load()?;
    let machine = Machine::new(&workspace)?;
    match command {
        Command::Help => Ok(()),
        Command::Setup => setup::run(&machine, &workspace),
        Command::Doctor => doctor::run(&machine, &workspace),
        Command::Tidy => tidy::run(&workspace),
        Command::Wasm => setup::run(&machine, &workspace).and_then(|()| wasm::run(&machine, &workspace)),
        Command::Extension => {
            setup::run(&machine, &workspace)?;
            extension::run(&machine, &workspace)
        }
        Command::Examples => {
            setup::run(&machine, &workspace)?;
            examples::run(&machine, &workspace)
        }
        Command::Test { only } => gate::run(&machine, &workspace, &only),
        Command::Replay { args } => replay::run(&machine, &workspace, &args),
        Command::Bench { args } => bench::run(&machine, &workspace, &args),
        Command::Interop { args } => {
            setup::run(&machine, &workspace)?;
            interop::run(&machine, &workspace, "cases", &args)
        }
        Command::Record { args } => {
            setup::run(&machine, &workspace)?;
            interop::run(&machine, &workspace, "record", &args)
        }
        Command::Sim { args } => sim::run(&machine, &workspace, &args),
        Command::Mutants { args } => sim::run_mutants(&machine, &workspace, &args),
        Command::Fuzz(options) => fuzz::run(&machine, &workspace, &options),
        Command::Demo(options) => {
            setup::run(&machine, &workspace)?;
            demo::run(&machine, &workspace, &options)
        }
    }
}
