//! `replay [--json] DIR…`: replays recorded networks and says what differs.

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use walnut_execution::{NothingOutside, WasmApplications};
use walnut_vectors::{Recording, Report, block_on, replay};

fn main() -> ExitCode {
    let (options, folders): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let as_json = options.iter().any(|option| option == "--json");
    if folders.is_empty() || options.iter().any(|option| option != "--json") {
        eprintln!("usage: replay [--json] DIR…");
        return ExitCode::from(2);
    }
    let mut is_clean = true;
    for folder in &folders {
        let recording = match Recording::from_folder(Path::new(folder)) {
            Ok(recording) => recording,
            Err(error) => {
                eprintln!("{folder}: {error}");
                return ExitCode::from(2);
            }
        };
        let start = Instant::now();
        let report = block_on(replay(&recording, WasmApplications::<NothingOutside>::default()));
        let time = start.elapsed();
        is_clean &= report.mismatches.is_empty();
        if as_json {
            print_json(folder, &report, time);
        } else {
            print_table(folder, &report, time);
        }
    }
    if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn blocks_per_second(report: &Report, time: Duration) -> u128 {
    u128::from(report.blocks_executed) * 1_000_000 / time.as_micros().max(1)
}

fn print_json(folder: &str, report: &Report, time: Duration) {
    let value = serde_json::json!({
        "recording": folder,
        "report": report,
        "mismatches_by_kind": report.mismatches_by_kind().into_iter()
            .map(|(kind, count)| (kind.to_string(), count))
            .collect::<std::collections::BTreeMap<_, _>>(),
        "microseconds": u64::try_from(time.as_micros()).unwrap_or(u64::MAX),
        "blocks_per_second": u64::try_from(blocks_per_second(report, time)).unwrap_or(u64::MAX),
    });
    println!("{value}");
}

fn print_table(folder: &str, report: &Report, time: Duration) {
    println!("{folder}");
    println!(
        "{:<64} {:>6} {:>8} {:>18} {:>11}",
        "chain", "blocks", "executed", "needs applications", "final state"
    );
    for chain in &report.chains {
        println!(
            "{:<64} {:>6} {:>8} {:>18} {:>11}",
            chain.chain_id.to_string(),
            chain.blocks,
            chain.executed,
            chain.needs_applications,
            if chain.final_state_checked { "compared" } else { "-" },
        );
    }
    println!(
        "certificates verified {}, blocks executed {}, needs applications {}, mismatches {}, {} ms, {} blocks/s",
        report.certificates_verified,
        report.blocks_executed,
        report.needs_applications,
        report.mismatches.len(),
        time.as_millis(),
        blocks_per_second(report, time),
    );
    for (kind, count) in report.mismatches_by_kind() {
        println!("  {kind}: {count}");
    }
    for mismatch in &report.mismatches {
        println!("  {mismatch}");
    }
}
