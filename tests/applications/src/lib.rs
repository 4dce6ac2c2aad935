//! The examples on a network of ours.
//!
//! A [`Network`] is a local network in this process, validators with shards and a faucet. A [`Person`] is a wallet of it:
//! a client that executes every block itself before validators are asked to. The tests lie in `tests/examples`; each of
//! them says what an example promises and compares exact values.
//!
//! The modules are built by `cargo xtask examples` ([`modules`]).

mod log;
pub mod modules;
mod network;
mod person;
mod refusal;
mod web;

pub use log::Log;
pub use network::Network;
pub use person::{Person, response};
pub use refusal::refusal;
pub use web::Web;
