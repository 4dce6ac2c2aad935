//! Executing certified blocks: in the audit's store, or again from nothing for somebody who doubts.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{Blob, BlobId, ConfirmedBlockCertificate, EventId, NodeError};
use walnut_chain::{ChainError, Fault, Node, NodeConfig, ProcessingMode, WorkerError, records};
use walnut_execution::{Applications, BlockError, ExecutionError, OutcomeField};
use walnut_views::{Batch, MemoryStore, Store};

use super::{
    HexBcs,
    epochs::{EpochProof, batch_of},
    trusted::TrustedNetwork,
};

/// Why a block was not executed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Obstacle {
    /// Blobs are missing.
    Blobs(Vec<BlobId>),
    /// Events are missing.
    Events(Vec<EventId>),
    /// It came out differently.
    Outcome(Vec<OutcomeField>),
    /// The protocol's rules refuse it.
    Refused(String),
    /// This machine cannot say.
    Local(String),
}

/// A node that only executes: it has no key, and keeps no inbox.
pub(super) fn node<A: Applications>(applications: A) -> Node<A> {
    Node::new(NodeConfig::client(BTreeSet::new()), applications)
}

/// Executes a block on top of the ones before. What is to be committed comes back in either case; after a refusal
/// nothing is.
pub(super) async fn execute<S: Store, A: Applications>(
    node: &mut Node<A>,
    store: &S,
    certificate: &ConfirmedBlockCertificate,
) -> (Batch, Result<(), Obstacle>) {
    let now = certificate.block().header.timestamp;
    // On the heap: execution is deep, and stacks of browsers are small.
    let handled =
        Box::pin(node.handle_confirmed_certificate(store, certificate.clone(), ProcessingMode::Execute, now));
    match handled.await {
        Ok((_, effects)) => (effects.batch, Ok(())),
        Err(failure) => match obstacle(&failure.error) {
            obstacle @ (Obstacle::Blobs(_) | Obstacle::Events(_)) => (failure.effects.batch, Err(obstacle)),
            obstacle => {
                node.forget(certificate.chain_id());
                (Batch::default(), Err(obstacle))
            }
        },
    }
}

fn obstacle(error: &WorkerError) -> Obstacle {
    match NodeError::from(error) {
        NodeError::BlobsNotFound(blob_ids) => return Obstacle::Blobs(blob_ids),
        NodeError::EventsNotFound(event_ids) => return Obstacle::Events(event_ids),
        _ => {}
    }
    match error.as_chain_error() {
        Some(ChainError::OutcomeMismatch(mismatch)) => {
            Obstacle::Outcome(mismatch.fields.iter().map(|mismatch| mismatch.field).collect())
        }
        Some(ChainError::Block(BlockError::ExecutionError(inner, _)))
            if matches!(**inner, ExecutionError::ApplicationsUnsupported(_)) =>
        {
            Obstacle::Local(error.to_string())
        }
        _ if error.fault() == Fault::Caller => Obstacle::Refused(error.to_string()),
        _ => Obstacle::Local(error.to_string()),
    }
}

/// A chain from its first block on, in memory.
pub(super) struct CleanRoom<A> {
    node: Node<A>,
    store: MemoryStore,
    used: BTreeMap<BlobId, Blob>,
}

impl<A: Applications> CleanRoom<A> {
    /// An empty node that knows the network and these committees.
    pub(super) fn new(
        network: &TrustedNetwork,
        epochs: &[EpochProof],
        applications: A,
    ) -> Result<Self, bcs::Error> {
        let store = MemoryStore::new();
        store.apply(&network.core_batch()?);
        store.apply(&batch_of(epochs)?);
        Ok(Self { node: node(applications), store, used: BTreeMap::new() })
    }

    /// Executes a block; blobs that it lacks come from `find`.
    pub(super) async fn execute(
        &mut self,
        certificate: &ConfirmedBlockCertificate,
        find: impl AsyncFn(BlobId) -> Option<Blob>,
    ) -> Result<(), Obstacle> {
        loop {
            let (batch, outcome) = execute(&mut self.node, &self.store, certificate).await;
            self.store.apply(&batch);
            let Err(Obstacle::Blobs(blob_ids)) = outcome else { return outcome };
            let mut found = Batch::default();
            for blob_id in &blob_ids {
                // Named twice, it was not the blob that was missing.
                if self.used.contains_key(blob_id) {
                    return Err(Obstacle::Blobs(blob_ids));
                }
                let Some(blob) = find(*blob_id).await else { return Err(Obstacle::Blobs(blob_ids)) };
                records::put_blob(&mut found, &blob);
                self.used.insert(*blob_id, blob);
            }
            self.store.apply(&found);
        }
    }

    /// The blobs that were asked for.
    pub(super) fn into_used(self) -> Vec<HexBcs<Blob>> {
        self.used.into_values().map(HexBcs).collect()
    }
}
