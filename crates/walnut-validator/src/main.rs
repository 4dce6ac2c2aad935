//! The program `walnut-validator`.

mod cli;
mod stand_in;

use std::{env, process::ExitCode};

use clap::Parser as _;

/// Many threads hand small pieces of memory to each other; glibc spends a tenth of the time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let stand_in = env::args_os().next().and_then(|name| stand_in::StandIn::of_program(&name));
    let outcome = if let Some(stand_in) = stand_in {
        cli::start_log(tracing::Level::WARN);
        stand_in.execute()
    } else {
        cli::Cli::parse().execute()
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("walnut-validator: {error}");
            ExitCode::FAILURE
        }
    }
}
