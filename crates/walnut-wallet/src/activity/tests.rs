//! Items: every step, every step that is not possible, and kills in between.

use proptest::prelude::*;

use super::*;
use walnut_base::Round;

use crate::{
    messages::UiErrorCode,
    test_values::{NOW, chain, hash, later, owner, some_error},
};

fn sent() -> ActivityKind {
    ActivityKind::Sent {
        recipient_chain: chain(2),
        recipient_owner: owner(1),
        amount: Amount::ONE,
        token: None,
    }
}

fn item() -> ActivityItem {
    ActivityItem::new(ActivityId(1), sent(), chain(1), NOW)
}

fn signed(n: u8) -> ActivityEvent {
    ActivityEvent::Signed { digest: hash(n), height: BlockHeight(4) }
}

fn votes(received: u64) -> ActivityEvent {
    ActivityEvent::Votes { received, needed: 3, total: 4 }
}

fn certified(n: u8) -> ActivityEvent {
    ActivityEvent::Certified {
        block_hash: hash(n),
        height: BlockHeight(4),
        fee: Some(Amount::from_micros(7)),
    }
}

fn failed(can_retry: bool) -> ActivityEvent {
    ActivityEvent::Failed { reason: some_error(), can_retry }
}

fn turn(number: u32) -> Turn {
    Turn { round: Round::SingleLeader(number), leader: Some(owner(7)), until: later(10), answers: None }
}

fn answers(received: u64) -> Answers {
    Answers { received, needed: 3, total: 4 }
}

fn by(n: u8) -> OvertakenBy {
    OvertakenBy { height: BlockHeight(4), block_hash: hash(n), signer: Some(owner(7)) }
}

fn after(events: &[ActivityEvent]) -> ActivityItem {
    let mut item = item();
    for (index, event) in events.iter().enumerate() {
        item.apply(event.clone(), later(index as u64 + 1)).unwrap();
    }
    item
}

#[test]
fn the_straight_way() {
    let item = after(&[signed(5), votes(1), votes(3), certified(6), ActivityEvent::Delivered]);
    assert_eq!(item.status, ActivityStatus::Delivered);
    assert_eq!((item.digest, item.block_hash), (Some(hash(5)), Some(hash(6))));
    assert_eq!(item.fee, Some(Amount::from_micros(7)));
    assert_eq!(item.votes(), Some((3, 3, 4)));
    let steps: Vec<_> = item.timeline.iter().map(|step| (step.step.clone(), step.at)).collect();
    assert_eq!(
        steps,
        [
            (Step::Queued, NOW),
            (Step::Signed, later(1)),
            (Step::Votes { received: 3, needed: 3, total: 4 }, later(3)),
            (Step::Certified, later(4)),
            (Step::Delivered, later(5)),
        ]
    );
    assert!(!item.is_unfinished());
}

#[test]
fn a_retry_before_signing_starts_anew_and_after_signing_sends_again() {
    let unsigned = after(&[failed(true), ActivityEvent::Retry]);
    assert_eq!((unsigned.status, unsigned.attempts), (ActivityStatus::Queued, 2));
    let resent = after(&[signed(5), failed(true), ActivityEvent::Retry]);
    assert_eq!((resent.status.clone(), resent.attempts), (ActivityStatus::Signed, 2));
    // A later round signs the same block again.
    let resigned = after(&[signed(5), failed(true), ActivityEvent::Retry, signed(6)]);
    assert_eq!(resigned.digest, Some(hash(6)));
    // The certificate can still come after we gave up.
    let late = after(&[signed(5), failed(false), certified(6)]);
    assert_eq!(late.status, ActivityStatus::Certified);
    // Stuck, not failed.
    let stuck = after(&[signed(5), ActivityEvent::Retry]);
    assert_eq!((stuck.status, stuck.attempts), (ActivityStatus::Signed, 2));
}

#[test]
fn a_turn_is_waited_for_and_ended_by_validators() {
    use ActivityEvent as E;
    let waits = after(&[E::Waiting(turn(0)), E::TimeOut(answers(1)), E::TimeOut(answers(2))]);
    assert_eq!(waits.status, ActivityStatus::Waiting(Turn { answers: Some(answers(2)), ..turn(0) }));
    assert!(waits.is_unfinished() && !waits.was_signed());
    // Asked too early: the same turn goes on, and it is no new step.
    let mut again = waits.clone();
    again.apply(E::Waiting(Turn { until: later(12), ..turn(0) }), later(9)).unwrap();
    let goes_on = Turn { until: later(12), answers: Some(answers(2)), ..turn(0) };
    assert_eq!(again.status, ActivityStatus::Waiting(goes_on));
    assert_eq!(again.timeline, waits.timeline);
    // The next turn is another one's, too; then it is ours.
    again.apply(E::Waiting(turn(1)), later(13)).unwrap();
    assert_eq!(again.status, ActivityStatus::Waiting(turn(1)));
    again.apply(signed(5), later(14)).unwrap();
    again.apply(certified(6), later(15)).unwrap();
    let steps: Vec<_> = again.timeline.iter().map(|step| step.step.clone()).collect();
    let expected = [
        Step::Queued,
        Step::Waiting(turn(0)),
        Step::TimeOut(answers(2)),
        Step::Waiting(turn(1)),
        Step::Signed,
        Step::Certified,
    ];
    assert_eq!(steps, expected);
    // A restart keeps it: the block is stored.
    let mut log = ActivityLog::default();
    let id = log.add(sent(), chain(1), NOW).id;
    log.apply(id, E::Waiting(turn(0)), NOW).unwrap();
    log.after_restart(later(1));
    assert_eq!(log.item(id).unwrap().status, ActivityStatus::Waiting(turn(0)));
}

#[test]
fn what_was_overtaken_stays_so_and_is_done_anew_once() {
    use ActivityEvent as E;
    for before in [vec![], vec![signed(5)], vec![E::Waiting(turn(0))], vec![signed(5), failed(true)]] {
        let mut item = after(&before);
        item.operations = vec![1, 2];
        item.apply(E::Overtaken(by(9)), later(9)).unwrap();
        assert_eq!(item.status, ActivityStatus::Overtaken(by(9)));
        assert!(item.can_send_again() && !item.is_unfinished() && !item.can_retry());
        let unchanged = item.clone();
        item.apply(E::Overtaken(by(9)), later(10)).unwrap();
        assert_eq!(item, unchanged);
        assert_eq!(item.apply(E::Retry, later(10)), Err(ActivityError::NotRetryable));
        let not = |event| Err(ActivityError::NotPossible { event, status: "overtaken" });
        assert_eq!(item.apply(signed(5), later(10)), not("signed"));
        assert_eq!(item.apply(certified(5), later(10)), not("certified"));
        assert_eq!(item.apply(failed(true), later(10)), not("failed"));
        assert_eq!(item.apply(E::Waiting(turn(0)), later(10)), not("waiting"));
        item.again = Some(ActivityId(8));
        assert!(!item.can_send_again());
    }
    let mut done = after(&[signed(5), certified(6)]);
    let refused = done.apply(E::Overtaken(by(9)), later(9));
    assert_eq!(refused, Err(ActivityError::NotPossible { event: "overtaken", status: "certified" }));
}

#[test]
fn what_was_approved_is_forgotten_when_it_is_certified() {
    let mut item = after(&[signed(5)]);
    item.operations = vec![1, 2];
    let text = serde_json::to_string(&item).unwrap();
    assert!(text.contains(r#""operations":"0102""#), "{text}");
    assert_eq!(serde_json::from_str::<ActivityItem>(&text).unwrap(), item);
    item.apply(certified(6), later(3)).unwrap();
    assert!(item.operations.is_empty());
}

#[test]
fn what_is_not_possible() {
    let not = |event, status| Err(ActivityError::NotPossible { event, status });
    for (before, event, error) in [
        (vec![], ActivityEvent::Delivered, not("delivered", "queued")),
        (vec![], votes(1), not("votes", "queued")),
        (vec![signed(5)], ActivityEvent::Delivered, not("delivered", "signed")),
        (vec![signed(5), certified(6)], failed(true), not("failed", "certified")),
        (vec![signed(5), certified(6)], signed(7), not("signed", "certified")),
        (vec![signed(5), certified(6), ActivityEvent::Delivered], failed(true), not("failed", "delivered")),
        (vec![failed(true)], signed(5), not("signed", "failed")),
        (vec![failed(true)], certified(5), not("certified", "failed")),
        (vec![failed(true)], votes(1), not("votes", "failed")),
        (vec![failed(false)], ActivityEvent::Retry, Err(ActivityError::NotRetryable)),
        (vec![signed(5), certified(6)], ActivityEvent::Retry, Err(ActivityError::NotRetryable)),
        (
            vec![signed(5), certified(6)],
            certified(7),
            Err(ActivityError::DifferentBlock { known: hash(6), given: hash(7) }),
        ),
    ] {
        let mut item = after(&before);
        let unchanged = item.clone();
        assert_eq!(item.apply(event, later(99)), error);
        assert_eq!(item, unchanged, "an error changes nothing");
    }
}

#[test]
fn repeated_news_are_harmless() {
    let mut item = after(&[signed(5), certified(6), ActivityEvent::Delivered]);
    let unchanged = item.clone();
    for event in [certified(6), ActivityEvent::Delivered, votes(4)] {
        item.apply(event, later(99)).unwrap();
    }
    assert_eq!(item, unchanged);
    let mut item = after(&[failed(true)]);
    item.apply(failed(true), later(99)).unwrap();
    assert_eq!(item.timeline.len(), 2);
}

#[test]
fn the_timeline_is_bounded() {
    let mut item = item();
    for n in 0..200 {
        item.apply(failed(true), later(n)).unwrap();
        item.apply(ActivityEvent::Retry, later(n)).unwrap();
    }
    assert_eq!(item.timeline.len(), TIMELINE_STEPS_MAX);
    assert_eq!(item.timeline[0].step, Step::Queued, "where it began stays");
}

#[test]
fn pages_and_lookups() {
    let mut log = ActivityLog::default();
    for n in 0..5 {
        log.add(sent(), chain(n % 2), later(u64::from(n)));
    }
    let ids = |page: &ActivityPage| page.items.iter().map(|item| item.id.0).collect::<Vec<_>>();
    let page = log.page(None, None, 2);
    assert_eq!((ids(&page), page.has_more), (vec![5, 4], true));
    let page = log.page(None, Some(ActivityId(4)), 3);
    assert_eq!((ids(&page), page.has_more), (vec![3, 2, 1], false));
    let page = log.page(Some(chain(1)), None, 10);
    assert_eq!((ids(&page), page.has_more), (vec![4, 2], false));
    assert_eq!(log.item(ActivityId(9)), Err(ActivityError::UnknownItem(ActivityId(9))));
    assert_eq!(
        log.apply(ActivityId(9), ActivityEvent::Retry, NOW),
        Err(ActivityError::UnknownItem(ActivityId(9)))
    );
}

#[test]
fn old_finished_items_make_room_and_unfinished_ones_stay() {
    let mut log = ActivityLog::default();
    let first = log.add(sent(), chain(1), NOW).id;
    for _ in 0..ACTIVITY_ITEMS_MAX + 10 {
        let id = log.add(sent(), chain(1), NOW).id;
        log.apply(id, failed(false), NOW).unwrap();
    }
    assert_eq!(log.len(), ACTIVITY_ITEMS_MAX);
    assert!(log.item(first).is_ok());
    assert!(log.item(ActivityId(2)).is_err());
    let newer: ActivityLog = serde_json::from_str(r#"{"version":2,"next_id":1,"items":[]}"#).unwrap();
    assert_eq!(newer.check_version(), Err(ActivityError::NewerVersion(2)));
}

#[test]
fn after_a_restart_unsigned_items_can_be_tried_again_and_signed_ones_go_on() {
    let mut log = ActivityLog::default();
    let queued = log.add(sent(), chain(1), NOW).id;
    let sent_off = log.add(sent(), chain(1), NOW).id;
    log.apply(sent_off, signed(5), NOW).unwrap();
    let mut log: ActivityLog = serde_json::from_str(&serde_json::to_string(&log).unwrap()).unwrap();
    log.after_restart(later(1));
    let item = log.item(queued).unwrap();
    assert!(item.can_retry());
    assert!(
        matches!(&item.status, ActivityStatus::Failed { reason, .. } if reason.code == UiErrorCode::NodeNotRunning)
    );
    assert_eq!(log.item(sent_off).map(|item| item.status.clone()), Ok(ActivityStatus::Signed));
    assert_eq!(log.unfinished().map(|item| item.id).collect::<Vec<_>>(), [sent_off]);
}

fn any_event() -> impl Strategy<Value = ActivityEvent> {
    prop_oneof![
        (0..4_u8).prop_map(signed),
        (0..5_u64).prop_map(votes),
        (0..3_u8).prop_map(certified),
        Just(ActivityEvent::Delivered),
        any::<bool>().prop_map(failed),
        Just(ActivityEvent::Retry),
        (0..3_u32).prop_map(|number| ActivityEvent::Waiting(turn(number))),
        (0..4_u64).prop_map(|received| ActivityEvent::TimeOut(answers(received))),
        (0..2_u8).prop_map(|n| ActivityEvent::Overtaken(by(n))),
    ]
}

proptest! {
    /// Random events with kills in between: certified never turns back, the block never changes, the stored form is the
    /// item.
    #[test]
    fn claims_never_shrink(events in prop::collection::vec((any_event(), any::<bool>()), 1..60)) {
        let mut log = ActivityLog::default();
        let id = log.add(sent(), chain(1), NOW).id;
        for (index, (event, killed)) in events.into_iter().enumerate() {
            if killed {
                let stored = serde_json::to_string(&log).unwrap();
                let loaded: ActivityLog = serde_json::from_str(&stored).unwrap();
                prop_assert_eq!(&loaded, &log);
                log = loaded;
                log.after_restart(later(index as u64));
            }
            let before = log.item(id).unwrap().clone();
            let result = log.apply(id, event, later(index as u64)).cloned();
            let item = log.item(id).unwrap();
            let rank = |item: &ActivityItem| match item.status {
                ActivityStatus::Delivered => 2,
                ActivityStatus::Certified | ActivityStatus::Overtaken(_) => 1,
                _ => 0,
            };
            prop_assert!(rank(item) >= rank(&before));
            prop_assert!(before.block_hash.is_none() || item.block_hash == before.block_hash);
            let is_overtaken = |item: &ActivityItem| matches!(item.status, ActivityStatus::Overtaken(_));
            prop_assert!(!is_overtaken(&before) || is_overtaken(item));
            prop_assert!(!before.was_signed() || item.status != ActivityStatus::Queued);
            if result.is_err() {
                prop_assert_eq!(item, &before);
            }
        }
    }
}
