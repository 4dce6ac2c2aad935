//! Measures speed and memory, and prints one table: every figure with its target, the reference's figure, and what the
//! machine itself allows.
//!
//! Nothing is in the table that was not measured in this run; what could not be measured says so. The reference's
//! figures were measured on 2 cores with 4 reference validators.

mod applications;
mod browser;
mod growth;
mod load;
mod machine;
mod network;
mod process;
mod published;
mod sync;
mod table;

use std::{
    path::{Path, PathBuf},
    rc::Rc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand, ValueEnum};
use tempfile::TempDir;
use walnut_base::AccountSecretKey;
use walnut_cli::{Connections, NativeHost, NativeOutside};
use walnut_execution::WasmApplications;
use walnut_storage::MemoryStorage;

use crate::{machine::Machine, published::Published, table::Table};

/// Many threads hand small pieces of memory to each other; glibc spends a tenth of the time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures speed and memory.
#[derive(Parser)]
#[command(name = "walnut-bench")]
struct Arguments {
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Parts to measure; all without this.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Seconds that each load lasts, after a warm-up.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Wallets, each with a chain of its own, that make the load.
    #[arg(long, default_value_t = 32)]
    wallets: u32,
    #[command(subcommand)]
    inner: Option<Inner>,
}

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// An idle local network.
    Idle,
    /// A local network under load.
    Load,
    /// A new wallet that reads a chain.
    Sync,
    /// The machine that runs applications.
    Applications,
    /// Blocks on longer and longer chains.
    Growth,
    /// The wallet in a browser, and the sizes of what that loads.
    Browser,
}

#[derive(Subcommand)]
enum Inner {
    /// What the program starts itself as, to measure a whole process.
    #[command(hide = true)]
    Wallet(sync::WalletArguments),
}

impl Arguments {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(Inner::Wallet(wallet)) = &arguments.inner {
        return sync::run_wallet(wallet);
    }
    let target = target_folder()?;
    let scratch = target.join("bench");
    std::fs::create_dir_all(&scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    let scratch = TempDir::new_in(&scratch).context("cannot make a folder for databases")?;
    progress("the machine");
    let machine = Machine::measure(scratch.path())?;
    let mut table = Table::new(&machine);
    measure(&arguments, &machine, scratch.path(), &target, &mut table)?;
    table.finish();
    match arguments.json {
        true => println!("{}", table.json()),
        false => print!("{table}"),
    }
    Ok(())
}

fn measure(
    arguments: &Arguments,
    machine: &Machine,
    scratch: &Path,
    target: &Path,
    table: &mut Table,
) -> Result<()> {
    if arguments.wants(Part::Idle) {
        progress("an idle network");
        network::measure_idle(&scratch.join("idle"), table)?;
    }
    let wants_browser = arguments.wants(Part::Browser) && browser::is_there();
    let needs_chain = wants_browser || arguments.wants(Part::Sync);
    if needs_chain || arguments.wants(Part::Load) {
        let seconds = Duration::from_secs(arguments.seconds);
        let chains = arguments.wallets + 4;
        let network = network::Network::start(&scratch.join("load"), chains)?;
        if needs_chain {
            progress("a chain for new wallets");
            sync::make_chain(&network)?;
        }
        if wants_browser {
            progress("applications for the wallet in Chromium");
            let published = Published::publish(&network, published::CHAIN)?;
            progress("the wallet in Chromium");
            browser::measure(&network, &published, machine, scratch, table)?;
        }
        if arguments.wants(Part::Sync) {
            progress("new wallets");
            sync::measure(&network, machine, table)?;
        }
        if arguments.wants(Part::Load) {
            load::measure(&network, machine, arguments.wallets, seconds, table)?;
        }
    }
    if arguments.wants(Part::Applications) {
        progress("applications");
        applications::measure(table)?;
    }
    if arguments.wants(Part::Growth) {
        growth::measure(&scratch.join("growth"), table)?;
    }
    if arguments.wants(Part::Browser) {
        if !wants_browser {
            browser::leave_out(table);
        }
        browser::measure_sizes(target, table)?;
    }
    Ok(())
}

/// A wallet of this process: all in memory, with at most one key.
type Wallet = NativeHost<MemoryStorage>;

fn wallet(connections: &Connections, key: Option<Rc<AccountSecretKey>>) -> Rc<Wallet> {
    let applications = WasmApplications::new(NativeOutside::default());
    Rc::new(NativeHost::new(MemoryStorage::new(), applications, Rc::clone(connections), key))
}

/// Says on standard error what is going on; standard output holds the result only.
fn progress(what: &str) {
    eprintln!("bench: {what}");
}

/// The target folder of the build: as told, else the one this program lies in.
fn target_folder() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("WALNUT_TARGET") {
        return Ok(folder.into());
    }
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let folder = program.parent().and_then(Path::parent).context("this program lies in no target folder")?;
    Ok(folder.to_owned())
}
