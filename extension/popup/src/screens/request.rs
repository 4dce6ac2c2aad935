//! A site asks: to connect, or for a block. The origin is the browser's word and the largest thing on the screen.

use walnut_wallet::messages::{ConnectRequest, PendingSiteRequest, SiteRequestBody};

use crate::{
    format,
    message::Message,
    model::{Model, Task},
    parts::{Icon, Screen, button, check, empty, error_of, notice, section, time, titled},
    route::Route,
    screens::{home::chain_label, review},
    tree::{Element, Event, Handler, Node, el, nothing},
    update::{DAYS, first_site_request},
    words::{self, request as say},
};

/// The oldest waiting request.
pub(super) fn request(model: &Model) -> Screen {
    let Some(request) = first_site_request(model) else {
        let home = el("a").class("button").attr("href", Route::Home.href()).with(words::home::TITLE);
        return titled(say::TITLE, el("div").with(empty(Icon::Site, say::NONE, say::NONE_TEXT, home.into())));
    };
    let waiting = model.snapshot.as_ref().map_or(0, |snapshot| snapshot.site_requests.len());
    let queue = (waiting > 1).then(|| el("p").class("label").with(say::queue(waiting)));
    match &request.body {
        SiteRequestBody::Connect(connect) => {
            titled(say::CONNECT, connecting(model, request, connect, queue.into()))
        }
        SiteRequestBody::Sign { review, chain_id, .. } => {
            let head =
                origin(model, request, &say::wants_block(&chain_label(model, *chain_id)), queue.into());
            let content = match review {
                Some(review) => {
                    let is_busy = model.is_busy(Task::Site);
                    let answer = el("div")
                        .class("stack tight answer")
                        .with(review::approve(model, words::review::APPROVE, Message::ApproveSign, is_busy))
                        .with(refusals(is_busy));
                    el("div").class("stack question").with(head).with(review::body(model, review, answer))
                }
                None => el("div")
                    .class("stack")
                    .with(head)
                    .with(notice("wait", say::STAGING, nothing()))
                    .with(error_of(model))
                    .with(refusals(model.is_busy(Task::Site))),
            };
            titled(say::SIGN, content)
        }
    }
}

fn origin(model: &Model, request: &PendingSiteRequest, wants: &str, queue: Node) -> Element {
    let class = if request.origin.chars().count() > 44 { "origin long" } else { "origin" };
    el("div")
        .class("hero")
        .with(queue)
        .with(el("p").class(class).each(breakable(&request.origin)))
        .with(el("p").with(wants))
        .with(el("p").class("label").with(say::ASKED).with(" ").with(time(model, request.asked_at)))
}

/// The origin, whole: the scheme smaller, and places to break the line after dots only.
fn breakable(origin: &str) -> Vec<Node> {
    let (scheme, host) = origin.split_once("://").map_or(("", origin), |(scheme, host)| (scheme, host));
    let mut parts = Vec::new();
    if !scheme.is_empty() {
        parts.push(el("span").class("scheme").with(format!("{scheme}://")).into());
        parts.push(el("wbr").into());
    }
    for label in host.split_inclusive('.') {
        parts.push(Node::from(label));
        parts.push(el("wbr").into());
    }
    parts
}

fn connecting(model: &Model, request: &PendingSiteRequest, connect: &ConnectRequest, queue: Node) -> Element {
    let permissions = &model.site.permissions;
    let is_busy = model.is_busy(Task::Site);
    let accounts = model.accounts().iter().map(|account| {
        check(
            account.name.clone(),
            format::short(&account.owner.to_string()),
            permissions.accounts.contains(&account.id),
            Message::SiteAccount(account.id),
        )
    });
    let chains = model.chains().iter().filter(|chain| chain.account.is_some()).map(|chain| {
        check(
            chain.name.clone(),
            format::short(&chain.chain_id.to_string()),
            permissions.chains.contains(&chain.chain_id),
            Message::SiteChain(chain.chain_id),
        )
    });
    let claim = connect.claimed_name.as_ref().map(|name| el("p").class("label").with(say::claims(name)));
    let propose: Node = if connect.wants_propose {
        check(say::PROPOSE, say::PROPOSE_TEXT, permissions.may_propose, Message::SitePropose).into()
    } else {
        el("p").class("small muted").with(say::READ_ONLY).into()
    };
    let until = el("div").class("field").with(el("label").attr("for", "until").with(say::UNTIL)).with(
        el("select")
            .id("until")
            .attr("value", model.site.days.map(|days| days.to_string()).unwrap_or_default())
            .on(Event::Change, Handler::Value(Message::SiteUntil))
            .each(DAYS.map(|days| {
                el("option")
                    .attr("value", days.to_string())
                    .flag("selected", model.site.days == Some(days))
                    .with(say::days(days))
            }))
            .with(
                el("option").attr("value", "").flag("selected", model.site.days.is_none()).with(say::FOREVER),
            ),
    );
    let can_connect = model.may_approve && !is_busy && !permissions.accounts.is_empty();
    el("div")
        .class("stack")
        .with(origin(model, request, say::WANTS_CONNECT, queue))
        .with(claim)
        .with(section(
            say::WILL_SEE,
            nothing(),
            el("div").with(el("p").class("small muted").with(say::WILL_SEE_TEXT)).each(accounts),
        ))
        .with(section(say::CHAINS, nothing(), el("div").each(chains)))
        .with(section(say::MAY_ASK, nothing(), propose))
        .with(until)
        .with(error_of(model))
        .with(
            el("div")
                .class("stack tight answer")
                .with(crate::parts::primary(
                    if is_busy { words::ONE_MOMENT } else { say::CONNECT_NOW },
                    Message::ApproveConnect,
                    can_connect,
                ))
                .with(refusals(is_busy)),
        )
}

fn refusals(is_busy: bool) -> Element {
    el("div")
        .class("pair")
        .with(button(say::NO, Message::DenySite(false)).flag("disabled", is_busy))
        .with(button(say::IGNORE, Message::DenySite(true)).flag("disabled", is_busy))
}
