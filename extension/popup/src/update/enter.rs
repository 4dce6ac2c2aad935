//! What a screen asks for when it opens.

use walnut_wallet::messages::UiRequest;

use super::{ask, send, site};
use crate::{
    message::{ChainTab, Command},
    model::{Model, Task},
    route::Route,
};

/// Items asked for at a time.
pub(super) const ACTIVITY_PAGE: u32 = 30;

/// Asks for what the screen needs and does not have. While the wallet is locked or the host silent nothing is asked.
pub(crate) fn enter(model: &mut Model, route: Route) -> Vec<Command> {
    if !model.is_unlocked() {
        return Vec::new();
    }
    match route {
        Route::Chain(chain_id) => {
            if model.chain.details.as_ref().is_some_and(|details| details.summary.chain_id != chain_id) {
                model.chain = crate::model::ChainView::default();
            }
            // The chain's own latest rows are asked for even while an older answer is on its way.
            model.tasks.remove(&Task::Chain);
            let mut commands = ask(model, UiRequest::Chain { chain_id });
            commands.extend(applications(model));
            commands
        }
        Route::Application(chain_id, id) => {
            let details = model.application.details.as_ref();
            if details.is_some_and(|known| (known.chain_id, known.summary.id) != (chain_id, id)) {
                model.application = crate::model::ApplicationView::default();
            }
            model.tasks.remove(&Task::Application);
            ask(model, UiRequest::Application { chain_id, id })
        }
        Route::Activity => {
            let chain_id = model.activity.chain;
            model.tasks.remove(&Task::Activity);
            ask(model, UiRequest::Activity { chain_id, before: None, limit: ACTIVITY_PAGE })
        }
        Route::Item(id) => vec![Command::Ask {
            request: UiRequest::ActivityItem { id },
            secrets: crate::message::Redacted::default(),
        }],
        Route::Receive => match model.account().map(|account| account.id) {
            Some(account) => ask(model, UiRequest::ReceiveInfo { account }),
            None => Vec::new(),
        },
        Route::Network => ask(model, UiRequest::NetworkStatus),
        Route::Send => send::look_up(model),
        Route::Review => send::arm(model),
        Route::Requests => site::follow(model),
        _ => Vec::new(),
    }
}

/// The applications of the open chain, while they are shown.
pub(super) fn applications(model: &mut Model) -> Vec<Command> {
    let Route::Chain(chain_id) = model.route else { return Vec::new() };
    if model.chain.tab != ChainTab::Applications {
        return Vec::new();
    }
    model.tasks.remove(&Task::Applications);
    ask(model, UiRequest::Applications { chain_id })
}
