//! Rounds that a super owner opens.
//!
//! A validator in the fast round takes a proposal of the multi-leader rounds or of the first single-leader round from a
//! super owner only; everybody else needs a certificate to lift it. So when a super owner goes on to such a round and
//! reaches some validators only, its proposal is all that lifts the others. Validators keep the latest proposal: once
//! another owner's has taken its place, it is gone. Then neither round has a quorum, and neither ends.
//!
//! Against this, a regular owner first passes such a proposal on, and a super owner proposes in a round that is taken when
//! nothing else ends it. Nobody else can: a regular owner who finds the rounds parted has to wait for a super owner.

use walnut_base::{
    AccountOwner, BlockProposal, ChainId, ChainInfoQuery, ChainManagerInfo, LockingBlock, NodeError, Round,
};

use super::drive::proposals;
use crate::{
    client::Client, error::ClientError, host::Host, quorum::communicate_with_quorum, sync::to_node_error,
    update::Updater,
};

/// Whether the current round was entered from the fast round, and no certificate is at hand that lifts others into it.
fn is_opened_by_proposal(manager: &ChainManagerInfo) -> bool {
    let round = manager.current_round;
    let is_locked = matches!(manager.requested_locking.as_deref(), Some(LockingBlock::Regular(_)));
    manager.ownership.first_round().is_fast()
        && (round.is_multi_leader() || round == Round::SingleLeader(0))
        && manager.timeout.is_none()
        && !is_locked
}

/// The proposal that everybody must have got before this owner takes its place.
pub(super) fn opening(manager: &ChainManagerInfo, owner: &AccountOwner) -> Option<BlockProposal> {
    let super_owners = &manager.ownership.super_owners;
    if !is_opened_by_proposal(manager) || super_owners.contains(owner) {
        return None;
    }
    let opens = |proposal: &&BlockProposal| {
        !proposal.content.round.is_fast() && super_owners.contains(&proposal.owner())
    };
    proposals(manager).find(opens).cloned()
}

/// Whether a round could not be ended because validators are in the fast round and cannot be lifted out of it.
pub(super) fn is_fast_elsewhere(error: &ClientError) -> bool {
    let ClientError::Quorum(error) = error else { return false };
    error.errors().into_iter().any(|error| *error == NodeError::WrongRound(Round::Fast))
}

/// Whether a proposal of this owner lifts those who are still in the fast round into the current one.
pub(super) fn must_open(manager: &ChainManagerInfo, owner: &AccountOwner) -> bool {
    manager.current_round == Round::SingleLeader(0)
        && is_opened_by_proposal(manager)
        && manager.ownership.super_owners.contains(owner)
}

impl<H: Host> Client<H> {
    /// Passes a super owner's proposal on, until a quorum of validators has left the fast round.
    ///
    /// # Errors
    /// [`ClientError::Quorum`] when not enough of them can be reached.
    pub(super) async fn open_round(
        &self,
        chain_id: ChainId,
        opening: &BlockProposal,
    ) -> Result<(), ClientError> {
        let committee = self.chain_committee(chain_id).await?;
        let height = opening.content.block.height;
        let actions = self.remotes(&committee).into_iter().map(|remote| {
            (remote.public_key, async move {
                let mut updater = Updater::new(self, remote);
                let Err(error) = updater.send_proposal(opening, Vec::new()).await else { return Ok(()) };
                // It may have been lifted all the same, before or by what it refused in the end.
                let info = updater.remote.query(ChainInfoQuery::new(chain_id)).await?;
                match info.next_block_height > height || !info.manager.current_round.is_fast() {
                    true => Ok(()),
                    false => Err::<(), NodeError>(to_node_error(error)),
                }
            })
        });
        communicate_with_quorum(&*self.host, &committee, actions.collect(), |()| ()).await?;
        Ok(())
    }
}
