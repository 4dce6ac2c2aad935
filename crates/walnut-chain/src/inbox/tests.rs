//! Delivery and consumption in every order.

use walnut_base::{
    Account, AccountOwner, Amount, BlockHeight, ChainId, CryptoHash, Message, MessageBundle, MessageKind,
    PostedMessage, SystemMessage, Timestamp,
};
use walnut_views::{Batch, MemoryStore};

use super::{Cursor, Inbox, InboxError};
use crate::{journal::Journal, test_utils::block_on};

const ORIGIN: ChainId = ChainId(CryptoHash::ZERO);

fn bundle(height: u64, transaction_index: u32, kind: MessageKind) -> MessageBundle {
    let message = Message::System(SystemMessage::Credit {
        target: AccountOwner::CHAIN,
        amount: Amount::ONE,
        source: AccountOwner::CHAIN,
    });
    MessageBundle {
        height: BlockHeight(height),
        timestamp: Timestamp::from_micros(height),
        certificate_hash: CryptoHash::from([u8::try_from(height).expect("small"); 32]),
        transaction_index,
        messages: vec![PostedMessage {
            authenticated_signer: None,
            grant: Amount::ZERO,
            refund_grant_to: Some(Account::chain(ORIGIN)),
            kind,
            index: transaction_index,
            message,
        }],
    }
}

fn simple(height: u64, index: u32) -> MessageBundle {
    bundle(height, index, MessageKind::Simple)
}

fn tracked(height: u64, index: u32) -> MessageBundle {
    bundle(height, index, MessageKind::Tracked)
}

/// An inbox that is saved and loaded between any two steps.
#[derive(Default)]
struct Fixture {
    store: MemoryStore,
}

impl Fixture {
    /// Like a chain: what an error leaves behind is rolled back.
    fn step<T, E>(
        &mut self,
        work: impl AsyncFnOnce(&mut Inbox<'_>, &MemoryStore) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut journal = Journal::default();
        let result = block_on(async {
            let mut inbox = Inbox::load(&mut journal, &self.store, ORIGIN).await.expect("readable");
            work(&mut inbox, &self.store).await
        });
        if result.is_ok() {
            let mut batch = Batch::default();
            journal.emit(&mut batch);
            self.store.apply(&batch);
        }
        result
    }

    fn add(&mut self, bundle: &MessageBundle) -> Result<bool, InboxError> {
        self.step(async |inbox, store| inbox.add_bundle(store, bundle).await.expect("readable"))
    }

    fn remove(&mut self, bundle: &MessageBundle) -> Result<bool, InboxError> {
        self.step(async |inbox, store| inbox.remove_bundle(store, bundle).await.expect("readable"))
    }

    fn added(&mut self) -> Vec<MessageBundle> {
        self.step(async |inbox, store| inbox.added_bundles(store).await).expect("readable")
    }

    fn next_height(&mut self) -> BlockHeight {
        self.step(async |inbox, _| inbox.next_block_height_to_receive()).expect("small heights")
    }

    fn anticipated(&mut self) -> Option<BlockHeight> {
        self.step(async |inbox, store| inbox.anticipated_height(store).await).expect("readable")
    }
}

#[test]
fn received_bundles_are_consumed_in_order() {
    let mut inbox = Fixture::default();
    assert_eq!(inbox.add(&simple(0, 0)), Ok(true));
    assert_eq!(inbox.add(&tracked(0, 1)), Ok(true));
    assert_eq!(inbox.next_height(), BlockHeight(1));
    assert_eq!(inbox.added(), [simple(0, 0), tracked(0, 1)]);
    assert_eq!(inbox.remove(&simple(0, 0)), Ok(true));
    assert_eq!(inbox.remove(&tracked(0, 1)), Ok(true));
    assert_eq!(inbox.added(), []);
    let next = Cursor { height: BlockHeight(0), index: 2 };
    assert_eq!(inbox.remove(&tracked(0, 1)), Err(InboxError::IncorrectMessageOrder { next }));
    assert_eq!(inbox.add(&tracked(0, 1)), Err(InboxError::IncorrectOrder { next }));
}

#[test]
fn skippable_bundles_may_be_skipped_and_others_not() {
    let mut inbox = Fixture::default();
    for bundle in [simple(0, 0), tracked(1, 0), simple(2, 0)] {
        assert_eq!(inbox.add(&bundle), Ok(true));
    }
    assert_eq!(inbox.remove(&simple(2, 0)), Err(InboxError::CannotSkipMessage(Box::new(tracked(1, 0)))));
    assert_eq!(inbox.remove(&tracked(1, 0)), Ok(true));
    assert_eq!(inbox.added(), [simple(2, 0)]);
    // What was skipped is gone.
    let next = Cursor { height: BlockHeight(1), index: 1 };
    assert_eq!(inbox.remove(&simple(0, 0)), Err(InboxError::IncorrectMessageOrder { next }));
}

#[test]
fn a_grant_makes_a_simple_message_unskippable() {
    let mut inbox = Fixture::default();
    let mut with_grant = simple(0, 0);
    with_grant.messages[0].grant = Amount::ONE;
    assert_eq!(inbox.add(&with_grant), Ok(true));
    assert_eq!(inbox.add(&simple(1, 0)), Ok(true));
    assert_eq!(inbox.remove(&simple(1, 0)), Err(InboxError::CannotSkipMessage(Box::new(with_grant))));
}

#[test]
fn every_field_of_a_bundle_must_match() {
    let mut inbox = Fixture::default();
    assert_eq!(inbox.add(&simple(3, 1)), Ok(true));
    let doctored: [fn(&mut MessageBundle); 4] = [
        |bundle| bundle.timestamp = Timestamp::from_micros(9),
        |bundle| bundle.certificate_hash = CryptoHash::from([9; 32]),
        |bundle| bundle.messages[0].index = 9,
        |bundle| bundle.messages.clear(),
    ];
    for doctor in doctored {
        let mut bundle = simple(3, 1);
        doctor(&mut bundle);
        assert_eq!(inbox.remove(&bundle), Err(InboxError::UnexpectedMessage(Box::new(simple(3, 1)))));
    }
    // Also when the waiting bundle is a later one.
    assert_eq!(inbox.remove(&simple(3, 0)), Err(InboxError::UnexpectedMessage(Box::new(simple(3, 1)))));
    assert_eq!(inbox.remove(&simple(3, 1)), Ok(true));
}

#[test]
fn anticipated_bundles_are_matched_when_they_arrive() {
    let mut inbox = Fixture::default();
    assert_eq!(inbox.remove(&tracked(5, 0)), Ok(false));
    assert_eq!(inbox.remove(&tracked(7, 2)), Ok(false));
    assert_eq!(inbox.anticipated(), Some(BlockHeight(7)));
    assert_eq!(inbox.added(), []);
    // A skippable bundle before an anticipated one was skipped by its consumer.
    assert_eq!(inbox.add(&simple(4, 0)), Ok(false));
    assert_eq!(inbox.next_height(), BlockHeight(5));
    assert_eq!(inbox.add(&tracked(4, 1)), Err(InboxError::UnexpectedBundle(Box::new(tracked(5, 0)))));
    assert_eq!(inbox.add(&simple(5, 0)), Err(InboxError::UnexpectedBundle(Box::new(tracked(5, 0)))));
    assert_eq!(inbox.add(&simple(6, 0)), Err(InboxError::UnexpectedBundle(Box::new(tracked(5, 0)))));
    assert_eq!(inbox.add(&tracked(5, 0)), Ok(false));
    assert_eq!(inbox.add(&tracked(7, 2)), Ok(false));
    assert_eq!(inbox.anticipated(), None);
    assert_eq!(inbox.next_height(), BlockHeight(8));
    assert_eq!(inbox.add(&tracked(8, 0)), Ok(true));
}

#[test]
fn the_last_transaction_index_has_no_successor() {
    let mut inbox = Fixture::default();
    assert_eq!(inbox.add(&simple(0, u32::MAX)), Err(InboxError::Overflow));
    assert_eq!(inbox.remove(&simple(0, u32::MAX)), Err(InboxError::Overflow));
}
