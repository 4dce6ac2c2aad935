//! The page of an application: what is asked of its service.

use walnut_wallet::messages::UiRequest;

use super::ask;
use crate::{
    message::{Command, Message},
    model::Model,
    route::Route,
    words,
};

pub(super) fn update(model: &mut Model, message: Message) -> Vec<Command> {
    match message {
        Message::OpenApplication(form) => {
            let Route::Chain(chain_id) = model.route else { return Vec::new() };
            match form.field("application").trim().parse() {
                Ok(id) => vec![Command::Go(Route::Application(chain_id, id))],
                Err(_) => {
                    model.start.problem = Some(words::applications::ID_UNREADABLE);
                    vec![Command::Focus("application")]
                }
            }
        }
        Message::QueryTyped(text) => {
            model.application.query = text;
            Vec::new()
        }
        Message::QueryChosen(text) => {
            model.application.query = text;
            vec![Command::Focus("query")]
        }
        Message::AskApplication => {
            let Route::Application(chain_id, id) = model.route else { return Vec::new() };
            let query = model.application.query.trim().to_owned();
            if query.is_empty() {
                return vec![Command::Focus("query")];
            }
            model.application.answer = None;
            ask(model, UiRequest::QueryApplication { chain_id, id, query })
        }
        Message::SendFrom(source) => {
            model.send.source = Some(source);
            model.send.quote = None;
            model.send.amount.clear();
            model.send.is_max = false;
            vec![Command::Go(Route::Send)]
        }
        _ => Vec::new(),
    }
}
