//! Driving a block to its certificate.

use std::pin::pin;

use futures_util::future::maybe_done;
use walnut_base::{
    AccountOwner, Block, BlockHeight, BlockProposal, ChainId, ChainInfo, ChainInfoQuery, ChainManagerInfo,
    ConfirmedBlockCertificate, Hashed, LockingBlock, NodeError, Operation, OriginalProposal, ProposalContent,
    ProposedBlock, Round, ValidatedBlockCertificate,
};
use walnut_views::Batch;

use super::{
    Outcome, PendingProposal, Progress, StagedBlock,
    opening::{is_fast_elsewhere, must_open, opening},
    round::Turn,
    votes::{confirmed, validated},
};
use crate::{
    client::Client,
    error::ClientError,
    host::{Host, SignedContent},
    limits::PROPOSAL_ATTEMPTS_MAX,
    local::Missing,
    quorum::{alongside, communicate_with_quorum},
    sync::{Keep, to_node_error},
    update::{Delivery, Updater},
};

/// What an attempt proposes.
struct Candidate {
    block: Hashed<Block>,
    owner: AccountOwner,
    original: Option<Original>,
}

/// The lock that forces a block to be proposed again.
enum Original {
    Fast(Box<BlockProposal>),
    Regular(ValidatedBlockCertificate),
}

/// What consensus about the next block looks like; a failed attempt that changed it is worth another one.
#[derive(PartialEq, Eq)]
struct Consensus {
    height: BlockHeight,
    round: Round,
    locking: Option<Round>,
    timeout: Option<Round>,
    /// The latest round in which another block is proposed: when its votes are split, a later round is needed.
    taken: Option<Round>,
}

impl<H: Host> Client<H> {
    /// Makes a block of everything that waits on the chain and these operations. A block that was left unfinished before is
    /// finished first.
    pub async fn execute(
        &self,
        chain_id: ChainId,
        operations: Vec<Operation>,
        blobs: Vec<walnut_base::Blob>,
        on_progress: &dyn Fn(Progress),
    ) -> Result<Outcome, ClientError> {
        let handle = self.handle(chain_id);
        let _guard = handle.proposing.lock().await;
        if let Some(waiting @ Outcome::WaitForTimeout { .. }) =
            Box::pin(self.finish(chain_id, &|_| {})).await?
        {
            return Ok(waiting);
        }
        let staged = Box::pin(self.stage(chain_id, operations, blobs)).await?;
        Box::pin(self.begin(staged, on_progress)).await
    }

    /// Proposes a block that was staged before. When the chain has moved on since, the answer is
    /// [`Outcome::Conflict`] with the block that came first.
    ///
    /// # Errors
    /// [`ClientError::PendingBlock`] when an earlier block of this client has to wait: the staged one is not kept.
    pub async fn propose(
        &self,
        staged: StagedBlock,
        on_progress: &dyn Fn(Progress),
    ) -> Result<Outcome, ClientError> {
        let (chain_id, height) = (staged.block.header.chain_id, staged.block.header.height);
        let handle = self.handle(chain_id);
        let _guard = handle.proposing.lock().await;
        match Box::pin(self.finish(chain_id, &|_| {})).await? {
            Some(Outcome::Committed(other) | Outcome::Conflict(other)) if other.height() == height => {
                Ok(Outcome::Conflict(other))
            }
            Some(Outcome::WaitForTimeout { .. }) => Err(ClientError::PendingBlock { chain_id, height }),
            // What was left of an earlier height is decided: it is not in this block's way.
            Some(Outcome::Committed(_) | Outcome::Conflict(_)) | None => {
                Box::pin(self.begin(staged, on_progress)).await
            }
        }
    }

    /// Finishes the block that was left unfinished, if there is one: after a restart, or when it was somebody else's turn.
    pub async fn retry_pending(
        &self,
        chain_id: ChainId,
        on_progress: &dyn Fn(Progress),
    ) -> Result<Option<Outcome>, ClientError> {
        let handle = self.handle(chain_id);
        let _guard = handle.proposing.lock().await;
        self.finish(chain_id, on_progress).await
    }

    /// The block that is on its way on the chain, if there is one.
    pub async fn pending_proposal(&self, chain_id: ChainId) -> Result<Option<PendingProposal>, ClientError> {
        self.local.pending_proposal(chain_id).await
    }

    /// Gives up a block that is not confirmed. Validators may have voted for it: it can still be confirmed by whoever
    /// proposes it again.
    ///
    /// # Errors
    /// [`ClientError::FastProposalPending`]: a proposal of the fast round must be finished.
    pub async fn clear_pending(&self, chain_id: ChainId) -> Result<(), ClientError> {
        let handle = self.handle(chain_id);
        let _guard = handle.proposing.lock().await;
        let pending = self.local.pending_proposal(chain_id).await?;
        if pending.is_some_and(|pending| pending.round() == Some(Round::Fast)) {
            return Err(ClientError::FastProposalPending);
        }
        self.local.clear_pending_proposal(chain_id).await
    }

    async fn begin(
        &self,
        staged: StagedBlock,
        on_progress: &dyn Fn(Progress),
    ) -> Result<Outcome, ClientError> {
        let pending = PendingProposal { block: staged.proposed(), blobs: staged.blobs, proposal: None };
        Box::pin(self.drive(pending, Some(staged.block), on_progress)).await
    }

    async fn finish(
        &self,
        chain_id: ChainId,
        on_progress: &dyn Fn(Progress),
    ) -> Result<Option<Outcome>, ClientError> {
        match self.local.pending_proposal(chain_id).await? {
            Some(pending) => {
                // What validators know decides: the block may be locked or confirmed since.
                Box::pin(self.sync_chain(chain_id)).await?;
                Box::pin(self.drive(pending, None, on_progress)).await.map(Some)
            }
            None => Ok(None),
        }
    }

    async fn drive(
        &self,
        mut pending: PendingProposal,
        mut executed: Option<Hashed<Block>>,
        on_progress: &dyn Fn(Progress),
    ) -> Result<Outcome, ClientError> {
        let chain_id = pending.block.chain_id;
        let mut before = self.consensus(&pending.block).await?;
        for attempt in 0..PROPOSAL_ATTEMPTS_MAX {
            let outcome = Box::pin(self.attempt(&mut pending, executed.take(), attempt, on_progress)).await;
            let error = match outcome {
                Err(error @ (ClientError::Quorum(_) | ClientError::Validator(_))) => error,
                outcome => return outcome,
            };
            let mut after = self.consensus(&pending.block).await?;
            if after == before {
                // What the refusing validators know is not known here: ask them, then try once more.
                let synced = Box::pin(self.sync_chain(chain_id)).await;
                after = self.consensus(&pending.block).await?;
                // Another block may have votes of the round of this one; then it needs a later round, although nothing
                // here has changed: of two proposals in a round only one is known here. Validators that came to other
                // outcomes of this very block do so in every round.
                let is_split = attempt == 0 && !came_to_other_outcomes(&error);
                if synced.is_err() || (after == before && !is_split) {
                    return Err(error);
                }
            }
            before = after;
        }
        Err(ClientError::TooManyAttempts("proposing a block"))
    }

    async fn attempt(
        &self,
        pending: &mut PendingProposal,
        executed: Option<Hashed<Block>>,
        attempt: u32,
        on_progress: &dyn Fn(Progress),
    ) -> Result<Outcome, ClientError> {
        let chain_id = pending.block.chain_id;
        let mut info = self.manager_info(chain_id).await?;
        let mut are_parted = false;
        if info.manager.round_timeout.is_some_and(|deadline| deadline <= self.host.now()) {
            match Box::pin(self.time_out(chain_id, on_progress)).await {
                Ok(_) => info = self.manager_info(chain_id).await?,
                Err(error) => are_parted = is_fast_elsewhere(&error),
            }
        }
        if info.next_block_height > pending.block.height {
            return self.decided(pending).await;
        }
        let owner = self.proposer(chain_id).await?;
        let opening = opening(&info.manager, &owner);
        let must_open = are_parted && must_open(&info.manager, &owner);
        // Somebody else's block may have to be finished first: of that one nothing is told as if it were the caller's.
        let quiet = |_| {};
        let mut on_progress = on_progress;
        let candidate = match info.manager.requested_locking.take().map(|locking| *locking) {
            Some(LockingBlock::Regular(certificate))
                if certificate.round == info.manager.current_round && !certificate.round.is_fast() =>
            {
                if !certificate.block().matches_proposed_block(&pending.block) {
                    on_progress = &quiet;
                }
                return Box::pin(self.finalize(pending, certificate, on_progress)).await;
            }
            Some(LockingBlock::Regular(certificate)) => {
                let block = certificate.value().clone().into_inner();
                Candidate { block, owner, original: Some(Original::Regular(certificate)) }
            }
            Some(LockingBlock::Fast(proposal)) => {
                let staged = self.stage_block(proposal.content.block.clone(), Vec::new(), None).await?;
                Candidate { block: staged.block, owner, original: Some(Original::Fast(Box::new(proposal))) }
            }
            None => {
                let block = match executed {
                    Some(block) => block,
                    None => self.stage_block(pending.block.clone(), pending.blobs.clone(), None).await?.block,
                };
                Candidate { block, owner, original: None }
            }
        };
        if !candidate.block.inner().matches_proposed_block(&pending.block) {
            on_progress = &quiet;
        }
        let again = pending.proposal.clone().filter(|proposal| {
            attempt == 0
                && candidate.original.is_none()
                && proposal.content.round >= info.manager.current_round
                && proposal.content.block == pending.block
        });
        let proposal = match again {
            Some(proposal) => proposal,
            None => {
                let has_oracles =
                    candidate.block.body.oracle_responses.iter().any(|responses| !responses.is_empty());
                let signed = pending.round();
                match self.choose_round(&info, candidate.owner, has_oracles, signed, must_open).await? {
                    Turn::Now(round) => {
                        if let Some(opening) = &opening {
                            Box::pin(self.open_round(chain_id, opening)).await?;
                        }
                        self.sign_and_keep(pending, &candidate, round).await?
                    }
                    Turn::Later { timestamp, current_round } => {
                        self.local.set_pending_proposal(pending, Batch::default()).await?;
                        let leader = info.manager.leader;
                        return Ok(Outcome::WaitForTimeout { timestamp, current_round, leader });
                    }
                }
            }
        };
        let round = proposal.content.round;
        on_progress(Progress::Signed { block_hash: candidate.block.hash(), round });
        if round.is_fast() || !pending.blobs.is_empty() {
            self.propose_locally(pending, &proposal).await?;
        }
        let committee = self.chain_committee(chain_id).await?;
        let Candidate { block, .. } = candidate;
        let (votes, mut late) =
            Box::pin(self.collect_votes(&committee, &proposal, &block, on_progress)).await?;
        // From here on everything is awaited together with the late votes: they may hold the local node.
        let rest = Box::pin(async {
            let certificate = match round.is_fast() {
                true => {
                    let certificate = confirmed(block, round, votes, &committee)?;
                    self.local.note_checked(&certificate, &committee).await;
                    certificate
                }
                false => {
                    let certificate = validated(block, round, votes, &committee)?;
                    self.local.note_checked(&certificate, &committee).await;
                    return Box::pin(self.finalize(pending, certificate, on_progress)).await;
                }
            };
            Box::pin(self.complete(pending, certificate, on_progress)).await
        });
        alongside(&mut late, rest).await
    }

    /// Signs the candidate for a round and stores the result. Nothing leaves before this has returned.
    async fn sign_and_keep(
        &self,
        pending: &mut PendingProposal,
        candidate: &Candidate,
        round: Round,
    ) -> Result<BlockProposal, ClientError> {
        let (block, outcome) = candidate.block.inner().clone().into_proposal();
        let (outcome, original_proposal) = match &candidate.original {
            None => (None, None),
            Some(Original::Fast(proposal)) => (None, Some(OriginalProposal::Fast(proposal.signature))),
            Some(Original::Regular(certificate)) => {
                let certificate = certificate.lite_certificate();
                (Some(outcome), Some(OriginalProposal::Regular { certificate }))
            }
        };
        let content = ProposalContent { block, round, outcome };
        let SignedContent { signature, record } = self.host.sign(candidate.owner, &content).await?;
        let proposal = BlockProposal { content, signature, original_proposal };
        if candidate.original.is_none() {
            pending.proposal = Some(proposal.clone());
        }
        self.local.set_pending_proposal(pending, record).await?;
        Ok(proposal)
    }

    /// Lets the local node take note of the proposal: it then holds the blobs, and the lock of a fast block.
    async fn propose_locally(
        &self,
        pending: &PendingProposal,
        proposal: &BlockProposal,
    ) -> Result<(), ClientError> {
        let chain_id = pending.block.chain_id;
        let Err(error) = self.local.handle_block_proposal(proposal.clone()).await else { return Ok(()) };
        let Some(Missing::Blobs(missing)) = error.missing() else { return Err(error.into()) };
        for blob in pending.blobs.iter().filter(|blob| missing.contains(&blob.id())) {
            self.local.handle_pending_blob(chain_id, blob.clone()).await?;
        }
        Ok(self.local.handle_block_proposal(proposal.clone()).await?)
    }

    /// From validated to confirmed, and on to the end. The lock is stored while validators already vote: it says what they
    /// say.
    async fn finalize(
        &self,
        pending: &PendingProposal,
        certificate: ValidatedBlockCertificate,
        on_progress: &dyn Fn(Progress),
    ) -> Result<Outcome, ClientError> {
        let committee = self.chain_committee(certificate.chain_id()).await?;
        let mut lock = pin!(maybe_done(self.lock(&certificate)));
        // Polled first: the requests leave before the work for the lock begins.
        let confirm = self.collect_confirmations(&committee, &certificate, on_progress);
        let (votes, mut late) = Box::pin(alongside(lock.as_mut(), confirm)).await?;
        // From here on everything is awaited together with the late votes: they may hold the local node.
        let rest = Box::pin(async {
            lock.as_mut().await;
            lock.as_mut().take_output().expect("it was awaited and nobody else takes it")?;
            let block = certificate.value().clone().into_inner();
            let certificate = confirmed(block, certificate.round, votes, &committee)?;
            self.local.note_checked(&certificate, &committee).await;
            Box::pin(self.complete(pending, certificate, on_progress)).await
        });
        alongside(&mut late, rest).await
    }

    async fn lock(&self, certificate: &ValidatedBlockCertificate) -> Result<(), ClientError> {
        match self.local.handle_validated_certificate(certificate.clone()).await {
            // The block may be confirmed here by now, or the lock be known: nothing to note then.
            Err(error) if !error.is_local() => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    /// The block is confirmed: execute it here, tell the person, then spread it.
    async fn complete(
        &self,
        pending: &PendingProposal,
        certificate: ConfirmedBlockCertificate,
        on_progress: &dyn Fn(Progress),
    ) -> Result<Outcome, ClientError> {
        let chain_id = certificate.chain_id();
        let committee = self.chain_committee(chain_id).await?;
        let remotes = self.remotes(&committee);
        self.process_certificates(&remotes, vec![certificate.clone()], Keep::Executed).await?;
        on_progress(Progress::Certified { block_hash: certificate.hash() });
        // A crash before this is stored finds the height decided, and forgets the proposal then.
        let clear = self.local.clear_pending_proposal(chain_id);
        let (spread, cleared) = futures_util::join!(Box::pin(self.spread(&certificate, &committee)), clear);
        on_progress(match spread {
            Ok(()) => Progress::Spread,
            Err(error) => Progress::SpreadFailed(to_node_error(error)),
        });
        cleared?;
        Ok(outcome_of(pending, certificate))
    }

    /// Gives the certificate to a quorum of the committee that made it, and of the one that follows if the block changed
    /// it.
    async fn spread(
        &self,
        certificate: &ConfirmedBlockCertificate,
        committee: &walnut_base::Committee,
    ) -> Result<(), ClientError> {
        self.send_to_quorum(certificate, committee).await?;
        let next = self.chain_committee(certificate.chain_id()).await?;
        if *next != *committee {
            self.send_to_quorum(certificate, &next).await?;
        }
        Ok(())
    }

    async fn send_to_quorum(
        &self,
        certificate: &ConfirmedBlockCertificate,
        committee: &walnut_base::Committee,
    ) -> Result<(), ClientError> {
        let delivery = match self.options.wait_for_outgoing_messages {
            true => Delivery::Blocking,
            false => Delivery::NonBlocking,
        };
        let target = BlockHeight(certificate.height().0.saturating_add(1));
        let actions = self.remotes(committee).into_iter().map(|remote| {
            (remote.public_key, async move {
                let mut updater = Updater::new(self, remote);
                let sent =
                    updater.send_chain(certificate.chain_id(), target, delivery, Some(certificate)).await;
                sent.map_err(to_node_error)
            })
        });
        communicate_with_quorum(&*self.host, committee, actions.collect(), |()| ()).await?;
        Ok(())
    }

    /// The height of the pending block was decided meanwhile.
    async fn decided(&self, pending: &PendingProposal) -> Result<Outcome, ClientError> {
        let chain_id = pending.block.chain_id;
        let height = pending.block.height;
        let certificate = self.local.certificate_at(chain_id, height).await?;
        let certificate = certificate.ok_or(ClientError::CannotDownloadCertificates { chain_id, height })?;
        self.local.clear_pending_proposal(chain_id).await?;
        Ok(outcome_of(pending, certificate))
    }

    async fn manager_info(&self, chain_id: ChainId) -> Result<Box<ChainInfo>, ClientError> {
        Ok(self.local.chain_info(ChainInfoQuery::new(chain_id).with_manager_values()).await?)
    }

    async fn consensus(&self, block: &ProposedBlock) -> Result<Consensus, ClientError> {
        let info = self.manager_info(block.chain_id).await?;
        let others = proposals(&info.manager).filter(|proposal| proposal.content.block != *block);
        Ok(Consensus {
            height: info.next_block_height,
            round: info.manager.current_round,
            locking: info.manager.requested_locking.as_ref().map(|locking| locking.round()),
            timeout: info.manager.timeout.as_ref().map(|timeout| timeout.round),
            taken: others.map(|proposal| proposal.content.round).max(),
        })
    }
}

/// The proposals for the next block that are known here.
pub(super) fn proposals(manager: &ChainManagerInfo) -> impl Iterator<Item = &BlockProposal> {
    manager.requested_proposed.iter().chain(&manager.requested_signed_proposal).map(|proposal| &**proposal)
}

fn outcome_of(pending: &PendingProposal, certificate: ConfirmedBlockCertificate) -> Outcome {
    match certificate.block().matches_proposed_block(&pending.block) {
        true => Outcome::Committed(Box::new(certificate)),
        false => Outcome::Conflict(Box::new(certificate)),
    }
}

/// Whether all that was heard of are votes for something else than what was proposed, as when each validator heard something
/// else from a web server.
fn came_to_other_outcomes(error: &ClientError) -> bool {
    let ClientError::Quorum(error) = error else { return false };
    let errors = error.errors();
    !errors.is_empty()
        && errors.iter().all(|error| matches!(error, NodeError::MissingVoteInValidatorResponse(_)))
}
