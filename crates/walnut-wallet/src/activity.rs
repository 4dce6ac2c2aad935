//! What the wallet did and what became of it: one item per action, with a status that never claims too much.
//!
//! ```text
//! queued ──► signed ──► certified ──► delivered
//!    │          │  ▲        ▲
//!    └──► failed ◄─┘        │      retry: back to queued, or to signed when a signature may already be out
//!            └──────────────┘      a block can still be certified after we gave up waiting
//!
//! queued, signed, failed ──► waiting ──► signed      somebody else's turn: kept, and sent when it ends
//! queued, signed, failed, waiting ──► overtaken      another block has the height; done anew, it is another item
//! ```
//!
//! Safety rules:
//! * `certified` means that the certificate was verified here. It never becomes `failed`: the tokens have moved.
//! * `overtaken` rests on a certificate as well. It stays, and is done anew once at most: `again` names that item.
//! * An item that was signed once is never queued again as if nothing had left; a retry sends the same block.
//! * Every step is an event applied to a stored item; a kill between two events loses nothing but the later one.

mod log;
mod turn;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use walnut_base::{AccountOwner, Amount, BlockHeight, ChainId, CryptoHash, Timestamp};

pub use self::{
    log::{ACTIVITY_ITEMS_MAX, ACTIVITY_LOG_VERSION, ActivityLog, ActivityPage},
    turn::{Answers, OvertakenBy, Turn},
};
use crate::messages::{AccountId, Token, UiError};

/// Number of an item; later items have larger numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActivityId(pub u64);

/// Steps kept in an item's timeline; after that the oldest votes steps go first.
pub const TIMELINE_STEPS_MAX: usize = 64;

/// One action and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityItem {
    /// Its number.
    pub id: ActivityId,
    /// What it is.
    pub kind: ActivityKind,
    /// The chain whose block it is.
    pub chain_id: ChainId,
    /// The account that acts, if one of ours does.
    pub account: Option<AccountId>,
    /// A site's origin, when a site asked.
    pub origin: Option<String>,
    /// Where it stands.
    pub status: ActivityStatus,
    /// When it came into being.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Every step with its real time, oldest first.
    pub timeline: Vec<TimelineStep>,
    /// Fee paid or expected.
    pub fee: Option<Amount>,
    /// Height of its block, once chosen.
    pub height: Option<BlockHeight>,
    /// What was signed, once it was.
    pub digest: Option<CryptoHash>,
    /// Hash of the certified block.
    pub block_hash: Option<CryptoHash>,
    /// How often it was tried.
    pub attempts: u32,
    /// Names the block that was approved: [`block_name`](crate::vault::block_name). What tells it from another block at
    /// its height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<CryptoHash>,
    /// What was approved, to do it anew: BCS of the operations, as hex. Forgotten when the block is certified.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::vault::hex_bytes")]
    pub operations: Vec<u8>,
    /// The item that does an overtaken one anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<ActivityId>,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// Tokens sent.
    Sent {
        /// The receiving chain.
        recipient_chain: ChainId,
        /// Who receives there.
        recipient_owner: AccountOwner,
        /// How much.
        amount: Amount,
        /// Of which token; none for the network's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
    },
    /// Tokens received into a block.
    Received {
        /// The sending chain.
        origin: ChainId,
        /// Who sent there, if an owner did.
        source: AccountOwner,
        /// How much.
        amount: Amount,
        /// Of which token; none for the network's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
    },
    /// A chain claimed from a faucet.
    ChainClaimed,
    /// A block with other contents.
    Operations {
        /// In plain words.
        summary: String,
    },
}

/// Where an item stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityStatus {
    /// Approved; nothing has been signed.
    Queued,
    /// Signed and stored; on its way to validators.
    Signed,
    /// Somebody else's turn. The block is stored and proposed when that ends.
    Waiting(
        /// Whose.
        Turn,
    ),
    /// The certificate is verified here. "Sent".
    Certified,
    /// The other chain has received it, or there was nothing to deliver. "Arrived".
    Delivered,
    /// Another block took its place in the chain: it was not made and never will be.
    Overtaken(
        /// Which.
        OvertakenBy,
    ),
    /// It stopped.
    Failed {
        /// Why, and what to do.
        reason: UiError,
        /// Whether [`UiRequest::Retry`](crate::messages::UiRequest::Retry) makes sense.
        can_retry: bool,
    },
}

/// One step of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineStep {
    /// What happened.
    pub step: Step,
    /// When, by this machine's clock.
    pub at: Timestamp,
}

/// Kinds of steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Approved by the person, or by the receive policy.
    Queued,
    /// The key signed.
    Signed,
    /// Votes came in.
    Votes {
        /// Votes so far.
        received: u64,
        /// Votes needed.
        needed: u64,
        /// Votes of all validators.
        total: u64,
    },
    /// It is somebody else's turn.
    Waiting(Turn),
    /// Validators answered that the turn is over.
    TimeOut(Answers),
    /// The certificate is verified here.
    Certified,
    /// The other chain has received it.
    Delivered,
    /// Another block took its place.
    Overtaken(OvertakenBy),
    /// It stopped, with this reason.
    Failed(UiError),
    /// The person, or the wallet after a restart, tried again.
    Retried,
}

/// What may happen to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivityEvent {
    /// The key signed a proposal at this height.
    Signed {
        /// Hash of the proposal content.
        digest: CryptoHash,
        /// Height of the block.
        height: BlockHeight,
    },
    /// Votes came in.
    Votes {
        /// Votes so far.
        received: u64,
        /// Votes needed.
        needed: u64,
        /// Votes of all validators.
        total: u64,
    },
    /// It is somebody else's turn; the block is stored.
    Waiting(Turn),
    /// Validators answered that the turn is over.
    TimeOut(Answers),
    /// Another block was certified at its height; the certificate was verified here.
    Overtaken(OvertakenBy),
    /// The certificate was verified here.
    Certified {
        /// Hash of the block.
        block_hash: CryptoHash,
        /// Its height.
        height: BlockHeight,
        /// Fee it paid.
        fee: Option<Amount>,
    },
    /// The other chain has received it, or there is nothing to deliver.
    Delivered,
    /// It stopped.
    Failed {
        /// Why.
        reason: UiError,
        /// Whether trying again makes sense.
        can_retry: bool,
    },
    /// Try again.
    Retry,
}

/// Why an event does not fit an item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActivityError {
    /// No such item.
    #[error("no activity item {0:?}")]
    UnknownItem(ActivityId),
    /// The event is not possible in this status.
    #[error("{event} is not possible while the item is {status}")]
    NotPossible {
        /// The event.
        event: &'static str,
        /// The status.
        status: &'static str,
    },
    /// The item failed in a way that a retry cannot mend.
    #[error("this item cannot be retried")]
    NotRetryable,
    /// A certificate for another block than the one known.
    #[error("certified as {known}, now {given}")]
    DifferentBlock {
        /// The block known.
        known: CryptoHash,
        /// The block given.
        given: CryptoHash,
    },
    /// The stored log was written by a newer version.
    #[error("activity log of version {0}")]
    NewerVersion(u32),
}

impl ActivityStatus {
    /// One word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Signed => "signed",
            Self::Waiting(_) => "waiting",
            Self::Certified => "certified",
            Self::Delivered => "delivered",
            Self::Overtaken(_) => "overtaken",
            Self::Failed { .. } => "failed",
        }
    }
}

impl ActivityItem {
    /// A new item, queued.
    pub fn new(id: ActivityId, kind: ActivityKind, chain_id: ChainId, now: Timestamp) -> Self {
        Self {
            id,
            kind,
            chain_id,
            account: None,
            origin: None,
            status: ActivityStatus::Queued,
            created_at: now,
            updated_at: now,
            timeline: vec![TimelineStep { step: Step::Queued, at: now }],
            fee: None,
            height: None,
            digest: None,
            block_hash: None,
            attempts: 1,
            approved: None,
            operations: Vec::new(),
            again: None,
        }
    }

    /// Whether work is left to do: it is queued, signed, waiting, or certified but not delivered.
    pub fn is_unfinished(&self) -> bool {
        use ActivityStatus as S;
        matches!(self.status, S::Queued | S::Signed | S::Waiting(_) | S::Certified)
    }

    /// Whether the person may try it again.
    pub fn can_retry(&self) -> bool {
        matches!(self.status, ActivityStatus::Failed { can_retry: true, .. })
    }

    /// Whether it was overtaken and may be done anew.
    pub fn can_send_again(&self) -> bool {
        matches!(self.status, ActivityStatus::Overtaken(_))
            && self.again.is_none()
            && !self.operations.is_empty()
    }

    /// Whether a signature over some block of this item may exist outside this machine.
    pub fn was_signed(&self) -> bool {
        self.digest.is_some()
    }

    /// Votes of the last votes step: (received, needed, total).
    pub fn votes(&self) -> Option<(u64, u64, u64)> {
        self.timeline.iter().rev().find_map(|step| match step.step {
            Step::Votes { received, needed, total } => Some((received, needed, total)),
            _ => None,
        })
    }

    /// Applies an event. On an error nothing has changed. Repeating an event that already happened is harmless.
    pub fn apply(&mut self, event: ActivityEvent, now: Timestamp) -> Result<(), ActivityError> {
        use ActivityStatus as S;
        let not_possible =
            |item: &Self, event| Err(ActivityError::NotPossible { event, status: item.status.word() });
        match event {
            ActivityEvent::Signed { digest, height } => match self.status {
                // A retry in a later round signs again: new digest, same item.
                S::Queued | S::Signed | S::Waiting(_) => {
                    self.digest = Some(digest);
                    self.height = Some(height);
                    self.advance(S::Signed, Step::Signed, now);
                }
                _ => return not_possible(self, "signed"),
            },
            ActivityEvent::Votes { received, needed, total } => match self.status {
                S::Signed => self.record(Step::Votes { received, needed, total }, now),
                // Late votes say nothing new.
                S::Certified | S::Delivered => {}
                _ => return not_possible(self, "votes"),
            },
            ActivityEvent::Waiting(turn) => self.wait(turn, now)?,
            ActivityEvent::TimeOut(answers) => self.count_time_out(answers, now),
            ActivityEvent::Overtaken(by) => match self.status {
                S::Queued | S::Signed | S::Waiting(_) | S::Failed { .. } => {
                    self.advance(S::Overtaken(by.clone()), Step::Overtaken(by), now);
                }
                S::Overtaken(_) => {}
                S::Certified | S::Delivered => return not_possible(self, "overtaken"),
            },
            ActivityEvent::Certified { block_hash, height, fee } => {
                if let Some(known) = self.block_hash
                    && known != block_hash
                {
                    return Err(ActivityError::DifferentBlock { known, given: block_hash });
                }
                match self.status {
                    S::Signed | S::Failed { .. } if self.was_signed() => {}
                    S::Waiting(_) => {}
                    // Items of others' blocks, e.g. the faucet's, are never signed here.
                    S::Queued => {}
                    S::Certified | S::Delivered => return Ok(()),
                    _ => return not_possible(self, "certified"),
                }
                self.block_hash = Some(block_hash);
                self.height = Some(height);
                self.operations = Vec::new();
                if fee.is_some() {
                    self.fee = fee;
                }
                self.advance(S::Certified, Step::Certified, now);
            }
            ActivityEvent::Delivered => match self.status {
                S::Certified => self.advance(S::Delivered, Step::Delivered, now),
                S::Delivered => {}
                _ => return not_possible(self, "delivered"),
            },
            ActivityEvent::Failed { reason, can_retry } => match self.status {
                S::Queued | S::Signed | S::Waiting(_) | S::Failed { .. } => {
                    let status = S::Failed { reason: reason.clone(), can_retry };
                    if self.status != status {
                        self.advance(status, Step::Failed(reason), now);
                    }
                }
                S::Certified | S::Delivered | S::Overtaken(_) => return not_possible(self, "failed"),
            },
            ActivityEvent::Retry => match self.status {
                S::Failed { can_retry: true, .. } => {
                    let next = if self.was_signed() { S::Signed } else { S::Queued };
                    self.attempts = self.attempts.saturating_add(1);
                    self.advance(next, Step::Retried, now);
                }
                S::Failed { can_retry: false, .. } => return Err(ActivityError::NotRetryable),
                // Stuck, not failed: the client is told to send again; the status stays.
                S::Queued | S::Signed | S::Waiting(_) => {
                    self.attempts = self.attempts.saturating_add(1);
                    self.record(Step::Retried, now);
                }
                S::Certified | S::Delivered | S::Overtaken(_) => return Err(ActivityError::NotRetryable),
            },
        }
        Ok(())
    }

    fn advance(&mut self, status: ActivityStatus, step: Step, now: Timestamp) {
        self.status = status;
        self.record(step, now);
    }

    fn record(&mut self, step: Step, now: Timestamp) {
        self.updated_at = now;
        let is_votes = |step: &Step| matches!(step, Step::Votes { .. } | Step::TimeOut(_));
        // Counting up is one line that changes, not many lines.
        if is_votes(&step)
            && let Some(last) = self.timeline.last_mut()
            && std::mem::discriminant(&last.step) == std::mem::discriminant(&step)
        {
            *last = TimelineStep { step, at: now };
            return;
        }
        if self.timeline.len() >= TIMELINE_STEPS_MAX {
            let oldest = self.timeline.iter().position(|step| is_votes(&step.step)).unwrap_or(1);
            self.timeline.remove(oldest);
        }
        self.timeline.push(TimelineStep { step, at: now });
    }
}
