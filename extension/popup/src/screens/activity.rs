//! What happened: a list, and each item's timeline with real times.

use walnut_base::{AccountOwner, ChainId};
use walnut_wallet::{
    activity::{ActivityId, ActivityItem, ActivityKind, ActivityStatus, Step, TimelineStep},
    messages::Token,
};

use crate::{
    format,
    message::Message,
    model::{Model, Sheet, Task},
    parts::{
        Icon, Screen, balance, balance_in, button, empty, error_of, hash, notice, primary, time, titled,
    },
    route::Route,
    screens::{home::chain_label, turns},
    tree::{Element, Event, Handler, Node, el, nothing},
    words::{self, activity as say},
};

/// The list.
pub(super) fn activity(model: &Model) -> Screen {
    let items = shown(model);
    let is_loading = model.is_busy(Task::Activity);
    let list: Node = if items.is_empty() {
        empty(
            Icon::Activity,
            if is_loading { words::LOADING } else { say::NONE },
            if is_loading { "" } else { say::NONE_TEXT },
            nothing(),
        )
        .into()
    } else {
        el("ul").class("rows").each(items.iter().map(|item| el("li").with(row(model, item)))).into()
    };
    titled(
        say::TITLE,
        el("div")
            .class("stack")
            .with((model.chains().len() > 1).then(|| filter(model)))
            .with(error_of(model))
            .with(list)
            .with((model.activity.has_more && !items.is_empty()).then(|| {
                button(if is_loading { words::ONE_MOMENT } else { say::MORE }, Message::MoreActivity)
                    .class("button block")
                    .flag("disabled", is_loading)
            })),
    )
}

/// The loaded pages, refreshed by the snapshot; before the first page the snapshot's own items.
fn shown(model: &Model) -> Vec<&ActivityItem> {
    let fits = |item: &&ActivityItem| model.activity.chain.is_none_or(|chain| item.chain_id == chain);
    let latest = model.snapshot.iter().flat_map(|snapshot| &snapshot.activity).filter(fits);
    let mut items: Vec<&ActivityItem> = latest.collect();
    for item in model.activity.items.iter().filter(fits) {
        if !items.iter().any(|known| known.id == item.id) {
            items.push(item);
        }
    }
    items.sort_by_key(|item| std::cmp::Reverse(item.id));
    items
}

fn filter(model: &Model) -> Element {
    let chosen = model.activity.chain.map(|chain| chain.to_string()).unwrap_or_default();
    let all = el("option").attr("value", "").flag("selected", chosen.is_empty()).with(say::ALL_CHAINS);
    let chains = model.chains().iter().map(|chain| {
        let id = chain.chain_id.to_string();
        el("option").flag("selected", id == chosen).attr("value", id).with(chain.name.clone())
    });
    el("div").class("field").with(el("label").attr("for", "filter").with(say::FILTER)).with(
        el("select")
            .id("filter")
            .attr("value", chosen.clone())
            .on(Event::Change, Handler::Value(Message::FilterActivity))
            .with(all)
            .each(chains),
    )
}

/// One item as a row, here and at home.
pub(super) fn row(model: &Model, item: &ActivityItem) -> Element {
    let (icon, tone, state) = state_of(item);
    let amount: Node = match &item.kind {
        ActivityKind::Sent { amount, token, .. } => {
            let text = format!("−{}", format::amount(*amount));
            el("span").class("amount").with(text).with(symbol(token)).into()
        }
        ActivityKind::Received { amount, token, .. } => {
            let text = format!("+{}", format::amount(*amount));
            el("span").class("amount good").with(text).with(symbol(token)).into()
        }
        ActivityKind::ChainClaimed | ActivityKind::Operations { .. } => nothing(),
    };
    el("a")
        .class("row")
        .attr("href", Route::Item(item.id).href())
        .with(el("span").class("disc").with(kind_icon(&item.kind).draw()))
        .with(
            el("span")
                .with(el("span").class("title").with(el("span").class("cut").with(title(model, item))))
                .with(
                    el("span")
                        .class("detail")
                        .with(el("span").class(tone).with(icon.draw()).with(state))
                        .with(el("span").with(time(model, item.updated_at))),
                ),
        )
        .with(el("span").class("value").with(amount))
}

/// One item and its timeline.
pub(super) fn item(model: &Model, id: ActivityId) -> Screen {
    let Some(item) = model.item(id) else {
        let content =
            el("div").class("plain").with(error_of(model)).with(el("p").class("muted").with(words::LOADING));
        return titled(say::ITEM, content);
    };
    let (icon, tone, state) = state_of(item);
    let amount: Node = match &item.kind {
        ActivityKind::Sent { amount, token, .. } | ActivityKind::Received { amount, token, .. } => {
            match token {
                Some(token) => balance_in(*amount, &token.symbol).into(),
                None => balance(*amount).into(),
            }
        }
        ActivityKind::ChainClaimed | ActivityKind::Operations { .. } => nothing(),
    };
    let content = el("div")
        .class("stack")
        .with(
            el("div").class("hero").with(el("p").class("label").with(title(model, item))).with(amount).with(
                el("p")
                    .class(format!("status {tone}"))
                    .with(icon.draw())
                    .with(el("span").class("strong").with(state)),
            ),
        )
        .with(explanation(model, item))
        .with(error_of(model))
        .with(el("ol").class("steps").attr("aria-label", say::TIMELINE).each(timeline(model, item)))
        .with(facts(model, item));
    titled(say::ITEM, content)
}

/// What the state means and what can be done now.
fn explanation(model: &Model, item: &ActivityItem) -> Node {
    match &item.status {
        ActivityStatus::Queued => notice("wait", say::QUEUED_TEXT, abandon(item).into()).into(),
        ActivityStatus::Signed => notice("wait", &waiting(item), nothing()).into(),
        ActivityStatus::Waiting(turn) => {
            let actions = if item.digest.is_none() { abandon(item).into() } else { nothing() };
            notice("wait", &turns::explain(model, turn), actions).into()
        }
        ActivityStatus::Overtaken(by) => turns::overtaken(model, item, by).into(),
        ActivityStatus::Certified => match &item.kind {
            ActivityKind::Sent { recipient_chain, .. } => {
                notice("good", &say::certified_sent(&chain_label(model, *recipient_chain)), nothing()).into()
            }
            _ => nothing(),
        },
        ActivityStatus::Delivered => nothing(),
        ActivityStatus::Failed { reason, can_retry } => {
            if let Some(again) = item.again {
                return notice("bad", &reason.message, turns::link_to(again).into()).into();
            }
            let retry = can_retry
                .then(|| primary(say::RETRY, Message::Retry(item.id), true).class("button primary slim"));
            let mut actions = el("div").class("actions").with(retry);
            if item.digest.is_none() {
                actions = actions.with(abandon_button(item));
            }
            notice("bad", &reason.message, actions.into()).with(crate::parts::details(reason)).into()
        }
    }
}

/// "Two of four validators have voted; one more is needed."
fn waiting(item: &ActivityItem) -> String {
    let votes = item.timeline.iter().rev().find_map(|step| match step.step {
        Step::Votes { received, needed, total } => Some((received, needed, total)),
        _ => None,
    });
    match votes {
        Some((received, needed, total)) => say::votes_missing(received, needed, total),
        None => say::SIGNED_TEXT.to_owned(),
    }
}

fn abandon(item: &ActivityItem) -> Element {
    el("div").class("actions").with(abandon_button(item))
}

fn abandon_button(item: &ActivityItem) -> Element {
    button(say::ABANDON, Message::Open(Sheet::Abandon(item.id))).class("button slim")
}

fn timeline(model: &Model, item: &ActivityItem) -> Vec<Element> {
    let start = item.timeline.first().map(|step| step.at);
    let mut lines: Vec<Element> = Vec::new();
    for (place, step) in item.timeline.iter().enumerate() {
        // Of several vote steps in a row the last one says it all.
        let next = item.timeline.get(place + 1).map(|step| &step.step);
        if matches!((&step.step, next), (Step::Votes { .. }, Some(Step::Votes { .. }))) {
            continue;
        }
        lines.push(step_line(model, step, start));
    }
    // What is still to come, so that the end is in sight.
    let (certified, delivered) = (say::STEP_CERTIFIED, arrival(item));
    let missing: &[&str] = match &item.status {
        ActivityStatus::Queued => &[say::STEP_SIGNED, certified, delivered],
        ActivityStatus::Waiting(_) if item.digest.is_none() => &[say::STEP_SIGNED, certified, delivered],
        ActivityStatus::Signed | ActivityStatus::Waiting(_) => &[certified, delivered],
        ActivityStatus::Certified => &[delivered],
        ActivityStatus::Delivered | ActivityStatus::Failed { .. } | ActivityStatus::Overtaken(_) => &[],
    };
    lines.extend(missing.iter().filter(|text| !text.is_empty()).map(|text| {
        el("li")
            .class("todo")
            .with(Icon::Clock.draw())
            .with(el("span").with(*text))
            .with(el("span").class("label").with(say::TO_COME))
    }));
    lines
}

/// The last step's name; only transfers arrive somewhere.
fn arrival(item: &ActivityItem) -> &'static str {
    match item.kind {
        ActivityKind::Sent { .. } => say::STEP_DELIVERED,
        ActivityKind::Received { .. } | ActivityKind::ChainClaimed | ActivityKind::Operations { .. } => "",
    }
}

fn step_line(model: &Model, step: &TimelineStep, start: Option<walnut_base::Timestamp>) -> Element {
    let (icon, class, title, text) = match &step.step {
        Step::Queued => (Icon::Tick, "good", say::STEP_QUEUED.to_owned(), String::new()),
        Step::Signed => (Icon::Key, "good", say::STEP_SIGNED.to_owned(), String::new()),
        Step::Votes { received, needed, total } => {
            let is_enough = received >= needed;
            let icon = if is_enough { Icon::Tick } else { Icon::Clock };
            (
                icon,
                if is_enough { "good" } else { "wait" },
                say::votes(*received, *total),
                say::votes_needed(*needed),
            )
        }
        Step::Waiting(turn) => {
            (Icon::Clock, "wait", turns::title(model, turn), words::turns::round(turn.round))
        }
        Step::TimeOut(answers) => {
            let is_enough = answers.received >= answers.needed;
            let (icon, tone) = if is_enough { (Icon::Tick, "good") } else { (Icon::Clock, "wait") };
            let text = say::votes_needed(answers.needed);
            (icon, tone, words::turns::time_out(answers.received, answers.total), text)
        }
        Step::Overtaken(_) => (Icon::Alert, "wait", words::turns::CAME_FIRST.to_owned(), String::new()),
        Step::Certified => {
            (Icon::Tick, "good", say::STEP_CERTIFIED.to_owned(), say::STEP_CERTIFIED_TEXT.to_owned())
        }
        Step::Delivered => (Icon::Tick, "good", say::STEP_DELIVERED.to_owned(), String::new()),
        Step::Failed(reason) => (Icon::Cross, "bad", say::STEP_FAILED.to_owned(), reason.message.clone()),
        Step::Retried => (Icon::Refresh, "wait", say::STEP_RETRIED.to_owned(), String::new()),
    };
    let when: Node = match start {
        Some(start) if start != step.at => el("time")
            .attr("title", format::exact(model, step.at))
            .with(format!("+{}", format::span(start, step.at)))
            .into(),
        _ => time(model, step.at).into(),
    };
    let text = (!text.is_empty()).then(|| el("span").class("label").with(text));
    el("li").class(class).with(icon.draw()).with(el("span").with(title)).with(text).with(when)
}

fn facts(model: &Model, item: &ActivityItem) -> Element {
    let mut facts = el("dl").class("facts");
    let mut fact = |label: &'static str, value: Node| {
        let list = std::mem::replace(&mut facts, el("dl"));
        facts = list.with(el("dt").with(label)).with(el("dd").with(value));
    };
    fact(say::CHAIN, chain_link(model, item.chain_id).into());
    if let ActivityKind::Sent { token: Some(token), .. } | ActivityKind::Received { token: Some(token), .. } =
        &item.kind
    {
        let link = Route::Application(item.chain_id, token.id).href();
        fact(words::applications::TOKEN, el("a").attr("href", link).with(token.symbol.clone()).into());
    }
    match &item.kind {
        ActivityKind::Sent { recipient_chain, recipient_owner, .. } => {
            fact(say::TO, party(model, *recipient_chain, *recipient_owner));
        }
        ActivityKind::Received { origin, source, .. } => fact(say::FROM, party(model, *origin, *source)),
        ActivityKind::ChainClaimed | ActivityKind::Operations { .. } => {}
    }
    if let Some(origin) = &item.origin {
        fact(say::ASKED_BY, Node::from(origin.clone()));
    }
    if let Some(fee) = item.fee {
        fact(words::review::FEE, crate::parts::amount(fee).into());
    }
    if let Some(height) = item.height {
        fact(words::review::HEIGHT, el("span").class("mono").with(height.0.to_string()).into());
    }
    if let ActivityStatus::Overtaken(by) = &item.status {
        fact(words::turns::BLOCK_FIRST, hash(model, &by.block_hash.to_string(), words::BLOCK_HASH).into());
        if let Some(signer) = by.signer {
            fact(words::turns::SIGNED_BY, party(model, item.chain_id, signer));
        }
    }
    if let Some(block) = item.block_hash {
        fact(words::BLOCK_HASH, hash(model, &block.to_string(), words::BLOCK_HASH).into());
    }
    if item.attempts > 1 {
        fact(say::ATTEMPTS, Node::from(item.attempts.to_string()));
    }
    facts
}

fn chain_link(model: &Model, id: ChainId) -> Element {
    el("a").attr("href", Route::Chain(id).href()).with(chain_label(model, id))
}

/// A party by name where it has one, else its address.
fn party(model: &Model, chain: ChainId, owner: AccountOwner) -> Node {
    if owner.is_chain() {
        return match model.chain_name(chain) {
            Some(name) => el("span").attr("title", chain.to_string()).with(name).into(),
            None => hash(model, &chain.to_string(), words::CHAIN_ID).into(),
        };
    }
    match model.owner_name(owner) {
        Some(name) => el("span").attr("title", format!("{owner}@{chain}")).with(name).into(),
        None => hash(model, &owner.to_string(), words::OWNER).into(),
    }
}

fn title(model: &Model, item: &ActivityItem) -> String {
    match &item.kind {
        ActivityKind::Sent { recipient_chain, recipient_owner, .. } => {
            say::sent_to(&who(model, *recipient_chain, *recipient_owner))
        }
        ActivityKind::Received { origin, source, .. } => say::received_from(&who(model, *origin, *source)),
        ActivityKind::ChainClaimed => say::claimed(&chain_label(model, item.chain_id)),
        ActivityKind::Operations { summary, .. } => summary.clone(),
    }
}

/// The unit of a token of an application; the network's own need none.
fn symbol(token: &Option<Token>) -> Node {
    token.as_ref().map(|token| el("span").class("symbol").with(token.symbol.clone())).into()
}

pub(super) fn who(model: &Model, chain: ChainId, owner: AccountOwner) -> String {
    if owner.is_chain() {
        return chain_label(model, chain);
    }
    model.owner_name(owner).unwrap_or_else(|| format::short(&owner.to_string()))
}

fn kind_icon(kind: &ActivityKind) -> Icon {
    match kind {
        ActivityKind::Sent { .. } => Icon::Up,
        ActivityKind::Received { .. } => Icon::Down,
        ActivityKind::ChainClaimed => Icon::Chain,
        ActivityKind::Operations { .. } => Icon::App,
    }
}

/// Icon, tone and word of an item's state. "Sent" means certified; "arrived" means received over there.
fn state_of(item: &ActivityItem) -> (Icon, &'static str, &'static str) {
    match (&item.status, &item.kind) {
        (ActivityStatus::Queued, _) => (Icon::Clock, "wait", say::QUEUED),
        (ActivityStatus::Signed, _) => (Icon::Clock, "wait", say::SIGNED),
        (ActivityStatus::Waiting(_), _) => (Icon::Clock, "wait", words::turns::WAITING),
        (ActivityStatus::Overtaken(_), _) => (Icon::Alert, "wait", words::turns::OVERTAKEN),
        (ActivityStatus::Certified, ActivityKind::Sent { .. }) => (Icon::Tick, "good", say::SENT),
        (ActivityStatus::Delivered, ActivityKind::Sent { .. }) => (Icon::Tick, "good", say::ARRIVED),
        (ActivityStatus::Certified | ActivityStatus::Delivered, ActivityKind::Received { .. }) => {
            (Icon::Tick, "good", say::RECEIVED)
        }
        (ActivityStatus::Certified | ActivityStatus::Delivered, _) => (Icon::Tick, "good", say::CERTIFIED),
        (ActivityStatus::Failed { .. }, _) => (Icon::Cross, "bad", say::FAILED),
    }
}
