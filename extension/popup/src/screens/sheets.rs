//! Sheets over a screen: the account switcher, new names, and dangerous things with their loss named and the password
//! asked for.

use walnut_base::AccountOwner;
use walnut_wallet::messages::AccountId;

use crate::{
    format,
    message::Message,
    model::{Model, Sheet, Task},
    parts::{Icon, button, error_of_sheet, field, hint, notice, sheet as framed, submit, text_input},
    route::Route,
    tree::{Element, Event, Handler, Node, el, nothing},
    words::{self, sheet as say},
};

/// The open sheet, if any.
pub(crate) fn sheet(model: &Model) -> Node {
    let Some(sheet) = &model.sheet else { return nothing() };
    match sheet {
        Sheet::Accounts => framed(say::ACCOUNTS, accounts(model)),
        Sheet::NewAccount => framed(
            say::NEW_ACCOUNT,
            name_form(
                model,
                Message::AddAccount,
                say::NEW_ACCOUNT_TEXT,
                words::start::NEXT_ACCOUNT,
                say::ADD,
                Task::Settings,
            ),
        ),
        Sheet::RenameAccount(id) => {
            let name = account_name(model, *id);
            framed(
                &say::rename(&name),
                name_form(model, Message::Rename, "", &name, say::SAVE, Task::Settings),
            )
        }
        Sheet::RenameChain(id) => {
            let name = model.chain_name(*id).unwrap_or_default();
            framed(
                &say::rename(&name),
                name_form(model, Message::Rename, "", &name, say::SAVE, Task::Settings),
            )
        }
        Sheet::SaveRecipient => framed(
            say::SAVE_RECIPIENT,
            name_form(
                model,
                Message::AddBookEntry,
                &format::short(model.send.to.trim()),
                words::settings::ENTRY_NAME,
                say::SAVE,
                Task::Settings,
            ),
        ),
        Sheet::ForgetChain(id) => {
            let name = model.chain_name(*id).unwrap_or_default();
            framed(
                &say::forget(&name),
                confirm(model, "wait", say::FORGET_TEXT, say::FORGET, Message::ForgetChain(*id)),
            )
        }
        Sheet::Abandon(id) => framed(
            say::ABANDON,
            confirm(model, "wait", say::ABANDON_TEXT, words::activity::ABANDON, Message::Abandon(*id)),
        ),
        Sheet::Resync => framed(
            words::settings::RESYNC,
            confirm(model, "wait", say::RESYNC_TEXT, words::settings::RESYNC, Message::Resync),
        ),
        Sheet::RevealPhrase => framed(
            words::settings::SHOW_WORDS,
            guarded(model, say::REVEAL_PHRASE_TEXT, say::SHOW, "button primary block"),
        ),
        Sheet::RevealKey(id) => framed(
            &say::key_of(&account_name(model, *id)),
            guarded(model, say::REVEAL_KEY_TEXT, say::SHOW, "button primary block"),
        ),
        Sheet::Erase => framed(
            words::settings::ERASE,
            guarded(model, say::ERASE_TEXT, words::settings::ERASE, "button danger block"),
        ),
        Sheet::AddOwner(_) => framed(words::turns::SHARE_TITLE, share(model)),
        Sheet::RemoveOwner(_, owner) => framed(&remove_title(model, *owner), remove(model, *owner)),
        Sheet::Rounds(_) => framed(words::turns::CHANGE_TITLE, rounds(model)),
    }
}

fn account_name(model: &Model, id: AccountId) -> String {
    model
        .accounts()
        .iter()
        .find(|account| account.id == id)
        .map(|account| account.name.clone())
        .unwrap_or_default()
}

fn accounts(model: &Model) -> Element {
    let current = model.account().map(|account| account.id);
    let rows = model.accounts().iter().map(|account| {
        let is_current = Some(account.id) == current;
        let total = model.account_total(account);
        el("li")
            .class("account")
            .with(
                el("button")
                    .class("row")
                    .attr("type", "button")
                    .attr_opt("aria-current", is_current.then_some("true"))
                    .press(Message::SelectAccount(account.id))
                    .with(
                        el("span")
                            .class(if is_current { "disc good" } else { "disc" })
                            .with(if is_current { Icon::Tick } else { Icon::Person }.draw()),
                    )
                    .with(
                        el("span")
                            .with(
                                el("span")
                                    .class("title")
                                    .with(el("span").class("cut").with(account.name.clone())),
                            )
                            .with(
                                el("span")
                                    .class("detail mono")
                                    .with(format::short(&account.owner.to_string())),
                            ),
                    )
                    .with(el("span").class("value").with(crate::parts::amount(total))),
            )
            .with(button(words::chain::RENAME, Message::RenameAccount(account.id)).class("link small"))
    });
    el("div").class("stack").with(el("ul").class("rows").each(rows)).with(error_of_sheet(model)).with(
        el("div")
            .class("stack tight")
            .with(button(say::ADD_ACCOUNT, Message::Open(Sheet::NewAccount)).class("button block"))
            .with(
                el("a")
                    .class("link small")
                    .attr("href", Route::Settings(Some(crate::route::Part::Backup)).href())
                    .with(say::WHERE_KEYS),
            ),
    )
}

/// One name and a button. The present or suggested name stands as placeholder.
fn name_form(
    model: &Model,
    message: fn(crate::tree::Form) -> Message,
    text: &str,
    placeholder: &str,
    label: &str,
    task: Task,
) -> Element {
    el("form")
        .class("stack")
        .on(Event::Submit, Handler::Form(message))
        .with((!text.is_empty()).then(|| el("p").class("small muted").with(text)))
        .with(field(
            "name",
            say::NAME,
            text_input("name", "text").attr("placeholder", placeholder).attr("maxlength", "40"),
            nothing(),
        ))
        .with(error_of_sheet(model))
        .with(submit(label, model.is_busy(task)))
}

fn confirm(model: &Model, tone: &'static str, text: &str, label: &str, message: Message) -> Element {
    el("div").class("stack").with(notice(tone, text, nothing())).with(error_of_sheet(model)).with(
        el("div")
            .class("pair")
            .with(button(say::KEEP, Message::Close))
            .with(button(label, message).class("button primary")),
    )
}

/// Another owner, who then can do everything.
fn share(model: &Model) -> Element {
    let owner = field(
        "owner",
        words::OWNER,
        text_input("owner", "text").attr("placeholder", "0x…").flag("required", true),
        hint("", words::turns::SHARE_HINT).into(),
    );
    let label = words::turns::LOOK;
    guarded_with(model, words::turns::SHARE_TEXT, owner.into(), label, "button primary block")
}

fn remove_title(model: &Model, owner: AccountOwner) -> String {
    let name = model.owner_name(owner).unwrap_or_else(|| format::short(&owner.to_string()));
    words::turns::remove_title(&name)
}

fn remove(model: &Model, owner: AccountOwner) -> Element {
    let is_mine = model.accounts().iter().any(|account| account.owner == owner);
    guarded(model, words::turns::remove_text(is_mine), words::turns::LOOK, "button danger block")
}

/// Whose turn it is when.
fn rounds(model: &Model) -> Element {
    let known = model.chain.details.as_ref().map(|details| &details.rounds);
    let number = |id: &'static str, value: Option<u64>| {
        let input = text_input(id, "number").attr("min", "0").flag("required", true);
        input.attr("value", value.map(|value| value.to_string()).unwrap_or_default())
    };
    let seconds = known.map(|rounds| rounds.timeouts.base_timeout.as_micros() / 1_000_000);
    let fields = el("div")
        .class("stack tight")
        .with(field(
            "rounds",
            words::turns::ROUNDS,
            number("rounds", known.map(|rounds| u64::from(rounds.multi_leader))),
            hint("", words::turns::ROUNDS_HINT).into(),
        ))
        .with(field("seconds", words::turns::SECONDS, number("seconds", seconds), nothing()));
    let label = words::turns::LOOK;
    guarded_with(model, words::turns::CHANGE_TEXT, fields.into(), label, "button primary block")
}

/// The loss is named and the password asked for.
fn guarded(model: &Model, text: &str, label: &str, class: &'static str) -> Element {
    guarded_with(model, text, nothing(), label, class)
}

/// The same with more to fill in.
fn guarded_with(model: &Model, text: &str, fields: Node, label: &str, class: &'static str) -> Element {
    el("form")
        .class("stack")
        .on(Event::Submit, Handler::Form(Message::Confirm))
        .with(notice("bad", text, nothing()))
        .with(fields)
        .with(field(
            "password",
            words::start::PASSWORD,
            text_input("password", "password")
                .attr("autocomplete", "current-password")
                .flag("required", true),
            nothing(),
        ))
        .with(error_of_sheet(model))
        .with(submit(label, model.is_busy(Task::Guarded) || model.is_busy(Task::Unlock)).class(class))
        .with(button(say::KEEP, Message::Close).class("button block"))
}
