//! What the tests of audits share: an audit in memory, and a small network whose validators' keys are at hand, so that
//! copies of its recording can be doctored *and signed*.
//!
//! The golden recordings come without keys. A copy of one can only be doctored so that some signature no longer fits;
//! everything that takes a faulty quorum is planted in the network of [`Recorded`].

mod recorded;

use walnut_base::{ChainId, GenesisConfig};
use walnut_client::audit::{
    Archive, AuditError, AuditHost, ChainAudit, ChainOutcome, ChainProgress, Evidence, Proven,
    TrustedNetwork, Unproven, audit_chains, stored_evidence,
};
use walnut_execution::{NothingOutside, WasmApplications};
use walnut_views::{Batch, MemoryStore, StoreError};

pub use recorded::{Recorded, sign};
pub use walnut_views::ready as block_on;

/// What runs applications here.
pub type Applications = WasmApplications<NothingOutside>;

/// An audit whose state is in memory.
#[derive(Default)]
pub struct Desk {
    store: MemoryStore,
    source: Archive,
    applications: Applications,
}

impl AuditHost for Desk {
    type Store = MemoryStore;
    type Source = Archive;
    type Applications = Applications;

    fn store(&self) -> &MemoryStore {
        &self.store
    }

    fn source(&self) -> &Archive {
        &self.source
    }

    fn applications(&self) -> Applications {
        self.applications.clone()
    }

    async fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.store.apply(batch);
        Ok(())
    }
}

/// What an audit of one chain found.
#[derive(Debug)]
pub struct Found {
    /// How far it came.
    pub progress: ChainProgress,
    /// The evidence, ordered by the names of the violations.
    pub evidence: Vec<Evidence>,
}

impl Found {
    /// The names of the violations.
    pub fn names(&self) -> Vec<&'static str> {
        self.evidence.iter().map(|evidence| evidence.violation.name()).collect()
    }
}

impl Desk {
    /// A desk with nothing audited yet.
    pub fn new(source: Archive) -> Self {
        Self { source, ..Self::default() }
    }

    /// Another source, and everything that was audited so far.
    #[must_use]
    pub fn with_source(self, source: Archive) -> Self {
        Self { source, ..self }
    }

    /// Audits these chains, and the admin chain before them, to their ends.
    ///
    /// # Errors
    /// What ended the audit of the admin chain.
    ///
    /// # Panics
    /// If the genesis is unusable.
    pub fn audit_all(
        &self,
        genesis: &GenesisConfig,
        chains: impl IntoIterator<Item = ChainId>,
    ) -> Result<Vec<ChainOutcome>, AuditError> {
        let network = TrustedNetwork::from_genesis(genesis).expect("the genesis has chains");
        block_on(audit_chains(self, &network, chains, 3, |_, _| {}))
    }

    /// Audits the admin chain and then this one.
    ///
    /// # Panics
    /// If the audit cannot go on.
    pub fn audit(&self, genesis: &GenesisConfig, chain_id: ChainId) -> Found {
        let outcomes = self.audit_all(genesis, [chain_id]).expect("the admin chain can be audited");
        let found = outcomes.into_iter().find(|(audited, _)| *audited == chain_id);
        let (_, progress) = found.expect("it was asked for");
        Found { progress: progress.expect("the chain can be audited"), evidence: self.evidence(chain_id) }
    }

    /// The evidence about a chain.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn evidence(&self, chain_id: ChainId) -> Vec<Evidence> {
        let mut evidence = block_on(stored_evidence(&self.store, chain_id)).expect("memory reads");
        evidence.sort_by_key(|evidence| evidence.violation.name());
        evidence
    }

    /// One step of the audit of a chain, as if the program ended after it.
    ///
    /// # Panics
    /// If the audit cannot go on.
    pub fn one_step(&self, genesis: &GenesisConfig, chain_id: ChainId) -> ChainProgress {
        let network = TrustedNetwork::from_genesis(genesis).expect("the genesis has chains");
        block_on(async {
            let audit = ChainAudit::open(self, &network, chain_id).await.expect("it opens");
            audit.step().await.expect("a step").progress().clone()
        })
    }
}

/// Checks evidence as a third party does: from the bytes of the file alone.
///
/// # Errors
/// Why it proves nothing.
///
/// # Panics
/// If the bytes are no evidence file.
pub fn check(evidence: &Evidence) -> Result<Proven, Unproven> {
    let read = Evidence::from_json(&evidence.to_json()).expect("it was just written");
    assert_eq!(read, *evidence);
    block_on(read.check(Applications::default()))
}
