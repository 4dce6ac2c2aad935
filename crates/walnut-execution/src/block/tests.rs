//! Whole blocks: checks, fees, sizes, replay.

mod checks;
mod fees;
mod replay;
mod retry;
