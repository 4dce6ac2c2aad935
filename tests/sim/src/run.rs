//! One run: faults, healing, quiet.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
};

use crate::{
    chaos,
    executor::Step,
    ledger::Tally,
    plan::{Fault, GENESIS_TIME, Options, Plan},
    rogue,
    wallet::Wallet,
    world::{Invariant, Violation, World},
};

/// Events that a report shows.
const SHOWN: usize = 60;

/// How long messages may take when nothing goes wrong any more, in microseconds.
const QUIET_LIMIT: u64 = 300_000_000;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// Steps, all in all.
    pub steps: u64,
    /// Blocks that were confirmed.
    pub blocks: usize,
    /// What became of epochs.
    pub epochs: Tally,
    /// Pretend time, in microseconds.
    pub time: u64,
    /// Hash over everything that happened.
    pub hash: u64,
    /// What may have gone wrong.
    pub faults: Vec<Fault>,
    /// The promise that was broken, if one was.
    pub violation: Option<Violation>,
    /// The last events.
    pub last: Vec<String>,
}

/// Runs a seed.
pub fn run(options: Options) -> Report {
    let plan = Plan::new(options);
    let faults = plan.faults.iter().copied().collect();
    let seed = plan.options.seed;
    let world = World::new(plan);
    let mut steps = 0;
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| conduct(&world, &mut steps))) {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        world.violate(Invariant::Panic, text.unwrap_or_default());
    }
    let report = Report {
        seed,
        steps,
        blocks: world.ledger.borrow().blocks(),
        epochs: world.ledger.borrow().tally(),
        time: world.executor.now() - GENESIS_TIME,
        hash: world.trace.hash(),
        faults,
        violation: world.violation(),
        last: world.trace.last(SHOWN),
    };
    world.executor.clear();
    report
}

fn conduct(world: &Rc<World>, steps: &mut u64) {
    let tokens = world.ledger.borrow().tokens();
    let plan = &world.plan;
    let mut wallets = (0..plan.devices).map(|key| Wallet::new(world, key, key)).collect::<Vec<_>>();
    if plan.has(Fault::Twin) {
        wallets.push(Wallet::new(world, plan.devices, 0));
    }
    world.validators.borrow().iter().for_each(|validator| validator.start());
    wallets.iter().for_each(Wallet::start);
    chaos::start(world, &wallets);
    rogue::start(world);
    let limit = plan.options.steps;
    proceed(world, steps, |steps| steps >= limit);
    world.note(format_args!("everything heals"));
    world.is_faulty.set(false);
    world.divide(Default::default());
    for validator in world.validators.borrow().iter() {
        validator.start();
    }
    for wallet in &wallets {
        wallet.retire();
        if !wallet.is_running() {
            wallet.start();
        }
    }
    proceed(world, steps, |_| wallets.iter().all(|wallet| wallet.is_done.get()));
    let deadline = world.executor.now() + QUIET_LIMIT;
    while world.violation().is_none() {
        let until = world.executor.now() + 10_000_000;
        proceed(world, steps, |_| world.executor.now() >= until);
        let Some(unrest) = world.unrest() else { break };
        if world.executor.now() > deadline {
            world.violate(Invariant::Delivery, unrest);
        }
    }
    let left = world.ledger.borrow().tokens();
    if left != tokens {
        world.violate(Invariant::Tokens, format!("there are {left} attos where there were {tokens}"));
    }
}

/// Takes steps until something is so, or a promise is broken.
fn proceed(world: &Rc<World>, steps: &mut u64, is_enough: impl Fn(u64) -> bool) {
    while world.violation().is_none() && !is_enough(*steps) {
        match world.executor.step() {
            Step::Polled(task) => world.trace.note_poll(task),
            Step::Alarmed => {}
            Step::Idle => return,
        }
        *steps += 1;
    }
}
