//! Why a node did not execute a block.

use walnut_chain::{ChainError, WorkerError};
use walnut_client::{ClientError, LocalError};
use walnut_execution::BlockError;

/// What the person's node said about the block, when that is what went wrong.
///
/// # Panics
/// When something else went wrong.
pub fn refusal(error: ClientError) -> BlockError {
    let ClientError::Local(LocalError::Worker(worker)) = error else { panic!("not refused here: {error}") };
    let WorkerError::ChainError(chain) = *worker else { panic!("not about a chain: {worker}") };
    match *chain {
        ChainError::Block(block) => block,
        other => panic!("not about a block: {other}"),
    }
}
