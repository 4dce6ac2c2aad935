//! A validator that is sent proposals, certificates, queries and requests between chains, most of them nearly right.
//!
//! The bytes decide which requests are made from the chains as they are, who signs them, and which of their bytes are
//! changed, before or after signing. All keys are known here, so that also well-signed nonsense gets in.
//!
//! Promises: the validator never gives two different votes of one kind for a round; a block is never replaced; too few
//! signatures move nothing; and it blames no request on its own state, unless a quorum has lied to it.

mod scene;

use std::collections::{BTreeMap, VecDeque};

use walnut_base::{
    AccountSecretKey, Block, BlockHeight, BlockProposal, CertificateKind, CertificateValue, ChainId,
    ChainInfo, ChainInfoQuery, ChainInfoResponse, ConfirmedBlock, CrossChainRequest, CryptoHash,
    GenericCertificate, Hashed, LiteCertificate, LiteValue, LiteVote, MessageAction, ProposalContent,
    ProposedBlock, Round, Signatures, TimeDelta, Timeout, Timestamp, Transaction, ValidatedBlock,
    ValidatorSecretKey,
    encoding::{from_bcs, to_bcs},
};
use walnut_chain::{
    ChainError, DeliveryWaiters, Fault, Node, NodeConfig, ProcessingMode, StagingPolicy, WorkerError,
    test_utils::{TestNode, block_on, validator_key},
};
use walnut_execution::UnsupportedApplications;

use crate::input::Input;
use scene::Scene;

thread_local! {
    static SCENE: Scene = Scene::new();
}

/// Votes that make a quorum of the four validators.
const QUORUM: usize = 3;

/// Proposals foremost.
pub(crate) fn proposals(data: &[u8]) {
    run(data, |input| [Step::Propose, Step::Propose, Step::Query, Step::Wait][input.below(4)]);
}

/// Everything.
pub(crate) fn certificates(data: &[u8]) {
    run(data, |input| match input.below(10) {
        0..2 => Step::Propose,
        2 => Step::Query,
        3 => Step::Wait,
        4..6 => Step::Validated,
        6..8 => Step::Confirmed,
        8 => Step::TimedOut,
        _ => Step::CrossChain,
    });
}

#[derive(Clone, Copy)]
enum Step {
    Propose,
    Query,
    Wait,
    Validated,
    Confirmed,
    TimedOut,
    CrossChain,
}

fn run(data: &[u8], choose: impl Fn(&mut Input<'_>) -> Step) {
    SCENE.with(|scene| {
        let mut run = Run::new(scene);
        let mut input = Input::new(data);
        for _ in 0..16 {
            if input.is_empty() {
                break;
            }
            match choose(&mut input) {
                Step::Propose => run.propose(&mut input),
                Step::Query => run.query(&mut input),
                Step::Wait => run.wait(&mut input),
                Step::Validated => run.validated(&mut input),
                Step::Confirmed => run.confirmed(&mut input),
                Step::TimedOut => run.timed_out(&mut input),
                Step::CrossChain => run.cross_chain(&mut input),
            }
        }
    });
}

/// What a vote is about: chain, height, kind, round.
type Subject = (ChainId, BlockHeight, CertificateKind, Round);

struct Run<'a> {
    scene: &'a Scene,
    node: TestNode,
    now: Timestamp,
    votes: BTreeMap<Subject, CryptoHash>,
    tips: BTreeMap<(ChainId, BlockHeight), Option<CryptoHash>>,
    proposals: Vec<BlockProposal>,
    /// Whether no quorum has signed nonsense yet.
    is_sound: bool,
}

impl<'a> Run<'a> {
    fn new(scene: &'a Scene) -> Self {
        let node = TestNode {
            node: Node::new(NodeConfig::validator(validator_key(1)), UnsupportedApplications),
            store: scene.store.clone(),
            outgoing: VecDeque::new(),
            notifications: Vec::new(),
            waiters: DeliveryWaiters::default(),
            released: Vec::new(),
            bytes_written: 0,
            writes: 0,
        };
        let now = scene.now;
        let (votes, tips, proposals) = Default::default();
        Self { scene, node, now, votes, tips, proposals, is_sound: true }
    }

    fn chain(&self, input: &mut Input<'_>) -> ChainId {
        // The second one has several owners.
        self.scene.chains[[1, 1, 0, 2][input.below(4)]]
    }

    fn info(&mut self, chain_id: ChainId) -> Option<Box<ChainInfo>> {
        let query = ChainInfoQuery::new(chain_id).with_manager_values().with_pending_message_bundles();
        let outcome = self.node.query(query, self.now);
        self.look(&outcome);
        Some(outcome.ok()?.info)
    }

    /// Looks at an answer.
    fn look(&mut self, outcome: &Result<ChainInfoResponse, WorkerError>) {
        let info = match outcome {
            Ok(response) => &response.info,
            Err(error) => {
                // The reference counts a changed message as its own fault, too; it chooses nothing but a log level.
                let is_known = matches!(error.as_chain_error(), Some(ChainError::UnexpectedMessage { .. }));
                assert!(!self.is_sound || is_known || error.fault() == Fault::Caller, "{error:?}");
                return;
            }
        };
        let manager = &info.manager;
        for vote in [manager.pending, manager.timeout_vote, manager.fallback_vote].into_iter().flatten() {
            let subject = (info.chain_id, info.next_block_height, vote.value.kind, vote.round);
            let known = *self.votes.entry(subject).or_insert(vote.value.value_hash);
            assert_eq!(known, vote.value.value_hash, "two votes for {subject:?}");
        }
        let tip = *self.tips.entry((info.chain_id, info.next_block_height)).or_insert(info.block_hash);
        assert_eq!(tip, info.block_hash, "another block before {}", info.next_block_height);
    }

    fn round(input: &mut Input<'_>, current: Round) -> Round {
        let number = u32::from(input.byte());
        match input.below(8) {
            0 => Round::Fast,
            1 => Round::MultiLeader(number),
            2 => Round::SingleLeader(number),
            3 => Round::Validator(number),
            4 => Round::MultiLeader(u32::MAX),
            _ => current,
        }
    }

    fn propose(&mut self, input: &mut Input<'_>) {
        let chain_id = self.chain(input);
        let Some(info) = self.info(chain_id) else { return };
        let round = Self::round(input, info.manager.current_round);
        let key = &self.scene.owners[input.below(self.scene.owners.len())];
        let before = self.proposals.len().checked_sub(1).map(|last| input.below(last + 1));
        let how = input.byte();
        let proposal = match (how % 4, before) {
            (1, Some(before)) => self.retry_fast(input, before, round, key),
            (2, Some(before)) => self.retry_regular(input, before, round, key),
            _ => Some(BlockProposal::new_initial(round, self.block(input, &info, key), key)),
        };
        let Some(mut proposal) = proposal else { return };
        if how & 16 > 0 {
            let mut bytes = to_bcs(&proposal.content);
            input.mutate(&mut bytes);
            let Ok(content) = from_bcs::<ProposalContent>(&bytes, 1 << 20) else { return };
            proposal.signature = if how & 32 > 0 { proposal.signature } else { key.sign(&content) };
            proposal.content = content;
        }
        if how & 64 > 0 {
            let mut bytes = to_bcs(&proposal);
            input.mutate(&mut bytes);
            let Ok(changed) = from_bcs::<BlockProposal>(&bytes, 1 << 20) else { return };
            proposal = changed;
        }
        self.proposals.push(proposal.clone());
        let outcome = self.node.propose(proposal, self.now);
        self.look(&outcome);
    }

    fn block(&self, input: &mut Input<'_>, info: &ChainInfo, key: &AccountSecretKey) -> ProposedBlock {
        let what = input.byte();
        let mut transactions = Vec::new();
        if what & 1 > 0 {
            let bundles = info.requested_pending_message_bundles.iter().cloned();
            transactions.extend(bundles.map(|mut incoming| {
                if what & 2 > 0 {
                    incoming.action = MessageAction::Reject;
                }
                Transaction::ReceiveMessages(incoming)
            }));
        }
        for _ in 0..(what >> 2) % 4 {
            transactions.push(Transaction::ExecuteOperation(self.scene.operation(input)));
        }
        ProposedBlock {
            chain_id: info.chain_id,
            epoch: info.epoch,
            transactions,
            height: info.next_block_height,
            timestamp: self.now.max(info.timestamp),
            authenticated_signer: (what & 64 == 0).then(|| key.owner()),
            previous_block_hash: info.block_hash,
        }
    }

    fn retry_fast(
        &self,
        input: &mut Input<'_>,
        before: usize,
        round: Round,
        key: &AccountSecretKey,
    ) -> Option<BlockProposal> {
        let block = self.proposals[before].content.block.clone();
        let first = &self.scene.owners[input.below(self.scene.owners.len())];
        let content = ProposalContent { block: block.clone(), round: Round::Fast, outcome: None };
        Some(BlockProposal::new_retry_fast(round, block, first.sign(&content), key))
    }

    fn retry_regular(
        &self,
        input: &mut Input<'_>,
        before: usize,
        round: Round,
        key: &AccountSecretKey,
    ) -> Option<BlockProposal> {
        let block = self.execute(&self.proposals[before])?;
        let earlier = Self::round(input, self.proposals[before].content.round);
        let value = ValidatedBlock::from_hashed(block);
        // A quorum that validates it in any round it likes is a lie, but one that breaks no promise of this validator.
        let (signatures, _) = self.sign(input, &value, earlier);
        let certificate = GenericCertificate::new(value, earlier, signatures);
        Some(BlockProposal::new_retry_regular(round, certificate, key))
    }

    /// The block of a proposal with its outcome, if it can be executed.
    fn execute(&self, proposal: &BlockProposal) -> Option<Hashed<Block>> {
        let mut node = Node::new(NodeConfig::client(Default::default()), UnsupportedApplications);
        let block = proposal.content.block.clone();
        let round = proposal.content.round.multi_leader();
        let policy = StagingPolicy::Abort;
        let staged = node.stage_block_execution(&self.node.store, block, round, Vec::new(), policy, self.now);
        Some(block_on(staged).ok()?.0.block)
    }

    /// Votes of some validators, sometimes of one twice, of a stranger or with wrong bytes; and whether they are a quorum.
    fn sign<T: CertificateValue>(
        &self,
        input: &mut Input<'_>,
        value: &T,
        round: Round,
    ) -> (Signatures, bool) {
        let who = input.byte();
        let vote = |secret: &ValidatorSecretKey| {
            (secret.public(), LiteVote::new(LiteValue::new(value), round, secret).signature)
        };
        let keys = self.scene.validators.iter().enumerate().filter(|(index, _)| who >> index & 1 == 0);
        let mut signatures = keys.map(|(_, key)| vote(key)).collect::<Signatures>();
        let is_quorum = signatures.len() >= QUORUM;
        match who >> 4 {
            1 => signatures.extend(signatures.first().copied()),
            2 => signatures.push(vote(&self.scene.stranger)),
            3 if signatures.len() > 1 => signatures[0].1 = signatures[1].1,
            _ => return (signatures, is_quorum),
        }
        (signatures, false)
    }

    /// A block to certify, and whether it is what it says.
    fn value(&mut self, input: &mut Input<'_>) -> Option<(Block, Round, bool)> {
        let last = self.proposals.len().checked_sub(1)?;
        let proposal = self.proposals[last - input.below(last + 1)].clone();
        let block = self.execute(&proposal)?.into_inner();
        let round = Self::round(input, proposal.content.round);
        if !input.byte().is_multiple_of(4) {
            return Some((block, round, round == proposal.content.round));
        }
        let mut bytes = to_bcs(&block);
        input.mutate(&mut bytes);
        Some((from_bcs::<Block>(&bytes, 1 << 20).ok()?, round, false))
    }

    fn validated(&mut self, input: &mut Input<'_>) {
        let Some((block, round, _)) = self.value(input) else { return };
        let value = ValidatedBlock::new(block);
        let (signatures, is_quorum) = self.sign(input, &value, round);
        let certificate = GenericCertificate::new(value, round, signatures);
        // Any quorum of validated blocks may come from rounds that this validator has not seen, but only from one block.
        self.is_sound &= !is_quorum;
        let before = self.votes.len();
        let outcome = match input.byte() % 3 {
            0 => self.lite(certificate.lite_certificate()),
            _ => self.node.validated(certificate, self.now),
        };
        self.look(&outcome);
        assert!(is_quorum || self.votes.len() == before || outcome.is_ok());
    }

    fn confirmed(&mut self, input: &mut Input<'_>) {
        let Some((block, round, is_true)) = self.value(input) else { return };
        let value = ConfirmedBlock::new(block);
        let (chain_id, height) = (value.chain_id(), value.height());
        let before = self.info(chain_id).map(|info| info.next_block_height);
        let (signatures, is_quorum) = self.sign(input, &value, round);
        let certificate = GenericCertificate::new(value, round, signatures);
        self.is_sound &= is_true || !is_quorum;
        let outcome = match input.byte() % 3 {
            0 => self.lite(certificate.lite_certificate()),
            _ => self.node.confirmed(certificate, ProcessingMode::Auto, self.now).map(|(answer, _)| answer),
        };
        self.look(&outcome);
        if !is_quorum {
            let after = self.info(chain_id).map(|info| info.next_block_height);
            assert_eq!(before, after, "too few signatures confirm block {height}");
        }
        self.deliver();
    }

    fn timed_out(&mut self, input: &mut Input<'_>) {
        let chain_id = self.chain(input);
        let Some(info) = self.info(chain_id) else { return };
        let round = Self::round(input, info.manager.current_round);
        let height = BlockHeight(info.next_block_height.0 ^ u64::from(input.byte() >> 7));
        let value = Timeout::new(chain_id, height, info.epoch);
        let (signatures, is_quorum) = self.sign(input, &value, round);
        let outcome = self.node.timeout(GenericCertificate::new(value, round, signatures), self.now);
        self.look(&outcome);
        if !is_quorum {
            let round = self.info(chain_id).map(|info| info.manager.current_round);
            assert_eq!(round, Some(info.manager.current_round), "too few signatures end a round");
        }
    }

    fn lite(&mut self, certificate: LiteCertificate) -> Result<ChainInfoResponse, WorkerError> {
        self.node.lite(certificate, self.now).map(|(answer, _)| answer)
    }

    fn query(&mut self, input: &mut Input<'_>) {
        let chain_id = self.chain(input);
        let Some(info) = self.info(chain_id) else { return };
        let what = input.byte();
        let mut query = ChainInfoQuery::new(chain_id);
        query.request_manager_values = what & 1 > 0;
        query.request_pending_message_bundles = what & 2 > 0;
        query.request_fallback = what & 4 > 0;
        query.create_network_actions = what & 8 > 0;
        query.request_received_log_excluding_first_n = (what & 16 > 0).then(|| input.long());
        if what & 32 > 0 {
            let round = Self::round(input, info.manager.current_round);
            query.request_leader_timeout = Some((info.next_block_height, round));
        }
        if what & 64 > 0 {
            query.request_sent_certificate_hashes_by_heights =
                (0..3).map(|_| BlockHeight(u64::from(input.byte()))).collect();
        }
        query.test_next_block_height = (what & 128 > 0).then(|| BlockHeight(u64::from(input.byte() % 4)));
        let outcome = self.node.query(query, self.now);
        self.look(&outcome);
        self.deliver();
    }

    /// Time goes by, or the validator starts again.
    fn wait(&mut self, input: &mut Input<'_>) {
        match input.byte() {
            0..16 => self.node.restart(),
            passed => {
                self.now = self.now.saturating_add(TimeDelta::from_millis(u64::from(passed) * 40));
            }
        }
    }

    /// Requests between chains of one validator come from itself, but late, doubled, and out of order.
    fn cross_chain(&mut self, input: &mut Input<'_>) {
        let (sender, recipient) = (self.chain(input), self.chain(input));
        let height = BlockHeight(u64::from(input.byte() % 4));
        let request = match input.byte() % 2 {
            0 => CrossChainRequest::ConfirmUpdatedRecipient { sender, recipient, latest_height: height },
            _ => CrossChainRequest::RevertConfirm { sender, recipient, retransmit_from: height },
        };
        drop(self.node.cross_chain(request, self.now));
        self.deliver();
    }

    fn deliver(&mut self) {
        for _ in 0..50 {
            let Some(request) = self.node.outgoing.pop_front() else { return };
            drop(self.node.cross_chain(request, self.now));
        }
    }
}
