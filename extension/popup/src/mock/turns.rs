//! Chains with several owners: turns, time-outs, and blocks that came first.

use walnut_base::{BlockHeight, Round, TimeDelta};
use walnut_wallet::{
    activity::{ActivityId, ActivityStatus, Answers, OvertakenBy, Step, TimelineStep, Turn},
    messages::{UiError, UiErrorCode},
};

use super::wallet::{chain_id, hash, now, owner};
use crate::{
    model::{Model, Sheet},
    route::Route,
};

/// The owners of a chain in a round of single owners.
pub(super) fn chain(model: &mut Model, name: &str) {
    let id = chain_id(1);
    let leader = if name == "chain-owners-mine" { owner(2) } else { owner(8) };
    if let Some(details) = &mut model.chain.details {
        details.super_owners = Vec::new();
        details.owners = vec![(owner(1), 100), (owner(8), 100)];
        details.rounds.multi_leader = 0;
        details.rounds.current = Round::SingleLeader(1);
        details.rounds.leader = Some(leader);
        details.rounds.until = Some(now().saturating_add(TimeDelta::from_secs(8)));
    }
    model.sheet = match name {
        "share-chain" | "share-chain-error" => Some(Sheet::AddOwner(id)),
        "remove-owner" => Some(Sheet::RemoveOwner(id, owner(8))),
        "change-turns" => Some(Sheet::Rounds(id)),
        _ => None,
    };
    if name == "share-chain-error" {
        model.error =
            Some(UiError::new(UiErrorCode::InvalidRecipient, crate::words::chain::OWNER_UNREADABLE));
    }
}

/// An item that waits for somebody's turn, or that was overtaken.
pub(super) fn item(model: &mut Model, name: &str) {
    model.route = Route::Item(ActivityId(9));
    let Some(item) = model.snapshot.as_mut().and_then(|snapshot| snapshot.activity.first_mut()) else {
        return;
    };
    let later = |seconds| item.created_at.saturating_add(TimeDelta::from_secs(seconds));
    let step = |step, at| TimelineStep { step, at };
    let until = now().saturating_add(TimeDelta::from_secs(8));
    let turn = Turn { round: Round::SingleLeader(0), leader: Some(owner(8)), until, answers: None };
    let answers = Answers { received: 2, needed: 3, total: 4 };
    let by = OvertakenBy { height: BlockHeight(409), block_hash: hash(409), signer: Some(owner(8)) };
    item.timeline.truncate(1);
    item.timeline.push(step(Step::Waiting(turn.clone()), later(1)));
    item.digest = None;
    match name {
        "item-turn" => item.status = ActivityStatus::Waiting(turn),
        "item-time-out" => {
            item.timeline.push(step(Step::TimeOut(answers), later(31)));
            let over = now().saturating_sub(TimeDelta::from_secs(2));
            item.status = ActivityStatus::Waiting(Turn { until: over, answers: Some(answers), ..turn });
        }
        _ => {
            item.timeline.push(step(Step::Overtaken(by.clone()), later(9)));
            item.operations = vec![0];
            item.again = (name == "item-overtaken-again").then_some(ActivityId(8));
            item.status = ActivityStatus::Overtaken(by);
        }
    }
}
