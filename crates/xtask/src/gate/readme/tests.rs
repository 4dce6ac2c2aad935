//! Commands are found in shell blocks only, and a wrong one is noticed.

use super::{Check, check, commands};

#[test]
fn only_shell_blocks_count() {
    let text = "cargo no\n```sh\n# a comment\n$ cargo xtask demo   # two minutes\ncargo xtask doctor\n```\ncargo no\n\
                ```rust\nlet no = 1;\n```\n```console\ncargo xtask test\n```\n";
    assert_eq!(commands(text), ["cargo xtask demo", "cargo xtask doctor", "cargo xtask test"]);
}

#[test]
fn each_command_has_a_check() {
    for (command, expected) in [
        ("cargo xtask doctor", Check::Run),
        ("cargo xtask replay tests/vectors/golden/basic", Check::Run),
        ("cargo xtask demo --headed --keep", Check::Covered),
        ("cargo xtask bench", Check::Understood),
        ("git clone https://example.org/walnut", Check::Passage),
        ("cargo xtask dmeo", Check::Unknown("unknown command `dmeo`".into())),
        ("make install", Check::Unknown("only `cargo xtask` commands are checked".into())),
    ] {
        assert_eq!(check(command), expected, "{command}");
    }
}
