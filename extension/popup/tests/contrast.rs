//! The palette in `extension/static/walnut.css`: text stands out by 4.5 : 1 or more in both themes, and the two places
//! that define the dark theme say the same.

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../static/walnut.css");

/// Text colours and what they stand on.
const PAIRS: [(&str, &str); 15] = [
    ("ink", "paper"),
    ("ink", "raised"),
    ("ink", "tint"),
    ("muted", "paper"),
    ("muted", "tint"),
    ("shell", "paper"),
    ("shell", "tint"),
    ("on-shell", "shell"),
    ("on-clay", "clay"),
    ("leaf", "paper"),
    ("leaf", "tint"),
    ("amber", "paper"),
    ("amber", "tint"),
    ("clay", "paper"),
    ("clay", "tint"),
];

/// Smallest contrast of text.
const TEXT_MIN: f64 = 4.5;

/// Smallest contrast of the borders of fields and buttons.
const CONTROL_MIN: f64 = 3.0;

fn palette(selector: &str) -> BTreeMap<&'static str, [u8; 3]> {
    let start = STYLE.find(&format!("{selector} {{")).unwrap_or_else(|| panic!("no {selector}"));
    let block = STYLE[start..].split('}').next().expect("split gives at least one part");
    let colours =
        block.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": #"));
    colours
        .map(|(name, hex)| {
            let part = |place: usize| {
                u8::from_str_radix(&hex[place..place + 2], 16).expect("six hexadecimal digits")
            };
            (name, [part(0), part(2), part(4)])
        })
        .collect()
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(colour: [u8; 3]) -> f64 {
    let linear = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.039_28 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_stands_out_in_both_themes() {
    for theme in [":root", ":root[data-theme=\"dark\"]"] {
        let palette = palette(theme);
        for (text, ground) in PAIRS {
            let found = contrast(palette[text], palette[ground]);
            assert!(found >= TEXT_MIN, "{theme}: {text} on {ground} has {found:.2}");
        }
        let found = contrast(palette["control"], palette["paper"]);
        assert!(found >= CONTROL_MIN, "{theme}: control on paper has {found:.2}");
    }
}

#[test]
fn the_dark_theme_is_the_same_by_system_and_by_setting() {
    assert_eq!(palette(":root:not([data-theme=\"light\"])"), palette(":root[data-theme=\"dark\"]"));
}

#[test]
fn no_colour_is_written_outside_the_palette() {
    let rules = STYLE.split("* { box-sizing").nth(1).expect("the rules follow the palette");
    assert!(
        !rules.contains('#')
            || !rules
                .split('#')
                .skip(1)
                .any(|rest| { rest.chars().take(6).filter(char::is_ascii_hexdigit).count() == 6 })
    );
}
