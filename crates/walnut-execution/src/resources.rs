//! What executing a block costs, who pays, and how much of everything a block may use.
//!
//! Fees are integers, price times count, and are burned. The policy of the committee at the *start* of the block
//! prices the whole block (`linera-execution/src/resources.rs`).

mod controller;
mod meter;
mod sizes;
mod sources;
mod tracker;

pub use controller::{ActionController, ResourceController};
pub use meter::Meter;
pub use sources::{Payer, Sources};
pub use tracker::ResourceTracker;

#[cfg(test)]
mod tests;
