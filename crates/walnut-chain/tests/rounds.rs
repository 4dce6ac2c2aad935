//! The rounds of a chain with several owners, on validators with real signatures: who may propose, how a round ends,
//! what is locked, and what a new owner finds.

use walnut_base::{
    Account, AccountOwner, Amount, Blob, BlockHeight, BlockProposal, CertificateError, CertificateKind,
    ChainId, ChainInfo, ChainInfoQuery, ChainOwnership, Epoch, LockingBlock, NodeError, Operation,
    OriginalProposal, ProposedBlock, Reason, ResourceControlPolicy, Round, SystemOperation, TimeDelta,
    Timeout, TimeoutCertificate, TimeoutConfig, ValidatedBlockCertificate, leader::leader,
};
use walnut_chain::{
    ChainError, WorkerError,
    test_utils::{TestNetwork, account_key, signed_by, validator_key},
};
use walnut_execution::{BlockError, ExecutionError};

const ANA: usize = 1;
const BEN: usize = 2;
/// The number of a key that owns nothing.
const STRANGER: u8 = 77;
const FIRST: Round = Round::MultiLeader(0);
const SECOND: Round = Round::MultiLeader(1);
/// The height after the block that sets the owners.
const HEIGHT: BlockHeight = BlockHeight(1);

/// Four validators and a chain that Ana and Ben own together.
struct Shared {
    network: TestNetwork,
    chain: ChainId,
    ana: AccountOwner,
    ben: AccountOwner,
}

fn secs(seconds: u64) -> TimeDelta {
    TimeDelta::from_secs(seconds)
}

/// The last multi-leader round and single-leader rounds take 2 s, and 1 s more each time; the fast round takes 5 s.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig { fast_round_duration: Some(secs(5)), base_timeout: secs(2), ..TimeoutConfig::default() }
}

fn change_to(ownership: ChainOwnership) -> Operation {
    Operation::from(SystemOperation::ChangeOwnership {
        super_owners: ownership.super_owners.into_iter().collect(),
        owners: ownership.owners.into_iter().collect(),
        multi_leader_rounds: ownership.multi_leader_rounds,
        open_multi_leader_rounds: ownership.open_multi_leader_rounds,
        timeout_config: ownership.timeout_config,
    })
}

impl Shared {
    /// Before the chain has a block: it is Ana's alone.
    fn before() -> Self {
        let network = TestNetwork::new(4, &[1_000, 1_000, 1_000], ResourceControlPolicy::no_fees());
        let (chain, ana, ben) = (network.chain_id(ANA), network.owner(ANA), network.owner(BEN));
        Self { network, chain, ana, ben }
    }

    /// Both with the same weight.
    fn both(&self, multi_leader_rounds: u32) -> ChainOwnership {
        ChainOwnership::multiple([(self.ana, 100), (self.ben, 100)], multi_leader_rounds, timeouts())
    }

    fn with_multi_leader_rounds(rounds: u32) -> Self {
        let mut shared = Self::before();
        let both = shared.both(rounds);
        shared.network.run(ANA, vec![change_to(both)]);
        shared
    }

    /// Ana is a super owner, Ben a regular one.
    fn with_a_super_owner() -> Self {
        let mut shared = Self::before();
        let regular = ChainOwnership::multiple([(shared.ben, 100)], 2, timeouts());
        let ownership = ChainOwnership { super_owners: [shared.ana].into(), ..regular };
        shared.network.run(ANA, vec![change_to(ownership)]);
        shared
    }

    fn info(&mut self) -> ChainInfo {
        self.network.info(self.chain)
    }

    /// Moves tokens on the chain: blocks differ by the amount.
    fn spend(&self, tokens: u128) -> Operation {
        Operation::from(SystemOperation::Transfer {
            owner: AccountOwner::CHAIN,
            recipient: Account::new(self.chain, self.ana),
            amount: Amount::from_tokens(tokens),
        })
    }

    /// A block of one of the two on top of the chain.
    fn block(&mut self, by: usize, tokens: u128) -> ProposedBlock {
        let (signer, operation) = (self.network.owner(by), self.spend(tokens));
        self.network.block(self.chain, Some(signer), Vec::new(), vec![operation])
    }

    fn proposal(&mut self, by: usize, round: Round, tokens: u128) -> BlockProposal {
        let block = self.block(by, tokens);
        BlockProposal::new_initial(round, block, &self.network.owner_keys[by])
    }

    /// What one validator answers to a proposal: the round and kind of its vote.
    fn ask(
        &mut self,
        validator: usize,
        proposal: &BlockProposal,
    ) -> Result<Option<(Round, CertificateKind)>, WorkerError> {
        let now = self.network.now;
        let answer = self.network.validators[validator].propose(proposal.clone(), now)?;
        Ok(answer.info.manager.pending.map(|vote| (vote.round, vote.value.kind)))
    }

    /// Ends the current round at every validator, at its deadline.
    fn time_out(&mut self) -> TimeoutCertificate {
        self.network.now = self.info().manager.round_timeout.expect("the round ends");
        let certificate = self.network.time_out(self.chain);
        let now = self.network.now;
        for validator in &mut self.network.validators {
            validator.timeout(certificate.clone(), now).expect("a correct certificate");
        }
        certificate
    }

    /// Restarts every validator and checks that it still tells the same about the next block.
    fn restart(&mut self) {
        let (query, now) = (ChainInfoQuery::new(self.chain).with_manager_values(), self.network.now);
        for validator in &mut self.network.validators {
            let before = validator.query(query.clone(), now).expect("active").info;
            validator.restart();
            assert_eq!(validator.query(query.clone(), now).expect("active").info, before);
        }
    }
}

fn refused<T>(error: ChainError) -> Result<T, WorkerError> {
    Err(error.into())
}

#[test]
fn the_drawn_leader_alone_proposes_until_its_round_times_out() {
    let mut shared = Shared::with_multi_leader_rounds(2);
    for _ in 0..5 {
        let operation = shared.spend(1);
        shared.network.run(ANA, vec![operation]);
    }
    let in_turns = shared.both(0);
    shared.network.run(ANA, vec![change_to(in_turns.clone())]);
    let owners: Vec<AccountOwner> = in_turns.owners.keys().copied().collect();
    // Recorded from the reference: weights [100, 100], height 7.
    for (number, expected) in (0..).zip([0, 1, 1, 0, 0, 0, 1, 1, 0, 1]) {
        let (round, info, now) = (Round::SingleLeader(number), shared.info(), shared.network.now);
        assert_eq!((info.next_block_height, info.manager.current_round), (BlockHeight(7), round));
        assert_eq!(info.manager.leader, Some(owners[expected]), "{round}");
        assert_eq!(info.manager.round_timeout, Some(now.saturating_add(secs(2 + u64::from(number)))));
        let (leads, waits) = match info.manager.leader == Some(shared.ana) {
            true => (ANA, BEN),
            false => (BEN, ANA),
        };
        let unasked = shared.proposal(waits, round, 1);
        assert_eq!(shared.ask(0, &unasked), Err(WorkerError::InvalidOwner), "{round}");
        if number == 9 {
            let made = shared.proposal(leads, round, 1);
            assert_eq!(shared.network.execute(&made).round, round);
            return;
        }
        assert_eq!(shared.time_out().round, round);
    }
}

#[test]
fn timeout_certificates_are_verified_before_anything_else_is_looked_at() {
    let mut shared = Shared::with_multi_leader_rounds(0);
    let (chain, now, round) = (shared.chain, shared.network.now, Round::SingleLeader(0));
    let certificate = |keys, height, epoch, round| {
        signed_by::<Timeout>(keys, &Timeout::new(chain, BlockHeight(height), Epoch(epoch)), round)
    };
    let before = shared.info();
    let validator = &mut shared.network.validators[0];
    for height in [0, 1, 9] {
        let weak = CertificateError::CertificateRequiresQuorum { votes: 200, required: 267 };
        let answer = validator.timeout(certificate(1..=2, height, 0, round), now);
        assert_eq!(answer, Err(weak.into()), "at {height}");
    }
    let current_block_height = HEIGHT;
    assert_eq!(
        validator.timeout(certificate(1..=3, 9, 0, round), now),
        refused(ChainError::MissingEarlierBlocks { current_block_height })
    );
    assert_eq!(
        validator.timeout(certificate(1..=3, 1, 3, round), now),
        Err(WorkerError::InvalidEpoch { chain_id: chain, chain_epoch: Epoch(0), epoch: Epoch(3) })
    );
    // Below the tip it is old news, also of another epoch.
    validator.timeout(certificate(1..=3, 0, 3, Round::SingleLeader(7)), now).expect("old, but correct");
    assert_eq!(shared.info(), before);
    // A later round ends all rounds before it.
    let later = certificate(1..=3, 1, 0, Round::SingleLeader(7));
    let info = shared.network.validators[0].timeout(later, now).expect("correct").info;
    assert_eq!(info.manager.current_round, Round::SingleLeader(8));
    assert_eq!(info.manager.round_timeout, Some(now.saturating_add(secs(2 + 8))));
    let told = shared.network.validators[0].notifications.pop().map(|news| news.reason);
    assert_eq!(told, Some(Reason::NewRound { height: HEIGHT, round: Round::SingleLeader(8) }));
}

#[test]
fn fallback_is_refused_after_the_vote_to_end_the_round() {
    let mut shared = Shared::with_multi_leader_rounds(0);
    let round = Round::SingleLeader(0);
    shared.network.now = shared.info().manager.round_timeout.expect("the round ends");
    let query = ChainInfoQuery::new(shared.chain).with_timeout(HEIGHT, round).with_fallback();
    let now = shared.network.now;
    let error = shared.network.validators[0].query(query, now).expect_err("as the reference answers");
    assert_eq!(error, WorkerError::NoFallbackMode);
    let text = "Fallback mode is not available on this network";
    assert_eq!(NodeError::from(&error), NodeError::WorkerError { error: text.into() });
    shared.restart();
    let manager = shared.info().manager;
    assert_eq!(manager.timeout_vote.map(|vote| vote.round), Some(round));
    assert_eq!((manager.fallback_vote, manager.current_round), (None, round));
}

#[test]
fn where_nobody_owns_a_chain_the_accounts_of_validators_take_turns() {
    let mut shared = Shared::before();
    let nobody = ChainOwnership { timeout_config: timeouts(), ..ChainOwnership::default() };
    shared.network.run(ANA, vec![change_to(nobody)]);
    let accounts = shared.network.genesis.committee.fallback_owners();
    let numbers = 201..=204;
    assert!(numbers.clone().all(|number| accounts[&account_key(number).owner()] == 100));
    let blob_id = shared.network.description(0).to_blob().id();
    let chain = shared.chain;
    let verify = vec![Operation::from(SystemOperation::VerifyBlob { blob_id })];
    let block = shared.network.block(chain, None, Vec::new(), verify);
    for round in [Round::Validator(0), Round::Validator(1)] {
        let manager = shared.info().manager;
        let drawn = leader(&accounts, round.number(), HEIGHT).expect("all have votes");
        assert_eq!((manager.current_round, manager.leader), (round, Some(drawn)));
        let others = numbers.clone().filter(|number| account_key(*number).owner() != drawn);
        for number in others.chain([102]) {
            let unasked = BlockProposal::new_initial(round, block.clone(), &account_key(number));
            assert_eq!(shared.ask(0, &unasked), Err(WorkerError::InvalidOwner), "{number} in {round}");
        }
        if round == Round::Validator(0) {
            shared.time_out();
            continue;
        }
        let number = numbers.clone().find(|number| account_key(*number).owner() == drawn).expect("one leads");
        let made = BlockProposal::new_initial(round, block.clone(), &account_key(number));
        assert_eq!(shared.network.execute(&made).round, round);
    }
}

#[test]
fn owners_that_change_with_a_block_change_for_the_next_one() {
    let mut shared = Shared::with_multi_leader_rounds(2);
    // Both propose in one round: Ben something, Ana that he alone owns the chain from now on, in turns.
    let ben_alone = ChainOwnership::multiple([(shared.ben, 1)], 0, timeouts());
    let (chain, ana) = (shared.chain, shared.ana);
    let change = shared.network.block(chain, Some(ana), Vec::new(), vec![change_to(ben_alone.clone())]);
    let change = BlockProposal::new_initial(FIRST, change, &shared.network.owner_keys[ANA]);
    let late = shared.proposal(BEN, FIRST, 3);
    let validated = shared.network.validate(&change);
    assert_eq!(shared.ask(0, &late), refused(ChainError::InsufficientRoundStrict(FIRST)));
    let confirmed = shared.network.finalize(&validated);
    shared.network.confirm(&confirmed);

    let info = shared.info();
    assert_eq!(info.manager.ownership, ben_alone);
    let round = Round::SingleLeader(0);
    assert_eq!((info.manager.current_round, info.manager.leader), (round, Some(shared.ben)));
    let now = shared.network.now;
    assert_eq!(info.manager.round_timeout, Some(now.saturating_add(secs(2))));
    // What was on its way is too late.
    let (expected_block_height, found_block_height) = (BlockHeight(2), HEIGHT);
    let too_late = ChainError::UnexpectedBlockHeight { expected_block_height, found_block_height };
    assert_eq!(shared.ask(0, &late), refused(too_late.clone()));
    let again = shared.network.validators[0].validated(validated, now);
    assert_eq!(again, refused(too_late));
    // Ana owns nothing any more, in whatever round; Ben's rounds are the new ones.
    for round in [Round::Fast, FIRST, round] {
        let proposal = shared.proposal(ANA, round, 1);
        assert_eq!(shared.ask(0, &proposal), Err(WorkerError::InvalidOwner), "{round}");
    }
    let past = shared.proposal(BEN, FIRST, 1);
    assert_eq!(shared.ask(0, &past), refused(ChainError::InsufficientRound(FIRST)));
    let made = shared.proposal(BEN, round, 1);
    assert_eq!(shared.network.execute(&made).round, round);
}

#[test]
fn in_open_rounds_a_stranger_proposes_and_blobs_are_kept_for_the_last_proposer_only() {
    let blobs = [Blob::new_data(b"one".to_vec()), Blob::new_data(b"two".to_vec())];
    for is_open in [true, false] {
        let mut shared = Shared::before();
        let ownership = ChainOwnership { open_multi_leader_rounds: is_open, ..shared.both(2) };
        shared.network.run(ANA, vec![change_to(ownership)]);
        let chain = shared.chain;
        let mut propose = |number: u8, round, blob: &Blob| {
            let key = account_key(number);
            let publish = SystemOperation::PublishDataBlob { blob_hash: blob.id().hash };
            let block = shared.network.block(chain, Some(key.owner()), Vec::new(), vec![publish.into()]);
            shared.ask(0, &BlockProposal::new_initial(round, block, &key))
        };
        let missing = |blob: &Blob| Err(WorkerError::BlobsNotFound(vec![blob.id()]));
        // Keys 101 to 103 own the root chains: 102 is Ana's, 103 is Ben's.
        let first = if is_open { STRANGER } else { 103 };
        assert_eq!(propose(first, FIRST, &blobs[0]), missing(&blobs[0]));
        assert_eq!(propose(102, SECOND, &blobs[1]), missing(&blobs[1]));
        assert_eq!(propose(STRANGER, Round::SingleLeader(0), &blobs[0]), Err(WorkerError::InvalidOwner));
        let validator = &mut shared.network.validators[0];
        let kept = validator.pending_blob(chain, blobs[0].clone()).map(drop);
        assert_eq!(kept, if is_open { Err(WorkerError::UnexpectedBlob) } else { Ok(()) });
        validator.pending_blob(chain, blobs[1].clone()).expect("it was announced last");
    }
    // Whoever may propose may still not spend.
    let mut shared = Shared::before();
    let ownership = ChainOwnership { open_multi_leader_rounds: true, ..shared.both(2) };
    shared.network.run(ANA, vec![change_to(ownership)]);
    let mut theft = shared.block(BEN, 1);
    theft.authenticated_signer = Some(account_key(STRANGER).owner());
    let theft = BlockProposal::new_initial(FIRST, theft, &account_key(STRANGER));
    let error = shared.ask(0, &theft).expect_err("it spends what is not the stranger's");
    let Some(ChainError::Block(BlockError::ExecutionError(error, _))) = error.as_chain_error() else {
        panic!("{error}")
    };
    assert_eq!(**error, ExecutionError::UnauthenticatedTransferOwner);
}

#[test]
fn locks_move_to_newer_certificates_only_and_the_newest_is_finished() {
    let mut shared = Shared::with_multi_leader_rounds(4);
    let now = shared.network.now;
    let (older, newer) = (shared.proposal(ANA, FIRST, 1), shared.proposal(BEN, SECOND, 2));
    // Ana's block is validated; only the first validator hears of it, and votes to confirm.
    let older = shared.network.validate(&older);
    shared.network.validators[0].validated(older.clone(), now).expect("correct");
    shared.restart();
    // The others are free for Ben's, which is validated a round later.
    let incompatible = ChainError::HasIncompatibleConfirmedVote(HEIGHT, FIRST);
    let answers = shared.network.propose(&newer);
    assert_eq!(answers[0], refused(incompatible));
    let lite = shared.network.lite_certificate(&answers, CertificateKind::Validated, SECOND);
    let info =
        shared.network.validators[1].query(ChainInfoQuery::new(shared.chain).with_manager_values(), now);
    let value = info.expect("active").info.manager.requested_validated.expect("it voted");
    let newer: ValidatedBlockCertificate = lite.with_value(*value).expect("votes for this block");
    // Where Ben's has a vote, Ana's certificate comes too late. Where Ana's is locked, Ben's takes its place.
    let validators = &mut shared.network.validators;
    assert_eq!(validators[1].validated(older.clone(), now), refused(ChainError::InsufficientRound(SECOND)));
    let info = validators[0].validated(newer.clone(), now).expect("it is newer").info;
    let vote = info.manager.pending.expect("a vote");
    let expected = (CertificateKind::Confirmed, newer.hash(), SECOND);
    assert_eq!((vote.value.kind, vote.value.value_hash, vote.round), expected);
    assert_eq!(
        validators[0].validated(older.clone(), now),
        refused(ChainError::InsufficientRoundStrict(SECOND))
    );
    shared.restart();
    let locking = shared.info().manager.requested_locking.expect("locked");
    assert_eq!(*locking, LockingBlock::Regular(newer.clone()));
    // With the old certificate nothing comes of Ana's block. Ben's is finished, by her if he is gone.
    let (third, fourth) = (Round::MultiLeader(2), Round::MultiLeader(3));
    let outdated = BlockProposal::new_retry_regular(third, older, &shared.network.owner_keys[ANA]);
    let incompatible = ChainError::HasIncompatibleConfirmedVote(HEIGHT, SECOND);
    assert_eq!(shared.ask(0, &outdated), refused(incompatible));
    let retry = BlockProposal::new_retry_regular(fourth, newer.clone(), &shared.network.owner_keys[ANA]);
    let made = shared.network.execute(&retry);
    assert_eq!((made.hash(), made.round), (newer.hash(), fourth));
    assert_eq!(made.block().header.authenticated_signer, Some(shared.ben));
}

#[test]
fn a_fast_block_without_a_quorum_is_finished_by_a_regular_owner_once_the_round_is_over() {
    let mut shared = Shared::with_a_super_owner();
    let fast = shared.proposal(ANA, Round::Fast, 1);
    // Two validators vote to confirm, the others never hear of it. Then Ana is gone.
    for validator in 0..2 {
        assert_eq!(shared.ask(validator, &fast), Ok(Some((Round::Fast, CertificateKind::Confirmed))));
    }
    let block = fast.content.block.clone();
    let finish = |shared: &Shared, round, block: &ProposedBlock, original| {
        shared.network.retry(BEN, block.clone(), round, OriginalProposal::Fast(original))
    };
    let early = finish(&shared, FIRST, &block, fast.signature);
    assert_eq!(shared.ask(2, &early), refused(ChainError::WrongRound(Round::Fast)));
    let deadline = shared.info().manager.round_timeout.expect("the fast round ends");
    assert_eq!(deadline, shared.network.now.saturating_add(secs(5)));
    let query = ChainInfoQuery::new(shared.chain).with_timeout(HEIGHT, Round::Fast);
    let now = shared.network.now;
    let not_yet = shared.network.validators[0].query(query, now);
    assert_eq!(not_yet, refused(ChainError::NotTimedOutYet(deadline)));
    assert_eq!(shared.time_out().round, Round::Fast);
    shared.restart();
    assert_eq!(shared.info().manager.current_round, FIRST);
    let locking = shared.info().manager.requested_locking.expect("locked");
    assert_eq!(*locking, LockingBlock::Fast(fast.clone()));
    // The round does not end before the last multi-leader round is reached.
    let query = ChainInfoQuery::new(shared.chain).with_timeout(HEIGHT, FIRST);
    let now = shared.network.now;
    assert_eq!(shared.network.validators[0].query(query, now), refused(ChainError::RoundDoesNotTimeOut));

    // Another block is refused where the fast one is locked; so is the fast one without Ana's signature of it.
    let other = shared.proposal(BEN, FIRST, 2);
    let incompatible = || ChainError::HasIncompatibleConfirmedVote(HEIGHT, Round::Fast);
    assert_eq!(shared.ask(0, &other), refused(incompatible()));
    let bens_word = account_key(103).sign(&fast.content);
    let forged = finish(&shared, SECOND, &block, bens_word);
    assert_eq!(shared.ask(0, &forged), Err(WorkerError::InvalidOwner));
    let mut changed = block.clone();
    changed.timestamp = changed.timestamp.saturating_add(TimeDelta::from_micros(1));
    let forged = finish(&shared, SECOND, &changed, fast.signature);
    assert!(matches!(shared.ask(0, &forged), Err(WorkerError::CryptoError(_))));
    let mut in_bens_name = block.clone();
    in_bens_name.authenticated_signer = Some(shared.ben);
    let forged = finish(&shared, SECOND, &in_bens_name, fast.signature);
    assert_eq!(shared.ask(0, &forged), Err(WorkerError::InvalidSigner(shared.ben)));

    let finished = finish(&shared, SECOND, &block, fast.signature);
    let made = shared.network.execute(&finished);
    assert_eq!(made.round, SECOND);
    assert!(made.block().matches_proposed_block(&block));
    // Nobody may cut a turn short by naming a round that has not come.
    let early = shared.proposal(ANA, Round::SingleLeader(1), 1);
    assert_eq!(shared.ask(0, &early), refused(ChainError::WrongRound(Round::Fast)));
}

#[test]
fn lite_certificates_are_checked_as_full_ones_are() {
    let mut shared = Shared::with_multi_leader_rounds(2);
    let now = shared.network.now;
    let proposal = shared.proposal(ANA, FIRST, 1);
    let validated = shared.network.validate(&proposal);
    let validator = &mut shared.network.validators[0];
    let weak = signed_by(1..=2, validated.value(), FIRST).lite_certificate();
    let weak = validator.lite(weak, now);
    let requires = CertificateError::CertificateRequiresQuorum { votes: 200, required: 267 };
    assert_eq!(weak.map(drop), Err(requires.into()));
    let mut other_round = signed_by(1..=3, validated.value(), FIRST).lite_certificate();
    other_round.round = SECOND;
    let forged = validator.lite(other_round, now);
    assert!(matches!(forged, Err(WorkerError::CertificateError(CertificateError::Crypto(_)))), "{forged:?}");
    let stranger = signed_by([1, 2, 3, 9], validated.value(), FIRST).lite_certificate();
    let unknown = CertificateError::InvalidSigner(Box::new(validator_key(9).public()));
    assert_eq!(validator.lite(stranger, now).map(drop), Err(unknown.into()));
    // A vote to validate is none to confirm.
    let mut confirmed = validated.lite_certificate();
    confirmed.value.kind = CertificateKind::Confirmed;
    let forged = validator.lite(confirmed, now);
    assert!(matches!(forged, Err(WorkerError::CertificateError(CertificateError::Crypto(_)))), "{forged:?}");
    let (answer, _) = validator.lite(validated.lite_certificate(), now).expect("correct");
    assert_eq!(answer.info.manager.pending.map(|vote| vote.value.kind), Some(CertificateKind::Confirmed));
}
