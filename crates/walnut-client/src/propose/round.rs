//! The choice of the round (`linera-core`, `round_for_new_proposal`).

use walnut_base::{AccountOwner, ChainId, ChainInfo, ChainInfoQuery, Round};

use super::drive::proposals;
use crate::{client::Client, error::ClientError, host::Host};

/// Where to propose, or how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Propose in this round.
    Now(Round),
    /// The round belongs to somebody else until it times out.
    Later { timestamp: walnut_base::Timestamp, current_round: Round },
}

impl<H: Host> Client<H> {
    /// The multi-leader round that a block would be proposed in if it uses oracles; execution may ask for it.
    pub(super) async fn round_for_staging(&self, chain_id: ChainId) -> Result<Option<u32>, ClientError> {
        let info = self.local.chain_info(ChainInfoQuery::new(chain_id).with_manager_values()).await?;
        let Some(owner) = self.owner_of(chain_id) else { return Ok(None) };
        match self.choose_round(&info, owner, true, None, false).await {
            Ok(Turn::Now(round)) => Ok(round.multi_leader()),
            // Not our turn: whatever round comes then is not known yet.
            Ok(Turn::Later { .. })
            | Err(ClientError::ConflictingProposal(_) | ClientError::NotAnOwner { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The round for a proposal. `signed` is the round that this very proposal was signed for before: sending it again is
    /// no conflict with itself. With `must_open` that of somebody else is none either (see [`super::opening`]).
    pub(super) async fn choose_round(
        &self,
        info: &ChainInfo,
        owner: AccountOwner,
        has_oracle_responses: bool,
        signed: Option<Round>,
        must_open: bool,
    ) -> Result<Turn, ClientError> {
        let manager = &info.manager;
        let current = manager.current_round;
        let skip_fast = current.is_fast() && (has_oracle_responses || !self.options.allow_fast_blocks);
        let is_others = proposals(manager).any(|proposal| proposal.content.round == current);
        let is_taken = (is_others && !must_open) || signed == Some(current);
        let later = || match manager.round_timeout {
            Some(timestamp) => Ok(Turn::Later { timestamp, current_round: current }),
            None => Err(ClientError::ConflictingProposal(current)),
        };
        let round = match current {
            _ if !skip_fast && !is_taken => current,
            Round::Fast | Round::MultiLeader(_) => match manager.ownership.next_round(current) {
                Some(next) => next,
                None => return later(),
            },
            Round::SingleLeader(_) | Round::Validator(_) => return later(),
        };
        let may_propose = self
            .local
            .inspect(info.chain_id, async |chain| Ok(chain.manager().verify_owner(&owner, round)))
            .await?;
        match may_propose {
            true => Ok(Turn::Now(round)),
            false if manager.round_timeout.is_some() => later(),
            false => Err(ClientError::NotAnOwner { chain_id: info.chain_id, owner }),
        }
    }
}
