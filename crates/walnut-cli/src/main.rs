//! The program `walnut`.

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use tracing::Level;
use walnut_cli::{CliError, ExitKind, Report, commands::Command};

/// The folder of the wallet, if no argument says so.
const FOLDER_VARIABLE: &str = "WALNUT_WALLET";

/// A wallet for developers of Linera applications.
///
/// Its keys lie unencrypted in its folder: keep nothing of value there. Ends with 0 when all went well, with 1 when it
/// did not, with 2 when the arguments cannot be understood, with 3 when the same may work later.
#[derive(Parser)]
#[command(name = "walnut", version)]
struct Cli {
    /// The wallet's folder; without it WALNUT_WALLET, or .walnut in the home folder.
    #[arg(long, global = true)]
    wallet: Option<PathBuf>,
    /// Answer with one JSON value.
    #[arg(long, global = true)]
    json: bool,
    /// What to log on standard error: error, warn, info, debug or trace. Applications log at debug.
    #[arg(long, global = true, default_value = "warn")]
    log: Level,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt().with_max_level(cli.log).with_writer(io::stderr).with_ansi(false).init();
    let outcome = match folder(cli.wallet) {
        Some(folder) => cli.command.run(&folder),
        None => Err(CliError::NoWallet(PathBuf::new())),
    };
    match outcome.map(|report| say(&report, cli.json).map(|()| report.exit)) {
        Ok(Ok(None)) => ExitCode::SUCCESS,
        Ok(Ok(Some(kind))) => exit_code(kind),
        Ok(Err(error)) => {
            eprintln!("walnut: {error}");
            ExitCode::FAILURE
        }
        Err(error) => {
            match cli.json {
                true => eprintln!("{}", serde_json::json!({ "error": error.to_string() })),
                false => eprintln!("walnut: {error}"),
            }
            exit_code(error.exit_kind())
        }
    }
}

fn exit_code(kind: ExitKind) -> ExitCode {
    match kind {
        ExitKind::Failure => ExitCode::FAILURE,
        ExitKind::TryAgain => ExitCode::from(3),
    }
}

fn folder(named: Option<PathBuf>) -> Option<PathBuf> {
    let variable = || std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from);
    let home = || std::env::home_dir().map(|home| home.join(".walnut"));
    named.or_else(variable).or_else(home)
}

fn say(report: &Report, json: bool) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match json {
        true => writeln!(stdout, "{}", report.json)?,
        false => writeln!(stdout, "{}", report.text)?,
    }
    stdout.flush()
}
