//! A set of chains over one store: a validator's shard or a client's local node.
//!
//! # How a host drives it
//! 1. Call a handler with a store whose reads include everything decided before (a `walnut_views::Overlay` over the
//!    committed data), and with the time.
//! 2. Commit `effects.batch` in one piece. Only then let the reply, `effects.cross_chain` and `effects.notifications` out.
//!    Many requests may be handled before a commit as long as batches are committed in order.
//! 3. If a commit fails, call [`Node::forget`] for the chains concerned (or [`Node::forget_all`]) and drop the replies.
//!
//! A failed request is a [`Failure`], whose effects are treated like those of a success.
//!
//! Handlers hold no locks and never wait for anything but reads. Dropping a handler's future drops the chain from memory;
//! nothing else is lost, since nothing was written.

use std::collections::BTreeMap;

use walnut_base::{
    Blob, BlobId, BlockProposal, CertificateValue, ChainId, ChainInfoQuery, ChainInfoResponse, Committee,
    ConfirmedBlockCertificate, CrossChainRequest, GenericCertificate, LiteCertificate, ProposedBlock,
    TimeDelta, TimeoutCertificate, Timestamp, ValidatedBlockCertificate, ValidatorPublicKey,
};
use walnut_execution::{Applications, Committees};
use walnut_views::Store;

use crate::{
    chain::ChainState,
    config::NodeConfig,
    effects::Effects,
    error::{Failure, WorkerError},
    handlers::{self, Delivery, ProcessingMode},
    session::Session,
    shared::Shared,
    staging::{StagedBlock, StagingPolicy},
};

/// A reply with its effects, or a failure with its effects.
pub type Handled<T> = Result<(T, Effects), Box<Failure>>;

/// A set of chains over a store. `A` runs user applications.
pub struct Node<A> {
    chains: BTreeMap<ChainId, Loaded>,
    clock: u64,
    shared: Shared<A>,
}

struct Loaded {
    last_used: u64,
    /// Boxed: it is taken out and put back for every request.
    chain: Box<ChainState>,
}

impl<A: Applications> Node<A> {
    /// A node that has loaded nothing yet.
    pub fn new(config: NodeConfig, applications: A) -> Self {
        Node { chains: BTreeMap::new(), clock: 0, shared: Shared::new(config, applications) }
    }

    /// The settings.
    pub fn config(&self) -> &NodeConfig {
        &self.shared.config
    }

    /// The committees of the network, shared by all chains.
    pub fn committees(&self) -> &Committees {
        &self.shared.committees
    }

    /// Drops a chain from memory: its last batch was not committed.
    pub fn forget(&mut self, chain_id: ChainId) {
        self.chains.remove(&chain_id);
        self.shared.forget_executed(chain_id);
    }

    /// Drops everything from memory.
    pub fn forget_all(&mut self) {
        self.chains.clear();
        self.shared.forget_all();
    }

    /// Chains in memory.
    pub fn loaded_chains(&self) -> usize {
        self.chains.len()
    }

    /// Starts to keep the inbox of a chain. Pending messages for it are found at the senders' next activity, or by a
    /// query with `create_network_actions`.
    pub fn track(&mut self, chain_id: ChainId) {
        self.shared.tracked.insert(chain_id);
    }

    /// Notes that the caller has checked a certificate against the committee, for example vote by vote: its signatures are
    /// not checked again. Only for certificates that were put together from checked votes on this machine.
    pub fn note_checked<T: CertificateValue>(
        &mut self,
        certificate: &GenericCertificate<T>,
        committee: &Committee,
    ) {
        let (hash, signatures) = (certificate.hash(), certificate.signatures());
        self.shared.note_checked(hash, T::KIND, certificate.round, signatures, committee);
    }

    /// Handles a block proposal: checks, executes and, with a key, votes.
    pub async fn handle_block_proposal<S: Store>(
        &mut self,
        store: &S,
        proposal: BlockProposal,
        now: Timestamp,
    ) -> Handled<ChainInfoResponse> {
        let chain_id = proposal.content.block.chain_id;
        self.with_chain(store, chain_id, async |shared, chain, session| {
            handlers::proposal::handle_block_proposal(shared, chain, session, proposal, now).await
        })
        .await
    }

    /// Handles a validated certificate: locks and, with a key, votes to confirm.
    pub async fn handle_validated_certificate<S: Store>(
        &mut self,
        store: &S,
        certificate: ValidatedBlockCertificate,
        now: Timestamp,
    ) -> Handled<ChainInfoResponse> {
        let chain_id = certificate.chain_id();
        self.with_chain(store, chain_id, async |shared, chain, session| {
            handlers::validated::handle_validated_certificate(shared, chain, session, certificate, now).await
        })
        .await
    }

    /// Handles a timeout certificate: ends its round.
    pub async fn handle_timeout_certificate<S: Store>(
        &mut self,
        store: &S,
        certificate: TimeoutCertificate,
        now: Timestamp,
    ) -> Handled<ChainInfoResponse> {
        let chain_id = certificate.chain_id();
        self.with_chain(store, chain_id, async |shared, chain, session| {
            handlers::timeout::handle_timeout_certificate(shared, chain, session, certificate, now).await
        })
        .await
    }

    /// Handles a confirmed certificate: stores it, and executes or preprocesses its block.
    pub async fn handle_confirmed_certificate<S: Store>(
        &mut self,
        store: &S,
        certificate: ConfirmedBlockCertificate,
        mode: ProcessingMode,
        now: Timestamp,
    ) -> Handled<(ChainInfoResponse, Delivery)> {
        let chain_id = certificate.chain_id();
        self.with_chain(store, chain_id, async |shared, chain, session| {
            handlers::confirmed::handle_confirmed_certificate(shared, chain, session, certificate, mode, now)
                .await
        })
        .await
    }

    /// Handles a certificate without its block, which must be in memory.
    pub async fn handle_lite_certificate<S: Store>(
        &mut self,
        store: &S,
        certificate: LiteCertificate,
        now: Timestamp,
    ) -> Handled<(ChainInfoResponse, Delivery)> {
        let chain_id = certificate.value.chain_id;
        self.with_chain(store, chain_id, async |shared, chain, session| {
            handlers::lite::handle_lite_certificate(shared, chain, session, certificate, now).await
        })
        .await
    }

    /// Takes a blob that a pending proposal or validated certificate needs.
    pub async fn handle_pending_blob<S: Store>(
        &mut self,
        store: &S,
        chain_id: ChainId,
        blob: Blob,
    ) -> Handled<ChainInfoResponse> {
        self.with_chain(store, chain_id, async |shared, chain, session| {
            handlers::blobs::handle_pending_blob(shared, chain, session, blob).await
        })
        .await
    }

    /// Hands out a blob of a pending proposal or lock, or a stored one.
    pub async fn download_pending_blob<S: Store>(
        &mut self,
        store: &S,
        chain_id: ChainId,
        blob_id: BlobId,
    ) -> Handled<Blob> {
        self.with_chain(store, chain_id, async |_, chain, session| {
            handlers::blobs::download_pending_blob(chain, session, blob_id).await
        })
        .await
    }

    /// Answers a chain info query; may vote for a timeout.
    pub async fn handle_chain_info_query<S: Store>(
        &mut self,
        store: &S,
        query: ChainInfoQuery,
        now: Timestamp,
    ) -> Handled<ChainInfoResponse> {
        let chain_id = query.chain_id;
        self.with_chain(store, chain_id, async |shared, chain, session| {
            handlers::info::handle_chain_info_query(shared, chain, session, query, now).await
        })
        .await
    }

    /// Handles a request from another chain of the same node or validator.
    pub async fn handle_cross_chain_request<S: Store>(
        &mut self,
        store: &S,
        request: CrossChainRequest,
        now: Timestamp,
    ) -> Handled<()> {
        let chain_id = request.target_chain_id();
        self.with_chain(store, chain_id, async |shared, chain, session| {
            handlers::cross_chain::handle_cross_chain_request(shared, chain, session, &request, now).await?;
            Ok(chain.save(session).await?)
        })
        .await
    }

    /// Handles requests from other chains that all go to `chain_id`, in order, and saves the chain once.
    ///
    /// # Errors
    /// The first failure. Then nothing was decided and the chain is dropped from memory: handle the requests one by one,
    /// so that a bad one spoils no other.
    pub async fn handle_cross_chain_requests<S: Store>(
        &mut self,
        store: &S,
        chain_id: ChainId,
        requests: &[CrossChainRequest],
        now: Timestamp,
    ) -> Result<Effects, WorkerError> {
        let handled = self
            .with_chain(store, chain_id, async |shared, chain, session| {
                for request in requests {
                    if request.target_chain_id() != chain_id {
                        return Err(WorkerError::InvalidCrossChainRequest);
                    }
                    handlers::cross_chain::handle_cross_chain_request(shared, chain, session, request, now)
                        .await?;
                }
                Ok(chain.save(session).await?)
            })
            .await;
        match handled {
            Ok(((), effects)) => Ok(effects),
            Err(failure) => {
                self.forget(chain_id);
                Err(failure.error)
            }
        }
    }

    /// Executes a block as a proposer, without keeping the result. Under
    /// [`StagingPolicy::AutoRetry`] the block may come back changed.
    pub async fn stage_block_execution<S: Store>(
        &mut self,
        store: &S,
        block: ProposedBlock,
        round: Option<u32>,
        published_blobs: Vec<Blob>,
        policy: StagingPolicy<'_>,
        now: Timestamp,
    ) -> Handled<StagedBlock> {
        let chain_id = block.chain_id;
        self.with_chain(store, chain_id, async |shared, chain, session| {
            crate::staging::stage_block_execution(
                shared,
                chain,
                session,
                block,
                round,
                published_blobs,
                policy,
                now,
            )
            .await
        })
        .await
    }

    /// Loads a chain if needed and shows it to `read`, which may read further from the store.
    ///
    /// # Errors
    /// When the chain cannot be read.
    pub async fn inspect<S: Store, T>(
        &mut self,
        store: &S,
        chain_id: ChainId,
        read: impl AsyncFnOnce(&mut crate::ChainReader<'_, '_, S>) -> Result<T, WorkerError>,
    ) -> Handled<T> {
        self.with_chain(store, chain_id, async |_, chain, session| {
            read(&mut crate::ChainReader::new(chain, session)).await
        })
        .await
    }

    /// Notes how much of validators' received logs was synchronized; never less than before.
    pub async fn update_received_certificate_trackers<S: Store>(
        &mut self,
        store: &S,
        chain_id: ChainId,
        trackers: BTreeMap<ValidatorPublicKey, u64>,
    ) -> Handled<()> {
        self.with_chain(store, chain_id, async |_, chain, session| {
            crate::ChainReader::new(chain, session).raise_received_certificate_trackers(trackers).await?;
            Ok(chain.save(session).await?)
        })
        .await
    }

    /// Takes the chain out of memory, lets `work` at it, and puts it back if it still equals what was saved.
    pub(crate) async fn with_chain<S: Store, T>(
        &mut self,
        store: &S,
        chain_id: ChainId,
        work: impl AsyncFnOnce(&mut Shared<A>, &mut ChainState, &mut Session<'_, S>) -> Result<T, WorkerError>,
    ) -> Handled<T> {
        let mut session = Session::new(store);
        let loaded = self.chains.remove(&chain_id);
        let mut chain = match loaded {
            Some(Loaded { chain, .. }) => chain,
            None => Box::new(ChainState::load(&session, chain_id).await.map_err(WorkerError::from)?),
        };
        let result = work(&mut self.shared, &mut chain, &mut session).await;
        if chain.is_clean() {
            self.keep(chain_id, chain);
        }
        match result {
            Ok(reply) => Ok((reply, session.effects)),
            Err(error) => Err(Box::new(Failure { error, effects: session.effects })),
        }
    }

    fn keep(&mut self, chain_id: ChainId, chain: Box<ChainState>) {
        self.clock += 1;
        self.chains.insert(chain_id, Loaded { last_used: self.clock, chain });
        let limit = self.shared.config.loaded_chains.max(1);
        if self.chains.len() > limit {
            // Half of them at once, so that the sort is paid for by many insertions.
            let mut ages: Vec<u64> = self.chains.values().map(|loaded| loaded.last_used).collect();
            ages.sort_unstable();
            let cut = ages[ages.len() / 2];
            self.chains.retain(|_, loaded| loaded.last_used >= cut);
        }
    }
}

/// How long a validator waits before it handles a proposal whose block is from the near future. Zero if the block is
/// not from the future, or so far that it will be refused. Wait without holding anything.
pub fn proposal_delay(proposal: &BlockProposal, now: Timestamp, grace: TimeDelta) -> TimeDelta {
    let ahead = proposal.content.block.timestamp.delta_since(now);
    if ahead <= grace { ahead } else { TimeDelta::ZERO }
}
