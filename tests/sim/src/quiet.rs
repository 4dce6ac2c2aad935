//! Whether everything that was sent has arrived, once nothing happens any more.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{BlockHeight, ChainId, ChainInfoQuery, NodeError};
use walnut_chain::{Node, NodeConfig};
use walnut_execution::UnsupportedApplications;
use walnut_views::ready;

use crate::{
    ledger::messages::Place,
    outgoing::Outgoing,
    plan::owner,
    validator::{SimNode, Validator, get},
    world::World,
};

impl World {
    /// What is still wrong, if anything.
    pub fn unrest(&self) -> Option<String> {
        let validators = self.validators.borrow().clone();
        let untaken = self.untaken();
        let mut honest = validators.iter().filter(|validator| validator.is_honest);
        untaken.or_else(|| honest.find_map(|validator| self.unrest_of(validator)))
    }

    /// A message to a chain whose owner is at hand, that was not taken.
    fn untaken(&self) -> Option<String> {
        let ledger = self.ledger.borrow();
        for ((origin, recipient), sent) in ledger.mail().boxes() {
            let mut owners = (0..self.plan.devices).map(owner);
            if !owners.any(|owner| self.must_progress(*recipient, owner)) {
                continue;
            }
            if let Some((height, _)) = sent.iter().find(|(_, sent)| !sent.is_taken).map(|(place, _)| place) {
                return Some(format!("a message of {origin} at {height} was not taken by {recipient}"));
            }
        }
        None
    }

    fn unrest_of(&self, validator: &Validator) -> Option<String> {
        let disk = &**validator.disk();
        let index = validator.index;
        let outgoing = get(Outgoing::load(disk, |_| true));
        if let Some(chain_id) = outgoing.chains().next() {
            return Some(format!("validator {index}: messages of {chain_id} are on the way for ever"));
        }
        let mut node: SimNode = Node::new(NodeConfig::client(BTreeSet::new()), UnsupportedApplications);
        let mut heights = BTreeMap::new();
        let mut waiting = BTreeMap::<(ChainId, ChainId), BTreeSet<Place>>::new();
        let mut received = BTreeSet::<(ChainId, ChainId, BlockHeight)>::new();
        let mut strange = BTreeSet::new();
        for chain_id in &self.chains() {
            let read = async |chain: &mut walnut_chain::ChainReader<'_, '_, _>| {
                Ok((chain.tip().next_block_height, chain.pending_bundles().await?))
            };
            let (next, pending) = match ready(node.inspect(disk, *chain_id, read)) {
                Ok((found, _)) => found,
                Err(failure) => return Some(format!("validator {index}: {}", failure.error)),
            };
            heights.insert(*chain_id, next);
            for incoming in pending {
                let place = (incoming.bundle.height, incoming.bundle.transaction_index);
                waiting.entry((incoming.origin, *chain_id)).or_default().insert(place);
            }
            let query = ChainInfoQuery::new(*chain_id).with_received_log_excluding_first_n(0);
            let log = match ready(node.handle_chain_info_query(disk, query, self.clock(0))) {
                Ok((response, _)) => response.info.requested_received_log,
                Err(failure) if matches!(failure.to_node_error(), NodeError::BlobsNotFound(_)) => {
                    // It has not heard that the chain was opened.
                    strange.insert(*chain_id);
                    continue;
                }
                Err(failure) => return Some(format!("validator {index}: {}", failure.error)),
            };
            for entry in log {
                if !received.insert((entry.chain_id, *chain_id, entry.height)) {
                    let (origin, at) = (entry.chain_id, entry.height);
                    return Some(format!(
                        "validator {index}: {chain_id} received block {at} of {origin} twice"
                    ));
                }
            }
        }
        let ledger = self.ledger.borrow();
        let next = |chain_id: &ChainId| heights.get(chain_id).copied().unwrap_or(BlockHeight(0));
        for (pair @ (origin, recipient), sent) in ledger.mail().boxes() {
            // Whether or not a block has taken it since.
            let mut sent_here = sent.keys().filter(|(height, _)| *height < next(origin));
            let unreceived = sent_here.find(|(at, _)| !received.contains(&(*origin, *recipient, *at)));
            if let Some((at, _)) = unreceived.filter(|_| !strange.contains(recipient)) {
                return Some(format!(
                    "validator {index}: {recipient} never received what {origin} sent at {at}"
                ));
            }
            let empty = BTreeSet::new();
            let here = waiting.remove(pair);
            let here = here.as_ref().unwrap_or(&empty);
            if ledger.chain(recipient).is_none_or(|chain| chain.next != next(recipient)) {
                // It lags behind in the recipient's chain: what it holds there is out of date.
                continue;
            }
            let expected = sent.iter().filter(|((height, _), sent)| *height < next(origin) && !sent.is_taken);
            for (place, _) in expected {
                if !here.contains(place) {
                    let at = place.0;
                    return Some(format!("validator {index}: {recipient} lacks what {origin} sent at {at}"));
                }
            }
            if let Some((at, _)) = here.iter().find(|place| sent.get(place).is_none_or(|sent| sent.is_taken))
            {
                return Some(format!("validator {index}: {recipient} still waits with {origin} at {at}"));
            }
        }
        waiting.first_key_value().map(|((origin, _), _)| format!("validator {index}: {origin} sent nothing"))
    }
}
