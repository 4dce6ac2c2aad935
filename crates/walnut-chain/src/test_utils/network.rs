//! Validators that share a genesis, and a client that builds blocks.

use std::collections::BTreeMap;

use walnut_base::{
    AccountOwner, AccountSecretKey, Amount, Blob, BlockProposal, CertificateKind, ChainDescription, ChainId,
    ChainInfo, ChainInfoQuery, ChainInfoResponse, Committee, ConfirmedBlock, ConfirmedBlockCertificate,
    Epoch, GenesisConfig, IncomingBundle, LiteCertificate, Operation, OriginalProposal, ProposalContent,
    ProposedBlock, ResourceControlPolicy, Round, TimeDelta, Timeout, TimeoutCertificate, Timestamp,
    Transaction, ValidatedBlock, ValidatedBlockCertificate, ValidatorPublicKey, ValidatorSecretKey,
    ValidatorState,
};

use super::{TestNode, account_key, validator_key};
use crate::{NodeConfig, WorkerError};

/// When the network began.
const GENESIS_TIME: Timestamp = Timestamp::from_micros(1_000_000);

/// Validators, and one account key per root chain.
pub struct TestNetwork {
    /// The genesis.
    pub genesis: GenesisConfig,
    /// The validators, in the order of their key numbers 1, 2, ….
    pub validators: Vec<TestNode>,
    /// Their public keys.
    pub validator_keys: Vec<ValidatorPublicKey>,
    /// The owner keys of the root chains, with numbers 101, 102, …. The first chain is the admin chain.
    pub owner_keys: Vec<AccountSecretKey>,
    /// The present.
    pub now: Timestamp,
}

impl TestNetwork {
    /// `validators` validators with 100 votes each, and root chains with these balances, in tokens.
    ///
    /// # Panics
    /// For absurd numbers.
    pub fn new(validators: u8, balances: &[u64], policy: ResourceControlPolicy) -> Self {
        let keys: Vec<ValidatorSecretKey> = (1..=validators).map(validator_key).collect();
        let committee = Self::committee_of(&keys, policy);
        let mut genesis = GenesisConfig::new(committee, GENESIS_TIME, "test".into());
        let mut owner_keys = Vec::new();
        for (number, balance) in (101..).zip(balances) {
            let key = account_key(number);
            genesis.add_root_chain(key.owner(), Amount::from_tokens(u128::from(*balance)));
            owner_keys.push(key);
        }
        let validator_keys = keys.iter().map(ValidatorSecretKey::public).collect();
        let validators =
            keys.into_iter().map(|key| TestNode::new(NodeConfig::validator(key), &genesis)).collect();
        TestNetwork { genesis, validators, validator_keys, owner_keys, now: GENESIS_TIME }
    }

    /// A committee with 100 votes per key; the account keys have the numbers 201, 202, ….
    ///
    /// # Panics
    /// For absurd numbers.
    pub fn committee_of(keys: &[ValidatorSecretKey], policy: ResourceControlPolicy) -> Committee {
        let validators: BTreeMap<ValidatorPublicKey, ValidatorState> = keys
            .iter()
            .zip(201_u8..)
            .map(|(key, number)| {
                let state = ValidatorState {
                    network_address: format!("grpc:localhost:{}", 9000 + u32::from(number)),
                    votes: 100,
                    account_public_key: account_key(number).public(),
                };
                (key.public(), state)
            })
            .collect();
        Committee::new(validators, policy).expect("few votes do not overflow")
    }

    /// The ID of a root chain.
    pub fn chain_id(&self, index: usize) -> ChainId {
        self.description(index).id()
    }

    /// The description of a root chain.
    pub fn description(&self, index: usize) -> &ChainDescription {
        &self.genesis.chains[index]
    }

    /// The owner of a root chain.
    pub fn owner(&self, index: usize) -> AccountOwner {
        self.owner_keys[index].owner()
    }

    /// A client's node that keeps the inboxes of these chains.
    pub fn client(&self, tracked: impl IntoIterator<Item = ChainId>) -> TestNode {
        TestNode::new(NodeConfig::client(tracked.into_iter().collect()), &self.genesis)
    }

    /// Lets time pass.
    pub fn advance(&mut self, delta: TimeDelta) {
        self.now = self.now.saturating_add(delta);
    }

    /// What the first validator tells about a chain.
    ///
    /// # Panics
    /// If it refuses.
    pub fn info(&mut self, chain_id: ChainId) -> ChainInfo {
        let query = ChainInfoQuery::new(chain_id).with_manager_values().with_pending_message_bundles();
        *self.validators[0].query(query, self.now).expect("the chain is active").info
    }

    /// A block that continues the chain as the first validator knows it: bundles first, then operations.
    pub fn block(
        &mut self,
        chain_id: ChainId,
        signer: Option<AccountOwner>,
        bundles: Vec<IncomingBundle>,
        operations: Vec<Operation>,
    ) -> ProposedBlock {
        let info = self.info(chain_id);
        let latest = bundles.iter().map(|incoming| incoming.bundle.timestamp).max().unwrap_or_default();
        let received = bundles.into_iter().map(Transaction::ReceiveMessages);
        ProposedBlock {
            chain_id,
            epoch: info.epoch,
            transactions: received.chain(operations.into_iter().map(Transaction::ExecuteOperation)).collect(),
            height: info.next_block_height,
            timestamp: self.now.max(latest).max(info.timestamp),
            authenticated_signer: signer,
            previous_block_hash: info.block_hash,
        }
    }

    /// As [`block`](Self::block) without bundles, and without looking at what waits: for long chains.
    ///
    /// # Panics
    /// If the first validator refuses to answer.
    pub fn block_without_bundles(
        &mut self,
        chain_id: ChainId,
        signer: Option<AccountOwner>,
        operations: Vec<Operation>,
    ) -> ProposedBlock {
        let info = self.validators[0]
            .query(ChainInfoQuery::new(chain_id), self.now)
            .expect("the chain is active")
            .info;
        ProposedBlock {
            chain_id,
            epoch: info.epoch,
            transactions: operations.into_iter().map(Transaction::ExecuteOperation).collect(),
            height: info.next_block_height,
            timestamp: self.now.max(info.timestamp),
            authenticated_signer: signer,
            previous_block_hash: info.block_hash,
        }
    }

    /// Sends a proposal to every validator.
    pub fn propose(&mut self, proposal: &BlockProposal) -> Vec<Result<ChainInfoResponse, WorkerError>> {
        let now = self.now;
        self.validators.iter_mut().map(|validator| validator.propose(proposal.clone(), now)).collect()
    }

    /// The certificate for what most of these answers vote on, and the kind of the votes. Answers without a vote in the
    /// kind and round are left out.
    ///
    /// # Panics
    /// If there is no quorum.
    pub fn lite_certificate(
        &self,
        answers: &[Result<ChainInfoResponse, WorkerError>],
        kind: CertificateKind,
        round: Round,
    ) -> LiteCertificate {
        let votes = self.validator_keys.iter().zip(answers).filter_map(|(key, answer)| {
            let manager = &answer.as_ref().ok()?.info.manager;
            let vote = if kind == CertificateKind::Timeout { manager.timeout_vote } else { manager.pending };
            vote.filter(|vote| vote.round == round && vote.value.kind == kind).map(|vote| (*key, vote))
        });
        LiteCertificate::try_from_votes(votes).unwrap_or_else(|error| {
            panic!("{error}: {:?}", answers.iter().map(Result::is_ok).collect::<Vec<_>>())
        })
    }

    /// Proposes, collects votes, and makes the validated certificate, which no validator has seen yet.
    ///
    /// # Panics
    /// If there is no quorum.
    pub fn validate(&mut self, proposal: &BlockProposal) -> ValidatedBlockCertificate {
        let answers = self.propose(proposal);
        let lite = self.lite_certificate(&answers, CertificateKind::Validated, proposal.content.round);
        let query = ChainInfoQuery::new(proposal.content.block.chain_id).with_manager_values();
        let info = self.validators[0].query(query, self.now).expect("the chain is active").info;
        let validated: ValidatedBlock = *info.manager.requested_validated.expect("the first validator voted");
        lite.with_value(validated).expect("the first validator voted like the others")
    }

    /// Sends a validated certificate to every validator and makes the confirmed one, which none has seen yet.
    ///
    /// # Panics
    /// If there is no quorum.
    pub fn finalize(&mut self, certificate: &ValidatedBlockCertificate) -> ConfirmedBlockCertificate {
        let now = self.now;
        let answers: Vec<_> = self
            .validators
            .iter_mut()
            .map(|validator| validator.validated(certificate.clone(), now))
            .collect();
        let lite = self.lite_certificate(&answers, CertificateKind::Confirmed, certificate.round);
        lite.with_value(ConfirmedBlock::from(certificate.value().clone()))
            .expect("the votes are for this block")
    }

    /// Sends a confirmed certificate to every validator and delivers all messages.
    ///
    /// # Panics
    /// If a validator refuses.
    pub fn confirm(&mut self, certificate: &ConfirmedBlockCertificate) {
        let now = self.now;
        for validator in &mut self.validators {
            validator.certificate(certificate.clone(), now).expect("a correct certificate is accepted");
            validator.deliver(now);
        }
    }

    /// The whole cycle of a block in a multi-leader round: propose, validate, confirm, deliver.
    ///
    /// # Panics
    /// If anything fails.
    pub fn execute(&mut self, proposal: &BlockProposal) -> ConfirmedBlockCertificate {
        let validated = self.validate(proposal);
        let confirmed = self.finalize(&validated);
        self.confirm(&confirmed);
        confirmed
    }

    /// The cycle of a block in the fast round: propose, confirm, deliver.
    ///
    /// # Panics
    /// If anything fails.
    pub fn execute_fast(&mut self, proposal: &BlockProposal) -> ConfirmedBlockCertificate {
        let answers = self.propose(proposal);
        let lite = self.lite_certificate(&answers, CertificateKind::Confirmed, Round::Fast);
        let info = self.info(proposal.content.block.chain_id);
        let confirmed: ConfirmedBlock = *info.manager.requested_confirmed.expect("the first validator voted");
        let certificate = lite.with_value(confirmed).expect("the first validator voted like the others");
        self.confirm(&certificate);
        certificate
    }

    /// A new block by the owner of root chain `index` in the chain's current round, executed.
    ///
    /// # Panics
    /// If anything fails.
    pub fn run(&mut self, index: usize, operations: Vec<Operation>) -> ConfirmedBlockCertificate {
        self.run_with(index, Vec::new(), operations)
    }

    /// As [`run`](Self::run), with everything that waits in the chain's inboxes.
    ///
    /// # Panics
    /// If anything fails.
    pub fn run_receiving(&mut self, index: usize, operations: Vec<Operation>) -> ConfirmedBlockCertificate {
        let bundles = self.info(self.chain_id(index)).requested_pending_message_bundles;
        self.run_with(index, bundles, operations)
    }

    fn run_with(
        &mut self,
        index: usize,
        bundles: Vec<IncomingBundle>,
        operations: Vec<Operation>,
    ) -> ConfirmedBlockCertificate {
        let chain_id = self.chain_id(index);
        let block = self.block(chain_id, Some(self.owner(index)), bundles, operations);
        let round = self.info(chain_id).manager.current_round;
        let proposal = BlockProposal::new_initial(round, block, &self.owner_keys[index]);
        if round.is_fast() { self.execute_fast(&proposal) } else { self.execute(&proposal) }
    }

    /// Asks every validator to vote that the chain's current round is over, and makes the certificate.
    ///
    /// # Panics
    /// If there is no quorum.
    pub fn time_out(&mut self, chain_id: ChainId) -> TimeoutCertificate {
        let info = self.info(chain_id);
        let (height, round) = (info.next_block_height, info.manager.current_round);
        let now = self.now;
        let query = ChainInfoQuery::new(chain_id).with_timeout(height, round);
        let answers: Vec<_> =
            self.validators.iter_mut().map(|validator| validator.query(query.clone(), now)).collect();
        let lite = self.lite_certificate(&answers, CertificateKind::Timeout, round);
        lite.with_value(Timeout::new(chain_id, height, info.epoch)).expect("the votes are for this timeout")
    }

    /// Signs a block again for a later round, with whatever justifies it.
    pub fn retry(
        &self,
        index: usize,
        block: ProposedBlock,
        round: Round,
        original: OriginalProposal,
    ) -> BlockProposal {
        let content = ProposalContent { block, round, outcome: None };
        let signature = self.owner_keys[index].sign(&content);
        BlockProposal { content, signature, original_proposal: Some(original) }
    }

    /// A committee blob for the next epoch, with the same validators and another policy.
    ///
    /// # Panics
    /// For absurd numbers.
    pub fn next_committee(&self, policy: ResourceControlPolicy) -> Blob {
        let committee = &self.genesis.committee;
        let next = Committee::new(committee.validators().clone(), policy).expect("the votes fit as before");
        Blob::new_committee(&next)
    }

    /// The first epoch.
    pub const FIRST_EPOCH: Epoch = Epoch::ZERO;
}
