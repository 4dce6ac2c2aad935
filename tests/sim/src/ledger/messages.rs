//! What was sent from chain to chain, and what became of it.

use std::collections::BTreeMap;

use walnut_base::{
    Block, BlockHeight, ChainId, CryptoHash, IncomingBundle, Message, MessageBundle, SystemMessage,
};

/// The place of a bundle among those of its sender: height and transaction.
pub type Place = (BlockHeight, u32);

/// A bundle on its way, or arrived.
#[derive(Debug)]
pub struct Sent {
    /// The bundle as the recipient must see it.
    pub bundle: MessageBundle,
    /// Whether a block of the recipient took it, or left it behind.
    pub is_taken: bool,
}

/// Everything sent, by sender and recipient.
#[derive(Debug, Default)]
pub struct Mail {
    boxes: BTreeMap<(ChainId, ChainId), BTreeMap<Place, Sent>>,
    /// Tokens that came back and were left lying.
    left: u128,
}

impl Mail {
    /// Notes what a block sends.
    pub(super) fn send(&mut self, block: &Block, hash: CryptoHash) {
        let header = &block.header;
        let mut index = 0;
        for (transaction, messages) in (0..).zip(&block.body.messages) {
            let mut bundles = BTreeMap::<ChainId, MessageBundle>::new();
            for message in messages {
                let bundle = bundles.entry(message.destination).or_insert_with(|| MessageBundle {
                    height: header.height,
                    timestamp: header.timestamp,
                    certificate_hash: hash,
                    transaction_index: transaction,
                    messages: Vec::new(),
                });
                bundle.messages.push(message.clone().into_posted(index));
                index += 1;
            }
            for (recipient, bundle) in bundles {
                let boxed = self.boxes.entry((header.chain_id, recipient)).or_default();
                boxed.insert((header.height, transaction), Sent { bundle, is_taken: false });
            }
        }
    }

    /// A block of the recipient takes a bundle: one that was sent, as it was sent, for the first time, and in order.
    pub(super) fn receive(&mut self, recipient: ChainId, incoming: &IncomingBundle) -> Result<(), String> {
        let IncomingBundle { origin, bundle, .. } = incoming;
        let place = (bundle.height, bundle.transaction_index);
        let boxed = self.boxes.get_mut(&(*origin, recipient)).ok_or("it takes what nobody sent")?;
        let sent = boxed.get(&place).ok_or_else(|| format!("it takes what {origin} never sent"))?;
        if sent.bundle != *bundle {
            return Err(format!("it takes a message of {origin} that was another when it was sent"));
        }
        if sent.is_taken {
            return Err(format!("it takes a message of {origin} again"));
        }
        for (_, sent) in boxed.range_mut(..place).filter(|(_, sent)| !sent.is_taken) {
            if !sent.bundle.is_skippable() {
                return Err(format!("it leaves out a message of {origin}"));
            }
            sent.is_taken = true;
            self.left += credits(&sent.bundle);
        }
        if let Some(sent) = boxed.get_mut(&place) {
            sent.is_taken = true;
        }
        Ok(())
    }

    /// All bundles from one chain to another.
    pub fn boxes(&self) -> impl Iterator<Item = (&(ChainId, ChainId), &BTreeMap<Place, Sent>)> {
        self.boxes.iter()
    }

    /// Tokens on the way, and those that were left lying.
    pub(super) fn tokens(&self) -> u128 {
        let waiting = self.boxes.values().flat_map(BTreeMap::values).filter(|sent| !sent.is_taken);
        waiting.map(|sent| credits(&sent.bundle)).sum::<u128>() + self.left
    }
}

/// The tokens in a bundle.
fn credits(bundle: &MessageBundle) -> u128 {
    let amounts = bundle.messages.iter().map(|posted| match &posted.message {
        Message::System(SystemMessage::Credit { amount, .. }) => amount.to_attos(),
        _ => 0,
    });
    amounts.sum()
}
