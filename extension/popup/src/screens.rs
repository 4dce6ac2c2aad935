//! The screens: pure functions from the model to the page.

mod activity;
mod application;
mod audit;
mod chain;
mod home;
mod locked;
mod network;
mod receive;
mod request;
mod review;
mod send;
mod settings;
mod sheets;
mod start;
mod turns;
mod words;

use walnut_wallet::messages::LockStatus;

use crate::{
    model::{Link, Model},
    parts::{frame, titled},
    route::Route,
    tree::{Node, el},
};

pub(crate) use self::{home::column as home_column, sheets::sheet};

/// Draws the page for the model.
pub(crate) fn draw(model: &Model) -> Node {
    let Some(snapshot) = &model.snapshot else {
        let content =
            if model.link == Link::Silent { return frame(model, locked::silent(model)) } else { el("div") };
        return frame(model, titled(None, content.attr("aria-busy", "true")));
    };
    if model.link == Link::Silent {
        return frame(model, locked::silent(model));
    }
    let screen = match (snapshot.lock, model.route) {
        (LockStatus::Damaged, Route::Import) => start::import(model),
        (LockStatus::Damaged, _) => locked::damaged(model),
        (LockStatus::NoWallet, Route::Create) => start::create(model),
        (LockStatus::NoWallet, Route::Import) => start::import(model),
        (LockStatus::NoWallet, _) => start::welcome(model),
        (LockStatus::Locked, _) => locked::locked(model),
        (LockStatus::Unlocked, Route::Words) => words::words(model),
        (LockStatus::Unlocked, Route::Claim) => start::claim(model),
        (LockStatus::Unlocked, Route::AddChain) => start::add_chain(model),
        (LockStatus::Unlocked, Route::Chain(id)) => chain::chain(model, id),
        (LockStatus::Unlocked, Route::Application(chain, id)) => application::application(model, chain, id),
        (LockStatus::Unlocked, Route::Send) => send::send(model),
        (LockStatus::Unlocked, Route::Review) => review::review(model),
        (LockStatus::Unlocked, Route::Activity) => activity::activity(model),
        (LockStatus::Unlocked, Route::Item(id)) => activity::item(model, id),
        (LockStatus::Unlocked, Route::Receive) => receive::receive(model),
        (LockStatus::Unlocked, Route::Requests) => request::request(model),
        (LockStatus::Unlocked, Route::Network) => network::network(model),
        (LockStatus::Unlocked, Route::Settings(part)) => settings::settings(model, part),
        (LockStatus::Unlocked, Route::Home | Route::Welcome | Route::Create | Route::Import) => {
            home::home(model)
        }
    };
    frame(model, screen)
}

#[cfg(test)]
mod tests;
