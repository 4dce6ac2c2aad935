//! Round rules.

use std::collections::BTreeSet;

use super::{ChainOwnership, TimeoutConfig};
use crate::{AccountOwner, Round, TimeDelta};

const A: AccountOwner = AccountOwner::Reserved(1);
const B: AccountOwner = AccountOwner::Reserved(2);

fn with_rounds(multi_leader_rounds: u32) -> ChainOwnership {
    ChainOwnership::multiple([(A, 1), (B, 2)], multi_leader_rounds, TimeoutConfig::default())
}

#[test]
fn first_round_depends_on_who_owns() {
    let with_super = ChainOwnership { super_owners: BTreeSet::from([A]), ..with_rounds(2) };
    for (ownership, first) in [
        (with_super, Round::Fast),
        (with_rounds(2), Round::MultiLeader(0)),
        (with_rounds(0), Round::SingleLeader(0)),
        (ChainOwnership::default(), Round::Validator(0)),
        (ChainOwnership::single(A), Round::MultiLeader(0)),
        (ChainOwnership::single_super(A), Round::Fast),
    ] {
        assert_eq!(ownership.first_round(), first, "{ownership:?}");
    }
}

#[test]
fn rounds_follow_each_other() {
    let two = with_rounds(2);
    for (round, next) in [
        (Round::Fast, Some(Round::MultiLeader(0))),
        (Round::MultiLeader(0), Some(Round::MultiLeader(1))),
        (Round::MultiLeader(1), Some(Round::SingleLeader(0))),
        (Round::MultiLeader(u32::MAX), Some(Round::SingleLeader(0))),
        (Round::SingleLeader(0), Some(Round::SingleLeader(1))),
        (Round::SingleLeader(u32::MAX), Some(Round::Validator(0))),
        (Round::Validator(7), Some(Round::Validator(8))),
        (Round::Validator(u32::MAX), None),
    ] {
        assert_eq!(two.next_round(round), next);
        assert!(next.is_none_or(|next| next > round));
    }
    assert_eq!(with_rounds(0).next_round(Round::Fast), Some(Round::SingleLeader(0)));
}

#[test]
fn timeouts_grow() {
    let secs = |secs| Some(TimeDelta::from_secs(secs));
    let two = with_rounds(2);
    for (round, timeout) in [
        (Round::Fast, None),
        (Round::MultiLeader(0), None),
        (Round::MultiLeader(1), secs(10)),
        (Round::MultiLeader(2), None),
        (Round::SingleLeader(0), secs(10)),
        (Round::SingleLeader(3), secs(13)),
        (Round::Validator(1), secs(11)),
    ] {
        assert_eq!(two.round_timeout(round), timeout, "{round}");
    }
    assert_eq!(with_rounds(u32::MAX).round_timeout(Round::MultiLeader(u32::MAX)), secs(10));

    let config = TimeoutConfig {
        fast_round_duration: secs(5),
        base_timeout: TimeDelta::MAX,
        ..TimeoutConfig::default()
    };
    let regular = ChainOwnership { timeout_config: config.clone(), ..with_rounds(1) };
    assert_eq!(regular.round_timeout(Round::Fast), secs(5));
    assert_eq!(regular.round_timeout(Round::SingleLeader(u32::MAX)), Some(TimeDelta::MAX));
    let only_super = ChainOwnership { timeout_config: config, ..ChainOwnership::single_super(A) };
    assert_eq!(only_super.round_timeout(Round::Fast), None);
}

#[test]
fn activity_and_membership() {
    assert!(!ChainOwnership::default().is_active());
    let mut fallback_at_once = ChainOwnership::default();
    fallback_at_once.timeout_config.fallback_duration = TimeDelta::ZERO;
    assert!(fallback_at_once.is_active());
    let single = ChainOwnership::single(A);
    assert!(single.is_active() && single.verify_owner(&A) && !single.verify_owner(&B));
    assert!(!single.can_propose_in_multi_leader_round(&B));
    let open = ChainOwnership { open_multi_leader_rounds: true, ..single };
    assert!(open.can_propose_in_multi_leader_round(&B) && !open.verify_owner(&B));
    assert!(!open.has_multiple_owners() && with_rounds(1).has_multiple_owners());
}
