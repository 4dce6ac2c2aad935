//! Applications whose forms the wallet knows: how to recognise them by what their service answers, what their
//! operations and messages are in bytes, and how to say it.
//!
//! An application is taken for what its service says it is. That decides about words only: what a block does to
//! balances is found out by executing it.

pub mod counter;
pub mod fungible;
mod pretty;
pub mod schema;

pub use pretty::pretty_json;

#[cfg(test)]
mod tests;
