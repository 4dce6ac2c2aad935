//! The counter: one number per chain, and one operation that adds to it (`examples/counter`).

use serde::{Deserialize, Serialize};

use super::schema::SchemaField;

/// What a block may ask of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CounterOperation {
    /// Adds to the number.
    Increment {
        /// How much.
        value: u64,
    },
}

/// An operation in its bytes: as here, or the number alone, as upstream's counter takes it. None when they are no
/// counter's.
pub fn read_operation(bytes: &[u8]) -> Option<CounterOperation> {
    match <[u8; 8]>::try_from(bytes) {
        Ok(number) => Some(CounterOperation::Increment { value: u64::from_le_bytes(number) }),
        Err(_) => bcs::from_bytes(bytes).ok(),
    }
}

/// Whether a service with these questions and mutations is a counter's: `value`, and `increment(value)`.
pub fn is_counter(schema: &[SchemaField]) -> bool {
    let has = |is_mutation: bool, name: &str, arguments: &[&str]| {
        schema.iter().any(|field| {
            field.is_mutation == is_mutation
                && field.name == name
                && field.arguments.iter().map(|argument| argument.name.as_str()).eq(arguments.iter().copied())
        })
    };
    has(false, "value", &[]) && has(true, "increment", &["value"])
}
