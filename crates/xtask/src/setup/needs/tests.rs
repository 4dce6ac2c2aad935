//! A need is met by the right version only.

use super::Need;

#[test]
fn at_least_compares_the_major_number() {
    for (found, met) in
        [(Some("20.20.2"), true), (Some("22.0.0"), true), (Some("18.19.1"), false), (None, false)]
    {
        let need = Need::at_least("node", 20, found.map(str::to_owned), "");
        assert_eq!(need.met, met, "{found:?}");
        assert_eq!(need.is_missing(), !met, "{found:?}");
    }
}

#[test]
fn exactly_means_exactly() {
    assert!(Need::exactly("wasm-bindgen-cli", "0.2.130", Some("0.2.130".into()), String::new()).met);
    assert!(!Need::exactly("wasm-bindgen-cli", "0.2.130", Some("0.2.13".into()), String::new()).met);
}

#[test]
fn an_optional_need_is_never_missing() {
    let mut need = Need::at_least("cargo-nextest", 0, None, "");
    need.optional = true;
    assert!(!need.is_missing());
}
