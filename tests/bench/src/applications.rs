//! The machine that runs applications: fuel, one action, and the first call of a large module.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use walnut_base::CryptoHash;
use walnut_vm::{Answer, EntryPoint, HostCall, Machine, Module, ModuleCache, ModuleKind, Step};

use crate::{
    network::to_f64,
    table::{Row, Table, Target},
};

/// The counter of the reference.
pub(crate) const CONTRACT: &[u8] = include_bytes!("../../vectors/applications/counter_contract.wasm");
/// Its service: 1.1 MB.
pub(crate) const SERVICE: &[u8] = include_bytes!("../../vectors/applications/counter_service.wasm");

/// Turns of the loop that uses fuel.
const TURNS: u32 = 100_000_000;
/// Actions and calls of which the median counts.
const ACTIONS: usize = 501;
const CALLS: usize = 21;

/// Arithmetic in a loop, 13 units of fuel a turn: as often as its operation says in decimal digits.
pub(crate) fn loop_contract() -> Result<Vec<u8>> {
    wat::parse_str(include_str!("../modules/loop_contract.wat")).context("the loop's contract is no module")
}

/// Measures without a chain: nothing but code, memory and answers.
pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let module = Module::new(ModuleKind::Contract, &loop_contract()?)?;
    let mut machine = Machine::new(&module)?;
    let operation = EntryPoint::ExecuteOperation(TURNS.to_string().into_bytes());
    let start = Instant::now();
    let step = machine.enter(&operation, u64::MAX)?;
    let elapsed = start.elapsed();
    anyhow::ensure!(matches!(step, Step::Done(_)), "the loop stopped: {step:?}");
    let fuel = to_f64(machine.take_fuel());
    let row = Row::new("fuel of a contract, native", "million/s", Target::None);
    let how = format!("{TURNS} turns of arithmetic in {:.2} s, metered", elapsed.as_secs_f64());
    table.add(row.value(fuel / elapsed.as_secs_f64() / 1e6).machine(how));

    let module = Module::new(ModuleKind::Contract, CONTRACT)?;
    let mut used = 0;
    let action = median(ACTIONS, || {
        let mut machine = Machine::new(&module)?;
        run(&mut machine, &EntryPoint::ExecuteOperation(5u64.to_le_bytes().to_vec()))?;
        run(&mut machine, &EntryPoint::Finalize)?;
        used = machine.take_fuel();
        Ok(())
    })?;
    let row = Row::new("one operation of the counter: instantiate, execute, finalize", "µs", Target::None);
    table.add(row.value(micros(action)).machine(format!("median of {ACTIONS}, {used} units of fuel each")));

    let query = EntryPoint::HandleQuery(br#"{"query":"query { value }"}"#.to_vec());
    let cold = median(CALLS, || {
        let module = Module::new(ModuleKind::Service, SERVICE)?;
        run(&mut Machine::new(&module)?, &query)
    })?;
    let cache = ModuleCache::default();
    let key = (ModuleKind::Service, CryptoHash::ZERO);
    cache.load(key, SERVICE)?;
    let cached = median(CALLS, || {
        let module = cache.find(&key).context("the module was dropped from the cache")?;
        run(&mut Machine::new(&module)?, &query)
    })?;
    let size = to_f64(SERVICE.len() as u64) / 1e6;
    for (state, time) in [("cold", cold), ("cached", cached)] {
        let row = Row::new(format!("first call of a {size:.1} MB module, {state}"), "ms", Target::None);
        let how = format!("median of {CALLS}; a GraphQL query of the counter's service");
        table.add(row.value(micros(time) / 1e3).machine(how));
    }
    Ok(())
}

/// Plays the node of a counter whose value is 7.
fn run(machine: &mut Machine, entry: &EntryPoint) -> Result<()> {
    let mut step = machine.enter(entry, u64::MAX)?;
    loop {
        let answer = match step {
            Step::Done(_) => return Ok(()),
            Step::Host(HostCall::ApplicationParameters) => Answer::new(&b"null".to_vec()),
            Step::Host(HostCall::ReadMultiValuesBytesNew(_)) => Answer::new(&0u32),
            Step::Host(HostCall::ReadMultiValuesBytesWait(_)) => {
                Answer::new(&vec![Some(7u64.to_le_bytes().to_vec())])
            }
            Step::Host(HostCall::WriteBatch(_)) => Answer::new(&()),
            step => bail!("the counter does something else: {step:?}"),
        };
        step = machine.resume(answer, u64::MAX)?;
    }
}

fn median(runs: usize, mut work: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times.get(runs / 2).copied().context("nothing was measured")
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
