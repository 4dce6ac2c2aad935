//! What surrounds a screen: heading, navigation, sheet, spoken news.

use walnut_wallet::messages::{LockStatus, Surface, SyncPhase};

use crate::{
    format,
    message::Message,
    model::{Link, Model},
    parts::{Icon, status_of},
    route::Route,
    screens,
    tree::{Element, Node, el, nothing},
    words,
};

/// The whole page: heading on top, the screen, navigation below. In a wide tab the home column stands beside it.
pub(crate) fn frame(model: &Model, screen: Screen) -> Node {
    let is_open = model.is_unlocked() && !model.route.is_onboarding() && model.link != Link::Silent;
    // A question stands alone: no way around it but an answer or going back.
    let is_question = matches!(model.route, Route::Requests | Route::Review);
    let has_side = is_open && model.surface == Surface::Tab && !is_question;
    let side = has_side.then(|| {
        el("aside").class("side").attr("aria-label", words::home::TITLE).with(screens::home_column(model))
    });
    let is_covered = model.sheet.is_some();
    el("div")
        .class(if has_side { "app wide" } else { "app" })
        .with(top(model, screen.title, is_open).flag("inert", is_covered))
        .with(
            el("div")
                .class("body")
                .flag("inert", is_covered)
                .with(side)
                .with(el("main").class("main").key(format!("{}", model.route)).with(screen.content)),
        )
        .with((is_open && !is_question).then(|| navigation(model).flag("inert", is_covered)))
        .with(screens::sheet(model))
        .with(el("div").class("hidden").attr("role", "status").attr("aria-live", "polite").with(news(model)))
        .into()
}

/// A screen before it is framed.
pub(crate) struct Screen {
    title: Option<String>,
    content: Element,
}

/// A screen with a title; none shows the mark and the name instead.
pub(crate) fn titled(title: impl Into<Option<&'static str>>, content: Element) -> Screen {
    Screen { title: title.into().map(str::to_owned), content }
}

impl Screen {
    /// A title made at run time, such as a chain's name.
    pub(crate) fn named(title: String, content: Element) -> Self {
        Self { title: Some(title), content }
    }
}

fn top(model: &Model, title: Option<String>, is_open: bool) -> Element {
    let back = if model.is_unlocked() || model.route.is_onboarding() { model.parent() } else { None };
    let lead = match (&title, back) {
        (Some(_), Some(parent)) => el("a")
            .class("icon-button")
            .attr("href", parent.href())
            .attr("aria-label", words::BACK)
            .attr("title", words::BACK)
            .with(Icon::Back.draw()),
        _ => el("img")
            .class("mark")
            .attr("src", "icons/walnut.svg")
            .attr("alt", "")
            .attr("width", "24")
            .attr("height", "24"),
    };
    let heading =
        el("h1").id("title").attr("tabindex", "-1").class(if title.is_some() { "" } else { "name" });
    el("header")
        .class("top")
        .with(lead)
        .with(heading.with(title.unwrap_or_else(|| words::NAME.to_owned())))
        .with(is_open.then(|| sync(model)))
        .with(
            (is_open && model.surface != Surface::Tab && model.route == Route::Home)
                .then(|| icon_button(Icon::Tab, words::OPEN_TAB, Message::OpenTab(model.route))),
        )
        .with(is_open.then(|| icon_button(Icon::Lock, words::LOCK, Message::Lock)))
}

fn icon_button(icon: Icon, label: &str, message: Message) -> Element {
    el("button")
        .class("icon-button")
        .attr("type", "button")
        .attr("aria-label", label)
        .attr("title", label)
        .press(message)
        .with(icon.draw())
}

/// The state of the node as a small link to the network screen.
fn sync(model: &Model) -> Node {
    let Some(snapshot) = &model.snapshot else { return nothing() };
    let (icon, tone, text) = if model.is_saved || model.link != Link::Online {
        (Icon::Clock, "wait", words::saved(&format::ago(model, snapshot.taken_at)))
    } else {
        let (icon, tone, text) = status_of(model, &snapshot.sync);
        // The whole sentence stands on the network screen; here is room for a word.
        match snapshot.sync.phase {
            SyncPhase::Offline => (icon, tone, words::sync::OFFLINE.to_owned()),
            SyncPhase::Failed => (icon, tone, words::sync::FAILED_SHORT.to_owned()),
            _ => (icon, tone, text),
        }
    };
    el("a")
        .class(format!("status push {tone}"))
        .attr("href", Route::Network.href())
        .attr("title", words::sync::TITLE)
        .with(icon.draw())
        .with(el("span").with(text))
        .into()
}

fn navigation(model: &Model) -> Element {
    let places = [
        (Route::Home, Icon::Home, words::home::TITLE),
        (Route::Activity, Icon::Activity, words::activity::TITLE),
        (Route::Network, Icon::Network, words::network::TITLE),
        (Route::Settings(None), Icon::Settings, words::settings::TITLE),
    ];
    let here = section_of(model.route);
    el("nav").class("nav").attr("aria-label", words::NAVIGATION).each(places.map(|(route, icon, label)| {
        el("a")
            .attr("href", route.href())
            .attr_opt("aria-current", (route == here).then_some("page"))
            .with(icon.draw())
            .with(label)
    }))
}

/// The place in the navigation that a screen belongs to.
fn section_of(route: Route) -> Route {
    match route.parent() {
        Some(parent) => section_of(parent),
        None => route,
    }
}

/// A sheet over the screen, which can be reached neither by pointer nor by keyboard meanwhile. Escape closes it.
pub(crate) fn sheet(title: &str, content: Element) -> Node {
    el("div")
        .class("scrim")
        .with(
            el("section")
                .class("sheet")
                .attr("role", "dialog")
                .attr("aria-modal", "true")
                .attr("aria-labelledby", "sheet")
                .with(
                    el("div")
                        .class("cluster")
                        .with(el("h2").id("sheet").attr("tabindex", "-1").with(title))
                        .with(el("span").class("push").with(icon_button(
                            Icon::Close,
                            words::CLOSE,
                            Message::Close,
                        ))),
                )
                .with(content),
        )
        .into()
}

/// What a screen reader is told when it changes.
fn news(model: &Model) -> String {
    if model.copied.is_some() {
        return words::COPIED.to_owned();
    }
    match &model.snapshot {
        Some(snapshot) if snapshot.lock == LockStatus::Unlocked && !model.is_saved => {
            status_of(model, &snapshot.sync).2
        }
        _ => String::new(),
    }
}
