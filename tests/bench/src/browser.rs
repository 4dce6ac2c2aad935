//! What a browser has to load, and what the demo measured in one.

use std::{fs, io::Write as _, path::Path};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;

use crate::{
    network::to_f64,
    table::{Row, Table, Target},
};

/// What `cargo xtask demo` writes, in milliseconds; whatever it did not measure is absent.
#[derive(Debug, Default, Deserialize)]
struct Timings {
    node_ready_ms: Option<f64>,
    approve_to_certificate_ms: Option<f64>,
    popup_first_paint_ms: Option<f64>,
    sync_blocks_per_second: Option<f64>,
}

/// Sizes of the artefacts, and the timings that the last demo left.
pub(crate) fn measure(target: &Path, table: &mut Table) -> Result<()> {
    let demo = target.join("demo").join("timings.json");
    let (timings, source) = match fs::read(&demo) {
        Ok(text) => {
            let timings = serde_json::from_slice(&text);
            let timings = timings.with_context(|| format!("cannot understand {}", demo.display()))?;
            (timings, format!("{} the demo", age(&demo)))
        }
        Err(_) => (Timings::default(), "`cargo xtask demo` measures this".to_owned()),
    };
    let rows = [
        (
            "transfer, approve → certificate, in Chromium",
            "ms",
            Some(91.0),
            Target::AtMost(45.0),
            timings.approve_to_certificate_ms,
        ),
        ("node ready in the browser", "ms", Some(300.0), Target::AtMost(250.0), timings.node_ready_ms),
        ("popup, first paint from snapshot", "ms", None, Target::AtMost(100.0), timings.popup_first_paint_ms),
        (
            "sync of a 400-block chain, in Chromium",
            "blocks/s",
            None,
            Target::AtLeast(500.0),
            timings.sync_blocks_per_second,
        ),
    ];
    for (what, unit, reference, goal, value) in rows {
        let row = Row { reference, value, ..Row::new(what, unit, goal) };
        let source = if value.is_some() { source.clone() } else { "no figure from the demo".to_owned() };
        table.add(row.machine(source));
    }
    for (name, reference, limit) in [("node", Some(3.6), 1.2), ("popup", None, 0.35), ("vault", None, 0.285)]
    {
        let file = target.join("wasm").join(format!("{name}_bg.wasm"));
        let row = Row { reference, ..Row::new(format!("{name} wasm, gzip"), "MB", Target::AtMost(limit)) };
        let row = match fs::read(&file) {
            Ok(bytes) => {
                let unpacked = to_f64(bytes.len() as u64) / 1e6;
                row.value(gzip_megabytes(&bytes)?).machine(format!("{unpacked:.2} MB unpacked"))
            }
            Err(_) => row.machine("not built; `cargo xtask wasm` builds it"),
        };
        table.add(row);
    }
    Ok(())
}

fn age(file: &Path) -> String {
    let modified = fs::metadata(file).and_then(|data| data.modified());
    match modified.ok().and_then(|time| time.elapsed().ok()) {
        Some(elapsed) => format!("{} min ago, by", elapsed.as_secs() / 60),
        None => "earlier, by".to_owned(),
    }
}

fn gzip_megabytes(bytes: &[u8]) -> Result<f64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).context("cannot compress")?;
    Ok(to_f64(encoder.finish().context("cannot compress")?.len() as u64) / 1e6)
}
