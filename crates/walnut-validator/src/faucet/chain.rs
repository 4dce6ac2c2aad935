//! What the faucet needs of its chain.

use thiserror::Error;
use walnut_base::{Amount, BlockHeight, ChainId, Committee, ConfirmedBlockCertificate, Epoch, Operation};

/// The faucet's chain cannot be extended or read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChainFailure {
    /// Too few validators answered usefully; what one of them said.
    #[error("no quorum: {0}")]
    NoQuorum(String),
    /// The validators refuse the block because of what is in it.
    #[error("the block was refused: {0}")]
    Refused(String),
    /// Another block was there first; try again.
    #[error("A different block was committed at this height: {0}")]
    OtherBlock(BlockHeight),
    /// A validator sent something that cannot be.
    #[error("a validator's answer is unusable: {0}")]
    Unusable(String),
    /// The rounds in which the owner may propose are used up.
    #[error("no round is left to propose in at height {0}")]
    NoRound(BlockHeight),
}

/// The chain as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaucetState {
    /// What can be given away.
    pub balance: Amount,
    /// Its epoch.
    pub epoch: Epoch,
    /// The height of its next block.
    pub next_block_height: BlockHeight,
}

/// A chain of which this process is the owner. One caller at a time extends it.
pub trait FaucetChain: Send + Sync + 'static {
    /// Its name.
    fn chain_id(&self) -> ChainId;

    /// Extends the chain by a block with these operations. A block that was begun before, by this process or the one before
    /// it, is finished first.
    fn execute(
        &self,
        operations: Vec<Operation>,
    ) -> impl Future<Output = Result<ConfirmedBlockCertificate, ChainFailure>> + Send;

    /// The chain as it is now; a block that was begun before is finished first.
    fn state(&self) -> impl Future<Output = Result<FaucetState, ChainFailure>> + Send;

    /// The blocks from a height on, oldest first; as many as come in one answer.
    fn blocks_from(
        &self,
        height: BlockHeight,
    ) -> impl Future<Output = Result<Vec<ConfirmedBlockCertificate>, ChainFailure>> + Send;

    /// The committee of an epoch.
    fn committee(&self, epoch: Epoch) -> Result<Committee, ChainFailure>;
}
