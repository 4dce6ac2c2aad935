//! States that stand before every screen: locked, damaged, silent host.

use crate::{
    format,
    message::Message,
    model::{Model, Task},
    parts::{Icon, Screen, button, empty, error_of, field, notice, primary, submit, text_input, titled},
    route::Route,
    tree::{Event, Handler, el, nothing},
    words::{self, locked as say},
};

/// Ask for the password. Says what goes on meanwhile and what waits.
pub(super) fn locked(model: &Model) -> Screen {
    let chains = model.chains().len();
    let waiting = model.snapshot.as_ref().map_or(0, |snapshot| snapshot.site_requests.len());
    titled(
        None,
        el("form")
            .class("plain")
            .on(Event::Submit, Handler::Form(Message::Unlock))
            .with(
                el("div")
                    .class("stack center welcome")
                    .with(
                        el("img")
                            .attr("src", "icons/walnut.svg")
                            .attr("alt", "")
                            .attr("width", "72")
                            .attr("height", "72"),
                    )
                    .with(el("p").class("balance headline").with(say::TITLE))
                    .with(el("p").class("muted").with(say::meanwhile(chains))),
            )
            .with((waiting > 0).then(|| notice("wait", &say::waiting(waiting), nothing())))
            .with(field(
                "password",
                words::start::PASSWORD,
                text_input("password", "password")
                    .attr("autocomplete", "current-password")
                    .flag("required", true)
                    .flag("autofocus", true),
                nothing(),
            ))
            .with(error_of(model))
            .with(submit(say::UNLOCK, model.is_busy(Task::Unlock)))
            .with(
                el("details")
                    .with(el("summary").with(say::FORGOTTEN))
                    .with(el("p").class("small").with(say::FORGOTTEN_TEXT)),
            ),
    )
}

/// The vault's record cannot be read.
pub(super) fn damaged(model: &Model) -> Screen {
    titled(
        say::DAMAGED_TITLE,
        el("div").class("plain").with(notice("bad", say::DAMAGED, nothing())).with(error_of(model)).with(
            el("div")
                .class("stack tight end")
                .with(button(say::DAMAGED_EXPORT, Message::ExportVault).class("button block"))
                .with(
                    el("a")
                        .class("button primary block")
                        .attr("href", Route::Import.href())
                        .with(say::DAMAGED_IMPORT),
                ),
        ),
    )
}

/// The host did not answer the handshake.
pub(super) fn silent(model: &Model) -> Screen {
    let saved = model.snapshot.as_ref().map(|snapshot| format::ago(model, snapshot.taken_at));
    titled(
        say::SILENT_TITLE,
        el("div").class("plain").with(empty(Icon::Offline, say::SILENT, say::SILENT_TEXT, nothing())).with(
            el("div")
                .class("stack tight end")
                .with(primary(say::RESTART, Message::RestartNode, true))
                .with(button(say::TRY_AGAIN, Message::Reconnect).class("button block"))
                .with(
                    saved.map(|saved| {
                        button(say::show_saved(&saved), Message::ShowSaved).class("button block")
                    }),
                ),
        ),
    )
}
