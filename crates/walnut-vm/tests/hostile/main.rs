//! Bytecode and applications that mean harm: they are refused or they trap, and they take nothing that is not theirs.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "noise may be cut off")]
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod application;
mod calls;
mod growth;
mod mutations;
mod refusals;
mod rng;
