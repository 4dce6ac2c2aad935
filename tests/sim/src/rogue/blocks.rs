//! What the rogue knows of chains, and what it puts into its blocks.

use std::rc::Rc;

use walnut_base::{
    Account, AccountOwner, AdminOperation, Amount, Block, BlockHeight, ChainId, Epoch, Hashed, Operation,
    ProposedBlock, Round, SystemOperation, Timestamp, Transaction,
};
use walnut_chain::{Node, NodeConfig, StagingPolicy};
use walnut_execution::UnsupportedApplications;
use walnut_views::ready;

use super::Rogue;
use crate::{plan::owner, validator::SimNode};

/// What the rogue knows of a chain.
pub(super) struct Target {
    pub(super) chain_id: ChainId,
    pub(super) height: BlockHeight,
    pub(super) epoch: Epoch,
    pub(super) round: Round,
    pub(super) block: ProposedBlock,
}

impl Rogue {
    /// The chain as an honest validator sees it.
    pub(super) fn target(&self, signer: AccountOwner) -> Option<Target> {
        let world = &self.world;
        let ledger = world.ledger.borrow();
        let owned = world.chain_ids.iter().filter(|chain_id| {
            ledger.chain(chain_id).is_some_and(|chain| chain.ownership.verify_owner(&signer))
        });
        let owned = owned.collect::<Vec<_>>();
        let chain_id = match (owned.last(), world.random.below(10)) {
            // The last chain is the rogue's own.
            (Some(last), 0..4) => **last,
            (Some(_), 4..7) => **world.random.pick(&owned),
            _ => *world.random.pick(&world.chain_ids),
        };
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

    pub(super) fn transfer(&self, chain_id: ChainId) -> Transaction {
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

    /// Follows the admin chain where it did not go, or acts as if it were one.
    pub(super) fn epochs(&self, epoch: Epoch) -> Option<Transaction> {
        let operation = match self.world.random.below(5) {
            0 => SystemOperation::ProcessNewEpoch(Epoch(epoch.0 + 1)),
            1 => SystemOperation::ProcessNewEpoch(Epoch(epoch.0 + 2)),
            2 => SystemOperation::ProcessRemovedEpoch(epoch),
            3 => SystemOperation::ProcessRemovedEpoch(Epoch(epoch.0.checked_sub(1)?)),
            _ => SystemOperation::Admin(AdminOperation::RemoveCommittee { epoch }),
        };
        Some(Transaction::ExecuteOperation(Operation::System(Box::new(operation))))
    }

    /// A message that was taken already, waits, never was, comes out of order, or is changed.
    pub(super) fn message(&self, chain_id: ChainId) -> Option<Transaction> {
        let world = &self.world;
        let ledger = world.ledger.borrow();
        let boxes =
            ledger.mail().boxes().filter(|((_, recipient), sent)| *recipient == chain_id && !sent.is_empty());
        let boxes = boxes.collect::<Vec<_>>();
        let ((origin, _), sent) = boxes.get(world.random.index(boxes.len()))?;
        let wanted = match world.random.below(10) {
            0..4 => Some(true),
            4..7 => Some(false),
            _ => None,
        };
        let candidates = sent.values().filter(|sent| wanted.is_none_or(|is_taken| sent.is_taken == is_taken));
        let candidates = candidates.collect::<Vec<_>>();
        let first = candidates.first().filter(|_| wanted == Some(false));
        let sent = first.or_else(|| candidates.get(world.random.index(candidates.len())))?;
        let mut bundle = sent.bundle.clone();
        match world.random.below(8) {
            0 => bundle.height = BlockHeight(bundle.height.0 + 1),
            1 => bundle.messages.extend(bundle.messages.clone()),
            _ => {}
        }
        let action = walnut_base::MessageAction::Accept;
        let incoming = walnut_base::IncomingBundle { origin: *origin, bundle, action };
        Some(Transaction::ReceiveMessages(incoming))
    }

    /// The block with its outcome, if it can be executed.
    pub(super) fn execute(&self, block: &ProposedBlock, round: Round) -> Option<Hashed<Block>> {
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
}
