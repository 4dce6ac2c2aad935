//! Protobuf to base and back: golden certificates, every message, pinned bytes, hostile input.
#![allow(clippy::unwrap_used, reason = "tests")]

mod descriptor;
mod golden;
mod hostile;
mod pinned;
mod round_trips;
mod samples;
