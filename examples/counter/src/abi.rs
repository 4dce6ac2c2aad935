//! The forms of the counter: BCS as operation and response, JSON as instantiation argument.

use serde::{Deserialize, Serialize};

/// What a block may ask of the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Adds to the number on this chain. Fails beyond `u64::MAX`.
    Increment {
        /// How much to add.
        value: u64,
    },
}

/// The number after the operation.
pub type Response = u64;

/// The number on the chain that creates the application; other chains start at zero.
pub type InstantiationArgument = u64;
