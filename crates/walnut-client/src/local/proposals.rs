//! Staging blocks, and the record of the proposal that is on its way.

use std::collections::BTreeSet;

use walnut_base::{Blob, ChainId, GenericApplicationId, ProposedBlock, encoding::from_bcs};
use walnut_chain::{StagedBlock, StagingPolicy};
use walnut_execution::AutoRetry;
use walnut_views::{Batch, RootKey};

use super::{LocalError, LocalNode, writes::split};
use crate::{
    error::ClientError,
    host::{Durability, Host},
    propose::PendingProposal,
};

/// Inner key of pending proposals in the local partition.
const PENDING_PROPOSAL: u8 = 1;

/// Bytes of a pending proposal: a block proposal of the largest size a policy allows, with its blobs.
const PENDING_PROPOSAL_BYTES_MAX: usize = 64 << 20;

/// What staging does with bundles that fail.
pub(crate) enum Bundles<'a> {
    /// The block is as it must be.
    MustSucceed,
    /// Refuse them, or leave them for later.
    MayBeRefused {
        /// Bundles that may exceed limits before all remaining ones are left out.
        limit_errors_max: u32,
        /// Bundles of these applications only are left for later instead of refused.
        never_reject: &'a BTreeSet<GenericApplicationId>,
    },
}

impl<H: Host> LocalNode<H> {
    /// Executes a block without keeping the result.
    pub(crate) async fn stage(
        &self,
        block: ProposedBlock,
        multi_leader_round: Option<u32>,
        blobs: Vec<Blob>,
        bundles: Bundles<'_>,
    ) -> Result<StagedBlock, LocalError> {
        let mut is_out_of_time = || false;
        let policy = match bundles {
            Bundles::MustSucceed => StagingPolicy::Abort,
            Bundles::MayBeRefused { limit_errors_max, never_reject } => StagingPolicy::AutoRetry(AutoRetry {
                max_failures: limit_errors_max,
                never_reject_application_ids: never_reject,
                is_out_of_time: &mut is_out_of_time,
            }),
        };
        self.run(Durability::Relaxed, async |node, overlay| {
            let now = self.now();
            split(node.stage_block_execution(overlay, block, multi_leader_round, blobs, policy, now).await)
        })
        .await
    }

    /// The proposal on its way for the chain's next block, if there is one.
    pub(crate) async fn pending_proposal(
        &self,
        chain_id: ChainId,
    ) -> Result<Option<PendingProposal>, ClientError> {
        if let Some(known) = self.pending.get(chain_id) {
            return Ok(known);
        }
        let mark = self.pending.read();
        let pending = match self.read_local(&pending_key(chain_id)).await? {
            Some(bytes) => Some(from_bcs(&bytes, PENDING_PROPOSAL_BYTES_MAX).map_err(|error| {
                ClientError::DamagedRecord(format!("pending proposal of chain {chain_id}: {error}"))
            })?),
            None => None,
        };
        self.pending.was_read(&mark, chain_id, &pending);
        Ok(pending)
    }

    /// Keeps the proposal through a power cut, in one commit with the signer's record of it. Must have returned before a
    /// byte of it leaves.
    pub(crate) async fn set_pending_proposal(
        &self,
        pending: &PendingProposal,
        record: Batch,
    ) -> Result<(), ClientError> {
        let bytes = bcs::to_bytes(pending).map_err(|error| ClientError::DamagedRecord(error.to_string()))?;
        let mut batch = record;
        batch.put(pending_key(pending.block.chain_id), bytes);
        self.write_pending(pending.block.chain_id, Some(pending.clone()), batch, Durability::Strict).await
    }

    /// Forgets the proposal: its height is decided.
    pub(crate) async fn clear_pending_proposal(&self, chain_id: ChainId) -> Result<(), ClientError> {
        let mut batch = Batch::default();
        batch.delete(pending_key(chain_id));
        self.write_pending(chain_id, None, batch, Durability::Relaxed).await
    }

    async fn write_pending(
        &self,
        chain_id: ChainId,
        pending: Option<PendingProposal>,
        batch: Batch,
        durability: Durability,
    ) -> Result<(), ClientError> {
        let write = self.pending.write(chain_id);
        self.host.commit(&batch, durability).await?;
        write.done(chain_id, pending);
        Ok(())
    }
}

fn pending_key(chain_id: ChainId) -> Vec<u8> {
    let mut key = RootKey::Local.bytes();
    key.push(PENDING_PROPOSAL);
    key.extend_from_slice(chain_id.0.as_bytes());
    key
}
