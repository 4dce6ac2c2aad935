//! What a browser has to load, and what it measures with the wallet in it: `tests/browser/bench.mjs` against a network of
//! this process.

use std::{
    collections::BTreeMap,
    env, fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;

use crate::{
    machine::Machine,
    network::{Network, to_f64},
    published::Published,
    sync,
    table::{Row, Table, Target},
};

/// Names the folder with the script; `cargo xtask bench` sets it, with what the script itself is told, where there is a
/// browser.
const SCRIPTS: &str = "WALNUT_BROWSER_TESTS";

/// What the script writes. Times in milliseconds, medians; `runs` has the single ones.
#[derive(Debug, Deserialize)]
struct Figures {
    approve_to_certificate_ms: f64,
    queued_to_certificate_ms: f64,
    operation_to_certificate_ms: f64,
    fuel_per_second: f64,
    first_question_ms: f64,
    node_ready_ms: f64,
    popup_first_paint_ms: f64,
    sync_blocks_per_second: f64,
    strict_commit_ms: f64,
    loopback_fetch_ms: f64,
    runs: BTreeMap<String, Vec<f64>>,
}

impl Figures {
    /// How many runs a median is of, and how far they lie apart.
    fn spread(&self, name: &str) -> String {
        let runs = self.runs.get(name).map(Vec::as_slice).unwrap_or_default();
        let (low, high) =
            runs.iter().fold((f64::MAX, 0.0_f64), |(low, high), run| (low.min(*run), high.max(*run)));
        format!("median of {} ({low:.0}–{high:.0} ms)", runs.len())
    }
}

/// Whether there is a browser to measure in.
pub(crate) fn is_there() -> bool {
    env::var_os(SCRIPTS).is_some()
}

/// The wallet in a browser, against a network that has a long chain.
pub(crate) fn measure(
    network: &Network,
    published: &Published,
    machine: &Machine,
    scratch: &Path,
    table: &mut Table,
) -> Result<()> {
    let figures = run(network, published, scratch)?;
    let allows = format!(
        "Chromium here: strict IndexedDB commit of 4 KiB {:.1} ms, fetch over loopback {:.1} ms",
        figures.strict_commit_ms, figures.loopback_fetch_ms
    );
    let how = format!(
        "{}, from the click; {:.0} ms from the worker's own note; two rounds of votes, validators sync to disk; {allows}",
        figures.spread("approve_to_certificate_ms"),
        figures.queued_to_certificate_ms,
    );
    let row = Row::new("transfer, approve → certificate, in Chromium", "ms", Target::AtMost(45.0));
    table.add(row.reference(91.0).value(figures.approve_to_certificate_ms).machine(how));
    let how = format!(
        "{}, an increment of the counter, from the click",
        figures.spread("operation_to_certificate_ms")
    );
    let row = Row::new("operation of an application, approve → certificate, in Chromium", "ms", Target::None);
    table.add(row.value(figures.operation_to_certificate_ms).machine(how));
    let row = Row::new("fuel of a contract, in Chromium", "million/s", Target::None);
    let how = format!(
        "{}: what a long loop takes more than a short one, in the wallet's node",
        figures.spread("loop_ms")
    );
    table.add(row.value(figures.fuel_per_second / 1e6).machine(how));
    let row = Row::new("first question to an application, in Chromium", "ms", Target::None);
    let how = "the counter's service of 1.1 MB: fetched, checked, compiled, asked; its next answer is cached";
    table.add(row.value(figures.first_question_ms).machine(how));
    let row = Row::new("node ready in the browser", "ms", Target::AtMost(250.0)).reference(300.0);
    let how = format!("{}, from the making of its worker, after a kill", figures.spread("node_ready_ms"));
    table.add(row.value(figures.node_ready_ms).machine(how));
    let row = Row::new("popup, first paint from snapshot", "ms", Target::AtMost(100.0));
    let how = format!("{}, from the start of the navigation", figures.spread("popup_first_paint_ms"));
    table.add(row.value(figures.popup_first_paint_ms).machine(how));
    let what =
        format!("sync of a {}-block chain, in Chromium, signatures and execution checked", sync::BLOCKS);
    let how = format!(
        "{}, from the request to its answer, all stored; one native core checks {:.0} signatures/ms, a block has 3; {allows}",
        figures.spread("sync_ms"),
        machine.certificate_checks / 1e3,
    );
    let row = Row::new(what, "blocks/s", Target::AtLeast(500.0));
    table.add(row.value(figures.sync_blocks_per_second).machine(how));
    Ok(())
}

fn run(network: &Network, published: &Published, scratch: &Path) -> Result<Figures> {
    let scripts = env::var_os(SCRIPTS).context("no browser to measure in")?;
    let out = scratch.join("browser");
    let (long, _) = network.chain(sync::CHAIN)?;
    let (recipient, _) = network.chain(0)?;
    // The table alone goes to standard output.
    let status = Command::new("node")
        .arg("bench.mjs")
        .current_dir(scripts)
        .env("WALNUT_FAUCET", &network.faucet)
        .env("WALNUT_OUT", &out)
        .env("WALNUT_BENCH_RECIPIENT", recipient.to_string())
        .env("WALNUT_BENCH_COUNTER", published.counter.to_string())
        .env("WALNUT_BENCH_LOOP", published.turner.to_string())
        .env("WALNUT_BENCH_CHAIN", long.to_string())
        .env("WALNUT_BENCH_BLOCKS", sync::BLOCKS.to_string())
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .context("cannot start node")?;
    anyhow::ensure!(status.success(), "the browser's part failed; it says above what happened");
    let file = out.join("browser.json");
    let text = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("cannot understand {}", file.display()))
}

/// The rows that need a browser, where there is none.
pub(crate) fn leave_out(table: &mut Table) {
    for (what, unit, reference, goal) in [
        ("transfer, approve → certificate, in Chromium", "ms", Some(91.0), Target::AtMost(45.0)),
        ("operation of an application, approve → certificate, in Chromium", "ms", None, Target::None),
        ("fuel of a contract, in Chromium", "million/s", None, Target::None),
        ("first question to an application, in Chromium", "ms", None, Target::None),
        ("node ready in the browser", "ms", Some(300.0), Target::AtMost(250.0)),
        ("popup, first paint from snapshot", "ms", None, Target::AtMost(100.0)),
        ("sync of a 400-block chain, in Chromium", "blocks/s", None, Target::AtLeast(500.0)),
    ] {
        let row = Row { reference, ..Row::new(what, unit, goal) };
        table.add(row.machine("no Chromium, or not started by `cargo xtask bench`"));
    }
}

/// Sizes of the artefacts.
pub(crate) fn measure_sizes(target: &Path, table: &mut Table) -> Result<()> {
    for (name, reference, limit) in [("node", Some(3.6), 2.0), ("popup", None, 0.35), ("vault", None, 0.285)]
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

fn gzip_megabytes(bytes: &[u8]) -> Result<f64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).context("cannot compress")?;
    Ok(to_f64(encoder.finish().context("cannot compress")?.len() as u64) / 1e6)
}
