//! Settings, one part per screen.

use walnut_wallet::messages::{ReceivePolicy, Settings, Theme};

use crate::{
    message::Message,
    model::{Model, Sheet, Task},
    parts::{
        Icon, Screen, button, check, empty, error_of, field, hash, hint, notice, section, segments, submit,
        text_input, titled,
    },
    route::{Part, Route},
    screens::{start::new_password, words::secret},
    tree::{Element, Event, Handler, Node, el, nothing},
    words::{self, settings as say},
};

/// Minutes offered for auto-lock.
const LOCK_MINUTES: [u32; 5] = [1, 5, 15, 60, 240];

/// The list, or one part.
pub(super) fn settings(model: &Model, part: Option<Part>) -> Screen {
    let Some(settings) = model.snapshot.as_ref().map(|snapshot| &snapshot.settings) else {
        return titled(say::TITLE, el("div"));
    };
    let Some(part) = part else { return titled(say::TITLE, list(model, settings)) };
    let content = match part {
        Part::Lock => lock(model, settings),
        Part::Look => look(settings),
        Part::Networks => networks(model, settings),
        Part::Receiving => receiving(settings),
        Part::Backup => backup(model),
        Part::Book => book(model),
        Part::Diagnostics => diagnostics(model),
        Part::About => about(model),
        Part::Erase => erase(),
    };
    titled(say::part(part), content)
}

fn list(model: &Model, settings: &Settings) -> Element {
    let row = |part: Part, icon: Icon, detail: String| {
        el("li").with(
            el("a")
                .class("row")
                .attr("href", Route::Settings(Some(part)).href())
                .with(
                    el("span").class(if part == Part::Erase { "disc bad" } else { "disc" }).with(icon.draw()),
                )
                .with(
                    el("span")
                        .with(el("span").class("title").with(say::part(part)))
                        .with(el("span").class("detail").with(detail)),
                )
                .with(el("span").class("muted").with(Icon::Forward.draw())),
        )
    };
    let network = match settings.network.name.as_str() {
        "" => settings.network.faucet_url.clone(),
        name => name.to_owned(),
    };
    let entries = model.snapshot.as_ref().map_or(0, |snapshot| snapshot.address_book.len());
    el("ul")
        .class("rows")
        .with(row(Part::Lock, Icon::Lock, say::locks_after(settings.auto_lock_minutes)))
        .with(row(Part::Look, Icon::Eye, say::theme(settings.theme).to_owned()))
        .with(row(Part::Networks, Icon::Network, network))
        .with(row(Part::Receiving, Icon::Inbox, say::policy(&settings.receive_policy).to_owned()))
        .with(row(Part::Backup, Icon::Key, say::BACKUP_DETAIL.to_owned()))
        .with(row(Part::Book, Icon::Person, say::entries(entries)))
        .with(row(Part::Diagnostics, Icon::Activity, say::DIAGNOSTICS_DETAIL.to_owned()))
        .with(row(Part::About, Icon::Block, say::ABOUT_DETAIL.to_owned()))
        .with(row(Part::Erase, Icon::Alert, say::ERASE_DETAIL.to_owned()))
}

fn lock(model: &Model, settings: &Settings) -> Element {
    let minutes = settings.auto_lock_minutes.to_string();
    let mut options: Vec<u32> = LOCK_MINUTES.to_vec();
    if !options.contains(&settings.auto_lock_minutes) {
        options.push(settings.auto_lock_minutes);
        options.sort_unstable();
    }
    let select = el("select")
        .id("minutes")
        .attr("value", minutes)
        .on(Event::Change, Handler::Value(Message::AutoLock))
        .each(options.into_iter().map(|option| {
            el("option")
                .attr("value", option.to_string())
                .flag("selected", option == settings.auto_lock_minutes)
                .with(say::minutes(option))
        }));
    el("div")
        .class("stack loose")
        .with(field("minutes", say::AUTO_LOCK, select, hint("", say::AUTO_LOCK_TEXT).into()))
        .with(check(say::BACKGROUND, say::BACKGROUND_TEXT, settings.background_sync, Message::BackgroundSync))
        .with(section(
            say::CHANGE_PASSWORD,
            nothing(),
            el("form")
                .class("stack")
                .on(Event::Submit, Handler::Form(Message::ChangePassword))
                .with(field(
                    "old",
                    say::OLD_PASSWORD,
                    text_input("old", "password")
                        .attr("autocomplete", "current-password")
                        .flag("required", true),
                    nothing(),
                ))
                .each(new_password(model))
                .with(error_of(model))
                .with(submit(say::CHANGE_PASSWORD, model.is_busy(Task::Password))),
        ))
}

fn look(settings: &Settings) -> Element {
    let chosen = match settings.theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    el("div").class("stack").with(el("p").class("label").with(say::THEME)).with(segments(
        "theme",
        say::THEME,
        [
            ("system", say::theme(Theme::System)),
            ("light", say::theme(Theme::Light)),
            ("dark", say::theme(Theme::Dark)),
        ],
        chosen,
        Message::Theme,
    ))
}

fn networks(model: &Model, settings: &Settings) -> Element {
    let problem: Node = match model.start.problem {
        Some(problem) => hint("bad", problem).into(),
        None => hint("", say::URL_HINT).into(),
    };
    el("form")
        .class("stack")
        .on(Event::Submit, Handler::Form(Message::Network))
        .with(el("p").class("small muted").with(say::NETWORK_TEXT))
        .with(field(
            "name",
            say::NETWORK_NAME,
            text_input("name", "text")
                .attr("placeholder", settings.network.name.clone())
                .attr("maxlength", "40"),
            nothing(),
        ))
        .with(field(
            "url",
            say::FAUCET_URL,
            text_input("url", "text")
                .class("mono")
                .attr("inputmode", "url")
                .attr("placeholder", settings.network.faucet_url.clone())
                .flag("required", true),
            problem,
        ))
        .with(error_of(model))
        .with(submit(say::USE_NETWORK, model.is_busy(Task::Settings)))
}

fn receiving(settings: &Settings) -> Element {
    let option = |value: &'static str, label: &str, text: &str, is_on: bool| {
        el("label")
            .class("choice")
            .with(
                el("input")
                    .attr("type", "radio")
                    .attr("name", "policy")
                    .attr("value", value)
                    .flag("checked", is_on)
                    .on(Event::Change, Handler::Value(Message::ReceivePolicy)),
            )
            .with(el("span").with(label).with(el("span").class("label").with(text)))
    };
    let policy = &settings.receive_policy;
    el("div")
        .class("stack tight")
        .attr("role", "radiogroup")
        .attr("aria-label", say::part(Part::Receiving))
        .with(el("p").class("small muted").with(say::RECEIVING_TEXT))
        .with(option(
            "auto",
            say::POLICY_AUTO,
            say::POLICY_AUTO_TEXT,
            *policy == ReceivePolicy::AutoWhileUnlocked,
        ))
        .with(option(
            "known",
            say::POLICY_KNOWN,
            say::POLICY_KNOWN_TEXT,
            matches!(policy, ReceivePolicy::OnlyFrom(_)),
        ))
        .with(option("manual", say::POLICY_MANUAL, say::POLICY_MANUAL_TEXT, *policy == ReceivePolicy::Manual))
}

fn backup(model: &Model) -> Element {
    if model.start.secret.is_some() {
        return el("div")
            .class("stack")
            .with(notice("wait", words::start::WORDS_NO_COPY, nothing()))
            .with(secret(model))
            .with(
                button(words::start::WORDS_WRITTEN, Message::WordsWritten)
                    .class("button primary block")
                    .flag("disabled", !model.start.is_uncovered),
            )
            .with(button(words::CLOSE, Message::Close).class("button block"));
    }
    let keys = model.accounts().iter().map(|account| {
        el("li").with(
            el("div")
                .class("row")
                .with(el("span").class("disc").with(Icon::Person.draw()))
                .with(
                    el("span")
                        .with(
                            el("span")
                                .class("title")
                                .with(el("span").class("cut").with(account.name.clone())),
                        )
                        .with(hash(model, &account.owner.to_string(), words::OWNER)),
                )
                .with(
                    button(say::SHOW_KEY, Message::Open(Sheet::RevealKey(account.id))).class("button slim"),
                ),
        )
    });
    el("div")
        .class("stack loose")
        .with(
            el("div")
                .class("stack tight")
                .with(el("p").with(say::WORDS_TEXT))
                .with(button(say::SHOW_WORDS, Message::Open(Sheet::RevealPhrase)).class("button block")),
        )
        .with(section(say::KEYS, nothing(), el("ul").class("rows").each(keys)))
        .with(section(
            say::VAULT_FILE,
            nothing(),
            el("div")
                .class("stack tight")
                .with(el("p").class("small muted").with(say::VAULT_FILE_TEXT))
                .with(button(say::SAVE_FILE, Message::ExportVault).class("button block")),
        ))
        .with(error_of(model))
}

fn book(model: &Model) -> Element {
    let entries = model.snapshot.as_ref().map_or(&[][..], |snapshot| &snapshot.address_book);
    let rows = entries.iter().map(|entry| {
        let address = match (entry.chain_id, entry.owner) {
            (Some(chain), Some(owner)) => format!("{owner}@{chain}"),
            (Some(chain), None) => chain.to_string(),
            (None, Some(owner)) => owner.to_string(),
            (None, None) => String::new(),
        };
        el("li").with(
            el("div")
                .class("row")
                .with(
                    el("span")
                        .class("disc")
                        .with(if entry.owner.is_some() { Icon::Person } else { Icon::Chain }.draw()),
                )
                .with(
                    el("span")
                        .with(
                            el("span").class("title").with(el("span").class("cut").with(entry.name.clone())),
                        )
                        .with(hash(model, &address, words::ADDRESS)),
                )
                .with(
                    el("button")
                        .class("icon-button")
                        .attr("type", "button")
                        .attr("aria-label", say::remove(&entry.name))
                        .attr("title", say::remove(&entry.name))
                        .press(Message::RemoveBookEntry(entry.id))
                        .with(Icon::Close.draw()),
                ),
        )
    });
    let list: Node = if entries.is_empty() {
        empty(Icon::Person, say::BOOK_EMPTY, say::BOOK_EMPTY_TEXT, nothing()).into()
    } else {
        el("ul").class("rows").each(rows).into()
    };
    el("div").class("stack").with(list).with(section(
        say::NEW_ENTRY,
        nothing(),
        el("form")
            .class("stack")
            .on(Event::Submit, Handler::Form(Message::AddBookEntry))
            .with(field(
                "name",
                say::ENTRY_NAME,
                text_input("name", "text").attr("maxlength", "40").flag("required", true),
                nothing(),
            ))
            .with(field(
                "address",
                words::ADDRESS,
                text_input("address", "text").class("mono").flag("required", true),
                hint("", say::ENTRY_HINT).into(),
            ))
            .with(error_of(model))
            .with(submit(say::SAVE_ENTRY, model.is_busy(Task::Settings))),
    ))
}

fn diagnostics(model: &Model) -> Element {
    let report: Node = match &model.diagnostics {
        Some(report) => el("div")
            .class("stack tight")
            .with(el("pre").class("raw").attr("tabindex", "0").with(report.text.clone()))
            .with(button(say::SAVE_REPORT, Message::SaveDiagnostics).class("button block"))
            .into(),
        None => {
            let is_busy = model.is_busy(Task::Diagnostics);
            button(if is_busy { words::ONE_MOMENT } else { say::MAKE_REPORT }, Message::Diagnostics)
                .class("button block")
                .flag("disabled", is_busy)
                .into()
        }
    };
    el("div")
        .class("stack loose")
        .with(el("div").class("stack tight").with(el("p").with(say::REPORT_TEXT)).with(report))
        .with(section(
            say::RESYNC,
            nothing(),
            el("div")
                .class("stack tight")
                .with(el("p").class("small muted").with(say::RESYNC_TEXT))
                .with(button(say::RESYNC, Message::Open(Sheet::Resync)).class("button block")),
        ))
        .with(error_of(model))
}

fn about(model: &Model) -> Element {
    let version = model.network.as_ref().map(|status| status.node.wallet_version.clone());
    el("div")
        .class("stack")
        .with(
            el("div")
                .class("stack tight center")
                .with(
                    el("img")
                        .attr("src", "icons/walnut.svg")
                        .attr("alt", "")
                        .attr("width", "72")
                        .attr("height", "72"),
                )
                .with(el("p").class("strong").with(words::NAME))
                .with(
                    el("p")
                        .class("mono label")
                        .with(version.unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned())),
                ),
        )
        .with(el("p").with(say::ABOUT_TEXT))
        .with(el("ul").class("stack tight small").each(
            say::PROMISES.map(|promise| {
                el("li").class("promise").with(Icon::Tick.draw()).with(el("span").with(promise))
            }),
        ))
        .with(el("p").class("label").with(say::LICENCE))
}

fn erase() -> Element {
    el("div")
        .class("stack")
        .with(notice("bad", say::ERASE_TEXT, nothing()))
        .with(button(say::ERASE, Message::Open(Sheet::Erase)).class("button danger block"))
}
