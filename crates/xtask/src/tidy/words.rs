//! Words that no file may have: open ends without an issue, and places that exist on one machine only.

use super::{Source, Violation};

/// Marks of an open end; allowed with an issue's number, as in `MARK(#12)`.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
/// Folders of one machine, and hosts that packages happen to come from.
const PLACES: [&str; 8] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("../sha", "red/protocol"),
    concat!("../sha", "red/golden"),
    concat!("registry.", "npmjs.org"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("deb.", "debian.org"),
];

/// Checks every file.
pub(super) fn check(sources: &[Source]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            let mut found = |what: String| {
                violations.push(Violation::new(format!("{}:{}", source.path, index + 1), what))
            };
            for mark in MARKS {
                if has_bare_mark(line, mark) {
                    found(format!("{mark} without an issue, as in {mark}(#12)"));
                }
            }
            for place in PLACES {
                if has_place(line, place) {
                    found(format!("names {place}"));
                }
            }
        }
    }
    violations
}

fn has_bare_mark(line: &str, mark: &str) -> bool {
    occurrences(line, mark).any(|at| {
        let rest = &line[at + mark.len()..];
        let numbered =
            rest.strip_prefix("(#").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        !numbered
    })
}

/// A place counts when it begins there: `frame/…` does not name `/…`.
fn has_place(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "_-.~}".contains(c))
    })
}

/// Whether a word stands in a line by itself.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    occurrences(line, word).next().is_some()
}

/// Whether a line is only a comment.
pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Where a word stands by itself.
fn occurrences<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = line[..*at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}
