//! JSON with line breaks, exactly as it is otherwise: the order of fields and every digit of a number stay.

use serde::de::IgnoredAny;

/// Spaces per level.
const INDENT: usize = 2;

/// The same JSON value over several lines, cut after so many bytes; none when it is no JSON. Says whether it was cut.
pub fn pretty_json(json: &[u8], bytes_max: usize) -> Option<(String, bool)> {
    let json = std::str::from_utf8(json).ok()?;
    serde_json::from_str::<IgnoredAny>(json).ok()?;
    let mut out = String::new();
    let mut depth = 0_usize;
    let mut characters = json.chars().peekable();
    while let Some(c) = characters.next() {
        if out.len() >= bytes_max {
            return Some((out, true));
        }
        match c {
            '"' => {
                out.push('"');
                while let Some(c) = characters.next() {
                    out.push(c);
                    match c {
                        '\\' => out.extend(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                    if out.len() >= bytes_max {
                        return Some((out, true));
                    }
                }
            }
            '{' | '[' => {
                out.push(c);
                while characters.next_if(|c| c.is_ascii_whitespace()).is_some() {}
                if let Some(end) = characters.next_if(|c| matches!(c, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    break_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(',');
                break_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    Some((out, false))
}

fn break_line(out: &mut String, depth: usize) {
    out.push('\n');
    // Deep nesting is shown flat from here on: it could not be read anyway, and each level costs on every line.
    out.extend(std::iter::repeat_n(' ', depth.min(20) * INDENT));
}
