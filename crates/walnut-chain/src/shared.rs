//! What the chains of one node share: settings, committees and caches.

use walnut_base::{
    Block, CertificateError, CertificateKind, CertificateValue, ChainId, Committee, CryptoHash,
    GenericCertificate, Hashed, Round, ValidatorPublicKey, ValidatorSignature, crypto::keccak256,
};
use walnut_execution::{Committees, ExecutionState};

use crate::{
    blocks::BlockCache,
    cache::BoundedCache,
    chain::ChainTipState,
    config::{NodeConfig, Tracked},
    limits::{EXECUTED_CACHE_BYTES, EXECUTED_CACHE_ENTRIES, VERIFIED_CERTIFICATES},
};

pub(crate) struct Shared<A> {
    pub(crate) config: NodeConfig,
    pub(crate) tracked: Tracked,
    pub(crate) committees: Committees,
    pub(crate) applications: A,
    pub(crate) blocks: BlockCache,
    executed: BoundedCache<CryptoHash, Executed>,
    verified: BoundedCache<[u8; 32], ()>,
}

/// The state a block leads to, kept until the block is confirmed.
struct Executed {
    chain_id: ChainId,
    previous_block_hash: Option<CryptoHash>,
    state: ExecutionState,
}

impl<A> Shared<A> {
    pub(crate) fn new(config: NodeConfig, applications: A) -> Self {
        Shared {
            tracked: Tracked::new(config.tracked.clone()),
            config,
            committees: Committees::new(),
            applications,
            blocks: BlockCache::default(),
            executed: BoundedCache::new(EXECUTED_CACHE_ENTRIES, EXECUTED_CACHE_BYTES),
            verified: BoundedCache::new(VERIFIED_CERTIFICATES, usize::MAX),
        }
    }

    /// Remembers the state that executing `block` led to.
    pub(crate) fn remember_executed(&mut self, block: &Hashed<Block>, state: ExecutionState) {
        let bytes = 1024 + 2 * crate::blocks::block_bytes(block);
        let header = &block.header;
        let previous_block_hash = header.previous_block_hash;
        let executed = Executed { chain_id: header.chain_id, previous_block_hash, state };
        self.executed.insert(block.hash(), bytes, executed);
    }

    /// Takes the state that executing the block led to, if it was executed here before.
    pub(crate) fn take_executed(&mut self, hash: &CryptoHash) -> Option<ExecutionState> {
        self.executed.remove(hash).map(|executed| executed.state)
    }

    /// The state that executing the block led to, if it was executed here on top of `tip`.
    pub(crate) fn executed(&self, hash: &CryptoHash, tip: &ChainTipState) -> Option<&ExecutionState> {
        let executed = self.executed.get(hash)?;
        (executed.previous_block_hash == tip.block_hash).then_some(&executed.state)
    }

    pub(crate) fn forget_executed(&mut self, chain_id: ChainId) {
        self.executed.retain(|executed| executed.chain_id != chain_id);
    }

    pub(crate) fn forget_all(&mut self) {
        self.executed.retain(|_| false);
        self.committees = Committees::new();
        self.blocks = BlockCache::default();
    }

    /// Checks a full certificate against a committee.
    pub(crate) fn check_certificate<T: CertificateValue>(
        &mut self,
        certificate: &GenericCertificate<T>,
        committee: &Committee,
    ) -> Result<(), CertificateError> {
        let signatures = certificate.signatures();
        self.check_signatures(certificate.hash(), T::KIND, certificate.round, signatures, committee)
    }

    /// Checks the signatures of a certificate, once per process for the same bytes and committee.
    pub(crate) fn check_signatures(
        &mut self,
        value_hash: CryptoHash,
        kind: CertificateKind,
        round: Round,
        signatures: &[(ValidatorPublicKey, ValidatorSignature)],
        committee: &Committee,
    ) -> Result<(), CertificateError> {
        let fingerprint = fingerprint(value_hash, kind, round, signatures, committee);
        if !self.verified.contains(&fingerprint) {
            walnut_base::check_signatures(value_hash, kind, round, signatures, committee)?;
            self.verified.insert(fingerprint, 0, ());
        }
        Ok(())
    }

    /// Remembers signatures that were checked elsewhere on this machine.
    pub(crate) fn note_checked(
        &mut self,
        value_hash: CryptoHash,
        kind: CertificateKind,
        round: Round,
        signatures: &[(ValidatorPublicKey, ValidatorSignature)],
        committee: &Committee,
    ) {
        self.verified.insert(fingerprint(value_hash, kind, round, signatures, committee), 0, ());
    }
}

/// What tells one check of signatures from another.
fn fingerprint(
    value_hash: CryptoHash,
    kind: CertificateKind,
    round: Round,
    signatures: &[(ValidatorPublicKey, ValidatorSignature)],
    committee: &Committee,
) -> [u8; 32] {
    let told = (value_hash, kind, round, signatures, committee.validators());
    keccak256(&[&walnut_base::encoding::to_bcs(&told)])
}
