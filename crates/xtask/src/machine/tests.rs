//! Versions are read from what tools really print.

use super::first_version;

#[test]
fn versions_of_real_tools() {
    for (text, version) in [
        ("rustc 1.95.0 (59807616e 2026-04-14)", Some("1.95.0")),
        ("v20.20.2\n", Some("20.20.2")),
        ("wasm-opt version 132 (version_132)", Some("132")),
        ("ChromeDriver 156.0.8078.79 (3ab)", Some("156.0.8078.79")),
        ("Debian clang version 14.0.6", Some("14.0.6")),
        ("no number here", None),
    ] {
        assert_eq!(first_version(text).as_deref(), version, "{text}");
    }
}
