//! One thing after the other, each a row of the table.

use std::{cell::RefCell, time::Instant};

use anyhow::{Context as _, ensure};
use walnut_base::Amount;

use crate::{
    network::{Makeup, Network, Rules},
    programs::Programs,
    table::Table,
    validator::Restarted,
};

/// What a scenario has.
pub(crate) struct Lab<'lab> {
    pub programs: &'lab Programs,
    pub network: &'lab Network,
    pub makeup: Makeup,
    pub rules: Rules,
    /// Validators that were started again.
    pub kept: RefCell<Vec<Restarted>>,
}

impl Lab<'_> {
    /// Keeps validators running until the network ends.
    pub(crate) fn keep(&self, validators: impl IntoIterator<Item = Restarted>) {
        self.kept.borrow_mut().extend(validators);
    }

    /// Fails unless `balance` is `expected`, or where blocks cost something, a little less.
    pub(crate) fn check_balance(&self, balance: &str, expected: &str) -> anyhow::Result<String> {
        /// No scenario spends as much on fees.
        const FEES_MAX: &str = "2";
        let parse = |text: &str| text.parse::<Amount>().with_context(|| format!("{text:?} is not an amount"));
        let (found, full) = (parse(balance)?, parse(expected)?);
        match self.rules {
            Rules::NoFees => ensure!(found == full, "balance {found}, expected {full}"),
            Rules::Testnet | Rules::Historical => {
                let least = full.saturating_sub(parse(FEES_MAX)?);
                ensure!(least < found && found <= full, "balance {found}, expected {full} less fees");
            }
        }
        Ok(format!("balance {found}"))
    }
}

/// A step failed; its row says why.
pub(crate) struct Failed;

/// The steps of one scenario.
pub(crate) struct Steps<'table> {
    table: &'table mut Table,
    case: String,
}

impl<'table> Steps<'table> {
    pub(crate) fn new(table: &'table mut Table, case: impl Into<String>) -> Self {
        Self { table, case: case.into() }
    }

    /// Does something whose answer the row tells.
    pub(crate) fn step(
        &mut self,
        name: &str,
        action: impl FnOnce() -> anyhow::Result<String>,
    ) -> Result<(), Failed> {
        self.get(name, || Ok(((), action()?)))
    }

    /// Does something that the next steps need.
    pub(crate) fn get<T>(
        &mut self,
        name: &str,
        action: impl FnOnce() -> anyhow::Result<(T, String)>,
    ) -> Result<T, Failed> {
        let begin = Instant::now();
        let outcome = action();
        let (value, told) = match outcome {
            Ok((value, text)) => (Some(value), Ok(text)),
            Err(error) => (None, Err(error)),
        };
        self.table.add(&self.case, name, told, begin.elapsed());
        value.ok_or(Failed)
    }
}
