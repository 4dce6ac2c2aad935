//! The shape of Rust files: how they open, how long they are, what code outside tests may not say.

use super::words::{has_word, is_comment};
use super::{PURE, Source, Violation};

/// Beyond this a file is a folder.
const LINES_MAX: usize = 900;

/// Words of the outside world, which code on the pure floors does not use.
const OUTSIDE: [&str; 8] =
    ["SystemTime", "Instant", "std::net", "std::fs", "std::thread", "std::process", "std::env", "thread_rng"];
/// Maps without an order, kept out of state and wire: floors 0 to 3.
const UNORDERED: [&str; 2] = ["HashMap", "HashSet"];

/// Checks every source file.
pub(super) fn check(sources: &[Source]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in sources {
        length(source, &mut violations);
        if source.path.ends_with(".rs") {
            header(source, &mut violations);
            if !is_test(&source.path) {
                code(source, &mut violations);
            }
        }
    }
    violations
}

fn length(source: &Source, violations: &mut Vec<Violation>) {
    let lines = source.text.lines().count();
    let is_code = [".rs", ".ts", ".mjs", ".js", ".css", ".html"].iter().any(|e| source.path.ends_with(e));
    if is_code && lines > LINES_MAX {
        violations.push(Violation::new(&source.path, format!("{lines} lines, more than {LINES_MAX}")));
    }
}

/// `//!` comes first; only `#![…]` attributes may stand before it.
fn header(source: &Source, violations: &mut Vec<Violation>) {
    let first = source.text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
    if !first.is_some_and(|line| line.starts_with("//!")) {
        violations.push(Violation::new(&source.path, "does not open with //!"));
    }
}

fn code(source: &Source, violations: &mut Vec<Violation>) {
    let package = source.path.split('/').nth(1).filter(|_| source.path.starts_with("crates/"));
    let pure = package.is_some_and(|package| PURE.contains(&package));
    let ordered = pure && package != Some("walnut-client") && package != Some("walnut-wallet");
    for (index, line) in shipped_lines(&source.text) {
        let mut found =
            |what: String| violations.push(Violation::new(format!("{}:{}", source.path, index + 1), what));
        if line.contains(concat!(".unw", "rap()")) {
            found("unwrap outside tests".into());
        }
        for unfinished in [concat!("to", "do!("), concat!("unimple", "mented!(")] {
            if line.contains(unfinished) {
                found("unfinished code".into());
            }
        }
        if pure && let Some(word) = OUTSIDE.iter().find(|word| has_word(line, word)) {
            found(format!("{word} on a pure floor"));
        }
        if ordered && let Some(word) = UNORDERED.iter().find(|word| has_word(line, word)) {
            found(format!("{word} has no order; use a BTree one"));
        }
    }
}

/// Numbered lines that are neither comments nor inside an inline test module at the end of the file.
fn shipped_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0].trim() == "#[cfg(test)]"
            && pair[1].trim().starts_with("mod ")
            && pair[1].trim().ends_with('{')
    });
    let end = tests.unwrap_or(lines.len());
    lines.into_iter().enumerate().take(end).filter(|(_, line)| !is_comment(line))
}

/// Files that only tests compile.
fn is_test(path: &str) -> bool {
    let folders = ["tests", "test_utils", "testing", "benches", "examples"];
    path.split('/').any(|part| folders.contains(&part) || folders.contains(&part.trim_end_matches(".rs")))
}
