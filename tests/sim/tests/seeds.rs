//! Fixed seeds, and the promises of the simulator itself.

use std::collections::BTreeSet;

use walnut_sim::{
    ledger::Tally,
    plan::{Fault, Options},
    run::{Report, run},
};

fn options(seed: u64, steps: u64) -> Options {
    Options { seed, steps, without: BTreeSet::new(), echo: false }
}

fn check(report: &Report) {
    let Some(violation) = &report.violation else { return };
    let seed = report.seed;
    panic!("seed {seed}, {:?}: {violation}\n{}", report.faults, report.last.join("\n"));
}

#[test]
fn fixed_seeds_break_no_promise() {
    let mut blocks = 0;
    let mut seen = BTreeSet::new();
    for seed in 1..=12 {
        let report = run(options(seed, 1_500));
        check(&report);
        blocks += report.blocks;
        seen.extend(report.faults);
    }
    assert!(blocks > 50, "only {blocks} blocks were made");
    assert_eq!(seen, Fault::ALL.into(), "every kind of fault takes part");
}

/// A simulator in which committees stay the same tests nothing of what follows from their changes.
#[test]
fn committees_change_and_epochs_are_revoked_while_chains_lag() {
    let (mut changed, mut changed_again) = (0, 0);
    let (mut revoked, mut late_blocks, mut late_messages) = (0, 0, 0);
    for seed in 1..=30 {
        let report = run(options(seed, 1_000));
        check(&report);
        let Tally { announced, .. } = report.epochs;
        let is_allowed = report.faults.contains(&Fault::Epochs);
        assert!(is_allowed || report.epochs == Tally::default(), "seed {seed}: {:?}", report.epochs);
        changed += usize::from(announced > 0);
        changed_again += usize::from(announced > 1);
        revoked += report.epochs.revoked;
        late_blocks += report.epochs.late_blocks;
        late_messages += report.epochs.late_messages;
    }
    assert!(changed >= 10, "only {changed} networks had another committee");
    assert!(changed_again >= 5, "only {changed_again} networks had several");
    assert!(revoked >= 5, "only {revoked} epochs were revoked");
    assert!(late_blocks >= 5, "only {late_blocks} blocks were made in revoked epochs");
    assert!(late_messages >= 1, "no message of a revoked epoch was taken");
}

#[test]
fn a_seed_replays_exactly() {
    let first = run(options(5, 2_000));
    assert_eq!(first, run(options(5, 2_000)));
    assert_ne!(first.hash, run(options(6, 2_000)).hash);
}

#[test]
fn a_kind_of_fault_that_is_switched_off_does_not_happen() {
    for seed in 1..=3 {
        let without = Fault::ALL.into();
        let report = run(Options { without, ..options(seed, 1_000) });
        check(&report);
        assert_eq!(report.faults, []);
    }
}
