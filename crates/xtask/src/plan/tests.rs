//! The plan in the repository parses; wrong plans are refused for the right reason.

use std::path::Path;

use super::Plan;

const GOOD: &str = r#"
[[artefact]]
crate = "walnut-popup"
name = "popup"
profile = "wasm-release"
features = ["tiny"]
optimise = "-Oz"
gzip_budget = 350_000
"#;

#[test]
fn fields_are_read() {
    let plan = Plan::parse(GOOD).unwrap();
    let [popup] = plan.artefacts.as_slice() else { panic!("one artefact") };
    assert_eq!(popup.package, "walnut-popup");
    assert_eq!(popup.features, ["tiny"]);
    assert_eq!(popup.gzip_budget, 350_000);
}

#[test]
fn the_repository_has_the_three_artefacts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let plan = Plan::load(&root).unwrap();
    let names: Vec<&str> = plan.artefacts.iter().map(|artefact| artefact.name.as_str()).collect();
    assert_eq!(names, ["node", "popup", "vault"]);
}

#[test]
fn wrong_plans() {
    for (from, to, message) in [
        ("name = \"popup\"", "name = \"Pop-up\"", "artefact name `Pop-up`"),
        ("-Oz", "-O9", "artefact `popup`: wasm-opt has no level `-O9`"),
        ("350_000", "0", "artefact `popup`: a budget of 0 bytes"),
        ("features", "feature", "unknown field `feature`"),
        ("gzip_budget = 350_000", "", "missing field `gzip_budget`"),
    ] {
        let error = format!("{:#}", Plan::parse(&GOOD.replace(from, to)).unwrap_err());
        assert!(error.contains(message), "{to}: {error}");
    }
    let twice = format!("{GOOD}{GOOD}");
    assert_eq!(Plan::parse(&twice).unwrap_err().to_string(), "two artefacts are named `popup`");
}
