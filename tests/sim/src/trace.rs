//! What happened: the last events as text, and a hash over all of them.

use std::{cell::RefCell, collections::VecDeque, fmt::Write as _};

/// Events that are kept as text.
const KEPT: usize = 400;

/// The events of a run.
#[derive(Debug)]
pub struct Trace {
    inner: RefCell<Inner>,
}

#[derive(Debug)]
struct Inner {
    hash: u64,
    last: VecDeque<String>,
    echo: bool,
}

impl Trace {
    /// No events yet. With `echo` every event goes to standard error as it happens.
    pub fn new(echo: bool) -> Self {
        Self { inner: RefCell::new(Inner { hash: 0xcbf2_9ce4_8422_2325, last: VecDeque::new(), echo }) }
    }

    /// Notes an event.
    pub fn note(&self, now: u64, event: std::fmt::Arguments<'_>) {
        let mut inner = self.inner.borrow_mut();
        let mut line = match inner.last.len() >= KEPT {
            true => inner.last.pop_front().unwrap_or_default(),
            false => String::new(),
        };
        line.clear();
        write!(line, "{:>12.3} ms  {event}", now as f64 / 1000.0).expect("a string takes everything");
        inner.hash = fold(inner.hash, line.as_bytes());
        if inner.echo {
            eprintln!("{line}");
        }
        inner.last.push_back(line);
    }

    /// Notes that a task was polled: only in the hash.
    pub fn note_poll(&self, task: u64) {
        let mut inner = self.inner.borrow_mut();
        inner.hash = (inner.hash ^ task).wrapping_mul(0x100_0000_01b3);
    }

    /// The hash over everything so far.
    pub fn hash(&self) -> u64 {
        self.inner.borrow().hash
    }

    /// The last events.
    pub fn last(&self, count: usize) -> Vec<String> {
        let inner = self.inner.borrow();
        let skip = inner.last.len().saturating_sub(count);
        inner.last.iter().skip(skip).cloned().collect()
    }
}

fn fold(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}
