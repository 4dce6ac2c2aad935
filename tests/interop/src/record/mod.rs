//! Recordings in the layout of `tests/vectors/golden`: a network, random activity on it, and everything it certified read
//! back from one validator.
//!
//! The activity is driven by our own client, which executes every block itself. What is recorded was executed and signed by
//! the network's validators: where they are the reference's, so is every outcome.

mod activity;
mod reading;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};
use walnut_base::GenesisConfig;

use crate::{
    network::{Makeup, Network, Rules},
    programs::Programs,
    running,
};

/// Arguments of `record`.
#[derive(Args)]
pub(crate) struct Record {
    /// Where the recording is written; made, and must not exist.
    folder: PathBuf,
    /// Whose validators.
    #[arg(long, value_enum, default_value_t = Against::Reference)]
    against: Against,
    /// Prices and state hashes.
    #[arg(long, value_enum, default_value_t = RulesName::NoFees)]
    rules: RulesName,
    /// End when there are so many blocks.
    #[arg(long, default_value_t = 1000)]
    blocks: u64,
    /// What the activity is drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Whose validators certify.
#[derive(Clone, Copy, ValueEnum)]
enum Against {
    /// The reference's.
    Reference,
    /// Ours.
    Ours,
    /// Two of each.
    Mixed,
}

/// The rules by name.
#[derive(Clone, Copy, ValueEnum)]
enum RulesName {
    /// Everything is free.
    NoFees,
    /// The public test network's prices.
    Testnet,
    /// Those, with historical hashing.
    Historical,
}

impl Record {
    /// Starts the network, plays, reads back, and, where the validators are ours, has the reference's wallet execute it all.
    pub(crate) fn run(&self, programs: &Programs) -> anyhow::Result<()> {
        fs::create_dir(&self.folder).with_context(|| self.folder.display().to_string())?;
        let makeup = match self.against {
            Against::Reference => Makeup::Theirs,
            Against::Ours => Makeup::Ours,
            Against::Mixed => Makeup::Mixed,
        };
        let rules = match self.rules {
            RulesName::NoFees => Rules::NoFees,
            RulesName::Testnet => Rules::Testnet,
            RulesName::Historical => Rules::Historical,
        };
        let network = Network::start(programs, makeup, rules)?;
        let genesis_file = network.folder().join("net/genesis.json");
        let genesis: GenesisConfig = serde_json::from_slice(&fs::read(&genesis_file)?)?;
        fs::copy(&genesis_file, self.folder.join("genesis.json"))?;
        fs::copy(network.folder().join("net/committee.json"), self.folder.join("committee.json"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let chains = runtime.block_on(async {
            activity::play(programs, &network, self.seed, self.blocks).await?;
            let addresses = (0..Makeup::VALIDATORS).map(Network::validator_address).collect::<Vec<_>>();
            let read = reading::read_back(&addresses, &genesis, &self.folder).await?;
            println!("{} blocks on {} chains in {}", read.blocks, read.chains.len(), self.folder.display());
            anyhow::Ok(read.chains)
        })?;
        if makeup != Makeup::Theirs {
            let judge = network.their_wallet("judge")?;
            for (chain, blocks) in &chains {
                judge.ask(&["wallet", "follow-chain", &chain.to_string(), "--sync"])?;
                let shown = running::tail(&judge.ask(&["wallet", "show", &chain.to_string()])?);
                ensure!(
                    shown.contains(&format!("Blocks: {blocks} ")),
                    "{chain} has {blocks} blocks: {shown}"
                );
                println!("the reference's wallet executed {blocks} blocks of {chain}");
            }
        }
        Ok(())
    }
}
