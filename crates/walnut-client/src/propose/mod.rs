//! Making blocks: what goes in, staging, the choice of the round, votes, and finishing what a crash left behind
//! (`linera-core/src/client/chain_client/mod.rs`).
//!
//! A block goes through these states, each durable before the next begins:
//! 1. *staged*: executed here, shown to the person, forgotten if they say no;
//! 2. *signed*: the [`PendingProposal`] is stored, then sent. From here on the height is taken: after a crash the same
//!    bytes are sent again;
//! 3. *validated* (not in the fast round): a quorum votes for it in a round; the local node is locked on it;
//! 4. *confirmed*: the certificate is here and executed; the pending proposal is forgotten.

mod contents;
mod drive;
mod inbox;
mod opening;
mod pending;
mod round;
mod stage;
mod timeout;
mod votes;

pub use pending::{Outcome, PendingProposal, Progress};
pub use stage::StagedBlock;
