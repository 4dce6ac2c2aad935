//! Each browser's manifest is the one manifest less some keys.

use serde_json::{Value, json};

use super::{check_files, for_browser};
use crate::machine::Browser;

fn sample() -> Value {
    json!({
        "manifest_version": 3,
        "version": "0.1.0",
        "minimum_chrome_version": "128",
        "background": { "service_worker": "scripts/background.js", "scripts": ["scripts/background.js"], "type": "module" },
        "permissions": ["storage", "offscreen"],
        "browser_specific_settings": { "gecko": { "id": "walnut@example.org" } }
    })
}

fn filtered(browser: Browser) -> Value {
    serde_json::from_str(&for_browser(&sample(), browser).unwrap()).unwrap()
}

#[test]
fn chrome_loses_what_firefox_wants() {
    let expected = json!({
        "manifest_version": 3,
        "version": "0.1.0",
        "minimum_chrome_version": "128",
        "background": { "service_worker": "scripts/background.js", "type": "module" },
        "permissions": ["storage", "offscreen"]
    });
    assert_eq!(filtered(Browser::Chromium), expected);
}

#[test]
fn firefox_loses_what_chrome_wants() {
    let expected = json!({
        "manifest_version": 3,
        "version": "0.1.0",
        "background": { "scripts": ["scripts/background.js"], "type": "module" },
        "permissions": ["storage"],
        "browser_specific_settings": { "gecko": { "id": "walnut@example.org" } }
    });
    assert_eq!(filtered(Browser::Firefox), expected);
}

#[test]
fn a_named_file_must_be_there() {
    let empty = std::env::temp_dir().join(format!("walnut-manifest-{}", std::process::id()));
    std::fs::create_dir_all(&empty).unwrap();
    let error = check_files(&sample().to_string(), &empty).unwrap_err().to_string();
    std::fs::remove_dir_all(&empty).unwrap();
    assert!(error.starts_with("manifest.json names `scripts/background.js`"), "{error}");
}
