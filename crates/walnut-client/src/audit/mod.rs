//! Auditing: was this chain made as the protocol says, from its description to its last block?
//!
//! A [`ChainAudit`] takes the network's description and nothing else on trust. Block by block it checks that
//!
//! 1. the certificate is signed by a quorum of the committee of its epoch, and no other block at its height is;
//! 2. the block names the one before it;
//! 3. every message that it takes in was sent, by a certified block, at that place and with those bytes, and only once,
//!    and none was left out in between that may not be;
//! 4. every event that it read was published with that value;
//! 5. executing it leads to the outcome that was signed.
//!
//! Committees come from the admin chain, which is audited first: each one must have been announced in a block that its
//! predecessor certified. The audit runs over any [`Source`] of certificates and blobs: validators, a store, a recording.
//! It keeps its state in a store of its own and commits it together with its progress, so that a killed audit goes on
//! where it was.
//!
//! What is wrong becomes a [`Violation`] inside an [`Evidence`], which anybody can check offline: [`Evidence::check`]
//! believes nothing but signatures of committees that follow from the network's description. What cannot be decided,
//! because a source has no answer, is a [`Gap`]: a lack is never a proof.
//!
//! Start reading at `chain_audit.rs`, then `violation.rs` and `check.rs`.

mod again;
mod archive;
mod block_checks;
mod chain_audit;
mod check;
mod epochs;
mod evidence;
mod flaws;
mod hex_bcs;
mod many;
mod progress;
mod replay;
mod sample;
mod source;
mod stored;
mod trusted;
mod validators;
mod violation;

pub use archive::{Archive, ArchiveError};
pub use chain_audit::{AuditError, AuditHost, ChainAudit};
pub use check::{Proven, Unproven};
pub use epochs::{EpochError, EpochProof};
pub use evidence::{EVIDENCE_BYTES_MAX, Evidence, EvidenceError, stored_evidence};
pub use flaws::{CertificateFlaw, CommitteeFlaw, MessageFlaw};
pub use hex_bcs::HexBcs;
pub use many::{ChainOutcome, audit_chains};
pub use progress::{ChainProgress, Gap, GapReason};
pub use sample::{Share, ShareError, ticket};
pub use source::{Source, SourceError};
pub use stored::StoredChains;
pub use trusted::TrustedNetwork;
pub use validators::Validators;
pub use violation::{Ballot, Exhibit, Violation};
