//! The order of the steps.

use super::*;

fn place(name: &str) -> usize {
    STEPS.iter().position(|(step, _)| *step == name).unwrap_or_else(|| panic!("there is no step {name}"))
}

#[test]
fn steps_come_after_what_they_lean_on() {
    for (first, then) in [
        ("setup", "examples"),
        ("examples", "native"),
        ("extension", "e2e-chromium"),
        ("extension", "e2e-firefox"),
    ] {
        assert!(place(first) < place(then), "{then} needs {first}");
    }
}

#[test]
fn steps_have_names_of_their_own() {
    for (at, (name, _)) in STEPS.iter().enumerate() {
        assert_eq!(place(name), at, "{name}");
    }
}
