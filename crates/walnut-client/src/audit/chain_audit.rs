//! The audit of one chain, a few blocks at a time.

use std::future::Future;

use walnut_base::{BlockHeight, ChainId, ConfirmedBlockCertificate, CryptoHash, NetworkDescription};
use walnut_chain::{Node, records};
use walnut_execution::Applications;
use walnut_views::{Batch, Overlay, Store, StoreError};

use super::{
    HexBcs,
    check::Unproven,
    epochs::Epochs,
    evidence::Evidence,
    progress::{ChainProgress, Gap, GapReason},
    replay::{self, Obstacle},
    source::{Source, SourceError},
    trusted::TrustedNetwork,
    violation::Violation,
};

/// Blocks that are looked at and committed together.
const BLOCKS_PER_STEP: u64 = 20;

/// The program around an audit. Its store belongs to audits of one network alone: a wallet's own node is not trusted
/// either.
pub trait AuditHost {
    /// Where the audit reads its own state.
    type Store: Store;
    /// Where certificates and blobs come from.
    type Source: Source;
    /// What runs user applications.
    type Applications: Applications;

    /// The audit's store.
    fn store(&self) -> &Self::Store;

    /// The source.
    fn source(&self) -> &Self::Source;

    /// A runner of user applications.
    fn applications(&self) -> Self::Applications;

    /// Applies a batch atomically.
    fn commit(&self, batch: &Batch) -> impl Future<Output = Result<(), StoreError>>;
}

/// The audit cannot go on. What was committed stays, and another audit of the chain goes on from there.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AuditError {
    /// The audit's store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The store holds the audit of another network.
    #[error("the audit's store belongs to the network with genesis {}", .0.genesis_config_hash)]
    OtherNetwork(Box<NetworkDescription>),
    /// Something looked wrong, but the evidence does not show it: this program or its store is damaged. Nothing is said
    /// about the chain.
    #[error("the audit contradicts itself about block {height}: {reason}")]
    SelfCheck {
        /// The block.
        height: BlockHeight,
        /// What does not fit.
        reason: Unproven,
    },
    /// A value cannot be encoded.
    #[error("a value cannot be encoded: {0}")]
    Bcs(#[from] bcs::Error),
}

/// The audit of one chain. Each step takes it and gives it back: after an error, or when a step was dropped half-way,
/// open another one.
pub struct ChainAudit<'h, H: AuditHost> {
    pub(super) host: &'h H,
    pub(super) network: &'h TrustedNetwork,
    pub(super) chain_id: ChainId,
    node: Node<H::Applications>,
    pub(super) epochs: Epochs,
    pub(super) progress: ChainProgress,
    /// What stops it for now; another source may have more.
    is_waiting: bool,
}

/// What a step has decided and not committed yet.
pub(super) struct Work<'h, S> {
    pub(super) store: Overlay<&'h S>,
    batch: Batch,
}

impl<S: Store> Work<'_, S> {
    pub(super) fn push(&mut self, batch: Batch) {
        if !batch.is_empty() {
            self.store.push(&batch);
            self.batch.operations.extend(batch.operations);
        }
    }
}

impl<'h, H: AuditHost> ChainAudit<'h, H> {
    /// Goes on with the audit of a chain, or begins it. The admin chain is to be audited to its end before any other.
    ///
    /// # Errors
    /// [`AuditError::Store`] and [`AuditError::OtherNetwork`].
    pub async fn open(
        host: &'h H,
        network: &'h TrustedNetwork,
        chain_id: ChainId,
    ) -> Result<Self, AuditError> {
        match records::read_network_description(host.store()).await? {
            None => host.commit(&network.batch()?).await?,
            Some(known) if known == network.description => {}
            Some(other) => return Err(AuditError::OtherNetwork(Box::new(other))),
        }
        let mut progress = ChainProgress::load(host.store(), chain_id).await?;
        // What stopped it the last time may be there now.
        let next_height = progress.next_height;
        let is_orphan = progress.gaps.iter().any(|gap| matches!(gap.reason, GapReason::MissingParent(..)));
        progress.is_origin_checked &= !is_orphan;
        progress
            .gaps
            .retain(|gap| gap.height < next_height && !matches!(gap.reason, GapReason::MissingParent(..)));
        Ok(Self {
            host,
            network,
            chain_id,
            node: replay::node(host.applications()),
            epochs: Epochs::load(network, host.store()).await?,
            progress,
            is_waiting: false,
        })
    }

    /// How far it has come.
    pub fn progress(&self) -> &ChainProgress {
        &self.progress
    }

    /// Whether another step would find nothing to do, as far as is known.
    pub fn is_finished(&self) -> bool {
        self.is_waiting || self.progress.is_finished()
    }

    /// Looks at a few more blocks and commits what came of it. At the end of the chain it asks whether there are more.
    ///
    /// # Errors
    /// See [`AuditError`]. Nothing of this step is committed then.
    pub async fn step(mut self) -> Result<Self, AuditError> {
        if self.progress.is_stopped {
            return Ok(self);
        }
        let host = self.host;
        let mut work = Work { store: Overlay::new(host.store()), batch: Batch::default() };
        if !self.progress.is_origin_checked {
            self.check_origin(&mut work).await?;
        }
        if self.progress.next_height >= self.progress.target {
            self.progress.target = host.source().next_height(self.chain_id).await?;
        }
        if !self.is_waiting {
            self.look_at_blocks(&mut work).await?;
        }
        self.progress.write(self.chain_id, &mut work.batch);
        host.commit(&work.batch).await?;
        Ok(self)
    }

    async fn look_at_blocks(&mut self, work: &mut Work<'h, H::Store>) -> Result<(), AuditError> {
        let next = self.progress.next_height.0;
        let end = self.progress.target.0.min(next.saturating_add(BLOCKS_PER_STEP));
        let heights: Vec<BlockHeight> = (next..end).map(BlockHeight).collect();
        if heights.is_empty() {
            return Ok(());
        }
        let found = self.host.source().certificates(self.chain_id, heights.clone()).await?;
        let (found, foreign): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|found| found.chain_id() == self.chain_id && heights.contains(&found.height()));
        for height in heights {
            let candidates = found.iter().filter(|found| found.height() == height).collect::<Vec<_>>();
            if candidates.is_empty() {
                let other = foreign.first();
                self.wait(other.map_or(GapReason::MissingBlock, |other| {
                    GapReason::Misplaced(other.chain_id(), other.height())
                }));
            } else if let Some(certificate) = self.choose(work, &candidates).await? {
                self.look_at(work, certificate).await?;
            } else {
                // Two that count have stopped it for good; if none does, the true one may come.
                self.is_waiting = true;
            }
            if self.is_waiting || self.progress.is_stopped {
                break;
            }
        }
        Ok(())
    }

    /// One certified block: does it follow, did it take in what was sent, and does it execute as signed?
    async fn look_at(
        &mut self,
        work: &mut Work<'h, H::Store>,
        certificate: &ConfirmedBlockCertificate,
    ) -> Result<(), AuditError> {
        let previous = certificate.block().header.previous_block_hash;
        if let Some(tip) = self.progress.tip
            && previous != Some(tip)
            && let Some(before) = records::read_certificate(&work.store, tip).await?
        {
            let after = HexBcs(certificate.clone());
            self.violate(work, Violation::BrokenLink { before: HexBcs(before), after }).await?;
            self.progress.is_stopped = true;
            return Ok(());
        }
        self.check_messages(work, certificate).await?;
        self.check_events(work, certificate).await?;
        if self.progress.is_stopped {
            return Ok(());
        }
        self.execute(work, certificate).await
    }

    async fn execute(
        &mut self,
        work: &mut Work<'h, H::Store>,
        certificate: &ConfirmedBlockCertificate,
    ) -> Result<(), AuditError> {
        let mut last_missing = Vec::new();
        loop {
            let (batch, outcome) = replay::execute(&mut self.node, &work.store, certificate).await;
            work.push(batch);
            match outcome {
                Ok(()) => return self.passed(work, certificate).await,
                Err(Obstacle::Blobs(blob_ids)) if blob_ids != last_missing => {
                    let mut found = Batch::default();
                    for blob_id in &blob_ids {
                        let Some(blob) = self.host.source().blob(*blob_id).await? else {
                            self.wait(GapReason::MissingBlob(*blob_id));
                            return Ok(());
                        };
                        records::put_blob(&mut found, &blob);
                    }
                    work.push(found);
                    last_missing = blob_ids;
                }
                Err(Obstacle::Blobs(blob_ids)) => {
                    self.wait(GapReason::CannotExecute(format!("blobs {blob_ids:?} are of no use")));
                    return Ok(());
                }
                Err(Obstacle::Events(event_ids)) => {
                    let event_id = event_ids.first().map(|event_id| (event_id.chain_id, event_id.index));
                    let (chain_id, index) = event_id.unwrap_or((self.network.admin_chain_id(), 0));
                    self.wait(GapReason::MissingEvent(chain_id, index));
                    return Ok(());
                }
                Err(Obstacle::Local(reason)) => {
                    self.wait(GapReason::CannotExecute(reason));
                    return Ok(());
                }
                Err(Obstacle::Outcome(_) | Obstacle::Refused(_)) => {
                    let violation = self.execute_again(work, certificate).await?;
                    self.violate(work, violation).await?;
                    self.progress.is_stopped = true;
                    return Ok(());
                }
            }
        }
    }

    async fn passed(
        &mut self,
        work: &Work<'h, H::Store>,
        certificate: &ConfirmedBlockCertificate,
    ) -> Result<(), AuditError> {
        let block = certificate.block();
        let created = block.created_blob_ids();
        let opened = created.iter().filter(|id| id.blob_type == walnut_base::BlobType::ChainDescription);
        let opened = opened.map(|blob_id| ChainId(blob_id.hash));
        let senders = block.incoming_bundles().map(|incoming| incoming.origin);
        for chain_id in block.recipients().into_iter().chain(senders).chain(opened) {
            self.progress.add_peer(chain_id);
        }
        self.progress.tip = Some(certificate.hash());
        self.progress.next_height = BlockHeight(certificate.height().0.saturating_add(1));
        if self.chain_id == self.network.admin_chain_id() {
            self.epochs = Epochs::load(self.network, &work.store).await?;
        }
        Ok(())
    }

    /// Notes something that cannot be decided, at the next block.
    pub(super) fn note(&mut self, reason: GapReason) {
        self.progress.add_gap(Gap { height: self.progress.next_height, reason });
    }

    /// The same, and without it there is no going on.
    pub(super) fn wait(&mut self, reason: GapReason) {
        self.note(reason);
        self.is_waiting = true;
    }

    /// Notes a violation with its evidence, after checking that the evidence shows it.
    pub(super) async fn violate(
        &mut self,
        work: &mut Work<'h, H::Store>,
        violation: Violation,
    ) -> Result<(), AuditError> {
        let proofs = self.epochs.proofs(violation.last_epoch(), &work.store).await?;
        let evidence = Evidence::new(self.network, proofs, violation);
        let height = self.progress.next_height;
        Box::pin(evidence.check(self.host.applications()))
            .await
            .map_err(|reason| AuditError::SelfCheck { height, reason })?;
        if let Some(batch) = evidence.batch(self.chain_id, &work.store).await? {
            work.push(batch);
            self.progress.violations += 1;
        }
        Ok(())
    }

    /// The block of a chain at a height that the source shows with a certificate that counts; the one with the hash
    /// before others.
    pub(super) async fn certified_at(
        &mut self,
        work: &mut Work<'h, H::Store>,
        chain_id: ChainId,
        height: BlockHeight,
        wanted: Option<CryptoHash>,
    ) -> Result<Option<ConfirmedBlockCertificate>, AuditError> {
        if let Some(hash) = records::read_hash_by_height(&work.store, chain_id, height).await?
            && wanted.is_none_or(|wanted| wanted == hash)
            && let Some(known) = records::read_certificate(&work.store, hash).await?
        {
            return Ok(Some(known));
        }
        let found = self.host.source().certificates(chain_id, vec![height]).await?;
        let mut certified: Vec<_> = found
            .into_iter()
            .filter(|found| found.chain_id() == chain_id && found.height() == height)
            .filter(|found| self.epochs.accepts(found))
            .collect();
        let at = certified.iter().position(|certificate| Some(certificate.hash()) == wanted);
        if let Some(at) = at {
            certified.swap(0, at);
        }
        let mut certified = certified.into_iter();
        let Some(first) = certified.next() else { return Ok(None) };
        for second in certified.filter(|second| second.hash() != first.hash()) {
            let violation =
                Violation::TwoCertificates { first: HexBcs(first.clone()), second: HexBcs(second) };
            self.violate(work, violation).await?;
        }
        Ok(Some(first))
    }
}
