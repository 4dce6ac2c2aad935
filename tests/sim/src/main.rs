//! Runs seeds, and tells which of them break a promise.

use std::{
    fmt,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use clap::Parser;
use walnut_sim::{
    ledger::Tally,
    plan::{Fault, Options},
    run::{Report, run},
    shrink::shrink,
};

/// Runs networks with pretend time and faults, one per seed.
#[derive(Debug, Parser)]
struct Arguments {
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Steps with faults per seed; healing takes as many as it takes.
    #[arg(long, default_value_t = 5_000)]
    steps: u64,
    /// How many seeds; without it and without --hours, one.
    #[arg(long)]
    seeds: Option<u64>,
    /// For how long, in hours.
    #[arg(long)]
    hours: Option<f64>,
    /// Seeds at the same time.
    #[arg(long, default_value_t = 2)]
    jobs: u64,
    /// Kinds of faults that must not happen, separated by commas.
    #[arg(long, value_delimiter = ',')]
    without: Vec<Fault>,
    /// Shows every event as it happens.
    #[arg(long)]
    trace: bool,
    /// Looks for the least that a failure needs.
    #[arg(long)]
    shrink: bool,
}

/// What all seeds come to.
#[derive(Default)]
struct Sum {
    steps: AtomicU64,
    blocks: AtomicU64,
    epochs: Mutex<Epochs>,
    seeds: AtomicU64,
    next: AtomicU64,
    has_failed: AtomicBool,
    output: Mutex<()>,
}

/// What became of committees, all in all.
#[derive(Default)]
struct Epochs {
    /// Networks with another committee than the first, and with two or more.
    changed: usize,
    changed_again: usize,
    revoked: usize,
    late_blocks: usize,
    late_messages: usize,
}

impl Epochs {
    fn add(&mut self, tally: &Tally) {
        self.changed += usize::from(tally.announced > 0);
        self.changed_again += usize::from(tally.announced > 1);
        self.revoked += tally.revoked;
        self.late_blocks += tally.late_blocks;
        self.late_messages += tally.late_messages;
    }
}

impl fmt::Display for Epochs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { changed, changed_again, revoked, late_blocks, late_messages } = self;
        write!(
            formatter,
            "{changed} networks with other committees, {changed_again} of them with several; {revoked} epochs \
             revoked, of which {late_blocks} blocks and {late_messages} messages came later"
        )
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let start = Instant::now();
    let end = arguments.hours.map(|hours| start + Duration::from_secs_f64(hours * 3600.0));
    let limit = arguments.seeds.unwrap_or(if end.is_some() { u64::MAX } else { 1 });
    let sum = Sum::default();
    std::thread::scope(|scope| {
        for _ in 0..arguments.jobs.min(limit).max(1) {
            let (sum, arguments) = (&sum, &arguments);
            let work = move || work(arguments, sum, limit, end);
            let thread = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work);
            thread.expect("a thread can be started");
        }
    });
    let (steps, seconds) = (sum.steps.into_inner(), start.elapsed().as_secs_f64());
    println!(
        "{} seeds, {steps} steps, {} blocks, {seconds:.1} s, {:.0} steps per second",
        sum.seeds.into_inner(),
        sum.blocks.into_inner(),
        steps as f64 / seconds.max(0.001)
    );
    println!("{}", sum.epochs.into_inner().unwrap_or_else(PoisonError::into_inner));
    match sum.has_failed.into_inner() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

/// Takes seeds until they are used up, time is over, or one has failed.
fn work(arguments: &Arguments, sum: &Sum, limit: u64, end: Option<Instant>) {
    loop {
        let number = sum.next.fetch_add(1, Ordering::Relaxed);
        let is_over = end.is_some_and(|end| Instant::now() >= end);
        if number >= limit || is_over || sum.has_failed.load(Ordering::Relaxed) {
            return;
        }
        let options = Options {
            seed: arguments.seed.wrapping_add(number),
            steps: arguments.steps,
            without: arguments.without.iter().copied().collect(),
            echo: arguments.trace,
        };
        let report = run(options.clone());
        sum.steps.fetch_add(report.steps, Ordering::Relaxed);
        sum.blocks.fetch_add(report.blocks as u64, Ordering::Relaxed);
        sum.seeds.fetch_add(1, Ordering::Relaxed);
        sum.epochs.lock().unwrap_or_else(PoisonError::into_inner).add(&report.epochs);
        if report.violation.is_some() {
            sum.has_failed.store(true, Ordering::Relaxed);
            let _one_at_a_time = sum.output.lock().unwrap_or_else(PoisonError::into_inner);
            tell(&report, &options, arguments.shrink);
        }
    }
}

fn tell(report: &Report, options: &Options, is_to_shrink: bool) {
    let Some(violation) = &report.violation else { return };
    println!("the last events of seed {}:", report.seed);
    report.last.iter().for_each(|line| println!("{line}"));
    println!("violation\t{:?}\tseed {}\tsteps {}", violation.invariant, report.seed, report.steps);
    println!("{violation}");
    println!("it may go wrong: {:?}; trace {:016x}", report.faults, report.hash);
    println!("again: cargo xtask sim --seed {} --steps {} --trace", report.seed, options.steps);
    if is_to_shrink {
        let (options, report) = shrink(options, violation.invariant);
        let without = options.without.iter().map(|fault| format!("{fault:?}")).collect::<Vec<_>>().join(",");
        println!("shrunk to {} steps and {:?}", report.steps, report.faults);
        println!(
            "again: cargo xtask sim --seed {} --steps {} --without {without} --trace",
            options.seed, options.steps
        );
    }
}
