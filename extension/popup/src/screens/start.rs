//! Welcome, a new password, import, the first chain.

use walnut_wallet::messages::{ClaimStep, ImportedSecretKind, Surface};

use crate::{
    message::Message,
    model::{Model, Task},
    parts::{Icon, Screen, error_of, field, hash, hint, segments, submit, text_input, titled},
    route::{Part, Route},
    screens::words::WORD_IDS,
    tree::{Element, Event, Handler, Node, el, nothing},
    update::{WORD_COUNTS, is_phrase, kind_value},
    words::{self, start as say},
};

/// Create or import. From the popup both open in a tab, which stays when the window loses the focus.
pub(super) fn welcome(model: &Model) -> Screen {
    let way = |class: &'static str, route: Route, label: &str| {
        if model.surface == Surface::Popup {
            el("button").class(class).attr("type", "button").press(Message::OpenTab(route)).with(label)
        } else {
            el("a").class(class).attr("href", route.href()).with(label)
        }
    };
    let promise =
        |icon: Icon, text: &str| el("li").class("promise").with(icon.draw()).with(el("span").with(text));
    titled(
        None,
        el("div")
            .class("plain")
            .with(
                el("div")
                    .class("stack center welcome")
                    .with(
                        el("img")
                            .attr("src", "icons/walnut.svg")
                            .attr("alt", "")
                            .attr("width", "96")
                            .attr("height", "96"),
                    )
                    .with(el("p").class("balance headline").with(say::HEADLINE))
                    .with(el("p").class("muted").with(say::SUBLINE)),
            )
            .with(
                el("ul")
                    .class("stack tight")
                    .with(promise(Icon::Tick, say::PROMISE_NODE))
                    .with(promise(Icon::Key, say::PROMISE_KEYS))
                    .with(promise(Icon::Eye, say::PROMISE_SIGN)),
            )
            .with(
                el("div")
                    .class("stack tight end")
                    .with(way("button primary block", Route::Create, say::CREATE))
                    .with(way("button block", Route::Import, say::IMPORT)),
            ),
    )
}

/// A password for a new wallet.
pub(super) fn create(model: &Model) -> Screen {
    titled(
        say::PASSWORD_TITLE,
        el("form")
            .class("plain")
            .on(Event::Submit, Handler::Form(Message::Create))
            .with(el("p").with(say::PASSWORD_WHY))
            .each(new_password(model))
            .with(error_of(model))
            .with(el("div").class("end").with(submit(say::CREATE, model.is_busy(Task::Setup)))),
    )
}

/// Two fields for a new password, and its strength as the time to guess it.
pub(super) fn new_password(model: &Model) -> Vec<Node> {
    let strength: Node = match (&model.start.problem, model.start.strength) {
        (Some(problem), _) => hint("bad", *problem).into(),
        (None, Some(strength)) => {
            let tone = if strength.is_acceptable { "good" } else { "wait" };
            // 64 bits fill the bar: beyond that more strength makes no difference.
            let percent = (strength.decibits * 100 / 640).min(100);
            el("div")
                .class("stack strength")
                .with(
                    el("progress")
                        .class(tone)
                        .attr("max", "100")
                        .attr("value", percent.to_string())
                        .attr("aria-label", say::STRENGTH),
                )
                .with(hint(tone, say::strength(&strength)))
                .into()
        }
        (None, None) => hint("", say::STRENGTH_ADVICE).into(),
    };
    vec![
        field(
            "password",
            say::PASSWORD,
            text_input("password", "password")
                .flag("required", true)
                .on(Event::Input, Handler::Value(Message::PasswordTyped)),
            strength,
        )
        .into(),
        field(
            "again",
            say::PASSWORD_AGAIN,
            text_input("again", "password").flag("required", true),
            nothing(),
        )
        .into(),
    ]
}

/// Recovery words or keys from elsewhere.
pub(super) fn import(model: &Model) -> Screen {
    let kind = model.start.import_kind;
    let choice = el("div")
        .class("field")
        .with(el("label").attr("for", "kind").with(say::IMPORT_KIND))
        .with(
            el("select")
                .id("kind")
                .attr("value", kind_value(kind))
                .on(Event::Change, Handler::Value(Message::ImportKind))
                .each(say::IMPORT_KINDS.map(|(option, label)| {
                    el("option")
                        .attr("value", kind_value(option))
                        .flag("selected", option == kind)
                        .with(label)
                })),
        )
        .with(hint("", say::import_hint(kind)));
    let secret = if is_phrase(kind) { phrase_fields(model) } else { key_field(kind) };
    titled(
        say::IMPORT_TITLE,
        el("form")
            .class("plain")
            .on(Event::Submit, Handler::Form(Message::Import))
            .with(choice)
            .with(secret)
            .each(new_password(model))
            .with(error_of(model))
            .with(el("div").class("end").with(submit(say::IMPORT_NOW, model.is_busy(Task::Setup)))),
    )
}

fn phrase_fields(model: &Model) -> Element {
    let count = model.start.word_count;
    let bad = &model.start.bad_words;
    let complaint = (!bad.is_empty()).then(|| hint("bad", say::bad_words(bad)));
    el("div")
        .class("stack tight")
        .with(segments(
            "count",
            say::WORD_COUNT,
            WORD_COUNTS.map(|count| {
                (
                    if count == 12 { "12" } else { "24" },
                    if count == 12 { say::TWELVE } else { say::TWENTY_FOUR },
                )
            }),
            if count == 12 { "12" } else { "24" },
            Message::WordCount,
        ))
        .with(el("ol").class("words inputs").each(WORD_IDS.iter().take(count).enumerate().map(
            |(place, id)| {
                el("li")
                    .class(if bad.contains(&place) { "bad" } else { "" })
                    .with(
                        el("label")
                            .attr("for", *id)
                            .attr("aria-label", say::word_label(place + 1))
                            .with((place + 1).to_string()),
                    )
                    .with(
                        text_input(id, "password")
                            .attr("aria-invalid", if bad.contains(&place) { "true" } else { "false" })
                            .on(Event::Paste, Handler::Value(Message::PhrasePasted))
                            .on(Event::Change, Handler::Indexed(Message::WordTyped, place)),
                    )
            },
        )))
        .with(complaint.unwrap_or_else(|| hint("", say::PASTE_HINT)))
}

fn key_field(kind: ImportedSecretKind) -> Element {
    if kind == ImportedSecretKind::Keystore {
        let area = el("textarea")
            .id("key")
            .attr("name", "key")
            .class("mono")
            .attr("spellcheck", "false")
            .attr("autocomplete", "off");
        return field("key", say::KEYSTORE_TEXT, area, nothing());
    }
    field("key", say::KEY_TEXT, text_input("key", "password").class("mono"), nothing())
}

/// A chain from the faucet, with what has happened so far.
pub(super) fn claim(model: &Model) -> Screen {
    let is_busy = model.is_busy(Task::Claim);
    let is_done = model.start.claimed.is_some();
    let content = el("form").class("plain").on(Event::Submit, Handler::Form(Message::Claim));
    let content =
        if is_busy || is_done { content.with(progress(model)) } else { content.with(claim_form(model)) };
    let bottom: Node = if is_done {
        el("a")
            .id("continue")
            .class("button primary block")
            .attr("href", Route::Home.href())
            .with(say::CLAIM_CONTINUE)
            .into()
    } else if is_busy {
        el("p").class("label").with(words::YOU_CAN_CLOSE).into()
    } else {
        el("div")
            .class("stack tight")
            .with(submit(say::CLAIM, false))
            .with(el("a").class("button block").attr("href", Route::AddChain.href()).with(say::HAVE_CHAIN))
            .into()
    };
    titled(say::CLAIM_TITLE, content.with(error_of(model)).with(el("div").class("end").with(bottom)))
}

fn claim_form(model: &Model) -> Element {
    let network = model.snapshot.as_ref().map(|snapshot| &snapshot.settings.network);
    let faucet = network.map(|network| network.faucet_url.clone()).unwrap_or_default();
    el("div")
        .class("stack")
        .with(el("p").with(say::CLAIM_WHY))
        .with(field(
            "name",
            say::CHAIN_NAME,
            text_input("name", "text").attr("placeholder", say::FIRST_CHAIN).attr("maxlength", "40"),
            nothing(),
        ))
        .with(el("dl").class("facts").with(el("dt").with(say::FAUCET)).with(el("dd").with(
            if faucet.is_empty() {
                el("a").attr("href", Route::Settings(Some(Part::Networks)).href()).with(say::NO_FAUCET)
            } else {
                el("span").with(faucet)
            },
        )))
}

fn progress(model: &Model) -> Element {
    let reached = match (&model.start.claimed, &model.start.claim) {
        (Some(_), _) | (None, Some(ClaimStep::Verified { .. })) => 3,
        (None, Some(ClaimStep::BlockSeen { .. })) => 2,
        (None, Some(ClaimStep::Asking) | None) => 1,
    };
    let chain = model.start.claimed.or(match &model.start.claim {
        Some(ClaimStep::BlockSeen { chain_id } | ClaimStep::Verified { chain_id }) => Some(*chain_id),
        Some(ClaimStep::Asking) | None => None,
    });
    let step = |number: u32, title: &str, text: &str| {
        let (class, icon) = match number.cmp(&reached) {
            std::cmp::Ordering::Less => ("good", Icon::Tick),
            std::cmp::Ordering::Equal if reached == 3 => ("good", Icon::Tick),
            std::cmp::Ordering::Equal => ("wait", Icon::Clock),
            std::cmp::Ordering::Greater => ("todo", Icon::Block),
        };
        el("li")
            .class(class)
            .attr_opt("aria-current", (number == reached && reached < 3).then_some("step"))
            .with(icon.draw())
            .with(el("span").with(title))
            .with(el("span").class("label").with(text))
    };
    el("div")
        .class("stack")
        .with(el("p").attr("role", "status").with(if reached == 3 {
            say::CLAIM_DONE
        } else {
            say::CLAIM_RUNNING
        }))
        .with(
            el("ol")
                .class("steps")
                .with(step(1, say::STEP_ASKING, say::STEP_ASKING_TEXT))
                .with(step(2, say::STEP_SEEN, say::STEP_SEEN_TEXT))
                .with(step(3, say::STEP_VERIFIED, say::STEP_VERIFIED_TEXT)),
        )
        .with(chain.map(|id| {
            el("dl").class("facts").with(el("dt").with(words::CHAIN_ID)).with(el("dd").with(hash(
                model,
                &id.to_string(),
                words::CHAIN_ID,
            )))
        }))
}

/// Follow a chain by its id.
pub(super) fn add_chain(model: &Model) -> Screen {
    let problem: Node = model
        .start
        .problem
        .map_or_else(|| hint("", say::ADD_CHAIN_HINT).into(), |problem| hint("bad", problem).into());
    titled(
        say::ADD_CHAIN_TITLE,
        el("form")
            .class("plain")
            .on(Event::Submit, Handler::Form(Message::AddChain))
            .with(el("p").with(say::ADD_CHAIN_WHY))
            .with(field(
                "chain",
                words::CHAIN_ID,
                text_input("chain", "text").class("mono").flag("required", true),
                problem,
            ))
            .with(field(
                "name",
                say::CHAIN_NAME,
                text_input("name", "text").attr("placeholder", say::WATCHED_CHAIN).attr("maxlength", "40"),
                nothing(),
            ))
            .with(error_of(model))
            .with(el("div").class("end").with(submit(say::ADD_CHAIN, model.is_busy(Task::AddChain)))),
    )
}
