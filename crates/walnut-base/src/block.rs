//! Blocks: proposed, executed, and hashed.

mod executed;
mod proposed;
mod sub_hashes;
mod value;

pub use executed::{Block, BlockBody, BlockHeader};
pub use proposed::{BlockExecutionOutcome, ProposedBlock};
pub use sub_hashes::{BlockSubHashes, PreviousEventBlocksMap, PreviousMessageBlocksMap};
pub use value::{ConfirmedBlock, ValidatedBlock};

#[cfg(test)]
mod tests;
