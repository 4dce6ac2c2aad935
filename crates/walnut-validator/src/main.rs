//! The program `walnut-validator`.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

/// Many threads hand small pieces of memory to each other; glibc spends a tenth of the time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    cli.start_log();
    match cli.execute() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("walnut-validator: {error}");
            ExitCode::FAILURE
        }
    }
}
