//! The audit of a chain: what an interface is told of it.

use serde::{Deserialize, Serialize};
use walnut_base::{BlockHeight, ChainId};

/// What the audit of a chain has found. The audit of the admin chain, which comes before, is part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReport {
    /// The chain.
    pub chain_id: ChainId,
    /// Blocks of it that were checked.
    pub blocks: u64,
    /// Messages that were compared with what was sent.
    pub messages: u64,
    /// Whether anything is wrong.
    pub verdict: AuditVerdict,
    /// What is wrong, or could not be decided: one sentence each.
    pub findings: Vec<String>,
    /// Files that show somebody else what is wrong.
    pub evidence: Vec<EvidenceFile>,
}

/// How an audit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditVerdict {
    /// Everything is as it should be.
    Clean,
    /// Something could not be decided; nothing is known to be wrong.
    Undecided,
    /// Something is wrong.
    Wrong,
}

/// A file to keep or to pass on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// Its name.
    pub name: String,
    /// Its text; none when it is too large to be handed over.
    pub text: Option<String>,
}

/// How far an audit has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditProgress {
    /// The chain that the interface asked about.
    pub chain_id: ChainId,
    /// Whether it is still the admin chain that is being checked.
    pub is_admin: bool,
    /// Blocks checked.
    pub checked: BlockHeight,
    /// Blocks that there are.
    pub of: BlockHeight,
}
