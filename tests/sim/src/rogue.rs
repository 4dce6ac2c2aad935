//! An owner who keeps to no rule: it knows all honest disks and the keys of all liars.
//!
//! Each attack makes a block, or two, sends them where they may do harm, collects the votes that it can get, adds those of
//! the liars, and goes on with whatever certificate the shipped threshold would accept. Honest nodes must refuse.

use std::{collections::BTreeMap, rc::Rc};

use walnut_base::{
    Account, AccountOwner, Amount, Block, BlockHeight, BlockProposal, CertificateKind, CertificateValue,
    ChainId, ChainInfoQuery, ConfirmedBlock, Epoch, GenericCertificate, Hashed, LiteCertificate, LiteValue,
    LiteVote, Operation, OriginalProposal, ProposalContent, ProposedBlock, Round, SystemOperation, Timeout,
    Timestamp, Transaction, ValidatedBlock, ValidatorPublicKey, ValidatorSignature,
};
use walnut_chain::{Node, NodeConfig, StagingPolicy};
use walnut_execution::UnsupportedApplications;
use walnut_views::ready;

use crate::{
    plan::{Fault, account_key, owner, validator_key},
    validator::SimNode,
    wire::{Reply, Request},
    world::{World, party_of_device},
};

/// Votes for one value.
type Signatures = Vec<(ValidatorPublicKey, ValidatorSignature)>;

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
        match world.random.below(10) {
            0 => rogue.replay(),
            1 => rogue.end_round().await,
            _ => rogue.attack().await,
        }
    }
}

struct Rogue {
    world: Rc<World>,
}

/// What the rogue knows of a chain.
struct Target {
    chain_id: ChainId,
    height: BlockHeight,
    epoch: Epoch,
    round: Round,
    block: ProposedBlock,
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

    fn party(&self) -> usize {
        party_of_device(self.world.plan.rogue() + 1)
    }

    /// The chain as an honest validator sees it.
    fn target(&self, signer: AccountOwner) -> Option<Target> {
        let world = &self.world;
        let index = world.random.index(world.plan.chains.len());
        let rogue = world.plan.rogue();
        let own = world.plan.chains.iter().rposition(|chain| chain.owners.contains(&rogue));
        let index = own.filter(|_| world.random.chance(600)).unwrap_or(index);
        let chain_id = world.chain_ids[index];
        let ledger = world.ledger.borrow();
        let chain = ledger.chain(&chain_id)?;
        let (height, epoch) = (chain.next, chain.epoch);
        let mut node = self.node();
        let disk = self.disk()?;
        let read = async |chain: &mut walnut_chain::ChainReader<'_, '_, _>| {
            Ok((chain.manager().current_round(), chain.tip().next_block_height))
        };
        let ((round, next), _) = ready(node.inspect(&*disk, chain_id, read)).ok()?;
        let round = if next == height { round } else { chain.ownership.first_round() };
        let block = ProposedBlock {
            chain_id,
            epoch,
            transactions: Vec::new(),
            height,
            timestamp: Timestamp::from(world.executor.now()).max(chain.timestamp),
            authenticated_signer: Some(signer),
            previous_block_hash: chain.tip,
        };
        Some(Target { chain_id, height, epoch, round, block })
    }

    fn node(&self) -> SimNode {
        Node::new(NodeConfig::client(Default::default()), UnsupportedApplications)
    }

    fn disk(&self) -> Option<Rc<crate::disk::Disk>> {
        let validators = self.world.validators.borrow();
        let honest = validators.iter().filter(|validator| validator.is_honest).collect::<Vec<_>>();
        honest.get(self.world.random.index(honest.len())).map(|validator| Rc::clone(validator.disk()))
    }

    fn transfer(&self, chain_id: ChainId) -> Transaction {
        let world = &self.world;
        let (payer, most) = match world.random.below(6) {
            // More than there is.
            0 => (AccountOwner::CHAIN, Amount::from_tokens(1_000).to_attos()),
            // What is not its own.
            1 => (owner(world.random.index(world.plan.devices)), Amount::from_millis(5).to_attos()),
            _ => (AccountOwner::CHAIN, Amount::from_millis(50).to_attos()),
        };
        let recipient = match world.random.chance(500) {
            true => Account::chain(*world.random.pick(&world.chain_ids)),
            false => Account { chain_id, owner: owner(world.plan.rogue()) },
        };
        let amount = Amount::from_attos(1 + u128::from(world.random.next()) % most + most / 2);
        let transfer = SystemOperation::Transfer { owner: payer, recipient, amount };
        Transaction::ExecuteOperation(Operation::System(Box::new(transfer)))
    }

    /// A message that was taken already, never was, comes out of order, or is changed.
    fn message(&self, chain_id: ChainId) -> Option<Transaction> {
        let world = &self.world;
        let ledger = world.ledger.borrow();
        let boxes =
            ledger.mail().boxes().filter(|((_, recipient), sent)| *recipient == chain_id && !sent.is_empty());
        let boxes = boxes.collect::<Vec<_>>();
        let ((origin, _), sent) = boxes.get(world.random.index(boxes.len()))?;
        let sent = sent.values().nth(world.random.index(sent.len()))?;
        let mut bundle = sent.bundle.clone();
        match world.random.below(4) {
            0 => bundle.height = BlockHeight(bundle.height.0 + 1),
            1 => bundle.messages.extend(bundle.messages.clone()),
            _ => {}
        }
        let action = walnut_base::MessageAction::Accept;
        let incoming = walnut_base::IncomingBundle { origin: *origin, bundle, action };
        Some(Transaction::ReceiveMessages(incoming))
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
        let last = world.ledger.borrow().chain(&chain_id).map(|chain| chain.ownership.multi_leader_rounds);
        if let Round::MultiLeader(number) = target.round
            && last.is_none_or(|last| number >= last)
        {
            world.book.borrow_mut().note_stray(chain_id, target.height);
        }
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

    /// The round that is on, or one that is not.
    fn other_round(&self, round: Round) -> Round {
        let random = &self.world.random;
        match random.below(10) {
            0 => Round::Fast,
            1 => Round::MultiLeader(u32::try_from(random.below(4)).unwrap_or(0)),
            2 => Round::SingleLeader(u32::try_from(random.below(4)).unwrap_or(0)),
            3 => match round {
                Round::Fast => Round::MultiLeader(0),
                Round::MultiLeader(number) => Round::MultiLeader(number + 1),
                Round::SingleLeader(number) => Round::SingleLeader(number + 1),
                Round::Validator(number) => Round::Validator(number + 1),
            },
            _ => round,
        }
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
        if random.chance(50)
            && let Some(other) = world.recorded()
            && let Request::Proposal(other) = &*other
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
        let Some(block) = executed else { return };
        let value = ValidatedBlock::from_hashed(block.clone());
        let confirmed = ConfirmedBlock::from_hashed(block);
        if round.is_fast() {
            self.confirm(&confirmed, round, epoch, votes).await;
            return;
        }
        let Some(signatures) = self.gather(&value, round, epoch, votes) else { return };
        let certificate = GenericCertificate::new(value, round, signatures);
        let request = Rc::new(Request::Validated(Box::new(certificate)));
        let mut votes = Vec::new();
        for taker in 0..world.plan.weights.len() {
            if random.chance(700) {
                votes.extend(self.ask(taker, &request).await);
            }
        }
        self.confirm(&confirmed, round, epoch, votes).await;
    }

    async fn confirm(&self, value: &ConfirmedBlock, round: Round, epoch: Epoch, votes: Vec<LiteVote>) {
        let world = &self.world;
        let Some(signatures) = self.gather(value, round, epoch, votes) else { return };
        let certificate = GenericCertificate::new(value.clone(), round, signatures);
        let request = Rc::new(Request::Confirmed(Box::new(certificate), false));
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
        let (proposed, outcome) = block.inner().clone().into_proposal();
        let secret = account_key(key);
        if earlier.is_fast() && world.random.chance(500) {
            let signature =
                secret.sign(&ProposalContent { block: proposed.clone(), round: Round::Fast, outcome: None });
            return BlockProposal::new_retry_fast(round, proposed, signature, &secret);
        }
        let signatures = self.lies(&value, earlier);
        let certificate = LiteCertificate::new(LiteValue::new(&value), earlier, signatures);
        let content = ProposalContent { block: proposed, round, outcome: Some(outcome) };
        let signature = secret.sign(&content);
        let original_proposal = Some(OriginalProposal::Regular { certificate });
        BlockProposal { content, signature, original_proposal }
    }

    /// Votes of all liars; sometimes one of them twice, or one of somebody who has no vote.
    fn lies<T: CertificateValue>(&self, value: &T, round: Round) -> Signatures {
        let world = &self.world;
        let mut liars = world.plan.byzantine.iter().copied().collect::<Vec<_>>();
        match world.random.below(6) {
            0 => liars.extend(liars.clone()),
            1 => liars.push(90),
            2 => liars.extend([90, 91, 92]),
            _ => {}
        }
        let sign = |index: usize| {
            let secret = validator_key(index);
            (secret.public(), LiteVote::new(LiteValue::new(value), round, &secret).signature)
        };
        liars.into_iter().map(sign).collect()
    }

    /// The votes for a value, if they are as many as the shipped code wants, or sometimes if they are fewer.
    fn gather<T: CertificateValue>(
        &self,
        value: &T,
        round: Round,
        epoch: Epoch,
        votes: Vec<LiteVote>,
    ) -> Option<Signatures> {
        let world = &self.world;
        let ledger = world.ledger.borrow();
        let committee = ledger.committee(epoch)?;
        let wanted = LiteValue::new(value);
        let mut signatures = self.lies(value, round).into_iter().collect::<BTreeMap<_, _>>();
        for vote in votes.iter().filter(|vote| vote.value == wanted && vote.round == round) {
            let voter = committee.validators().keys().find(|key| vote.check(key).is_ok());
            signatures.extend(voter.map(|voter| (*voter, vote.signature)));
        }
        let weight = signatures.keys().map(|validator| committee.weight(validator)).sum::<u64>();
        let is_enough = weight >= committee.quorum_threshold();
        if is_enough {
            world.note(format_args!("rogue: has {weight} votes in {round}"));
        }
        (is_enough || world.random.chance(150)).then(|| signatures.into_iter().collect())
    }

    /// Asks a validator, and takes its vote.
    async fn ask(&self, validator: usize, request: &Rc<Request>) -> Option<LiteVote> {
        let answer = self.world.call(self.party(), validator, (**request).clone()).await;
        match answer {
            Ok(Reply::Info(response)) => response.info.manager.pending,
            _ => None,
        }
    }

    /// The block with its outcome, if it can be executed.
    fn execute(&self, block: &ProposedBlock, round: Round) -> Option<Hashed<Block>> {
        let now = Timestamp::from(self.world.executor.now());
        let disk = self.disk()?;
        let mut node = self.node();
        let staged = node.stage_block_execution(
            &*disk,
            block.clone(),
            round.multi_leader(),
            Vec::new(),
            StagingPolicy::Abort,
            now,
        );
        ready(staged).ok().map(|(staged, _)| staged.block)
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
        let Some(signatures) = self.gather(&value, round, epoch, votes) else { return };
        world.note(format_args!("rogue: ends {round} on {chain_id} at {height}"));
        let certificate = GenericCertificate::new(value, round, signatures);
        let request = Rc::new(Request::Timeout(Box::new(certificate)));
        for validator in 0..world.plan.weights.len() {
            if world.random.chance(600) {
                world.send(self.party(), validator, Rc::clone(&request), None);
            }
        }
    }
}
