//! The table.

use std::fmt;

use serde::Serialize;

use crate::machine::{self, Machine};

/// What a figure has to reach.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// As much or more.
    AtLeast(f64),
    /// As little or less.
    AtMost(f64),
    /// No farther from zero.
    Within(f64),
    /// Nothing was promised.
    None,
}

impl Target {
    fn is_met(self, value: f64) -> Option<bool> {
        Some(match self {
            Self::AtLeast(limit) => value >= limit,
            Self::AtMost(limit) => value <= limit,
            Self::Within(limit) => value.abs() <= limit,
            Self::None => return None,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(limit) => write!(formatter, "≥ {}", number(*limit)),
            Self::AtMost(limit) => write!(formatter, "≤ {}", number(*limit)),
            Self::Within(limit) => write!(formatter, "± {}", number(*limit)),
            Self::None => write!(formatter, "–"),
        }
    }
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// Of `value`, `target` and `reference`.
    pub(crate) unit: &'static str,
    /// What the reference does, if that is known.
    pub(crate) reference: Option<f64>,
    /// What was promised.
    pub(crate) target: Target,
    /// What was measured in this run; none if it was not.
    pub(crate) value: Option<f64>,
    /// What bounds this on this machine, and how the figure came about.
    pub(crate) machine: String,
}

impl Row {
    /// A row without a measurement.
    pub(crate) fn new(what: impl Into<String>, unit: &'static str, target: Target) -> Self {
        Self { what: what.into(), unit, reference: None, target, value: None, machine: String::new() }
    }

    /// With the reference's figure.
    pub(crate) fn reference(self, reference: f64) -> Self {
        Self { reference: Some(reference), ..self }
    }

    /// With a measurement.
    pub(crate) fn value(self, value: f64) -> Self {
        Self { value: Some(value), ..self }
    }

    /// With what the machine allows.
    pub(crate) fn machine(self, machine: impl Into<String>) -> Self {
        Self { machine: machine.into(), ..self }
    }
}

/// All rows, with the machine they were measured on.
#[derive(Serialize)]
pub(crate) struct Table {
    machine: Machine,
    load_average_at_end: String,
    rows: Vec<Row>,
}

impl Table {
    /// An empty table.
    pub(crate) fn new(machine: &Machine) -> Self {
        Self { machine: machine.clone(), load_average_at_end: String::new(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, row: Row) {
        let value = row.value.map_or_else(|| "not measured".to_owned(), number);
        crate::progress(&format!("  {}: {value} {}", row.what, row.unit));
        self.rows.push(row);
    }

    /// Notes how busy the machine was.
    pub(crate) fn finish(&mut self) {
        self.load_average_at_end = machine::load_average();
    }

    /// The table for machines.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings and numbers are JSON")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let machine = &self.machine;
        writeln!(formatter, "{machine}")?;
        writeln!(formatter, "load average at the end: {}", self.load_average_at_end)?;
        writeln!(formatter)?;
        let head = ["what", "reference", "target", "ours", "", "what the machine allows, and how"];
        let mut lines = vec![head.map(str::to_owned)];
        lines.extend(self.rows.iter().map(|row| {
            let verdict = match row.value.and_then(|value| row.target.is_met(value)) {
                Some(true) => "ok",
                Some(false) => "MISSED",
                None => "",
            };
            [
                format!("{} ({})", row.what, row.unit),
                row.reference.map_or_else(|| "–".to_owned(), number),
                row.target.to_string(),
                row.value.map_or_else(|| "not measured in this run".to_owned(), number),
                verdict.to_owned(),
                row.machine.clone(),
            ]
        }));
        let widths: [usize; 6] = std::array::from_fn(|column| {
            lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
        });
        for (index, line) in lines.iter().enumerate() {
            let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            writeln!(formatter, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
            if index == 0 {
                let rules = widths.map(|width| "-".repeat(width + 2));
                writeln!(formatter, "|{}|", rules.join("|"))?;
            }
        }
        Ok(())
    }
}

/// A number with about three digits.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}").trim_end_matches(".0").to_owned(),
        _ => format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}
