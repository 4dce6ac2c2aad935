//! An owner who keeps to no rule: it knows all honest disks and the keys of all liars.
//!
//! Each attack makes a block, or two, sends them where they may do harm, collects the votes that it can get, adds those of
//! the liars, and goes on with whatever certificate the shipped threshold would accept (`votes.rs`). Honest nodes must
//! refuse. It keeps every validated certificate that anybody showed, and may propose with an old one or show it to one
//! validator only.

mod blocks;
mod votes;

use std::rc::Rc;

use walnut_base::{
    Block, BlockHeight, BlockProposal, CertificateKind, ChainInfoQuery, ConfirmedBlock, Epoch,
    GenericCertificate, Hashed, LiteCertificate, LiteValue, LiteVote, OriginalProposal, ProposalContent,
    ProposedBlock, Round, Timeout, Timestamp, ValidatedBlock,
};

use self::blocks::Target;
use crate::{
    plan::{Fault, account_key, owner},
    wire::{Reply, Request},
    world::{World, party_of_device},
};

/// Starts the rogue, if there is one.
pub fn start(world: &Rc<World>) {
    if world.plan.has(Fault::Rogue) {
        world.executor.spawn(world.group, live(Rc::clone(world)));
    }
}

async fn live(world: Rc<World>) {
    let rogue = Rogue { world: Rc::clone(&world) };
    while world.is_faulty.get() {
        world.executor.sleep(world.random.duration(1_000, 800_000)).await;
        if !world.is_faulty.get() {
            return;
        }
        match world.random.below(11) {
            0 => rogue.replay(),
            1 => rogue.end_round().await,
            2 | 3 => rogue.repeat().await,
            4 => rogue.show(),
            _ => rogue.attack().await,
        }
    }
}

struct Rogue {
    world: Rc<World>,
}

impl Rogue {
    fn key(&self) -> usize {
        let world = &self.world;
        // Mostly its own; sometimes that of a device which somebody else holds, too: a stolen key.
        match world.random.chance(850) {
            true => world.plan.rogue(),
            false => world.random.index(world.plan.devices),
        }
    }

    /// Sends something again that somebody sent before.
    fn replay(&self) {
        let world = &self.world;
        let Some(request) = world.recorded() else { return };
        world.note(format_args!("rogue: replays a {}", request.name()));
        for validator in 0..world.plan.weights.len() {
            if world.random.chance(500) {
                world.send(self.party(), validator, Rc::clone(&request), None);
            }
        }
    }

    /// Shows a confirmed block to validators that may not have come that far.
    fn show(&self) {
        let world = &self.world;
        let certificate = {
            let ledger = world.ledger.borrow();
            let chain_id = *world.random.pick(&world.chain_ids);
            let next = ledger.chain(&chain_id).map_or(BlockHeight(0), |chain| chain.next);
            // Mostly the last one.
            let back = world.random.duration(1, next.0.max(1));
            let height = next.0.checked_sub(back).map(BlockHeight);
            let hash = height.and_then(|height| ledger.hash_at(chain_id, height));
            hash.and_then(|hash| ledger.certificate(&hash).cloned())
        };
        let Some(certificate) = certificate else { return };
        world.note(format_args!("rogue: shows {} at {}", certificate.chain_id(), certificate.height()));
        let request = Rc::new(Request::Confirmed(Box::new(certificate), false));
        for validator in 0..world.plan.weights.len() {
            if world.random.chance(500) {
                world.send(self.party(), validator, Rc::clone(&request), None);
            }
        }
    }

    fn party(&self) -> usize {
        party_of_device(self.world.plan.rogue() + 1)
    }

    async fn attack(&self) {
        let world = &self.world;
        let random = &world.random;
        let key = self.key();
        let Some(mut target) = self.target(owner(key)) else { return };
        let chain_id = target.chain_id;
        let mut blocks = Vec::new();
        for _ in 0..1 + random.below(2) {
            let mut block = target.block.clone();
            let epochs = self.epochs(block.epoch);
            block.transactions.extend(epochs.filter(|_| world.plan.has(Fault::Epochs) && random.chance(80)));
            block.transactions.extend(self.message(chain_id).filter(|_| random.chance(400)));
            if block.transactions.is_empty() || random.chance(500) {
                block.transactions.push(self.transfer(chain_id));
            }
            match random.below(24) {
                0 => block.epoch = Epoch(block.epoch.0 + 1),
                1 => block.epoch = Epoch(block.epoch.0.saturating_sub(1)),
                2 => block.height = BlockHeight(block.height.0 + 1),
                3 => block.previous_block_hash = None,
                4 => block.authenticated_signer = Some(owner(random.index(world.plan.devices))),
                5 => block.timestamp = Timestamp::from(world.executor.now() + 60_000_000),
                6 => block.timestamp = Timestamp::from(1),
                _ => {}
            }
            blocks.push(block);
        }
        target.round = self.other_round(target.round);
        world.note(format_args!(
            "rogue: {} blocks on {chain_id} at {} in {} with key {key}",
            blocks.len(),
            target.height,
            target.round
        ));
        self.note_round(&target);
        if target.round.is_fast() {
            // Two blocks of one fast round may block a chain for good: then nobody promises progress.
            let mut book = world.book.borrow_mut();
            for block in &blocks {
                let content = ProposalContent { block: block.clone(), round: Round::Fast, outcome: None };
                book.note_fast(chain_id, target.height, walnut_base::CryptoHash::new(&content));
            }
        }
        let count = blocks.len();
        for (index, block) in blocks.into_iter().enumerate() {
            let takers = (0..world.plan.weights.len()).filter(|_| count == 1 || random.chance(600));
            let takers = takers.collect::<Vec<_>>();
            let round = target.round;
            let rogue = Rogue { world: Rc::clone(world) };
            let work = async move { rogue.drive(block, round, key, takers).await };
            match index + 1 == count {
                true => work.await,
                false => world.executor.spawn(world.group, work),
            }
        }
    }

    /// Nobody promises that a height in a multi-leader round beyond the last ever gets a block.
    fn note_round(&self, target: &Target) {
        let world = &self.world;
        let chain_id = target.chain_id;
        let last = world.ledger.borrow().chain(&chain_id).map(|chain| chain.ownership.multi_leader_rounds);
        if let Round::MultiLeader(number) = target.round
            && last.is_none_or(|last| number >= last)
        {
            world.book.borrow_mut().note_stray(chain_id, target.height);
        }
    }

    /// The round that is on, or one that is not.
    fn other_round(&self, round: Round) -> Round {
        let random = &self.world.random;
        match random.below(10) {
            0 => Round::Fast,
            1 => Round::MultiLeader(u32::try_from(random.below(4)).unwrap_or(0)),
            2 => Round::SingleLeader(u32::try_from(random.below(4)).unwrap_or(0)),
            3 => after(round),
            _ => round,
        }
    }

    /// Proposes again what was validated in an earlier round, with any certificate of it, perhaps an old one.
    async fn repeat(&self) {
        let world = &self.world;
        let key = self.key();
        let Some(mut target) = self.target(owner(key)) else { return };
        let kept = world.kept(target.chain_id, target.height);
        if kept.is_empty() {
            return self.attack().await;
        }
        let certificate = world.random.pick(&kept);
        target.round = match target.round > certificate.round && world.random.chance(500) {
            true => target.round,
            false => after(target.round.max(certificate.round)),
        };
        self.note_round(&target);
        let Target { chain_id, height, epoch, round, .. } = target;
        let earlier = certificate.round;
        world.note(format_args!(
            "rogue: repeats {earlier} of {chain_id} at {height} in {round} with key {key}"
        ));
        let block = certificate.value().inner();
        let proposal = repeated(block, round, key, certificate.lite_certificate());
        let request = Rc::new(Request::Proposal(Box::new(proposal)));
        let mut votes = Vec::new();
        for taker in 0..world.plan.weights.len() {
            votes.extend(self.ask(taker, &request).await);
        }
        self.finish(block.clone(), round, epoch, votes).await;
    }

    /// Proposes a block, and goes as far as votes carry it.
    async fn drive(&self, block: ProposedBlock, round: Round, key: usize, takers: Vec<usize>) {
        let world = &self.world;
        let random = &world.random;
        let executed = self.execute(&block, round);
        let epoch = block.epoch;
        let secret = account_key(key);
        let mut proposal = BlockProposal::new_initial(round, block, &secret);
        if random.chance(250)
            && let Some(executed) = &executed
        {
            proposal = self.unjustified(executed, round, key);
        }
        if random.chance(80)
            && let Some(other) = world.recorded_proposal(proposal.content.block.chain_id)
        {
            // Somebody else's name under it.
            proposal.signature = other.signature;
            proposal.content.block.authenticated_signer = Some(other.owner());
        }
        let request = Rc::new(Request::Proposal(Box::new(proposal)));
        let mut votes = Vec::new();
        for taker in takers {
            votes.extend(self.ask(taker, &request).await);
        }
        if let Some(block) = executed {
            self.finish(block, round, epoch, votes).await;
        }
    }

    /// Goes from the votes for a proposal as far as votes carry it.
    async fn finish(&self, block: Hashed<Block>, round: Round, epoch: Epoch, votes: Vec<LiteVote>) {
        let world = &self.world;
        let random = &world.random;
        let value = ValidatedBlock::from_hashed(block.clone());
        let confirmed = ConfirmedBlock::from_hashed(block);
        if round.is_fast() {
            self.confirm(&confirmed, round, epoch, votes).await;
            return;
        }
        let Some(ballot) = self.gather(&value, round, epoch, votes) else { return };
        let request = Rc::new(match ballot.is_doubled || random.chance(150) {
            true => Request::Lite(ballot.lite(&value, round), false),
            false => Request::Validated(Box::new(GenericCertificate::new(value, round, ballot.signatures))),
        });
        let validators = world.plan.weights.len();
        let takers = match random.chance(300) {
            // It is kept back from all others.
            true => vec![random.index(validators)],
            false => (0..validators).filter(|_| random.chance(700)).collect(),
        };
        let mut votes = Vec::new();
        for taker in takers {
            votes.extend(self.ask(taker, &request).await);
        }
        self.confirm(&confirmed, round, epoch, votes).await;
    }

    async fn confirm(&self, value: &ConfirmedBlock, round: Round, epoch: Epoch, votes: Vec<LiteVote>) {
        let world = &self.world;
        let Some(ballot) = self.gather(value, round, epoch, votes) else { return };
        let request = Rc::new(match ballot.is_doubled || world.random.chance(150) {
            true => Request::Lite(ballot.lite(value, round), false),
            false => {
                let certificate = GenericCertificate::new(value.clone(), round, ballot.signatures);
                Request::Confirmed(Box::new(certificate), false)
            }
        });
        for taker in 0..world.plan.weights.len() {
            if world.random.chance(700) {
                world.send(self.party(), taker, Rc::clone(&request), None);
            }
        }
    }

    /// A proposal that claims to repeat what was validated in an earlier round, with too few votes for that.
    fn unjustified(&self, block: &Hashed<Block>, round: Round, key: usize) -> BlockProposal {
        let world = &self.world;
        let value = ValidatedBlock::from_hashed(block.clone());
        let earlier = match round {
            Round::SingleLeader(number) if number > 0 => Round::SingleLeader(number - 1),
            Round::MultiLeader(number) if number > 0 => Round::MultiLeader(number - 1),
            _ => Round::Fast,
        };
        if earlier.is_fast() && world.random.chance(500) {
            let (proposed, _) = block.inner().clone().into_proposal();
            let secret = account_key(key);
            let signature =
                secret.sign(&ProposalContent { block: proposed.clone(), round: Round::Fast, outcome: None });
            return BlockProposal::new_retry_fast(round, proposed, signature, &secret);
        }
        let signatures = self.lies(&value, earlier);
        let certificate = LiteCertificate::new(LiteValue::new(&value), earlier, signatures);
        repeated(block, round, key, certificate)
    }

    /// Asks a validator, and takes its vote.
    async fn ask(&self, validator: usize, request: &Rc<Request>) -> Option<LiteVote> {
        let answer = self.world.call(self.party(), validator, (**request).clone()).await;
        match answer {
            Ok(Reply::Info(response)) => response.info.manager.pending,
            _ => None,
        }
    }

    /// Ends a round with what votes there are.
    async fn end_round(&self) {
        let world = &self.world;
        let Some(target) = self.target(owner(world.plan.rogue())) else { return };
        let query = ChainInfoQuery::new(target.chain_id).with_timeout(target.height, target.round);
        let request = Rc::new(Request::Query(Box::new(query)));
        let mut votes = Vec::new();
        for validator in 0..world.plan.weights.len() {
            let answer = world.call(self.party(), validator, (*request).clone()).await;
            if let Ok(Reply::Info(response)) = answer {
                votes.extend(response.info.manager.timeout_vote);
            }
        }
        votes.retain(|vote| vote.value.kind == CertificateKind::Timeout);
        let Target { chain_id, height, epoch, round, .. } = target;
        let value = Timeout { chain_id, height, epoch };
        let Some(ballot) = self.gather(&value, round, epoch, votes) else { return };
        world.note(format_args!("rogue: ends {round} on {chain_id} at {height}"));
        let certificate = GenericCertificate::new(value, round, ballot.signatures);
        let request = Rc::new(Request::Timeout(Box::new(certificate)));
        for validator in 0..world.plan.weights.len() {
            if world.random.chance(600) {
                world.send(self.party(), validator, Rc::clone(&request), None);
            }
        }
    }
}

/// The round after that one, whether or not the chain has it.
fn after(round: Round) -> Round {
    match round {
        Round::Fast => Round::MultiLeader(0),
        Round::MultiLeader(number) => Round::MultiLeader(number + 1),
        Round::SingleLeader(number) => Round::SingleLeader(number + 1),
        Round::Validator(number) => Round::Validator(number + 1),
    }
}

/// A proposal of a block that was validated before, as that certificate says.
fn repeated(block: &Hashed<Block>, round: Round, key: usize, certificate: LiteCertificate) -> BlockProposal {
    let (proposed, outcome) = block.inner().clone().into_proposal();
    let content = ProposalContent { block: proposed, round, outcome: Some(outcome) };
    let signature = account_key(key).sign(&content);
    let original_proposal = Some(OriginalProposal::Regular { certificate });
    BlockProposal { content, signature, original_proposal }
}
