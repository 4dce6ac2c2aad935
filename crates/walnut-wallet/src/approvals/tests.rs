//! The queue: one at a time, exactly one answer each, whatever happens in between.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    messages::ConnectRequest,
    test_values::{NOW, chain, later},
};

const A: &str = "https://a.example";

fn connect() -> SiteRequestBody {
    SiteRequestBody::Connect(ConnectRequest { claimed_name: None, wants_propose: true })
}

fn sign() -> SiteRequestBody {
    SiteRequestBody::Sign { chain_id: chain(1), operations: vec!["00".into()], review: None }
}

fn codes(queue: &ApprovalQueue) -> Vec<(u64, Result<SiteAnswer, UiErrorCode>)> {
    queue.replies().map(|reply| (reply.id.0, reply.result.map_err(|error| error.code))).collect()
}

#[test]
fn one_at_a_time_and_one_answer() {
    let mut queue = ApprovalQueue::default();
    let first = queue.push(A, connect(), NOW).unwrap();
    let second = queue.push("https://b.example", sign(), NOW).unwrap();
    assert_eq!(queue.approve(second), Err(ApprovalError::NotShown { shown: first, given: second }));
    assert_eq!(queue.approve(first).map(|request| request.origin), Ok(A.to_owned()));
    assert_eq!(queue.approve(first), Err(ApprovalError::UnknownRequest(first)), "already approved");
    assert_eq!(queue.shown().map(|request| request.id), Some(second));
    queue.deny(second).unwrap();
    assert_eq!(queue.deny(second), Err(ApprovalError::UnknownRequest(second)));
    assert_eq!(queue.finish(second, Ok(SiteAnswer::Done)), Err(ApprovalError::NotApproved(second)));
    queue.finish(first, Ok(SiteAnswer::Done)).unwrap();
    assert_eq!(codes(&queue), [(1, Ok(SiteAnswer::Done)), (2, Err(UiErrorCode::UserRejected))]);
    assert!(queue.delivered(first));
    assert!(!queue.delivered(first));
    assert_eq!(queue.approve(SiteRequestId(77)), Err(ApprovalError::UnknownRequest(SiteRequestId(77))));
}

#[test]
fn closing_waiting_too_long_and_revoking_are_no() {
    let mut queue = ApprovalQueue::default();
    let closed = queue.push(A, connect(), NOW).unwrap();
    queue.window_closed(closed);
    queue.window_closed(closed);
    queue.push(A, connect(), NOW).unwrap();
    queue.expire(later(86_399));
    assert_eq!(queue.waiting().count(), 1);
    queue.expire(later(86_400));
    queue.push(A, sign(), later(86_400)).unwrap();
    queue.push("https://b.example", sign(), later(86_400)).unwrap();
    queue.refuse_origin(A);
    assert_eq!(
        codes(&queue),
        [
            (1, Err(UiErrorCode::UserRejected)),
            (2, Err(UiErrorCode::Timeout)),
            (3, Err(UiErrorCode::SiteNotPermitted))
        ]
    );
    assert_eq!(queue.shown().map(|request| request.id.0), Some(4));
}

#[test]
fn a_review_comes_and_goes_only_where_it_belongs() {
    let mut queue = ApprovalQueue::default();
    let connecting = queue.push(A, connect(), NOW).unwrap();
    let signing = queue.push(A, sign(), NOW).unwrap();
    assert_eq!(queue.set_review(connecting, None), Err(ApprovalError::UnknownRequest(connecting)));
    assert_eq!(queue.set_review(signing, None), Ok(()));
}

#[test]
fn is_bounded() {
    let mut queue = ApprovalQueue::default();
    for _ in 0..WAITING_PER_ORIGIN_MAX {
        queue.push(A, connect(), NOW).unwrap();
    }
    assert_eq!(
        queue.push(A, connect(), NOW),
        Err(ApprovalError::TooManyForOrigin { max: WAITING_PER_ORIGIN_MAX })
    );
    for n in WAITING_PER_ORIGIN_MAX..WAITING_REQUESTS_MAX {
        queue.push(&format!("https://s{n}.example"), connect(), NOW).unwrap();
    }
    assert_eq!(
        queue.push("https://x.example", connect(), NOW),
        Err(ApprovalError::QueueFull { max: WAITING_REQUESTS_MAX })
    );
    for _ in 0..3 {
        queue.expire(later(86_400));
        for n in 0..WAITING_REQUESTS_MAX {
            queue.push(&format!("https://s{n}.example"), connect(), NOW).unwrap();
        }
        queue.expire(later(86_400));
    }
    assert_eq!(queue.replies().count(), UNDELIVERED_MAX);
    let newer: ApprovalQueue = serde_json::from_str(r#"{"version":2,"next_id":1,"entries":[]}"#).unwrap();
    assert_eq!(newer.check_version(), Err(ApprovalError::NewerVersion(2)));
}

proptest! {
    /// Random events, with a kill and restart before any of them: every request that was taken is either still open or
    /// has got exactly one answer, and ids are never used twice.
    #[test]
    fn every_request_gets_exactly_one_answer(
        steps in prop::collection::vec((0..8_u8, 0..12_u64, any::<bool>()), 1..120)
    ) {
        let mut queue = ApprovalQueue::default();
        // Answers that reached a page, per request.
        let mut answered: BTreeMap<SiteRequestId, u32> = BTreeMap::new();
        let mut clock = 0;
        for (step, number, killed) in steps {
            if killed {
                let stored = serde_json::to_string(&queue).unwrap();
                queue = serde_json::from_str::<ApprovalQueue>(&stored).unwrap().check_version().unwrap();
            }
            let id = SiteRequestId(number);
            match step {
                0 | 1 => {
                    let body = if step == 0 { connect() } else { sign() };
                    if let Ok(id) = queue.push(&format!("https://s{}.example", number % 3), body, later(clock)) {
                        prop_assert_eq!(answered.insert(id, 0), None);
                    }
                }
                2 => {
                    let shown = queue.shown().map(|request| request.id);
                    if queue.approve(id).is_ok() {
                        prop_assert_eq!(shown, Some(id));
                    }
                }
                3 => { queue.finish(id, Ok(SiteAnswer::Done)).ok(); }
                4 => { queue.deny(id).ok(); }
                5 => queue.window_closed(id),
                6 => { clock += 30_000; queue.expire(later(clock)); }
                _ => {
                    let replies: Vec<_> = queue.replies().collect();
                    for reply in replies {
                        *answered.get_mut(&reply.id).unwrap() += 1;
                        prop_assert!(queue.delivered(reply.id));
                    }
                }
            }
        }
        for (id, count) in answered {
            let waiting = queue.waiting().filter(|request| request.id == id).count();
            let working = queue.working().filter(|request| request.id == id).count();
            let replies = queue.replies().filter(|reply| reply.id == id).count();
            prop_assert_eq!(waiting + working + replies + usize::try_from(count).unwrap(), 1);
        }
    }
}
