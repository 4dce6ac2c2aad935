//! What was tried and what came of it.

use std::{
    fmt::{self, Display, Formatter},
    time::Duration,
};

/// One step of a case.
struct Row {
    case: String,
    step: String,
    /// What was seen, or why it failed.
    outcome: Result<String, String>,
    duration: Duration,
}

/// All steps, in order.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Adds a row and says so at once: a run takes minutes.
    pub(crate) fn add(
        &mut self,
        case: &str,
        step: &str,
        outcome: anyhow::Result<String>,
        duration: Duration,
    ) {
        let outcome = outcome.map_err(|error| format!("{error:#}"));
        let row = Row { case: case.to_owned(), step: step.to_owned(), outcome, duration };
        println!("{row}");
        self.rows.push(row);
    }

    /// Whether nothing failed.
    pub(crate) fn all_hold(&self) -> bool {
        self.rows.iter().all(|row| row.outcome.is_ok())
    }
}

impl Display for Row {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let (mark, text) = match &self.outcome {
            Ok(text) => ("ok  ", text),
            Err(text) => ("FAIL", text),
        };
        let seconds = self.duration.as_secs_f64();
        write!(formatter, "{mark} {:<34} {:<44} {seconds:>6.1} s  {text}", self.case, self.step)
    }
}

impl Display for Table {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let failed = self.rows.iter().filter(|row| row.outcome.is_err()).collect::<Vec<_>>();
        writeln!(formatter, "\n{} steps, {} failed", self.rows.len(), failed.len())?;
        failed.iter().try_for_each(|row| writeln!(formatter, "{row}"))
    }
}
