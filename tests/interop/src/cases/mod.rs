//! The cases: a network, and who does what on it.

mod answers;
mod benchmark;
mod both_wallets;
mod committee;
mod examples;
mod extension;
mod our_wallet;
mod outage;
mod steps;
mod their_wallet;
mod web_client;

use crate::{
    network::{Makeup, Network, Rules},
    programs::Programs,
    table::Table,
};

pub(crate) use steps::{Lab, Steps};

/// Something that people do on a network.
type Scenario = fn(&Lab<'_>, &mut Steps<'_>) -> Result<(), steps::Failed>;

/// Scenarios on one network.
pub(crate) struct Case {
    makeup: Makeup,
    rules: Rules,
    scenarios: Vec<(&'static str, Scenario)>,
}

/// What every network is tried with.
const WALLETS: &[(&str, Scenario)] = &[
    ("answers", answers::scenario),
    ("their wallet", their_wallet::scenario),
    ("our wallet", our_wallet::scenario),
    ("both wallets", both_wallets::scenario),
];
/// Its last publication is older than historical hashing: its blocks are not those that any validators vote for then.
const WEB_CLIENT: &[(&str, Scenario)] = &[("their web client", web_client::scenario)];
/// They are about prices, too.
const EXAMPLES: &[(&str, Scenario)] = &[("examples", examples::scenario)];
/// And those without fees with this, too. Committees change last: the others do not expect it.
const MORE: &[(&str, Scenario)] = &[
    ("extension in Chromium", extension::chromium),
    ("extension in Firefox", extension::firefox),
    ("outage", outage::scenario),
    ("committee", committee::scenario),
];
/// Only when it is asked for.
const BENCHMARK: &[(&str, Scenario)] = &[("their benchmark", benchmark::scenario)];

/// All cases; with their benchmark on the networks without fees if it is wanted.
pub(crate) fn all(with_benchmark: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    for makeup in [Makeup::Theirs, Makeup::Ours, Makeup::Mixed] {
        for rules in [Rules::NoFees, Rules::Testnet, Rules::Historical] {
            let scenarios = match rules {
                Rules::NoFees if with_benchmark => [WALLETS, WEB_CLIENT, BENCHMARK, MORE].concat(),
                Rules::NoFees => [WALLETS, WEB_CLIENT, MORE].concat(),
                Rules::Testnet => [WALLETS, WEB_CLIENT, EXAMPLES].concat(),
                Rules::Historical => WALLETS.to_vec(),
            };
            cases.push(Case { makeup, rules, scenarios });
        }
    }
    cases
}

impl Case {
    /// Its name.
    pub(crate) fn name(&self) -> String {
        format!("{}, {}", self.makeup, self.rules)
    }

    /// Without the scenarios whose name, after that of the case, does not contain this; the case's own name may contain it.
    pub(crate) fn only(mut self, part: &str) -> Self {
        let name = self.name();
        if !name.contains(part) {
            self.scenarios.retain(|(scenario, _)| format!("{name}: {scenario}").contains(part));
        }
        self
    }

    /// Whether nothing is left to play.
    pub(crate) fn is_empty(&self) -> bool {
        self.scenarios.is_empty()
    }

    /// Starts the network and plays every scenario on it. Each is independent of the others; the first step that fails ends
    /// its scenario.
    pub(crate) fn run(&self, programs: &Programs, table: &mut Table) {
        let name = self.name();
        let mut network = None;
        let started = Steps::new(table, &name).step("network starts", || {
            network = Some(Network::start(programs, self.makeup, self.rules)?);
            Ok("ready".to_owned())
        });
        let (Ok(()), Some(network)) = (started, network) else { return };
        let lab = Lab {
            programs,
            network: &network,
            makeup: self.makeup,
            rules: self.rules,
            kept: Default::default(),
        };
        for (scenario, play) in &self.scenarios {
            let mut steps = Steps::new(table, format!("{name}: {scenario}"));
            if play(&lab, &mut steps).is_err() {
                println!("     the rest of {name}: {scenario} was not tried");
            }
        }
    }
}
