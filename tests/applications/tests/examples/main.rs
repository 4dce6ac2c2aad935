//! Every example does on a network what its README says.

mod counter;
mod fungible;
mod market;
mod micropay;
mod notary;
mod price;
mod sessions;
mod social;
mod tokens;

use walnut_base::Amount;
use walnut_execution::{BlockError, ChainExecutionContext, ExecutionError};

/// What is left of a panic: the reason is in the application's log only.
fn trap() -> BlockError {
    let error = ExecutionError::WasmError(
        "Failed to execute Wasm module: wasm `unreachable` instruction executed".into(),
    );
    BlockError::ExecutionError(Box::new(error), ChainExecutionContext::Operation(0))
}

fn amount(tokens: u128) -> Amount {
    Amount::from_tokens(tokens)
}
