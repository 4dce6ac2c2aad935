//! Chains with several owners: waiting for a turn, and being overtaken.

use serde::{Deserialize, Serialize};
use walnut_base::{AccountOwner, BlockHeight, CryptoHash, Round, Timestamp};

use super::{ActivityError, ActivityItem, ActivityStatus, Step};

/// A round in which this wallet may not propose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The round.
    pub round: Round,
    /// Who alone may propose in it; none when two blocks met in a round for everybody.
    pub leader: Option<AccountOwner>,
    /// When it is over, by this machine's clock; then validators are asked to end it.
    pub until: Timestamp,
    /// How many of them agreed, once they were asked.
    pub answers: Option<Answers>,
}

/// Answers of validators to the request to end a round, by votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// Votes so far.
    pub received: u64,
    /// Votes needed.
    pub needed: u64,
    /// Votes of all validators.
    pub total: u64,
}

/// The block that came first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OvertakenBy {
    /// The height that both were for.
    pub height: BlockHeight,
    /// Its hash.
    pub block_hash: CryptoHash,
    /// Who signed it.
    pub signer: Option<AccountOwner>,
}

impl ActivityItem {
    /// Waits for the end of somebody else's turn. The same turn again is no new step: validators did not end it yet.
    pub(super) fn wait(&mut self, mut turn: Turn, now: walnut_base::Timestamp) -> Result<(), ActivityError> {
        use ActivityStatus as S;
        match &self.status {
            S::Waiting(known) if known.round == turn.round => {
                turn.answers = known.answers;
                self.status = S::Waiting(turn);
            }
            S::Queued | S::Signed | S::Waiting(_) | S::Failed { .. } => {
                self.advance(S::Waiting(turn.clone()), Step::Waiting(turn), now);
            }
            S::Certified | S::Delivered | S::Overtaken(_) => {
                return Err(ActivityError::NotPossible { event: "waiting", status: self.status.word() });
            }
        }
        Ok(())
    }

    /// Validators agree that the turn is over. Where nothing waits any more it is only noted.
    pub(super) fn count_time_out(&mut self, answers: Answers, now: Timestamp) {
        if let ActivityStatus::Waiting(turn) = &mut self.status {
            turn.answers = Some(answers);
        }
        if self.is_unfinished() {
            self.record(Step::TimeOut(answers), now);
        }
    }
}
