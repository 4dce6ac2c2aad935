//! Where to receive: QR code, chain id and owner address, each with what it is for.

use walnut_base::ChainId;

use crate::{
    message::{Message, ReceiveAs},
    model::{Model, Task},
    parts::{Icon, Screen, copy, empty, error_of, qr, segments, titled},
    route::Route,
    tree::{Element, Event, Handler, el},
    words::{self, receive as say},
};

/// The receive screen.
pub(super) fn receive(model: &Model) -> Screen {
    let Some(account) = model.account() else { return titled(say::TITLE, el("div")) };
    let chains: Vec<(ChainId, String)> = model
        .chains()
        .iter()
        .filter(|chain| chain.account == Some(account.id) && !chain.is_closed)
        .map(|chain| (chain.chain_id, chain.name.clone()))
        .collect();
    let chosen = chains.iter().find(|chain| Some(chain.0) == model.receive.chain).or_else(|| chains.first());
    let Some((chain_id, name)) = chosen else {
        let action =
            el("a").class("button primary").attr("href", Route::Claim.href()).with(words::start::CLAIM);
        return titled(
            say::TITLE,
            el("div").with(empty(Icon::Chain, say::NO_CHAIN, say::NO_CHAIN_TEXT, action.into())),
        );
    };
    let (chain, owner) = (chain_id.to_string(), account.owner.to_string());
    let (text, what, purpose) = match model.receive.address {
        ReceiveAs::Chain => (chain, words::CHAIN_ID, say::chain_purpose(name)),
        ReceiveAs::Owner => {
            (format!("{owner}@{chain}"), words::OWNER_ON_CHAIN, say::owner_purpose(&account.name, name))
        }
    };
    titled(
        say::TITLE,
        el("div")
            .class("stack narrow")
            .with((chains.len() > 1).then(|| choice(&chains, *chain_id)))
            .with(segments(
                "address",
                say::WHICH,
                [("chain", say::CHAIN), ("owner", say::OWNER)],
                if model.receive.address == ReceiveAs::Chain { "chain" } else { "owner" },
                |text| Message::ReceiveAs(if text == "owner" { ReceiveAs::Owner } else { ReceiveAs::Chain }),
            ))
            .with(qr(&text, &say::qr_label(what)))
            .with(el("p").class("small").with(purpose))
            .with(
                el("div")
                    .class("address-line")
                    .with(el("p").class("address").with(text.clone()))
                    .with(copy(model, &text, what)),
            )
            .with((model.receive.address == ReceiveAs::Owner).then(|| owner_alone(model, &owner)))
            .with(el("p").class("label").attr("role", "status").with(if model.is_busy(Task::Receive) {
                words::LOADING
            } else {
                say::ARRIVALS
            }))
            .with(error_of(model)),
    )
}

fn owner_alone(model: &Model, owner: &str) -> Element {
    el("div").class("stack tight").with(el("p").class("small").with(say::OWNER_ALONE)).with(
        el("div").class("address-line").with(el("p").class("address").with(owner.to_owned())).with(copy(
            model,
            owner,
            words::OWNER,
        )),
    )
}

fn choice(chains: &[(ChainId, String)], chosen: ChainId) -> Element {
    el("div").class("field").with(el("label").attr("for", "receive-chain").with(say::INTO)).with(
        el("select")
            .id("receive-chain")
            .attr("value", chosen.to_string())
            .on(Event::Change, Handler::Value(Message::ReceiveChain))
            .each(chains.iter().map(|(id, name)| {
                el("option").attr("value", id.to_string()).flag("selected", *id == chosen).with(name.clone())
            })),
    )
}
