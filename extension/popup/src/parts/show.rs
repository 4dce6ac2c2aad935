//! Values as they are shown: amounts, hashes, times, states.

use walnut_base::{Amount, Timestamp};
use walnut_wallet::messages::{SyncPhase, SyncState};

use crate::{
    format,
    message::Message,
    model::Model,
    parts::Icon,
    tree::{Element, Node, el},
    words,
};

/// Characters of the large size that fit a line of the popup, with the unit.
const BALANCE_CHARS_MAX: usize = 14;

/// An amount without its unit, for rows.
pub(crate) fn amount(value: Amount) -> Element {
    el("span").class("amount").with(format::amount(value))
}

/// The number people came for.
pub(crate) fn balance(value: Amount) -> Element {
    balance_in(value, words::TOKENS)
}

/// The same in the unit of another token.
pub(crate) fn balance_in(value: Amount, unit: &str) -> Element {
    let text = format::amount(value);
    // Many decimals stand smaller behind the whole tokens, so that the number stays on its line.
    let (whole, rest) = match text.find('.') {
        Some(point) if text.chars().count() > BALANCE_CHARS_MAX => text.split_at(point),
        _ => (text.as_str(), ""),
    };
    el("p")
        .class("balance")
        .with(whole)
        .with((!rest.is_empty()).then(|| el("span").class("rest").with(rest)))
        .with(el("span").class("unit").with(unit))
}

/// A hash or address: short, whole on press, with a copy button.
pub(crate) fn hash(model: &Model, text: &str, what: &str) -> Element {
    let is_whole = model.expanded.as_deref() == Some(text);
    let shown = if is_whole { text.to_owned() } else { format::short(text) };
    el("span")
        .class("hash")
        .with(
            el("button")
                .attr("type", "button")
                .attr("title", text)
                .attr("aria-expanded", if is_whole { "true" } else { "false" })
                .press(Message::Expand(text.to_owned()))
                .with(shown),
        )
        .with(copy(model, text, what))
}

/// Copies a text and shows a tick for a moment.
pub(crate) fn copy(model: &Model, text: &str, what: &str) -> Element {
    let is_copied = model.copied.as_deref() == Some(text);
    el("button")
        .class(if is_copied { "icon-button copied" } else { "icon-button" })
        .attr("type", "button")
        .attr("aria-label", if is_copied { words::COPIED.to_owned() } else { words::copy(what) })
        .attr("title", if is_copied { words::COPIED.to_owned() } else { words::copy(what) })
        .press(Message::Copy(text.to_owned()))
        .with(if is_copied { Icon::Tick } else { Icon::Copy }.draw())
}

/// A time: relative, exact on hover.
pub(crate) fn time(model: &Model, then: Timestamp) -> Element {
    el("time").attr("title", format::exact(model, then)).with(format::ago(model, then))
}

/// A message that stays until its reason is gone. `tone` is empty, `good`, `wait` or `bad`.
pub(crate) fn notice(tone: &'static str, text: &str, actions: Node) -> Element {
    let icon = match tone {
        "good" => Icon::Tick,
        "wait" => Icon::Clock,
        "bad" => Icon::Alert,
        _ => Icon::Key,
    };
    el("div")
        .class(format!("notice {tone}"))
        .with(icon.draw())
        .with(el("div").with(el("p").with(text)))
        .with(actions)
}

/// What an empty list says.
pub(crate) fn empty(icon: Icon, title: &str, text: &str, action: Node) -> Element {
    el("div")
        .class("empty")
        .with(icon.draw())
        .with(el("strong").with(title))
        .with(el("p").class("small").with(text))
        .with(action)
}

/// A part of a screen with its heading.
pub(crate) fn section(title: &str, link: Node, content: impl Into<Node>) -> Element {
    el("section").class("section").with(el("h2").with(title).with(link)).with(content)
}

/// A sync state as icon, tone and words.
pub(crate) fn status_of(model: &Model, sync: &SyncState) -> (Icon, &'static str, String) {
    match sync.phase {
        SyncPhase::Stopped => (Icon::Cross, "bad", words::sync::STOPPED.to_owned()),
        SyncPhase::Starting => (Icon::Clock, "wait", words::sync::STARTING.to_owned()),
        SyncPhase::Syncing => {
            (Icon::Refresh, "wait", words::sync::syncing(sync.verified_height.0, sync.claimed_height.0))
        }
        SyncPhase::UpToDate => (Icon::Tick, "good", words::sync::UP_TO_DATE.to_owned()),
        SyncPhase::Offline => {
            let since = sync.last_contact.map(|then| format::ago(model, then));
            (Icon::Offline, "wait", words::sync::offline(since))
        }
        SyncPhase::Failed => (Icon::Alert, "bad", words::sync::FAILED.to_owned()),
    }
}
