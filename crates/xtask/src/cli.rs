//! The command line.

use anyhow::{Result, bail};

use crate::demo::Options;
use crate::fuzz;
use crate::machine::Browser;

/// What `cargo xtask` prints when asked for help.
pub(crate) const USAGE: &str = "\
cargo xtask <command>

  setup                    install what this machine lacks
  doctor                   say what this machine has and lacks
  demo [--headed] [--keep] [--browser chromium|firefox]
                           two wallets, four validators, one browser
  test [--only STEP,...]   every check; what continuous integration runs
  tidy                     the rules of the house
  wasm                     build the wasm artefacts of wasm-pack.toml
  extension                assemble the Chrome and the Firefox package
  examples                 build the applications of examples/
  replay DIR...            replay recorded networks
  bench [--json] [...]     measure; the arguments go to the benchmark
  sim [--seed N] [--steps N] [--seeds K] [--hours H] [...]
                           simulate networks in which everything goes wrong
  mutants [--known] [NAME...]
                           plant bugs and let the simulator find them
  fuzz [--target T,...] [--minutes M] [--minimize]
                           feed every decoder and handler with nonsense
  interop [--bin DIR] [--only PART] [--list] [--benchmark]
                           our programs against the reference's
  record DIR [--against reference|ours|mixed] [--rules R] [--blocks N] [--seed N]
                           record random activity on a network";

/// One parsed command.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    Help,
    Setup,
    Doctor,
    Tidy,
    Wasm,
    Extension,
    Examples,
    /// `only` is empty for every step.
    Test {
        only: Vec<String>,
    },
    Replay {
        args: Vec<String>,
    },
    Bench {
        args: Vec<String>,
    },
    Sim {
        args: Vec<String>,
    },
    Interop {
        args: Vec<String>,
    },
    Record {
        args: Vec<String>,
    },
    Mutants {
        args: Vec<String>,
    },
    Fuzz(fuzz::Options),
    Demo(Options),
}

impl Command {
    /// Reads the arguments after `cargo xtask`.
    pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut args = args.into_iter();
        let name = args.next().unwrap_or_else(|| "help".into());
        let rest: Vec<String> = args.collect();
        match name.as_str() {
            "test" => Ok(Self::Test { only: parse_only(&rest)? }),
            "demo" => Ok(Self::Demo(parse_demo(&rest)?)),
            "bench" => Ok(Self::Bench { args: rest }),
            "sim" => Ok(Self::Sim { args: rest }),
            "interop" => Ok(Self::Interop { args: rest }),
            "record" => Ok(Self::Record { args: rest }),
            "mutants" => Ok(Self::Mutants { args: rest }),
            "fuzz" => Ok(Self::Fuzz(parse_fuzz(&rest)?)),
            "replay" if rest.is_empty() => bail!("replay needs at least one folder"),
            "replay" => Ok(Self::Replay { args: rest }),
            plain => {
                let command = match plain {
                    "help" | "--help" | "-h" => Self::Help,
                    "setup" => Self::Setup,
                    "doctor" => Self::Doctor,
                    "tidy" => Self::Tidy,
                    "wasm" => Self::Wasm,
                    "extension" => Self::Extension,
                    "examples" => Self::Examples,
                    _ => bail!("unknown command `{plain}`"),
                };
                match rest.first() {
                    None => Ok(command),
                    Some(extra) => bail!("`{plain}` takes no argument, got `{extra}`"),
                }
            }
        }
    }
}

fn parse_only(args: &[String]) -> Result<Vec<String>> {
    match args {
        [] => Ok(Vec::new()),
        [flag, steps] if flag == "--only" => Ok(steps.split(',').map(str::to_owned).collect()),
        _ => bail!("test takes nothing, or --only STEP,..."),
    }
}

fn parse_demo(args: &[String]) -> Result<Options> {
    let mut options = Options { headed: false, keep: false, browser: Browser::Chromium };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--headed" => options.headed = true,
            "--keep" => options.keep = true,
            "--browser" => match args.next() {
                Some(name) => options.browser = name.parse()?,
                None => bail!("--browser needs a name"),
            },
            other => bail!("demo does not know `{other}`"),
        }
    }
    Ok(options)
}

fn parse_fuzz(args: &[String]) -> Result<fuzz::Options> {
    let mut options = fuzz::Options { targets: Vec::new(), minutes: 5.0, minimize: false };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--minimize" => options.minimize = true,
            "--target" => match args.next() {
                Some(names) => options.targets.extend(names.split(',').map(str::to_owned)),
                None => bail!("--target needs a name"),
            },
            "--minutes" => match args.next().and_then(|minutes| minutes.parse().ok()) {
                Some(minutes) if minutes > 0.0 => options.minutes = minutes,
                _ => bail!("--minutes needs a number"),
            },
            other => bail!("fuzz does not know `{other}`"),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests;
