//! Executing a block before it is proposed, fetching what that needs.

use std::collections::BTreeSet;

use walnut_base::{
    AccountOwner, Amount, Blob, Block, ChainId, ChainInfoQuery, Hashed, Operation, ProposedBlock,
};
use walnut_execution::ResourceTracker;

use crate::{
    client::Client, error::ClientError, host::Host, limits::STAGING_FETCHES_MAX, local::Bundles,
    sync::Fetched,
};

/// A block that executes here, ready to be proposed.
#[derive(Clone, Debug)]
pub struct StagedBlock {
    /// The block with its outcome.
    pub block: Hashed<Block>,
    /// Blobs that it publishes.
    pub blobs: Vec<Blob>,
    /// What executing it took.
    pub resources: ResourceTracker,
    /// The chain's own balance after the block.
    pub chain_balance: Amount,
    /// The signer's account on the chain after the block, if it has one.
    pub signer_balance: Option<Amount>,
}

impl StagedBlock {
    /// The block as it is proposed.
    pub fn proposed(&self) -> ProposedBlock {
        self.block.inner().clone().into_proposal().0
    }
}

impl<H: Host> Client<H> {
    /// Makes a block of everything that waits on the chain and these operations, and executes it here. Nothing is
    /// proposed. Bundles that fail are refused or left out, so the block may hold less than was waiting.
    ///
    /// # Errors
    /// [`ClientError::EmptyBlock`] when nothing waits and no operation is given; [`ClientError::Local`] when an operation
    /// fails; [`ClientError::NotAnOwner`] and [`ClientError::NoOwner`].
    pub async fn stage(
        &self,
        chain_id: ChainId,
        operations: Vec<Operation>,
        blobs: Vec<Blob>,
    ) -> Result<StagedBlock, ClientError> {
        let owner = self.proposer(chain_id).await?;
        let block = self.next_block(chain_id, owner, operations).await?;
        let handle = self.handle(chain_id);
        let never_reject = handle.policy.borrow().never_reject_application_ids.clone();
        let staged = self.stage_block(block, blobs, Some(&never_reject)).await?;
        Ok(staged)
    }

    /// Executes exactly this block (without `never_reject`), or what is left of it after failing bundles were refused.
    pub(super) async fn stage_block(
        &self,
        block: ProposedBlock,
        blobs: Vec<Blob>,
        never_reject: Option<&BTreeSet<walnut_base::GenericApplicationId>>,
    ) -> Result<StagedBlock, ClientError> {
        let chain_id = block.chain_id;
        let round = self.round_for_staging(chain_id).await?;
        let mut fetched = Fetched::default();
        for _ in 0..STAGING_FETCHES_MAX {
            let bundles = match never_reject {
                None => Bundles::MustSucceed,
                Some(never_reject) => Bundles::MayBeRefused {
                    limit_errors_max: self.options.block_limit_errors_max,
                    never_reject,
                },
            };
            let error = match self.local.stage(block.clone(), round, blobs.clone(), bundles).await {
                Ok(staged) => {
                    self.handle(chain_id).skipped_origins.borrow_mut().extend(staged.never_reject_origins);
                    return Ok(StagedBlock {
                        block: staged.block,
                        blobs,
                        resources: staged.resources,
                        chain_balance: staged.chain_balance,
                        signer_balance: staged.signer_balance,
                    });
                }
                Err(error) if error.is_empty_block() => return Err(ClientError::EmptyBlock),
                Err(error) => error,
            };
            let Some(missing) = error.missing() else { return Err(error.into()) };
            let remotes = self.remotes(&*self.admin_committee().await?);
            if !self.fetch_missing(chain_id, missing, &remotes, &mut fetched).await? {
                return Err(error.into());
            }
        }
        Err(ClientError::TooManyAttempts("fetching what a block needs"))
    }

    /// The owner that proposes on the chain.
    pub(super) async fn proposer(&self, chain_id: ChainId) -> Result<AccountOwner, ClientError> {
        let owner = self.owner_of(chain_id).ok_or(ClientError::NoOwner(chain_id))?;
        let info = self.local.chain_info(ChainInfoQuery::new(chain_id)).await?;
        let ownership = &info.manager.ownership;
        if !ownership.verify_owner(&owner) && !ownership.can_propose_in_multi_leader_round(&owner) {
            return Err(ClientError::NotAnOwner { chain_id, owner });
        }
        if !self.host.has_key(&owner) {
            return Err(crate::host::SignError::NoKey(owner).into());
        }
        Ok(owner)
    }
}
