//! The deterministic function: operations and messages to new state.
