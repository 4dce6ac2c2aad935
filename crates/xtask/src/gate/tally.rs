//! Counting tests by the closing lines of the runners.

use std::ops::AddAssign;

use anyhow::Result;

use crate::process::Run;

/// How many passed and how many failed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// Adds up the closing lines of cargo test, nextest, wasm-bindgen-test and our own scripts.
    pub(super) fn count(output: &str) -> Self {
        let mut total = Self::default();
        for line in output.lines() {
            let line = plain(line);
            let line = line.trim();
            let closing = line.starts_with("test result:")
                || (line.starts_with("Summary [") && line.contains(" run:"))
                || (line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(" passed, "));
            if closing {
                let counted = |word| number_before(line, word).unwrap_or(0);
                total += Self { passed: counted("passed"), failed: counted("failed") + counted("timed") };
            }
        }
        total
    }

    /// Runs a test runner. One that fails without having counted a failure, or that ran nothing, counts as one.
    pub(super) fn of(run: Run) -> Result<Self> {
        let (success, output) = run.tee()?;
        let mut tally = Self::count(&output);
        if tally.failed == 0 && (!success || tally.passed == 0) {
            println!(
                "(no failed test was counted, but the run {})",
                if success { "ran none" } else { "failed" }
            );
            tally.failed = 1;
        }
        Ok(tally)
    }
}

/// A line without terminal colours.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}

/// The number right before a word.
fn number_before(line: &str, word: &str) -> Option<u64> {
    let words: Vec<&str> =
        line.split(|c: char| c.is_whitespace() || ",;".contains(c)).filter(|w| !w.is_empty()).collect();
    let at = words.iter().position(|w| *w == word)?;
    words.get(at.checked_sub(1)?)?.parse().ok()
}

#[cfg(test)]
mod tests;
