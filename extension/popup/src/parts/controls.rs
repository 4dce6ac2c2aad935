//! Buttons and fields. Every field has a label; every hint is tied to its field.

use crate::{
    message::Message,
    model::Model,
    parts::{Icon, notice},
    tree::{Element, Event, Handler, Node, el, nothing},
    words,
};

/// A plain button.
pub(crate) fn button(label: impl Into<Node>, message: Message) -> Element {
    el("button").class("button").attr("type", "button").press(message).with(label)
}

/// The one button a screen is for.
pub(crate) fn primary(label: &str, message: Message, is_enabled: bool) -> Element {
    el("button")
        .class("button primary block")
        .attr("type", "button")
        .flag("disabled", !is_enabled)
        .press(message)
        .with(label)
}

/// The button that sends a form; disabled and renamed while the answer is awaited.
pub(crate) fn submit(label: &str, is_busy: bool) -> Element {
    el("button")
        .class("button primary block")
        .attr("type", "submit")
        .flag("disabled", is_busy)
        .with(if is_busy { words::ONE_MOMENT } else { label })
}

/// An input of a form; `id` is its name as well.
pub(crate) fn text_input(id: &'static str, kind: &'static str) -> Element {
    el("input")
        .id(id)
        .attr("name", id)
        .attr("type", kind)
        .attr("autocomplete", if kind == "password" { "new-password" } else { "off" })
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
}

/// A labelled field with what is to be said about it below.
pub(crate) fn field(id: &'static str, label: &str, input: Element, below: Node) -> Element {
    let input = match &below {
        Node::Element(_) => input.attr("aria-describedby", format!("{id}-hint")),
        Node::Text(_) => input,
    };
    let below = match below {
        Node::Element(element) => Node::from(element.id(format!("{id}-hint"))),
        text => text,
    };
    el("div").class("field").with(el("label").attr("for", id).with(label)).with(input).with(below)
}

/// A line below a field. `tone` is empty, `good`, `wait` or `bad`; the last three come with an icon.
pub(crate) fn hint(tone: &'static str, text: impl Into<Node>) -> Element {
    let icon = match tone {
        "good" => Some(Icon::Tick),
        "wait" => Some(Icon::Clock),
        "bad" => Some(Icon::Alert),
        _ => None,
    };
    el("p")
        .class(format!("hint {tone}"))
        .attr("aria-live", "polite")
        .with(icon.map(Icon::draw))
        .with(el("span").with(text))
}

/// A few choices side by side.
pub(crate) fn segments<'a>(
    name: &'static str,
    label: &str,
    options: impl IntoIterator<Item = (&'a str, &'a str)>,
    chosen: &str,
    handler: fn(String) -> Message,
) -> Element {
    el("div").class("segments").attr("role", "radiogroup").attr("aria-label", label).each(
        options.into_iter().map(|(value, text)| {
            el("label")
                .with(
                    el("input")
                        .attr("type", "radio")
                        .attr("name", name)
                        .attr("value", value)
                        .flag("checked", value == chosen)
                        .on(Event::Change, Handler::Value(handler)),
                )
                .with(text)
        }),
    )
}

/// A box to tick, with an explanation below its label.
pub(crate) fn check(
    label: impl Into<Node>,
    detail: impl Into<Node>,
    is_on: bool,
    message: Message,
) -> Element {
    el("label")
        .class("choice")
        .with(
            el("input")
                .attr("type", "checkbox")
                .flag("checked", is_on)
                .on(Event::Change, Handler::Send(message)),
        )
        .with(el("span").with(label).with(el("span").class("label").with(detail)))
}

/// The last error of this screen in plain words; its code and details folded away. Under a sheet it is the sheet's.
pub(crate) fn error_of(model: &Model) -> Node {
    if model.sheet.is_some() { nothing() } else { error_of_sheet(model) }
}

/// The last error of an open sheet, told as that of a screen.
pub(crate) fn error_of_sheet(model: &Model) -> Node {
    let Some(error) = &model.error else { return nothing() };
    notice("bad", &error.message, nothing()).attr("role", "alert").with(details(error)).into()
}

/// Code and technical text of an error.
pub(crate) fn details(error: &walnut_wallet::messages::UiError) -> Element {
    let code = serde_json::to_string(&error.code).unwrap_or_default();
    let text = error.details.as_deref().unwrap_or_default();
    el("details")
        .with(el("summary").with(words::DETAILS))
        .with(el("div").class("raw").with(format!("{} {text}", code.trim_matches('"')).trim().to_owned()))
}
