//! One node with its store.

use std::collections::VecDeque;

use walnut_base::{
    Blob, BlobId, BlockProposal, Certificate, ChainId, ChainInfoQuery, ChainInfoResponse,
    ConfirmedBlockCertificate, CrossChainRequest, GenesisConfig, LiteCertificate, Notification,
    ProposedBlock, TimeoutCertificate, Timestamp, ValidatedBlockCertificate,
};
use walnut_execution::UnsupportedApplications;
use walnut_views::{Batch, MemoryStore};

use super::block_on;
use crate::{
    ChainReader, Delivery, DeliveryWaiters, Effects, Handled, Node, NodeConfig, ProcessingMode, StagedBlock,
    StagingPolicy, WorkerError, initialize_storage, records,
};

/// A node, its store, and what it still wants to send. Every request is committed before its reply is seen.
pub struct TestNode {
    /// The node.
    pub node: Node<UnsupportedApplications>,
    /// What was committed.
    pub store: MemoryStore,
    /// Cross-chain requests that were released and not yet handled.
    pub outgoing: VecDeque<CrossChainRequest>,
    /// All notifications so far.
    pub notifications: Vec<Notification>,
    /// Whoever waits for delivery, by a number of the test's choice.
    pub waiters: DeliveryWaiters<u32>,
    /// Waiters that were released, in order.
    pub released: Vec<u32>,
    /// Bytes of all committed keys and values so far.
    pub bytes_written: usize,
    /// Operations of all committed batches so far.
    pub writes: usize,
}

impl TestNode {
    /// A node of a network.
    ///
    /// # Panics
    /// If the genesis is unusable.
    pub fn new(config: NodeConfig, genesis: &GenesisConfig) -> Self {
        let store = MemoryStore::new();
        let batch = block_on(initialize_storage(&store, genesis)).expect("a test's genesis is usable");
        store.apply(&batch);
        TestNode {
            node: Node::new(config, UnsupportedApplications),
            store,
            outgoing: VecDeque::new(),
            notifications: Vec::new(),
            waiters: DeliveryWaiters::default(),
            released: Vec::new(),
            bytes_written: 0,
            writes: 0,
        }
    }

    /// Commits what a request decided, releases its effects, and hands out the reply.
    pub fn settle<T>(&mut self, handled: Handled<T>) -> Result<T, WorkerError> {
        match handled {
            Ok((reply, effects)) => {
                self.apply(effects);
                Ok(reply)
            }
            Err(failure) => {
                self.apply(failure.effects);
                Err(failure.error)
            }
        }
    }

    fn apply(&mut self, effects: Effects) {
        self.commit(&effects.batch);
        self.outgoing.extend(effects.cross_chain);
        self.notifications.extend(effects.notifications);
        for (chain_id, height) in effects.delivered {
            self.released.extend(self.waiters.release(chain_id, height));
        }
    }

    /// Writes a batch.
    pub fn commit(&mut self, batch: &Batch) {
        for operation in &batch.operations {
            self.bytes_written += match operation {
                walnut_views::WriteOperation::Put { key, value } => key.len() + value.len(),
                walnut_views::WriteOperation::Delete { key } => key.len(),
                walnut_views::WriteOperation::DeletePrefix { key_prefix } => key_prefix.len(),
            };
        }
        self.writes += batch.operations.len();
        self.store.apply(batch);
    }

    /// Handles a proposal.
    pub fn propose(
        &mut self,
        proposal: BlockProposal,
        now: Timestamp,
    ) -> Result<ChainInfoResponse, WorkerError> {
        let handled = block_on(self.node.handle_block_proposal(&self.store, proposal, now));
        self.settle(handled)
    }

    /// Handles a full certificate of any kind.
    pub fn certificate(
        &mut self,
        certificate: impl Into<Certificate>,
        now: Timestamp,
    ) -> Result<ChainInfoResponse, WorkerError> {
        match certificate.into() {
            Certificate::Validated(certificate) => self.validated(certificate, now),
            Certificate::Confirmed(certificate) => {
                Ok(self.confirmed(certificate, ProcessingMode::Auto, now)?.0)
            }
            Certificate::Timeout(certificate) => self.timeout(certificate, now),
        }
    }

    /// Handles a validated certificate.
    pub fn validated(
        &mut self,
        certificate: ValidatedBlockCertificate,
        now: Timestamp,
    ) -> Result<ChainInfoResponse, WorkerError> {
        let handled = block_on(self.node.handle_validated_certificate(&self.store, certificate, now));
        self.settle(handled)
    }

    /// Handles a confirmed certificate.
    pub fn confirmed(
        &mut self,
        certificate: ConfirmedBlockCertificate,
        mode: ProcessingMode,
        now: Timestamp,
    ) -> Result<(ChainInfoResponse, Delivery), WorkerError> {
        let handled = block_on(self.node.handle_confirmed_certificate(&self.store, certificate, mode, now));
        self.settle(handled)
    }

    /// Handles a timeout certificate.
    pub fn timeout(
        &mut self,
        certificate: TimeoutCertificate,
        now: Timestamp,
    ) -> Result<ChainInfoResponse, WorkerError> {
        let handled = block_on(self.node.handle_timeout_certificate(&self.store, certificate, now));
        self.settle(handled)
    }

    /// Handles a lite certificate.
    pub fn lite(
        &mut self,
        certificate: LiteCertificate,
        now: Timestamp,
    ) -> Result<(ChainInfoResponse, Delivery), WorkerError> {
        let handled = block_on(self.node.handle_lite_certificate(&self.store, certificate, now));
        self.settle(handled)
    }

    /// Answers a query.
    pub fn query(&mut self, query: ChainInfoQuery, now: Timestamp) -> Result<ChainInfoResponse, WorkerError> {
        let handled = block_on(self.node.handle_chain_info_query(&self.store, query, now));
        self.settle(handled)
    }

    /// Takes a pending blob.
    pub fn pending_blob(&mut self, chain_id: ChainId, blob: Blob) -> Result<ChainInfoResponse, WorkerError> {
        let handled = block_on(self.node.handle_pending_blob(&self.store, chain_id, blob));
        self.settle(handled)
    }

    /// Hands out a pending blob.
    pub fn download_pending_blob(&mut self, chain_id: ChainId, blob_id: BlobId) -> Result<Blob, WorkerError> {
        let handled = block_on(self.node.download_pending_blob(&self.store, chain_id, blob_id));
        self.settle(handled)
    }

    /// Stores a blob if some block was seen to need it, as `UploadBlob` does. Answers whether it was stored.
    ///
    /// # Panics
    /// If the store cannot be read.
    pub fn upload_blob(&mut self, blob: &Blob) -> bool {
        let state = block_on(records::read_blob_state(&self.store, blob.id())).expect("memory can be read");
        if state.is_some() {
            let mut batch = Batch::default();
            records::put_blob(&mut batch, blob);
            self.commit(&batch);
        }
        state.is_some()
    }

    /// Handles one cross-chain request.
    pub fn cross_chain(&mut self, request: CrossChainRequest, now: Timestamp) -> Result<(), WorkerError> {
        let handled = block_on(self.node.handle_cross_chain_request(&self.store, request, now));
        self.settle(handled)
    }

    /// Delivers between the chains of this node until nothing is left.
    ///
    /// # Panics
    /// If a request fails.
    pub fn deliver(&mut self, now: Timestamp) {
        while let Some(request) = self.outgoing.pop_front() {
            self.cross_chain(request, now).expect("delivery between correct nodes succeeds");
        }
    }

    /// Stages a block.
    pub fn stage(
        &mut self,
        block: ProposedBlock,
        blobs: Vec<Blob>,
        policy: StagingPolicy<'_>,
        now: Timestamp,
    ) -> Result<StagedBlock, WorkerError> {
        let staged = self.node.stage_block_execution(&self.store, block, None, blobs, policy, now);
        let handled = block_on(staged);
        self.settle(handled)
    }

    /// Looks at a chain.
    ///
    /// # Panics
    /// If the chain cannot be read.
    pub fn inspect<T>(
        &mut self,
        chain_id: ChainId,
        read: impl AsyncFnOnce(&mut ChainReader<'_, '_, MemoryStore>) -> Result<T, WorkerError>,
    ) -> T {
        let handled = block_on(self.node.inspect(&self.store, chain_id, read));
        self.settle(handled).expect("a chain in memory can be read")
    }

    /// Forgets everything that is not committed, as a restart does.
    pub fn restart(&mut self) {
        self.node.forget_all();
        self.outgoing.clear();
    }
}
