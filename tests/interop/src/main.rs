//! Our programs and the reference's, against each other, on one machine.
//!
//! `cargo xtask interop` builds ours, finds or installs the reference's, and runs this. Each case starts a network and
//! wallets as processes of their own, does what people do with them, and becomes one row of the table.
//!
//! Start with [`cases`], then `network.rs`.

mod cases;
mod interview;
mod network;
mod our_wallet;
mod programs;
mod record;
mod running;
mod service;
mod table;
mod their_wallet;
mod validator;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{cases::Case, programs::Programs, record::Record, table::Table};

/// Runs the cases.
#[derive(Parser)]
#[command(name = "walnut-interop")]
struct Cli {
    /// Folder of the reference's programs: linera, linera-server, linera-proxy, linera-storage-server.
    #[arg(long)]
    reference: PathBuf,
    /// Folder of our programs: walnut, walnut-validator.
    #[arg(long)]
    ours: PathBuf,
    /// Folder of the built example applications.
    #[arg(long)]
    examples: PathBuf,
    /// Where logs are kept.
    #[arg(long)]
    logs: PathBuf,
    /// What the recorder's client logs on standard error: error, warn, info, debug or trace.
    #[arg(long, default_value = "error")]
    log: tracing::Level,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the cases and prints the table.
    Cases {
        /// Only cases whose name contains this, or `case: scenario`.
        #[arg(long)]
        only: Option<String>,
        /// Names the cases and ends.
        #[arg(long)]
        list: bool,
        /// Their benchmark, too, which only a build of the reference with its feature `opentelemetry` can run.
        #[arg(long)]
        benchmark: bool,
        /// Folder for what the web client and validators say to each other, and for answers to the same questions.
        #[arg(long)]
        conversations: Option<PathBuf>,
    },
    /// Records random activity on a network.
    Record(Record),
}

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    tracing_subscriber::fmt().with_max_level(cli.log).with_writer(std::io::stderr).with_ansi(false).init();
    let programs = || Programs::find(&cli.reference, &cli.ours, &cli.examples, &cli.logs);
    match &cli.command {
        Command::Cases { only, list: true, benchmark, .. } => {
            wanted(only.as_deref(), *benchmark)?.iter().for_each(|case| println!("{}", case.name()));
            Ok(ExitCode::SUCCESS)
        }
        Command::Cases { only, list: false, benchmark, conversations } => {
            let cases = wanted(only.as_deref(), *benchmark)?;
            let programs = programs()?.with_conversations(conversations.as_deref())?;
            println!("{}", programs.versions()?);
            let mut table = Table::default();
            for case in &cases {
                case.run(&programs, &mut table);
            }
            println!("{table}");
            Ok(if table.all_hold() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Record(record) => record.run(&programs()?).map(|()| ExitCode::SUCCESS),
    }
}

fn wanted(only: Option<&str>, benchmark: bool) -> anyhow::Result<Vec<Case>> {
    let cases = cases::all(benchmark).into_iter().map(|case| case.only(only.unwrap_or_default()));
    let cases = cases.filter(|case| !case.is_empty()).collect::<Vec<_>>();
    anyhow::ensure!(!cases.is_empty(), "no case has such a name; --list shows them");
    Ok(cases)
}
