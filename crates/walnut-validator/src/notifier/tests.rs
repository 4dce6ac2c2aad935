//! Who is told what.

use futures_util::{FutureExt as _, StreamExt as _};
use walnut_base::{BlockHeight, CryptoHash, Reason, Round};

use super::*;

fn chain(byte: u8) -> ChainId {
    ChainId(CryptoHash::from([byte; 32]))
}

fn news(chain_id: ChainId, height: u64) -> Notification {
    Notification { chain_id, reason: Reason::NewRound { height: BlockHeight(height), round: Round::Fast } }
}

#[test]
fn subscribers_hear_of_their_chains_only() {
    let notifier = Arc::new(Notifier::default());
    let mut both = notifier.subscribe(vec![chain(1), chain(2)]);
    let mut second = notifier.subscribe(vec![chain(2)]);
    notifier.notify(&news(chain(1), 1));
    notifier.notify(&news(chain(2), 2));
    notifier.notify(&news(chain(3), 3));
    assert_eq!(both.next().now_or_never(), Some(Some(news(chain(1), 1))));
    assert_eq!(both.next().now_or_never(), Some(Some(news(chain(2), 2))));
    assert_eq!(both.next().now_or_never(), None);
    assert_eq!(second.next().now_or_never(), Some(Some(news(chain(2), 2))));
    assert_eq!(second.next().now_or_never(), None);
}

#[test]
fn a_slow_subscriber_loses_the_oldest() {
    let notifier = Arc::new(Notifier::default());
    let mut slow = notifier.subscribe(vec![chain(1)]);
    for height in 0..QUEUE_NOTIFICATIONS_MAX as u64 + 5 {
        notifier.notify(&news(chain(1), height));
    }
    assert_eq!(slow.next().now_or_never(), Some(Some(news(chain(1), 5))));
}

#[test]
fn closing_ends_streams_after_what_waits() {
    let notifier = Arc::new(Notifier::default());
    let mut old = notifier.subscribe(vec![chain(1)]);
    notifier.notify(&news(chain(1), 1));
    notifier.close();
    assert_eq!(old.next().now_or_never(), Some(Some(news(chain(1), 1))));
    assert_eq!(old.next().now_or_never(), Some(None));
    assert_eq!(notifier.subscribe(vec![chain(1)]).next().now_or_never(), Some(None));
}

#[test]
fn dropping_a_subscription_leaves_nothing_behind() {
    let notifier = Arc::new(Notifier::default());
    drop(notifier.subscribe(vec![chain(1), chain(1), chain(2)]));
    assert!(lock(&notifier.table).by_chain.is_empty());
}
