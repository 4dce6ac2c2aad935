//! Failures of other programs are told with their words; a program that hangs is ended.

use std::time::Duration;

use super::{Run, tail};

fn shell(script: &str) -> Run {
    Run::new("sh").args(["-c", script])
}

#[test]
fn output_is_returned() {
    assert_eq!(shell("echo walnut").output().unwrap(), "walnut\n");
}

#[test]
fn a_failure_says_what_the_program_said() {
    let error = shell("echo no such chain >&2; exit 3").output().unwrap_err().to_string();
    assert!(error.contains("failed (exit status: 3)") && error.ends_with("\n    no such chain"), "{error}");
}

#[test]
fn a_missing_program_is_named() {
    let error = Run::new("walnut-does-not-exist").status().unwrap_err().to_string();
    assert_eq!(error, "cannot start `walnut-does-not-exist`");
}

#[test]
fn both_streams_are_kept() {
    let (success, text) = shell("echo out; echo err >&2; exit 1").tee().unwrap();
    assert!(!success && text.contains("out\n") && text.contains("err\n"), "{text}");
}

#[test]
fn a_hanging_program_is_ended_with_its_children() {
    let error = shell("sleep 600 & sleep 600").timeout(Duration::ZERO).output().unwrap_err().to_string();
    assert_eq!(error, "no end after 0 s");
}

#[test]
fn only_the_last_lines_are_shown() {
    assert_eq!(tail("a\nb\nc\n", 2), "\n    b\n    c");
    assert_eq!(tail("", 2), "");
}
