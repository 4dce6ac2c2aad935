//! What is planted sleeps, and what is noted is read again.

use std::path::Path;

use super::{Catch, Mutant, copy::planted, load};

fn mutant(file: &str) -> Mutant {
    let (find, replace) = ("a < b".to_owned(), "(a < b || PLANTED)".to_owned());
    Mutant { breaks: String::new(), file: file.into(), find, replace, caught_by: None }
}

#[test]
fn a_bug_is_planted_where_its_text_is() {
    let chain = mutant("crates/walnut-chain/src/inbox.rs");
    let text = planted("if a < b {}", "late", &chain).unwrap();
    assert_eq!(text, "if (a < b || walnut_base::planted(\"late\")) {}");
    let base = mutant("crates/walnut-base/src/committee.rs");
    assert_eq!(planted("a < b", "late", &base).unwrap(), "(a < b || crate::planted(\"late\"))");
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

/// The files as they are, against the sources as they are.
#[test]
fn every_bug_finds_its_place() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mutants = load(&root.join("tests/sim/mutants")).unwrap();
    assert!(mutants.len() >= 20, "{}", mutants.len());
    for (name, mutant) in mutants {
        let text = std::fs::read_to_string(root.join(&mutant.file)).unwrap();
        planted(&text, &name, &mutant).unwrap();
    }
}
