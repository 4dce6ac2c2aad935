//! The applications of `examples/`: built, for the native tests that run them, and held to the same form as all else.

use anyhow::Result;

use super::tally::Tally;
use super::{Context, one};
use crate::examples;

/// One check each, so that a lint does not hide whether they build.
pub(super) fn run(context: &Context<'_>) -> Result<Tally> {
    let Context { machine, workspace } = context;
    let checks = [
        examples::run(machine, workspace),
        examples::format(machine, workspace),
        examples::lint(machine, workspace),
    ];
    let mut tally = Tally::default();
    for check in checks {
        tally += match check {
            Ok(()) => one(()),
            Err(error) => {
                println!("{error:#}");
                Tally { passed: 0, failed: 1 }
            }
        };
    }
    Ok(tally)
}
