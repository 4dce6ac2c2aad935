//! The least that extends a chain: proposes to the validators of this process directly, and makes certificates of their
//! votes. No local node: it executes nothing and believes a quorum.
//!
//! Nothing is remembered between blocks. Whatever a crash left behind is found by asking: a confirmed block that some
//! validators lack is passed on, a locked or proposed block is finished before a new one is begun.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use tokio::sync::Mutex;
use walnut_base::{
    AccountSecretKey, BlockHeight, BlockProposal, CertificateValue, ChainId, ChainInfo, ChainInfoQuery,
    ChainInfoResponse, Committee, ConfirmedBlock, ConfirmedBlockCertificate, Epoch, GenericCertificate,
    LockingBlock, NodeError, Operation, ProposedBlock, Round, SignatureAggregator, Timestamp, Transaction,
    ValidatedBlock, ValidatedBlockCertificate,
};
use walnut_rpc::{
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleValidatedCertificateRequest,
    },
    limits::CERTIFICATES_PER_READ_MAX,
    server::{ServiceError, ValidatorService as _},
};

use super::{ChainFailure, FaucetChain, FaucetState};
use crate::{clock::now, front::Front};

/// Times that a block of somebody else (of ourselves, before a crash) is finished before ours is given up.
const ATTEMPTS_MAX: usize = 8;

/// Extends one chain with one owner.
pub struct Proposer {
    chain_id: ChainId,
    key: AccountSecretKey,
    validators: Vec<Front>,
    /// Held while a block is made.
    turn: Mutex<()>,
}

type Answers = Vec<Result<ChainInfoResponse, ServiceError>>;

impl Proposer {
    /// A proposer that signs with `key` and speaks to these validators.
    pub fn new(chain_id: ChainId, key: AccountSecretKey, validators: Vec<Front>) -> Self {
        Self { chain_id, key, validators, turn: Mutex::new(()) }
    }

    /// Asks all validators, and brings those that lag up to the highest one. The answers come in the order of validators,
    /// signatures checked.
    async fn synchronize(&self) -> Result<Vec<Option<ChainInfo>>, ChainFailure> {
        let mut infos = self.infos().await;
        let Some(height) = infos.iter().flatten().map(|info| info.next_block_height).max() else {
            return Err(ChainFailure::NoQuorum("no validator answers".into()));
        };
        let lags =
            |info: &Option<ChainInfo>| info.as_ref().is_some_and(|info| info.next_block_height < height);
        if infos.iter().any(lags) {
            for (validator, info) in self.validators.iter().zip(&infos) {
                if let Some(info) = info {
                    self.pass_on(validator, info.next_block_height, height).await;
                }
            }
            infos = self.infos().await;
        }
        Ok(infos)
    }

    async fn infos(&self) -> Vec<Option<ChainInfo>> {
        let ask = |validator: &Front| {
            let query = ChainInfoQuery::new(self.chain_id).with_manager_values().with_network_actions();
            let validator = validator.clone();
            async move {
                let response = validator.handle_chain_info_query(query).await.ok()?;
                response.check(&validator.public_key()).ok()?;
                Some(*response.info)
            }
        };
        join_all(self.validators.iter().map(ask)).await
    }

    /// Gives a validator the blocks it lacks; failures show when it is asked again.
    async fn pass_on(&self, validator: &Front, from: BlockHeight, to: BlockHeight) {
        let mut height = from;
        while height < to {
            let blocks = match self.blocks_from(height).await {
                Ok(blocks) if !blocks.is_empty() => blocks,
                _ => return,
            };
            for certificate in blocks {
                height = height.saturating_add(BlockHeight(1));
                if let Err(error) = confirm(validator, certificate).await {
                    tracing::warn!(?error, "a validator does not take the faucet's block");
                    return;
                }
            }
        }
    }

    /// The info that most is known by: the highest block, then the highest round.
    fn latest(infos: &[Option<ChainInfo>]) -> Result<&ChainInfo, ChainFailure> {
        let rank = |info: &&ChainInfo| (info.next_block_height, info.manager.current_round);
        let latest = infos.iter().flatten().max_by_key(rank);
        latest.ok_or_else(|| ChainFailure::NoQuorum("no validator answers".into()))
    }

    /// Finishes a block that was begun at the present height. Returns whether there was one.
    async fn finish(&self, infos: &[Option<ChainInfo>]) -> Result<bool, ChainFailure> {
        let latest = Self::latest(infos)?;
        let height = latest.next_block_height;
        let at_height = || infos.iter().flatten().filter(|info| info.next_block_height == height);
        let locked = at_height().filter_map(|info| match info.manager.requested_locking.as_deref() {
            Some(LockingBlock::Regular(certificate)) => Some(certificate),
            Some(LockingBlock::Fast(_)) | None => None,
        });
        let proposed = at_height().filter_map(|info| info.manager.requested_proposed.as_deref());
        let round = latest.manager.current_round;
        let committee = self.committee(latest.epoch)?;
        if let Some(certificate) = locked.max_by_key(|certificate| certificate.round) {
            if certificate.round == round {
                self.finalize(certificate.clone(), &committee).await?;
            } else {
                let round = free_round(at_height(), round, height)?;
                let proposal = BlockProposal::new_retry_regular(round, certificate.clone(), &self.key);
                self.propose(proposal, &committee).await?;
            }
            return Ok(true);
        }
        if let Some(proposal) = proposed.max_by_key(|proposal| proposal.content.round)
            && proposal.content.round == round
        {
            // It was accepted by one validator, so the others should accept it as well.
            match self.propose(proposal.clone(), &committee).await {
                Ok(_) => return Ok(true),
                Err(ChainFailure::Refused(reason)) => tracing::warn!(reason, "a begun block is given up"),
                Err(failure) => return Err(failure),
            }
        }
        Ok(false)
    }

    /// From a proposal to a confirmed block.
    async fn propose(
        &self,
        proposal: BlockProposal,
        committee: &Committee,
    ) -> Result<ConfirmedBlockCertificate, ChainFailure> {
        let round = proposal.content.round;
        let send = |validator: &Front| {
            let (validator, proposal) = (validator.clone(), proposal.clone());
            async move {
                let request = HandleBlockProposalRequest { proposal, supports_aggregated_missing: true };
                validator.handle_block_proposal(request).await
            }
        };
        let answers = join_all(self.validators.iter().map(send)).await;
        let block = self.validated_block(&answers, round).await?;
        let validated = self.aggregate(block, round, &answers, committee)?;
        self.finalize(validated, committee).await
    }

    /// From a validated block to a confirmed one, which all validators have then.
    async fn finalize(
        &self,
        validated: ValidatedBlockCertificate,
        committee: &Committee,
    ) -> Result<ConfirmedBlockCertificate, ChainFailure> {
        let send = |validator: &Front| {
            let (validator, certificate) = (validator.clone(), validated.clone());
            let request = HandleValidatedCertificateRequest { certificate };
            async move { validator.handle_validated_certificate(request).await }
        };
        let answers = join_all(self.validators.iter().map(send)).await;
        let round = validated.round;
        let block = ConfirmedBlock::from(validated.into_value());
        let confirmed = self.aggregate(block, round, &answers, committee)?;
        let send = |validator: &Front| {
            let (validator, certificate) = (validator.clone(), confirmed.clone());
            async move { confirm(&validator, certificate).await }
        };
        let outcomes = join_all(self.validators.iter().map(send)).await;
        let weight = |validator: &Front| committee.weight(&validator.public_key());
        let stored = self.validators.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok());
        if stored.map(|(validator, _)| weight(validator)).sum::<u64>() < committee.quorum_threshold() {
            return Err(no_quorum(outcomes.into_iter().filter_map(Result::err)));
        }
        Ok(confirmed)
    }

    /// The block that a validator voted for in this round.
    async fn validated_block(&self, answers: &Answers, round: Round) -> Result<ValidatedBlock, ChainFailure> {
        let query = || ChainInfoQuery::new(self.chain_id).with_manager_values();
        for (validator, answer) in self.validators.iter().zip(answers) {
            let Ok(response) = answer else { continue };
            let Some(vote) = response.info.manager.pending.filter(|vote| vote.round == round) else {
                continue;
            };
            let Ok(response) = validator.handle_chain_info_query(query()).await else { continue };
            if let Some(block) = response.info.manager.requested_validated
                && block.hash() == vote.value.value_hash
            {
                return Ok(*block);
            }
        }
        Err(no_quorum(answers.iter().filter_map(|answer| answer.as_ref().err().cloned())))
    }

    /// The certificate, if enough of the answers vote for this value in this round.
    fn aggregate<T: CertificateValue + Clone>(
        &self,
        value: T,
        round: Round,
        answers: &Answers,
        committee: &Committee,
    ) -> Result<GenericCertificate<T>, ChainFailure> {
        let hash = value.hash();
        let mut aggregator = SignatureAggregator::new(value, round, committee);
        for (validator, answer) in self.validators.iter().zip(answers) {
            let Ok(response) = answer else { continue };
            let vote = response.info.manager.pending;
            let is_ours = |vote: &walnut_base::LiteVote| {
                vote.round == round && vote.value.value_hash == hash && vote.value.kind == T::KIND
            };
            let Some(vote) = vote.filter(is_ours) else { continue };
            match aggregator.append(validator.public_key(), vote.signature) {
                Ok(Some(certificate)) => return Ok(certificate),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "a vote on the faucet's block is unusable"),
            }
        }
        Err(no_quorum(answers.iter().filter_map(|answer| answer.as_ref().err().cloned())))
    }

    /// Brings everything begun to its end and returns the chain as it is then.
    async fn settle(&self) -> Result<Vec<Option<ChainInfo>>, ChainFailure> {
        for _ in 0..ATTEMPTS_MAX {
            let infos = self.synchronize().await?;
            if !self.finish(&infos).await? {
                return Ok(infos);
            }
        }
        Err(ChainFailure::NoQuorum("blocks begun before cannot be finished".into()))
    }
}

impl FaucetChain for Proposer {
    fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    async fn execute(&self, operations: Vec<Operation>) -> Result<ConfirmedBlockCertificate, ChainFailure> {
        let _turn = self.turn.lock().await;
        let infos = self.settle().await?;
        let info = Self::latest(&infos)?;
        let height = info.next_block_height;
        let block = ProposedBlock {
            chain_id: self.chain_id,
            epoch: info.epoch,
            transactions: operations.into_iter().map(Transaction::ExecuteOperation).collect(),
            height,
            timestamp: Timestamp::max(now(), info.timestamp),
            authenticated_signer: Some(self.key.owner()),
            previous_block_hash: info.block_hash,
        };
        let round = free_round(infos.iter().flatten(), info.manager.current_round, height)?;
        let committee = self.committee(info.epoch)?;
        let proposal = BlockProposal::new_initial(round, block.clone(), &self.key);
        let certificate = self.propose(proposal, &committee).await?;
        if !certificate.block().matches_proposed_block(&block) {
            return Err(ChainFailure::OtherBlock(height));
        }
        Ok(certificate)
    }

    async fn state(&self) -> Result<FaucetState, ChainFailure> {
        let _turn = self.turn.lock().await;
        let infos = self.settle().await?;
        let info = Self::latest(&infos)?;
        Ok(FaucetState {
            balance: info.chain_balance,
            epoch: info.epoch,
            next_block_height: info.next_block_height,
        })
    }

    async fn blocks_from(&self, height: BlockHeight) -> Result<Vec<ConfirmedBlockCertificate>, ChainFailure> {
        let heights = (height.0..).take(CERTIFICATES_PER_READ_MAX).map(BlockHeight).collect::<Vec<_>>();
        let mut longest = Vec::new();
        for validator in &self.validators {
            let Ok(raw) = validator.certificates_by_heights(self.chain_id, heights.clone()).await else {
                continue;
            };
            if raw.len() > longest.len() {
                longest = raw;
            }
        }
        let mut by_height = BTreeMap::new();
        for raw in longest {
            let certificate = ConfirmedBlockCertificate::try_from(raw)
                .map_err(|error| ChainFailure::Unusable(error.to_string()))?;
            by_height.insert(certificate.height(), certificate);
        }
        let in_sequence =
            by_height.into_iter().zip(heights).take_while(|((found, _), wanted)| found == wanted);
        Ok(in_sequence.map(|((_, certificate), _)| certificate).collect())
    }

    fn committee(&self, epoch: Epoch) -> Result<Committee, ChainFailure> {
        for validator in &self.validators {
            if let Ok(Some(committee)) = validator.committee(epoch) {
                return Ok(committee);
            }
        }
        Err(ChainFailure::Unusable(format!("no validator knows the committee of epoch {epoch}")))
    }
}

/// The current round, or the next one if some validator has seen a proposal of ours in it: an owner may go on to the next
/// multi-leader round at any time.
fn free_round<'a>(
    infos: impl Iterator<Item = &'a ChainInfo>,
    current: Round,
    height: BlockHeight,
) -> Result<Round, ChainFailure> {
    let mut used = false;
    let mut next = None;
    for info in infos.filter(|info| info.next_block_height == height) {
        let proposals = [&info.manager.requested_signed_proposal, &info.manager.requested_proposed];
        used |= proposals.into_iter().flatten().any(|proposal| proposal.content.round >= current);
        next = info.manager.ownership.next_round(current);
    }
    match (used, next) {
        (false, _) => Ok(current),
        (true, Some(round @ Round::MultiLeader(_))) => Ok(round),
        (true, _) => Err(ChainFailure::NoRound(height)),
    }
}

async fn confirm(validator: &Front, certificate: ConfirmedBlockCertificate) -> Result<(), ServiceError> {
    let request = HandleConfirmedCertificateRequest {
        certificate,
        wait_for_outgoing_messages: false,
        supports_aggregated_missing: true,
    };
    validator.handle_confirmed_certificate(request).await.map(|_| ())
}

/// The failure behind these errors: a refusal if a chain refused, else the lack of a quorum.
fn no_quorum(errors: impl Iterator<Item = ServiceError>) -> ChainFailure {
    let mut last = "the validators do not agree".to_owned();
    for error in errors {
        match error {
            ServiceError::Node(NodeError::ChainError { error } | NodeError::WorkerError { error }) => {
                return ChainFailure::Refused(error);
            }
            ServiceError::Node(error) => last = error.to_string(),
            ServiceError::Status(status) => last = status.to_string(),
        }
    }
    ChainFailure::NoQuorum(last)
}
