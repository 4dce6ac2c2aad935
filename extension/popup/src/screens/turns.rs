//! Chains with several owners, in plain words: whose turn it is, what is being waited for, and who came first.

use walnut_base::{AccountOwner, Round, Timestamp};
use walnut_wallet::{
    activity::{ActivityId, ActivityItem, ActivityKind, OvertakenBy, Turn},
    messages::ChainDetails,
};

use crate::{
    format,
    message::Message,
    model::{Model, Sheet, Task},
    parts::{button, notice, primary, section},
    route::Route,
    tree::{Element, Node, el, nothing},
    words::turns as say,
};

/// An owner by name, else by the ends of the address.
fn name(model: &Model, owner: AccountOwner) -> String {
    model.owner_name(owner).unwrap_or_else(|| format::short(&owner.to_string()))
}

fn is_mine(model: &Model, owner: AccountOwner) -> bool {
    model.accounts().iter().any(|account| account.owner == owner)
}

/// "It ends at 13:14:05, in 8 s."; nothing when that is over.
fn until(model: &Model, then: Timestamp) -> Option<String> {
    let clock = format::exact(model, then);
    let clock = clock.split_once(' ').map_or(clock.as_str(), |(_, clock)| clock);
    (then > model.now).then(|| say::until(clock, &format::span(model.now, then).replace(' ', "\u{a0}")))
}

/// What an item waits for.
pub(super) fn explain(model: &Model, turn: &Turn) -> String {
    let whose = match (turn.round, turn.leader) {
        (_, Some(leader)) => say::turn_of(&name(model, leader)),
        (Round::Fast, None) => say::FAST.to_owned(),
        (_, None) => say::MET.to_owned(),
    };
    match (until(model, turn.until), turn.answers) {
        (Some(until), _) => say::waits(&whose, &until),
        (None, Some(answers)) => say::asked(answers.received, answers.needed, answers.total),
        (None, None) => say::ASKING.to_owned(),
    }
}

/// The line of a timeline.
pub(super) fn title(model: &Model, turn: &Turn) -> String {
    match turn.leader {
        Some(leader) => say::waited_for(&name(model, leader)),
        None => say::WAITED.to_owned(),
    }
}

/// Another block came first: what that means, and the way on.
pub(super) fn overtaken(model: &Model, item: &ActivityItem, by: &OvertakenBy) -> Element {
    let is_mine = by.signer.is_some_and(|signer| is_mine(model, signer));
    let text = say::overtaken(is_mine, by.height.0);
    let label = match item.kind {
        ActivityKind::Sent { .. } => say::SEND_AGAIN,
        ActivityKind::Received { .. } | ActivityKind::ChainClaimed | ActivityKind::Operations { .. } => {
            say::DO_AGAIN
        }
    };
    let is_busy = model.is_busy(Task::Prepare);
    let action: Node = match item.again {
        Some(again) => link_to(again).into(),
        None => item
            .can_send_again()
            .then(|| primary(label, Message::Retry(item.id), !is_busy).class("button primary slim"))
            .into(),
    };
    notice("wait", &text, el("div").class("actions").with(action).into())
}

/// The item that did another one anew.
pub(super) fn link_to(again: ActivityId) -> Element {
    el("a").class("button slim").attr("href", Route::Item(again).href()).with(say::DONE_AGAIN)
}

/// Whose turn it is on a chain, and its rules.
pub(super) fn of_chain(model: &Model, details: &ChainDetails) -> Element {
    let rounds = &details.rounds;
    let until = rounds.until.and_then(|then| until(model, then));
    let now = match (rounds.current, rounds.leader) {
        (_, Some(leader)) if is_mine(model, leader) => say::YOUR_TURN.to_owned(),
        (_, Some(leader)) => say::turn_of(&name(model, leader)),
        (Round::Fast, None) if details.super_owners.iter().any(|owner| is_mine(model, *owner)) => {
            say::FAST_MINE.to_owned()
        }
        (Round::Fast, None) => say::FAST.to_owned(),
        (_, None) if rounds.is_open => say::ANYBODY.to_owned(),
        (_, None) => say::ANY_OWNER.to_owned(),
    };
    let over = rounds.leader.is_some_and(|leader| !is_mine(model, leader)) && rounds.until.is_some();
    let when = match until {
        Some(until) => Some(until),
        None if over => Some(say::OVER.to_owned()),
        None => None,
    };
    let seconds =
        format::span(Timestamp::default(), Timestamp::default().saturating_add(rounds.timeouts.base_timeout));
    let more = format::span(
        Timestamp::default(),
        Timestamp::default().saturating_add(rounds.timeouts.timeout_increment),
    );
    let is_owned = details.summary.account.is_some() && !details.summary.is_closed;
    section(
        say::TITLE,
        nothing(),
        el("div")
            .class("stack tight")
            .with(
                el("p")
                    .with(el("span").class("strong").with(now))
                    .with(when.map(|when| el("span").class("muted").with(format!(" {when}"))))
                    .with(el("span").class("label block").with(say::round(rounds.current))),
            )
            .with(el("p").class("small muted").with(say::rules(rounds.multi_leader, &seconds, &more)))
            .with(is_owned.then(|| {
                let id = details.summary.chain_id;
                el("div")
                    .class("cluster")
                    .with(button(say::SHARE, Message::Open(Sheet::AddOwner(id))).class("button slim"))
                    .with(button(say::CHANGE, Message::Open(Sheet::Rounds(id))).class("button slim"))
            })),
    )
}
