//! Manifests: a reason for every dependency, one place for versions, one lint table.

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::{Source, Violation};

/// Checks the root manifest and those of the members.
pub(super) fn check(sources: &[Source]) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with("Cargo.toml")) {
        let manifest: Table =
            toml::from_str(&source.text).with_context(|| format!("{} does not parse", source.path))?;
        if manifest.contains_key("workspace") {
            reasons(source, &mut violations);
        } else {
            member(source, &manifest, &mut violations);
        }
    }
    Ok(violations)
}

/// Each line of the root's dependency table ends in a comment, packages of the house aside.
fn reasons(source: &Source, violations: &mut Vec<Violation>) {
    let mut inside = false;
    for (index, line) in source.text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line == "[workspace.dependencies]";
            continue;
        }
        if !inside || line.is_empty() || line.starts_with('#') || line.starts_with("walnut-") {
            continue;
        }
        let reason = line.rsplit_once('#').map(|(_, reason)| reason.trim());
        if reason.is_none_or(|reason| reason.len() < 3) {
            let name = line.split(['=', ' ', '.']).next().unwrap_or(line);
            let place = format!("{}:{}", source.path, index + 1);
            violations.push(Violation::new(place, format!("{name} has no reason (a comment on its line)")));
        }
    }
}

fn member(source: &Source, manifest: &Table, violations: &mut Vec<Violation>) {
    let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(Value::as_bool);
    if inherits != Some(true) {
        violations.push(Violation::new(&source.path, "does not inherit the lints of the workspace"));
    }
    let mut tables = vec![manifest];
    if let Some(targets) = manifest.get("target").and_then(Value::as_table) {
        tables.extend(targets.values().filter_map(Value::as_table));
    }
    for table in tables {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = table.get(kind).and_then(Value::as_table) else { continue };
            for (name, value) in dependencies {
                let inherited = value.get("workspace").and_then(Value::as_bool) == Some(true);
                if !inherited && value.get("path").is_none() {
                    let what = format!("{name}: its version belongs into the root manifest");
                    violations.push(Violation::new(&source.path, what));
                }
            }
        }
    }
}
