//! What is planted sleeps, and what is noted is read again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{Catch, Edit, copy::planted, load};

fn edit(file: &str) -> Edit {
    Edit { file: file.into(), find: "a < b".into(), replace: "(a < b || PLANTED && GIVEN)".into() }
}

#[test]
fn a_bug_is_planted_where_its_text_is() {
    let chain = edit("crates/walnut-chain/src/inbox.rs");
    let text = planted("if a < b {}", "late", &chain).unwrap();
    let both = "walnut_base::planted(\"late\") && walnut_base::planted(\"late.given\")";
    assert_eq!(text, format!("if (a < b || {both}) {{}}"));
    let base = edit("crates/walnut-base/src/committee.rs");
    let both = both.replace("walnut_base", "crate");
    assert_eq!(planted("a < b", "late", &base).unwrap(), format!("(a < b || {both})"));
    for text in ["", "a < b; a < b"] {
        let error = planted(text, "late", &base).unwrap_err().to_string();
        assert_eq!(error, "crates/walnut-base/src/committee.rs does not hold the text exactly once");
    }
}

#[test]
fn a_catch_is_read_as_it_is_told_and_noted() {
    let catch = Catch::parse("violation\tTokens\tseed 43\tsteps 1738").unwrap();
    assert_eq!(catch, Catch { seed: 43, promise: "Tokens".into(), steps: 1738 });
    assert_eq!(catch.line(), "caught_by = { seed = 43, promise = \"Tokens\", steps = 1738 }\n");
    assert_eq!(Catch::parse("violation\tTokens\tseed x\tsteps 1738"), None);
    assert_eq!(Catch::parse("the last events of seed 43:"), None);
}

/// The files as they are, against the sources as they are: with all places of all bugs, one after the other.
#[test]
fn every_bug_finds_its_place() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mutants = load(&root.join("tests/sim/mutants")).unwrap();
    assert!(mutants.len() >= 20, "{}", mutants.len());
    let mut files = BTreeMap::<PathBuf, String>::new();
    for (name, mutant) in &mutants {
        for edit in mutant.edits() {
            let read = || std::fs::read_to_string(root.join(&edit.file)).unwrap();
            let text = files.entry(edit.file.clone()).or_insert_with(read);
            *text = planted(text, name, &edit).unwrap();
        }
    }
}
