//! The network as this node sees it: validators, quorum, and the node itself.

use walnut_base::Timestamp;
use walnut_wallet::messages::{Agreement, NetworkStatus, NodeStatus, SyncPhase, ValidatorStatus};

use crate::{
    format,
    message::Message,
    model::{Model, Task},
    parts::{Icon, Screen, button, empty, error_of, hash, notice, section, status_of, time, titled},
    tree::{Element, Node, el, nothing},
    words::{self, network as say},
};

/// The network screen.
pub(super) fn network(model: &Model) -> Screen {
    let mut content = el("div").class("stack");
    if let Some(snapshot) = &model.snapshot {
        let (icon, tone, state) = status_of(model, &snapshot.sync);
        content = content.with(
            el("div").class("hero").with(el("p").class("label").with(name_of(model))).with(
                el("p")
                    .class(format!("status strong {tone}"))
                    .with(icon.draw())
                    .with(el("span").class("state").with(state)),
            ),
        );
        if let Some(problem) = &snapshot.sync.problem {
            let tone = if snapshot.sync.phase == SyncPhase::Offline { "wait" } else { "bad" };
            content =
                content.with(notice(tone, &problem.message, nothing()).with(crate::parts::details(problem)));
        }
    }
    content = content.with(error_of(model));
    content = match &model.network {
        Some(status) => content.with(validators(model, status)).with(node(model, &status.node)),
        None if model.is_busy(Task::Network) => content.with(el("p").class("muted").with(words::LOADING)),
        None => content
            .with(empty(Icon::Network, say::NOTHING, say::NOTHING_TEXT, nothing()))
            .with(restart(model)),
    };
    titled(say::TITLE, content)
}

fn name_of(model: &Model) -> String {
    match (&model.network, &model.snapshot) {
        (Some(status), _) if !status.network_name.is_empty() => status.network_name.clone(),
        (_, Some(snapshot)) if !snapshot.network_name.is_empty() => snapshot.network_name.clone(),
        _ => say::UNNAMED.to_owned(),
    }
}

fn validators(model: &Model, status: &NetworkStatus) -> Element {
    let answering = status
        .validators
        .iter()
        .filter(|validator| !matches!(validator.agreement, Agreement::Silent | Agreement::Unknown))
        .map(|validator| validator.votes)
        .sum::<u64>();
    let tone = if answering >= status.quorum_threshold { "good" } else { "bad" };
    section(
        say::VALIDATORS,
        el("span")
            .class(format!("push {tone}"))
            .with(say::quorum(answering, status.quorum_threshold, status.total_votes))
            .into(),
        el("ul").class("rows").each(
            status
                .validators
                .iter()
                .enumerate()
                .map(|(place, validator)| el("li").with(validator_row(model, place + 1, validator))),
        ),
    )
}

fn validator_row(model: &Model, number: usize, validator: &ValidatorStatus) -> Element {
    let (icon, tone, word) = match validator.agreement {
        Agreement::Unknown => (Icon::Clock, "wait", say::UNKNOWN),
        Agreement::Agrees => (Icon::Tick, "good", say::AGREES),
        Agreement::Lags => (Icon::Clock, "wait", say::LAGS),
        Agreement::Disagrees => (Icon::Alert, "bad", say::DISAGREES),
        Agreement::Silent => (Icon::Offline, "bad", say::SILENT),
    };
    let latency: Node = match validator.latency_ms {
        Some(latency) => el("span").class("amount").with(format!("{latency} ms")).into(),
        None => nothing(),
    };
    let mut detail = el("span").class("detail").with(el("span").class(tone).with(icon.draw()).with(word));
    if let Some(version) = &validator.version {
        detail = detail.with(el("span").with(version.clone()));
    }
    if let Some(height) = validator.claimed_height {
        detail = detail.with(el("span").with(words::chain::height(height.0)));
    }
    if let Some(contact) = validator.last_contact.filter(|_| validator.agreement == Agreement::Silent) {
        detail = detail.with(el("span").with(say::LAST).with(" ").with(time(model, contact)));
    }
    let problem =
        validator.problem.as_ref().map(|problem| el("span").class("small block").with(problem.clone()));
    el("div")
        .class("row")
        .with(
            el("span").class(format!("disc {tone}")).with(el("span").class("mono").with(number.to_string())),
        )
        .with(
            el("span")
                .attr("title", format!("{}\n{}", validator.address, validator.public_key))
                .with(el("span").class("title").with(el("span").class("cut").with(validator.address.clone())))
                .with(detail)
                .with(problem),
        )
        .with(el("span").class("value").with(latency))
}

fn node(model: &Model, node: &NodeStatus) -> Element {
    let size = |bytes: Option<u64>| bytes.map_or_else(|| words::UNKNOWN.to_owned(), format::bytes);
    let rows: Vec<(&str, Node)> = vec![
        (say::RUNNING, running(model, node.is_running, node.started_at)),
        (say::BLOCKS, el("span").class("mono").with(format::number(node.blocks_verified)).into()),
        (
            say::RATE,
            el("span")
                .class("mono")
                .with(say::per_second(&format::milli(node.blocks_per_second_milli)))
                .into(),
        ),
        (say::DISK, el("span").class("mono").with(size(node.disk_bytes)).into()),
        (say::MEMORY, el("span").class("mono").with(size(node.memory_bytes)).into()),
        (say::RESTARTS, el("span").class("mono").with(node.restarts.to_string()).into()),
        (say::FEES, crate::parts::amount(node.fees_paid).into()),
        (say::VERSION, el("span").class("mono").with(node.wallet_version.clone()).into()),
        (
            say::GENESIS,
            match node.genesis_hash {
                Some(genesis) => hash(model, &genesis.to_string(), say::GENESIS).into(),
                None => Node::from(words::UNKNOWN),
            },
        ),
    ];
    let facts = el("dl")
        .class("facts")
        .each(rows.into_iter().flat_map(|(label, value)| [el("dt").with(label), el("dd").with(value)]));
    el("div").class("stack").with(section(say::NODE, nothing(), facts)).with(restart(model))
}

fn running(model: &Model, is_running: bool, since: Option<Timestamp>) -> Node {
    match (is_running, since) {
        (true, Some(since)) => el("span").with(say::SINCE).with(" ").with(time(model, since)).into(),
        (true, None) => Node::from(words::YES),
        (false, _) => el("span").class("bad").with(words::NO).into(),
    }
}

fn restart(model: &Model) -> Element {
    let is_busy = model.is_busy(Task::Restart);
    el("div")
        .class("stack tight")
        .with(
            button(if is_busy { words::ONE_MOMENT } else { say::RESTART }, Message::RestartNode)
                .class("button block")
                .flag("disabled", is_busy),
        )
        .with(el("p").class("label").with(say::RESTART_TEXT))
}
