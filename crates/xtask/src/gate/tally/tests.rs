//! Closing lines of real runners.

use super::Tally;

#[test]
fn closing_lines() {
    for (text, passed, failed) in [
        (
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            12,
            0,
        ),
        ("test result: FAILED. 3 passed; 2 failed; 0 ignored", 3, 2),
        ("     Summary [   0.013s] 4 tests run: 3 passed, 1 failed, 0 skipped", 3, 1),
        (
            "\u{1b}[32;1m     Summary\u{1b}[0m [   1.2s] \u{1b}[1m5\u{1b}[0m tests run: \u{1b}[1m5\u{1b}[0m passed, 0 skipped",
            5,
            0,
        ),
        ("     Summary [  60.0s] 2 tests run: 1 passed, 1 timed out, 0 skipped", 1, 1),
        ("7 passed, 0 failed", 7, 0),
        ("running 7 tests\ntest a ... ok", 0, 0),
    ] {
        assert_eq!(Tally::count(text), Tally { passed, failed }, "{text}");
    }
}

#[test]
fn runs_add_up() {
    let text = "test result: ok. 1 passed; 0 failed;\nnoise\ntest result: FAILED. 2 passed; 3 failed;\n";
    assert_eq!(Tally::count(text), Tally { passed: 3, failed: 3 });
}
