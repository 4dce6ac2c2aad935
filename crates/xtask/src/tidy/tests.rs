//! Every rule is shown a breach and catches it, and is shown a clean sample and stays silent.

use serde_json::json;

use super::{Source, Violation, floors, is_ours, manifests, sources, words};
use crate::workspace::Workspace;

fn workspace(folder: &str, name: &str, dependencies: &[(&str, Option<&str>)]) -> Workspace {
    let dependencies: Vec<_> = dependencies
        .iter()
        .map(|(name, kind)| json!({ "name": name, "kind": kind, "uses_default_features": true }))
        .collect();
    serde_json::from_value(json!({
        "workspace_root": "/house",
        "target_directory": "/house/target",
        "packages": [{
            "name": name,
            "version": "0.1.0",
            "manifest_path": format!("/house/{folder}/Cargo.toml"),
            "dependencies": dependencies,
            "targets": [],
        }],
    }))
    .unwrap()
}

fn source(path: &str, text: &str) -> Vec<Source> {
    vec![Source { path: path.into(), text: text.into() }]
}

fn shown(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(ToString::to_string).collect()
}

#[test]
fn arrows_point_down() {
    for (name, dependency, message) in [
        ("walnut-base", "walnut-views", "walnut-base: may not use walnut-views"),
        ("walnut-execution", "walnut-chain", "walnut-execution: may not use walnut-chain"),
        ("walnut-validator", "walnut-client", "walnut-validator: may not use walnut-client"),
        ("walnut-popup", "walnut-chain", "walnut-popup: may not use walnut-chain"),
        ("xtask", "walnut-base", "xtask: may not use walnut-base"),
    ] {
        let breach = workspace("crates/some", name, &[(dependency, None)]);
        assert_eq!(shown(&floors::check(&breach)), [message]);
        let in_tests = workspace("crates/some", name, &[(dependency, Some("dev"))]);
        assert_eq!(shown(&floors::check(&in_tests)), [] as [&str; 0]);
    }
    let chain =
        workspace("crates/some", "walnut-chain", &[("walnut-base", None), ("walnut-execution", None)]);
    assert_eq!(floors::check(&chain), []);
}

#[test]
fn a_new_package_needs_a_floor() {
    let message = "walnut-cellar: stands on no floor; see the table in tidy/floors.rs";
    assert_eq!(shown(&floors::check(&workspace("crates/walnut-cellar", "walnut-cellar", &[]))), [message]);
    assert_eq!(floors::check(&workspace("tests/cellar", "walnut-cellar", &[("walnut-chain", None)])), []);
}

#[test]
fn pure_packages_do_no_io() {
    for name in ["tokio", "web-sys", "getrandom", "gloo-timers"] {
        let breach = workspace("crates/walnut-chain", "walnut-chain", &[(name, None)]);
        assert_eq!(shown(&floors::check(&breach)), [format!("walnut-chain: is pure and may not use {name}")]);
        assert_eq!(floors::check(&workspace("crates/walnut-rpc", "walnut-rpc", &[(name, None)])), []);
    }
    let rand = workspace("crates/walnut-base", "walnut-base", &[("rand", None)]);
    assert_eq!(shown(&floors::check(&rand)), ["walnut-base: is pure: rand without default features only"]);
}

#[test]
fn upstream_crates_stay_in_interop() {
    let breach = workspace("tests/vectors", "walnut-vectors", &[("linera-base", Some("dev"))]);
    assert_eq!(shown(&floors::check(&breach)), ["walnut-vectors: may not use linera-base"]);
    let metering = workspace("crates/walnut-vm", "walnut-vm", &[("linera-wasm-instrument", None)]);
    assert_eq!(floors::check(&metering), []);
    assert_eq!(floors::check(&workspace("tests/interop", "walnut-interop", &[("linera-base", None)])), []);
}

#[test]
fn every_dependency_has_a_reason() {
    let text = "[workspace]\n[workspace.dependencies]\nwalnut-base = { path = \"x\" }\n# group\n\
                serde = \"1\" # the data model\nsha3 = { version = \"=0.10.8\", features = [\"std\"] }\nhex = \"1\" #\n\
                [profile.dev]\nopt-level = 1\n";
    assert_eq!(
        shown(&manifests::check(&source("Cargo.toml", text)).unwrap()),
        [
            "Cargo.toml:6: sha3 has no reason (a comment on its line)",
            "Cargo.toml:7: hex has no reason (a comment on its line)"
        ]
    );
}

#[test]
fn members_inherit_lints_and_versions() {
    let breach = "[package]\nname = \"a\"\n[dependencies]\nserde = \"1\"\n\
                  [target.'cfg(unix)'.dev-dependencies]\nhex = { version = \"1\" }\n";
    assert_eq!(
        shown(&manifests::check(&source("crates/a/Cargo.toml", breach)).unwrap()),
        [
            "crates/a/Cargo.toml: does not inherit the lints of the workspace",
            "crates/a/Cargo.toml: serde: its version belongs into the root manifest",
            "crates/a/Cargo.toml: hex: its version belongs into the root manifest"
        ]
    );
    let clean = "[package]\nname = \"a\"\n[dependencies]\nserde.workspace = true\n\
                 [dev-dependencies]\na = { path = \".\", features = [\"test-utils\"] }\n[lints]\nworkspace = true\n";
    assert_eq!(manifests::check(&source("crates/a/Cargo.toml", clean)).unwrap(), []);
}

#[test]
fn files_open_with_their_purpose() {
    let message = "src/a.rs: does not open with //!";
    assert_eq!(shown(&sources::check(&source("src/a.rs", "use std::fmt;\n"))), [message]);
    assert_eq!(shown(&sources::check(&source("src/a.rs", ""))), [message]);
    assert_eq!(sources::check(&source("src/a.rs", "\n#![cfg(unix)]\n//! Why.\n")), []);
}

#[test]
fn long_files_are_folders() {
    let text = format!("//! Why.\n{}", "//\n".repeat(900));
    assert_eq!(shown(&sources::check(&source("src/a.rs", &text))), ["src/a.rs: 901 lines, more than 900"]);
    assert_eq!(sources::check(&source("src/a.rs", &text[..text.len() - 3])), []);
}

#[test]
fn unwrap_belongs_into_tests() {
    let text = format!(
        "//! Why.\n// x{0}\nlet a = b{0};\n#[cfg(test)]\nmod tests {{\nlet a = b{0};\n}}\n",
        ".unwrap()"
    );
    assert_eq!(
        shown(&sources::check(&source("crates/a/src/a.rs", &text))),
        ["crates/a/src/a.rs:3: unwrap outside tests"]
    );
    for path in ["crates/a/src/a/tests.rs", "crates/a/tests/all.rs", "crates/a/src/test_utils.rs"] {
        assert_eq!(sources::check(&source(path, &text)), [], "{path}");
    }
}

#[test]
fn unfinished_code_is_caught() {
    let text = format!("//! Why.\nfn a() {{ {}) }}\n", concat!("to", "do!("));
    assert_eq!(shown(&sources::check(&source("src/a.rs", &text))), ["src/a.rs:2: unfinished code"]);
}

#[test]
fn pure_code_does_not_reach_out() {
    let clock = "//! Why.\nlet now = std::time::SystemTime::now();\n";
    let path = "crates/walnut-client/src/a.rs";
    assert_eq!(
        shown(&sources::check(&source(path, clock))),
        [format!("{path}:2: SystemTime on a pure floor")]
    );
    assert_eq!(sources::check(&source("crates/walnut-rpc/src/a.rs", clock)), []);

    let map = "//! Why.\nuse std::collections::HashMap;\n// a HashMap in a comment\n";
    let path = "crates/walnut-views/src/a.rs";
    let message = format!("{path}:2: HashMap has no order; use a BTree one");
    assert_eq!(shown(&sources::check(&source(path, map))), [message]);
    assert_eq!(sources::check(&source("crates/walnut-client/src/a.rs", map)), []);
}

#[test]
fn open_ends_have_an_issue() {
    for mark in [concat!("TO", "DO"), concat!("FIX", "ME")] {
        let text = format!("// {mark}: later\n// {mark}(#12): later\nMY_{mark}S\n");
        let message = format!("a.md:1: {mark} without an issue, as in {mark}(#12)");
        assert_eq!(shown(&words::check(&source("a.md", &text))), [message]);
    }
}

#[test]
fn no_file_knows_one_machine() {
    for place in [concat!("/wo", "rk/"), concat!("/ro", "ot/")] {
        let text = format!("see `{place}x`\nframe{place}x\n");
        assert_eq!(shown(&words::check(&source("a.md", &text))), [format!("a.md:1: names {place}")]);
    }
}

#[test]
fn recorded_bytes_and_lock_files_are_not_read() {
    assert!(is_ours("crates/xtask/src/main.rs"));
    assert!(!is_ours("tests/browser/package-lock.json"));
    assert!(!is_ours("tests/vectors/golden/a/genesis.json"));
    assert!(!is_ours("extension/static/icon.png"));
}
