//! Deliveries to an inbox and consumptions from it, in any order, against a model of two lists.
//!
//! Promise: the inbox and the model accept and refuse the same, and afterwards hold the same.

use walnut_base::{
    Account, AccountOwner, Amount, BlockHeight, ChainId, CryptoHash, Message, MessageBundle, MessageKind,
    PostedMessage, SystemMessage, Timestamp,
};
use walnut_chain::test_utils::TestInbox;

use crate::input::Input;

/// Height and transaction.
type Place = (u64, u32);

/// An inbox as the protocol describes it. One of the two lists is empty.
#[derive(Default)]
struct Model {
    waiting: Vec<MessageBundle>,
    ahead: Vec<MessageBundle>,
    next_to_add: Place,
    next_to_remove: Place,
}

fn place(bundle: &MessageBundle) -> Place {
    (bundle.height.0, bundle.transaction_index)
}

fn after(bundle: &MessageBundle) -> Option<Place> {
    Some((bundle.height.0, bundle.transaction_index.checked_add(1)?))
}

impl Model {
    /// Whether it is new; none if it is refused.
    fn add(&mut self, bundle: &MessageBundle) -> Option<bool> {
        let next = after(bundle).filter(|_| place(bundle) >= self.next_to_add)?;
        let is_new = self.ahead.is_empty();
        if is_new {
            self.waiting.push(bundle.clone());
        } else if place(&self.ahead[0]) == place(bundle) {
            (self.ahead[0] == *bundle).then_some(())?;
            self.ahead.remove(0);
        } else {
            // What is taken next was sent later: this one was left out, which only some may be.
            (place(&self.ahead[0]) > place(bundle) && bundle.is_skippable()).then_some(())?;
        }
        self.next_to_add = next;
        Some(is_new)
    }

    /// Whether it had been delivered; none if it is refused.
    fn remove(&mut self, bundle: &MessageBundle) -> Option<bool> {
        let next = after(bundle).filter(|_| place(bundle) >= self.next_to_remove)?;
        let before = self.waiting.iter().take_while(|waiting| place(waiting) < place(bundle)).count();
        self.waiting[..before].iter().all(MessageBundle::is_skippable).then_some(())?;
        let had_arrived = match self.waiting.get(before) {
            Some(waiting) if waiting == bundle => true,
            Some(_) => return None,
            None => false,
        };
        self.waiting.drain(..before + usize::from(had_arrived));
        if !had_arrived {
            self.ahead.push(bundle.clone());
        }
        self.next_to_remove = next;
        Some(had_arrived)
    }
}

/// Four bytes per step: what to do, where, and which bundle.
pub(crate) fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (mut inbox, mut model) = (TestInbox::default(), Model::default());
    for _ in 0..64 {
        if input.is_empty() {
            break;
        }
        let is_delivery = input.byte().is_multiple_of(2);
        let bundle = bundle(&mut input);
        let (outcome, expected) = match is_delivery {
            true => (inbox.add(&bundle), model.add(&bundle)),
            false => (inbox.remove(&bundle), model.remove(&bundle)),
        };
        assert_eq!(outcome.clone().ok(), expected, "{is_delivery} {bundle:?}: {outcome:?}");
        assert!(model.waiting.is_empty() || model.ahead.is_empty());
        assert_eq!(inbox.added(), model.waiting);
        assert_eq!(inbox.anticipated_height(), model.ahead.last().map(|bundle| bundle.height));
        let (height, index) = model.next_to_add;
        if let Some(next) = height.checked_add(u64::from(index > 0)) {
            assert_eq!(inbox.next_block_height_to_receive(), BlockHeight(next));
        }
    }
}

fn bundle(input: &mut Input<'_>) -> MessageBundle {
    let (place, look) = (input.byte(), input.byte());
    let height = match place >> 4 {
        15 => u64::MAX - 1,
        height => u64::from(height),
    };
    let transaction_index = match place & 15 {
        15 => u32::MAX,
        index => u32::from(index),
    };
    let kinds = [MessageKind::Simple, MessageKind::Tracked, MessageKind::Protected, MessageKind::Bouncing];
    let message = |index| PostedMessage {
        authenticated_signer: None,
        grant: if look & 16 > 0 { Amount::ONE } else { Amount::ZERO },
        refund_grant_to: Some(Account::chain(ChainId(CryptoHash::ZERO))),
        kind: kinds[usize::from(look & 3)],
        index,
        message: Message::System(SystemMessage::Credit {
            target: AccountOwner::CHAIN,
            amount: Amount::from_attos(u128::from(look >> 5)),
            source: AccountOwner::CHAIN,
        }),
    };
    MessageBundle {
        height: BlockHeight(height),
        timestamp: Timestamp::from_micros(height),
        certificate_hash: CryptoHash::from([place; 32]),
        transaction_index,
        messages: (0..1 + u32::from(look >> 2 & 3)).map(message).collect(),
    }
}
