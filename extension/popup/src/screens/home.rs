//! Home: the total, the chains, what happened last.

use std::collections::BTreeMap;

use walnut_base::{Amount, ChainId};
use walnut_wallet::{
    activity::ActivityItem,
    messages::{Account, AccountSource, ChainSummary, Surface, SyncPhase, Token},
};

use crate::{
    format,
    message::Message,
    model::{Model, Sheet},
    parts::{Icon, Screen, amount, balance, empty, error_of, notice, section, status_of, titled},
    route::{Part, Route},
    screens::activity::row as activity_row,
    tree::{Element, Node, el, nothing},
    words::{self, home as say},
};

/// Rows of activity at home.
const LATEST: usize = 3;

/// The home screen. In a wide tab the home column stands at the side, and the activity fills the screen.
pub(super) fn home(model: &Model) -> Screen {
    if model.surface == Surface::Tab {
        return titled(
            None,
            el("div")
                .with(el("div").class("only-narrow").with(column(model).with(latest_section(model))))
                .with(el("div").class("only-wide stack").with(section(
                    words::activity::TITLE,
                    nothing(),
                    latest(model, usize::MAX),
                ))),
        );
    }
    titled(None, column(model).with(latest_section(model)))
}

/// What happened last, with the way to all of it.
fn latest_section(model: &Model) -> Element {
    let all = el("a").class("link").attr("href", Route::Activity.href()).with(say::ALL);
    section(say::LATEST, all.into(), latest(model, LATEST))
}

/// The home screen without its activity, one thing below the other; also the side of a wide tab.
pub(crate) fn column(model: &Model) -> Element {
    let Some(account) = model.account() else { return el("div") };
    let current = |chain: &&ChainSummary| chain.account == Some(account.id);
    let (own, others): (Vec<_>, Vec<_>) = model.chains().iter().partition(current);
    let watched: Vec<_> = others.into_iter().filter(|chain| chain.account.is_none()).collect();
    let has_chains = !own.is_empty();
    // Any other screen beside it tells its errors itself.
    let is_home = model.route == Route::Home || model.route.is_onboarding();
    el("div")
        .class("stack")
        .with(switcher(account))
        .with(
            el("div")
                .class("hero")
                .with(el("p").class("label").with(say::total(&account.name)))
                .with(balance(model.account_total(account))),
        )
        .with(
            el("div")
                .class("pair")
                .with(action(Icon::Up, say::SEND, Route::Send, "button primary"))
                .with(action(Icon::Down, say::RECEIVE, Route::Receive, "button")),
        )
        .with(notices(model, account))
        .with(is_home.then(|| error_of(model)))
        .with(if has_chains {
            chains(model, say::CHAINS, &own, true)
        } else {
            empty(
                Icon::Chain,
                say::NO_CHAIN,
                say::NO_CHAIN_TEXT,
                el("a")
                    .class("button primary")
                    .attr("href", Route::Claim.href())
                    .with(words::start::CLAIM)
                    .into(),
            )
            .into()
        })
        .with(tokens(model, account))
        .with((!watched.is_empty()).then(|| chains(model, say::WATCHED, &watched, false)))
}

/// What the account has of applications' tokens, over all chains; none when it has none.
fn tokens(model: &Model, account: &Account) -> Node {
    let held = model.chains().iter().flat_map(|chain| {
        let mine = chain.tokens.iter().filter(|held| held.owner == account.owner);
        mine.map(move |held| (chain, held))
    });
    let mut sums: BTreeMap<&Token, (Amount, Vec<&ChainSummary>)> = BTreeMap::new();
    for (chain, held) in held {
        let (sum, chains) = sums.entry(&held.token).or_default();
        *sum = sum.saturating_add(held.balance);
        chains.push(chain);
    }
    if sums.is_empty() {
        return nothing();
    }
    let rows = sums.into_iter().filter_map(|(token, (sum, chains))| {
        let (first, others) = chains.split_first()?;
        let place = match others.len() {
            0 => words::applications::on(&first.name),
            more => words::applications::on_several(more + 1),
        };
        let id = token.id.to_string();
        let row = el("a")
            .class("row")
            .attr("href", Route::Application(first.chain_id, token.id).href())
            .attr("title", id.clone())
            .with(el("span").class("disc").with(Icon::Coin.draw()))
            .with(
                el("span")
                    .with(el("span").class("title").with(el("span").class("cut").with(token.symbol.clone())))
                    .with(
                        el("span")
                            .class("detail")
                            .with(el("span").with(place))
                            .with(el("span").class("mono").with(format::short(&id))),
                    ),
            )
            .with(el("span").class("value").with(amount(sum)));
        Some(el("li").with(row))
    });
    section(say::TOKENS, nothing(), el("ul").class("rows").each(rows)).into()
}

fn action(icon: Icon, label: &str, route: Route, class: &'static str) -> Element {
    el("a").class(class).attr("href", route.href()).with(icon.draw()).with(label)
}

/// The current account; opens the account switcher.
fn switcher(account: &Account) -> Element {
    let owner = account.owner.to_string();
    el("button")
        .class("switcher")
        .attr("type", "button")
        .attr("aria-haspopup", "dialog")
        .attr("aria-label", say::switch_account(&account.name))
        .press(Message::Open(Sheet::Accounts))
        .with(el("span").class("disc small-disc").with(Icon::Person.draw()))
        .with(el("span").class("strong cut").with(account.name.clone()))
        .with(el("span").class("mono label").with(format::short(&owner)))
        .with(el("span").class("push muted").with(Icon::Forward.draw()))
}

/// What waits for the person, most urgent first.
fn notices(model: &Model, account: &Account) -> Node {
    let Some(snapshot) = &model.snapshot else { return nothing() };
    let mut list = el("div").class("notices");
    if let Some(first) = snapshot.site_requests.first() {
        let link = el("div")
            .class("actions")
            .with(el("a").class("button slim").attr("href", Route::Requests.href()).with(say::LOOK));
        list = list.with(notice(
            "wait",
            &say::site_waits(&first.origin, snapshot.site_requests.len()),
            link.into(),
        ));
    }
    if let Some(problem) = &snapshot.sync.problem
        && matches!(snapshot.sync.phase, SyncPhase::Failed | SyncPhase::Offline | SyncPhase::Stopped)
    {
        let link = el("div")
            .class("actions")
            .with(el("a").class("button slim").attr("href", Route::Network.href()).with(say::SEE_NETWORK));
        list = list.with(notice(
            if snapshot.sync.phase == SyncPhase::Offline { "wait" } else { "bad" },
            &problem.message,
            link.into(),
        ));
    }
    let from_words = matches!(account.source, AccountSource::Phrase { .. });
    if from_words && !account.backed_up && !model.chains().is_empty() {
        let link = el("div").class("actions").with(
            el("a")
                .class("button slim")
                .attr("href", Route::Settings(Some(Part::Backup)).href())
                .with(say::BACK_UP),
        );
        list = list.with(notice("", say::NOT_BACKED_UP, link.into()));
    }
    if list.children.is_empty() { nothing() } else { list.into() }
}

fn chains(model: &Model, title: &str, list: &[&ChainSummary], is_own: bool) -> Node {
    let add = is_own.then(|| el("a").class("link").attr("href", Route::Claim.href()).with(say::ADD));
    section(
        title,
        add.into(),
        el("ul").class("rows").each(list.iter().map(|chain| el("li").with(chain_row(model, chain)))),
    )
    .into()
}

fn chain_row(model: &Model, chain: &ChainSummary) -> Element {
    let (icon, tone, mut state) = status_of(model, &chain.sync);
    if chain.sync.phase == SyncPhase::Offline {
        state = words::sync::OFFLINE.to_owned();
    }
    let state =
        if chain.is_closed { (Icon::Lock, "", words::chain::CLOSED.to_owned()) } else { (icon, tone, state) };
    let unread = (chain.unread_bundles > 0).then(|| {
        el("span").class("strong").with(Icon::Inbox.draw()).with(words::chain::unread(chain.unread_bundles))
    });
    let pending = chain
        .has_pending_proposal
        .then(|| el("span").class("wait").with(Icon::Clock.draw()).with(words::chain::PENDING));
    el("a")
        .class("row")
        .attr("href", Route::Chain(chain.chain_id).href())
        .with(el("span").class("disc").with(Icon::Chain.draw()))
        .with(
            el("span")
                .with(el("span").class("title").with(el("span").class("cut").with(chain.name.clone())))
                .with(
                    el("span")
                        .class("detail")
                        .with(el("span").with(words::chain::height(chain.next_block_height.0)))
                        .with(el("span").class(state.1).with(state.0.draw()).with(state.2))
                        .with(unread)
                        .with(pending),
                ),
        )
        .with(el("span").class("value").with(amount(chain_total(chain))))
}

/// What a row shows: the chain's own balance and those of the wallet's owners on it.
fn chain_total(chain: &ChainSummary) -> Amount {
    let mine = chain.owner_balances.iter().filter(|held| held.is_mine).map(|held| held.balance);
    let own = if chain.account.is_some() { chain.chain_balance } else { Amount::ZERO };
    let shown = std::iter::once(own).chain(mine).sum();
    // A chain that is only watched shows what it has.
    if chain.account.is_none() && shown == Amount::ZERO { chain.chain_balance } else { shown }
}

fn latest(model: &Model, limit: usize) -> Node {
    let items: &[ActivityItem] = model.snapshot.as_ref().map_or(&[], |snapshot| &snapshot.activity);
    if items.is_empty() {
        return empty(Icon::Activity, words::activity::NONE, words::activity::NONE_TEXT, nothing()).into();
    }
    el("ul")
        .class("rows")
        .each(items.iter().take(limit).map(|item| el("li").with(activity_row(model, item))))
        .into()
}

/// A chain's name for sentences: the name, or the shortened id.
pub(super) fn chain_label(model: &Model, id: ChainId) -> String {
    model.chain_name(id).unwrap_or_else(|| format::short(&id.to_string()))
}
