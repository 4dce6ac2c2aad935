//! QR codes as one SVG path.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::tree::{Element, el};

/// Light modules around the code, as the standard asks.
const MARGIN: i32 = 4;

/// A QR code of `text`; none when it is too long for one (addresses are not).
pub(crate) fn qr(text: &str, label: &str) -> Option<Element> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        // One rectangle per run of dark modules.
        let mut x = 0;
        while x < size {
            let start = x;
            while x < size && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                path.push_str(&format!("M{} {}h{}v1h-{}z", start + MARGIN, y + MARGIN, x - start, x - start));
            }
            x += 1;
        }
    }
    let side = size + 2 * MARGIN;
    Some(
        el("svg")
            .class("qr")
            .attr("viewBox", format!("0 0 {side} {side}"))
            .attr("role", "img")
            .attr("aria-label", label)
            .attr("shape-rendering", "crispEdges")
            // Black on white in both themes: cameras expect it.
            .with(
                el("rect")
                    .attr("width", side.to_string())
                    .attr("height", side.to_string())
                    .attr("fill", "#fff"),
            )
            .with(el("path").attr("d", path).attr("fill", "#000")),
    )
}

#[cfg(test)]
mod tests {
    use crate::tree::to_html;

    #[test]
    fn a_chain_id_fits() {
        let code = super::qr(&"e4".repeat(32), "QR code").expect("64 characters fit");
        let html = to_html(&code.into());
        assert!(html.contains("viewBox=\"0 0 45 45\""), "{}", &html[..120]);
        assert_eq!(html.matches("<path").count(), 1);
    }

    #[test]
    fn too_much_text_gives_none() {
        assert!(super::qr(&"x".repeat(5_000), "QR code").is_none());
    }
}
