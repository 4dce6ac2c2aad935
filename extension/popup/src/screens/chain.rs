//! One chain: balances, inbox, blocks, owners, applications.

use walnut_base::{AccountOwner, ChainId};
use walnut_wallet::messages::{ChainDetails, ChainSummary, InboxBundle};

use crate::{
    format,
    message::{ChainTab, Message},
    model::{Model, Sheet, Task},
    parts::{Icon, Screen, amount, balance, button, empty, error_of, hash, notice, primary, status_of, time},
    route::Route,
    screens::{application, audit, turns},
    tree::{Element, Node, el, nothing},
    words::{self, chain as say},
};

/// The screen of one chain.
pub(super) fn chain(model: &Model, id: ChainId) -> Screen {
    let Some(summary) = model.summary(id) else {
        let content = el("div").with(empty(
            Icon::Chain,
            say::UNKNOWN,
            say::UNKNOWN_TEXT,
            el("a").class("button").attr("href", Route::Home.href()).with(words::home::TITLE).into(),
        ));
        return Screen::named(say::UNKNOWN.to_owned(), content.with(error_of(model)));
    };
    let details = model.chain.details.as_ref().filter(|details| details.summary.chain_id == id);
    let (icon, tone, state) = status_of(model, &summary.sync);
    let content = el("div")
        .class("stack")
        .with(
            el("div")
                .class("hero")
                .with(el("p").class("label").with(say::OF_THE_CHAIN))
                .with(balance(summary.chain_balance))
                .with(
                    el("p")
                        .class("cluster")
                        .with(el("span").class(format!("status {tone}")).with(icon.draw()).with(state))
                        .with(el("span").class("label").with(say::height(summary.next_block_height.0))),
                ),
        )
        .with(summary.sync.problem.as_ref().map(|problem| notice("bad", &problem.message, nothing())))
        .with(summary.is_closed.then(|| notice("", say::CLOSED_TEXT, nothing())))
        .with(error_of(model))
        .with(tabs(model, summary))
        .with(
            el("div")
                .attr("role", "tabpanel")
                .attr("aria-labelledby", "tab")
                .with(panel(model, summary, details)),
        )
        .with(foot(model, summary));
    Screen::named(summary.name.clone(), content)
}

fn tabs(model: &Model, summary: &ChainSummary) -> Element {
    let tabs = [
        (ChainTab::Balances, say::BALANCES.to_owned()),
        (ChainTab::Inbox, say::inbox(summary.unread_bundles)),
        (ChainTab::Blocks, say::BLOCKS.to_owned()),
        (ChainTab::Owners, say::OWNERS.to_owned()),
        (ChainTab::Applications, say::APPLICATIONS.to_owned()),
    ];
    el("div").class("tabs").attr("role", "tablist").attr("aria-label", say::PARTS).each(tabs.map(
        |(tab, label)| {
            let is_here = model.chain.tab == tab;
            el("button")
                .attr("type", "button")
                .attr("role", "tab")
                .attr_opt("id", is_here.then_some("tab"))
                .attr("aria-selected", if is_here { "true" } else { "false" })
                .press(Message::ChainTab(tab))
                .with(label)
        },
    ))
}

fn panel(model: &Model, summary: &ChainSummary, details: Option<&ChainDetails>) -> Node {
    match model.chain.tab {
        ChainTab::Balances => return balances(model, summary),
        ChainTab::Applications => return applications(model, summary),
        ChainTab::Inbox | ChainTab::Blocks | ChainTab::Owners => {}
    }
    let Some(details) = details else {
        return el("p").class("muted").attr("aria-busy", "true").with(words::LOADING).into();
    };
    match model.chain.tab {
        ChainTab::Balances => nothing(),
        ChainTab::Inbox => inbox(model, details),
        ChainTab::Blocks => blocks(model, details),
        ChainTab::Owners => owners(model, details),
        ChainTab::Applications => nothing(),
    }
}

fn balances(model: &Model, summary: &ChainSummary) -> Node {
    let row = |icon: Icon, title: String, below: Node, value: Element| {
        el("li").with(
            el("div")
                .class("row")
                .with(el("span").class("disc").with(icon.draw()))
                .with(
                    el("span")
                        .with(el("span").class("title").with(el("span").class("cut").with(title)))
                        .with(below),
                )
                .with(el("span").class("value").with(value)),
        )
    };
    let chain = row(
        Icon::Chain,
        say::CHAIN_ITSELF.to_owned(),
        el("span").class("detail").with(say::CHAIN_ITSELF_TEXT).into(),
        amount(summary.chain_balance),
    );
    let owners = summary.owner_balances.iter().map(|held| {
        let name = model.owner_name(held.owner).unwrap_or_else(|| say::ANOTHER_OWNER.to_owned());
        let below = hash(model, &held.owner.to_string(), words::OWNER);
        row(if held.is_mine { Icon::Person } else { Icon::Key }, name, below.into(), amount(held.balance))
    });
    let tokens = summary.tokens.iter().map(|held| {
        let id = held.token.id;
        let whose = match held.owner.is_chain() {
            true => say::OF_CHAIN_ITSELF.to_owned(),
            false => {
                let name = model.owner_name(held.owner);
                say::of(&name.unwrap_or_else(|| format::short(&held.owner.to_string())))
            }
        };
        el("li").with(
            el("a")
                .class("row")
                .attr("href", Route::Application(summary.chain_id, id).href())
                .attr("title", id.to_string())
                .with(el("span").class("disc").with(Icon::Coin.draw()))
                .with(
                    el("span")
                        .with(
                            el("span")
                                .class("title")
                                .with(el("span").class("cut").with(held.token.symbol.clone())),
                        )
                        .with(
                            el("span")
                                .class("detail")
                                .with(el("span").with(whose))
                                .with(el("span").class("mono").with(format::short(&id.to_string()))),
                        ),
                )
                .with(el("span").class("value").with(amount(held.balance))),
        )
    });
    el("ul").class("rows").with(chain).each(owners).each(tokens).into()
}

fn inbox(model: &Model, details: &ChainDetails) -> Node {
    if details.inbox.is_empty() {
        return empty(Icon::Inbox, say::INBOX_EMPTY, say::INBOX_EMPTY_TEXT, nothing()).into();
    }
    let id = details.summary.chain_id;
    let is_busy = model.is_busy(Task::Inbox);
    let can_receive = details.summary.account.is_some() && !details.summary.is_closed;
    el("div")
        .class("stack")
        .with(el("ul").class("rows").each(details.inbox.iter().map(|bundle| bundle_row(model, bundle))))
        .with(can_receive.then(|| {
            primary(
                if is_busy { words::ONE_MOMENT } else { say::RECEIVE_ALL },
                Message::ProcessInbox(id),
                !is_busy,
            )
        }))
        .into()
}

fn bundle_row(model: &Model, bundle: &InboxBundle) -> Element {
    let from = model.chain_name(bundle.origin).unwrap_or_else(|| format::short(&bundle.origin.to_string()));
    let lines = bundle.messages.iter().map(|message| {
        let bounced = message.is_bouncing.then(|| el("span").class("chip").with(say::CAME_BACK));
        el("span").class("title").with(el("span").with(message.summary.clone())).with(bounced)
    });
    el("li").with(
        el("div")
            .class("row")
            .with(el("span").class("disc good").with(Icon::Down.draw()))
            .with(
                el("span").each(lines).with(
                    el("span")
                        .class("detail")
                        .with(el("span").with(say::from(&from)))
                        .with(el("span").with(time(model, bundle.timestamp))),
                ),
            )
            .with(nothing()),
    )
}

fn blocks(model: &Model, details: &ChainDetails) -> Node {
    if details.blocks.is_empty() {
        return empty(Icon::Block, say::NO_BLOCK, say::NO_BLOCK_TEXT, nothing()).into();
    }
    el("ul")
        .class("rows")
        .each(details.blocks.iter().map(|block| {
            el("li").with(
                el("div")
                    .class("row")
                    .with(el("span").class("disc").with(Icon::Block.draw()))
                    .with(
                        el("span")
                            .with(el("span").class("title").with(el("span").with(block.summary.clone())))
                            .with(
                                el("span")
                                    .class("detail")
                                    .with(el("span").with(say::block(block.height.0)))
                                    .with(el("span").with(time(model, block.timestamp))),
                            )
                            .with(hash(model, &block.hash.to_string(), words::BLOCK_HASH)),
                    )
                    .with(nothing()),
            )
        }))
        .into()
}

fn owners(model: &Model, details: &ChainDetails) -> Node {
    let id = details.summary.chain_id;
    let can_change = details.summary.account.is_some() && !details.summary.is_closed;
    let is_shared = details.super_owners.len() + details.owners.len() > 1;
    let row = |owner: &AccountOwner, role: String| {
        let name = model.owner_name(*owner).unwrap_or_else(|| say::ANOTHER_OWNER.to_owned());
        let remove = (can_change && is_shared).then(|| {
            button(words::turns::REMOVE, Message::Open(Sheet::RemoveOwner(id, *owner))).class("link small")
        });
        el("li").with(
            el("div")
                .class("row")
                .with(el("span").class("disc").with(Icon::Key.draw()))
                .with(
                    el("span")
                        .with(el("span").class("title").with(el("span").class("cut").with(name)))
                        .with(hash(model, &owner.to_string(), words::OWNER)),
                )
                .with(el("span").class("value").with(el("span").class("label").with(role)).with(remove)),
        )
    };
    el("div")
        .class("stack")
        .with(el("p").class("small muted").with(say::OWNERS_TEXT))
        .with(
            el("ul")
                .class("rows")
                .each(details.super_owners.iter().map(|owner| row(owner, say::SUPER_OWNER.to_owned())))
                .each(details.owners.iter().map(|(owner, weight)| row(owner, say::weight(*weight)))),
        )
        .with(turns::of_chain(model, details))
        .into()
}

fn applications(model: &Model, summary: &ChainSummary) -> Node {
    let Some(applications) = &model.chain.applications else {
        return el("p").class("muted").attr("aria-busy", "true").with(words::applications::LOOKING).into();
    };
    let rows = applications.iter().map(|application| application::row(model, summary.chain_id, application));
    let list = match applications.is_empty() {
        true => empty(Icon::App, say::NO_APPLICATION, say::NO_APPLICATION_TEXT, nothing()),
        false => el("ul").class("rows").each(rows),
    };
    el("div").class("stack").with(list).with(application::open_by_id(model)).into()
}

/// Identity and housekeeping.
fn foot(model: &Model, summary: &ChainSummary) -> Element {
    let details = model.chain.details.as_ref().filter(|details| details.summary.chain_id == summary.chain_id);
    let state = details.and_then(|details| details.state_hash).map(|state| state.to_string());
    let mut facts = el("dl").class("facts").with(el("dt").with(words::CHAIN_ID)).with(el("dd").with(hash(
        model,
        &summary.chain_id.to_string(),
        words::CHAIN_ID,
    )));
    if let Some(block) = summary.block_hash {
        facts = facts.with(el("dt").with(say::LAST_BLOCK)).with(el("dd").with(hash(
            model,
            &block.to_string(),
            words::BLOCK_HASH,
        )));
    }
    if let Some(state) = state {
        facts =
            facts.with(el("dt").with(say::STATE)).with(el("dd").with(hash(model, &state, words::STATE_HASH)));
    }
    if let Some(details) = details {
        facts = facts
            .with(el("dt").with(say::EPOCH))
            .with(el("dd").class("mono").with(details.epoch.to_string()));
    }
    el("div").class("stack").with(facts).with(audit::audit(model, summary.chain_id)).with(
        el("div")
            .class("cluster")
            .with(
                button(say::RENAME, Message::Open(Sheet::RenameChain(summary.chain_id))).class("button slim"),
            )
            .with(
                button(say::FORGET, Message::Open(Sheet::ForgetChain(summary.chain_id))).class("button slim"),
            ),
    )
}
