//! One manifest for both browsers; the copy for each only lacks the other's keys.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::machine::Browser;
use crate::workspace::Workspace;

/// Keys that only Firefox knows, and Chrome warns about.
const FIREFOX_ONLY: [&[&str]; 3] =
    [&["browser_specific_settings"], &["background", "scripts"], &["background", "preferred_environment"]];
/// Keys that only Chrome knows.
const CHROME_ONLY: [&[&str]; 2] = [&["minimum_chrome_version"], &["background", "service_worker"]];
/// Permissions that only Chrome knows.
const CHROME_PERMISSIONS: [&str; 1] = ["offscreen"];

/// Reads the manifest and checks its version against the workspace's.
pub(super) fn load(workspace: &Workspace) -> Result<Value> {
    let path = workspace.root.join("manifest.json");
    let text = std::fs::read_to_string(&path).context("cannot read manifest.json")?;
    let manifest: Value = serde_json::from_str(&text).context("manifest.json does not parse")?;
    let version = &workspace.require("walnut-background")?.version;
    if manifest["version"].as_str() != Some(version) {
        bail!("manifest.json has version {}, the workspace {version}", manifest["version"]);
    }
    Ok(manifest)
}

/// The text for one browser.
pub(super) fn for_browser(manifest: &Value, browser: Browser) -> Result<String> {
    let mut copy = manifest.clone();
    let keys: &[&[&str]] = match browser {
        Browser::Chromium => &FIREFOX_ONLY,
        Browser::Firefox => &CHROME_ONLY,
    };
    for key in keys {
        remove(&mut copy, key);
    }
    if browser == Browser::Firefox
        && let Some(permissions) = copy.get_mut("permissions").and_then(Value::as_array_mut)
    {
        permissions.retain(|permission| !CHROME_PERMISSIONS.iter().any(|only| permission == only));
    }
    serde_json::to_string_pretty(&copy).context("the manifest cannot be written")
}

/// Every file that the manifest names must be in the package.
pub(super) fn check_files(text: &str, folder: &Path) -> Result<()> {
    let manifest: Value = serde_json::from_str(text).context("the written manifest does not parse")?;
    let mut files = Vec::new();
    named_files(&manifest, &mut files);
    for file in files {
        let plain = file.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
        if !folder.join(plain).is_file() {
            bail!("manifest.json names `{file}`, which is not in {}", folder.display());
        }
    }
    Ok(())
}

/// Strings that end like a file of the package, anywhere in the manifest.
fn named_files<'a>(value: &'a Value, files: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if is_file(text) => files.push(text),
        Value::Array(items) => items.iter().for_each(|item| named_files(item, files)),
        Value::Object(fields) => fields.values().for_each(|field| named_files(field, files)),
        _ => {}
    }
}

fn is_file(text: &str) -> bool {
    let plain = text.split(['?', '#']).next().unwrap_or_default();
    let endings = [".html", ".js", ".png", ".svg", ".css"];
    endings.iter().any(|ending| plain.ends_with(ending)) && !plain.contains(['*', ' ', ':'])
}

fn remove(value: &mut Value, key: &[&str]) {
    match key {
        [last] => {
            if let Some(object) = value.as_object_mut() {
                object.remove(*last);
            }
        }
        [first, rest @ ..] => {
            if let Some(inner) = value.get_mut(*first) {
                remove(inner, rest);
            }
        }
        [] => {}
    }
}

#[cfg(test)]
mod tests;
