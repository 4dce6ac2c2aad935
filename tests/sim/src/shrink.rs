//! The least that a failure needs: which kinds of faults, and how many steps.

use std::collections::BTreeSet;

use crate::{
    plan::{Fault, Options},
    run::{Report, run},
    world::Invariant,
};

/// Smaller options that break the same promise, with their report. Kinds of faults are switched off one by one, then steps
/// are halved, for as long as that promise still breaks.
pub fn shrink(options: &Options, invariant: Invariant) -> (Options, Report) {
    let breaks = |options: &Options| {
        let report = run(options.clone());
        let is_same = report.violation.as_ref().is_some_and(|violation| violation.invariant == invariant);
        is_same.then_some(report)
    };
    let mut best = Options { echo: false, ..options.clone() };
    let mut report = run(best.clone());
    for fault in Fault::ALL {
        let mut without: BTreeSet<Fault> = best.without.clone();
        if !report.faults.contains(&fault) || !without.insert(fault) {
            continue;
        }
        let fewer = Options { without, ..best.clone() };
        if let Some(shorter) = breaks(&fewer) {
            (best, report) = (fewer, shorter);
        }
    }
    while best.steps > 100 {
        let shorter = Options { steps: best.steps / 2, ..best.clone() };
        let Some(found) = breaks(&shorter) else { break };
        (best, report) = (shorter, found);
    }
    (best, report)
}
