//! What the host's answers change.

use walnut_wallet::messages::{UiError, UiErrorCode, UiRequest, UiResponse, WALLET_PROTOCOL};
use zeroize::Zeroizing;

use super::{after_setup, arrive, ask, drop_secret, enter, fresh, send, task};
use crate::{
    message::{Command, Message, Secrets},
    model::{Link, Model, Secret, Sheet},
    route::Route,
};

/// Applies one answer to the request it belongs to.
pub(super) fn answered(
    model: &mut Model,
    request: UiRequest,
    result: Result<UiResponse, UiError>,
    secrets: Secrets,
) -> Vec<Command> {
    if let Some(task) = task(&request) {
        model.tasks.remove(&task);
    }
    match result {
        Ok(response) => succeeded(model, request, response, secrets),
        Err(error) => failed(model, request, error),
    }
}

fn failed(model: &mut Model, request: UiRequest, error: UiError) -> Vec<Command> {
    match request {
        // The snapshot's own problem says more than a failed background question.
        UiRequest::Hello { .. }
        | UiRequest::Snapshot
        | UiRequest::Subscribe { .. }
        | UiRequest::Unsubscribe
        | UiRequest::UserAction
        | UiRequest::Cancel { .. }
        | UiRequest::SelectAccount { .. } => Vec::new(),
        UiRequest::Recognise { text } => {
            if text == model.send.to.trim() {
                model.send.recipient = Some((text, Err(error)));
            }
            Vec::new()
        }
        UiRequest::QuoteSend { draft } => {
            send::quoted(model, draft, Err(error));
            Vec::new()
        }
        UiRequest::Approve { .. }
            if matches!(error.code, UiErrorCode::StaleReview | UiErrorCode::UnknownReview) =>
        {
            model.error = Some(error);
            model.may_approve = false;
            Vec::new()
        }
        UiRequest::Unlock => {
            model.chain.guarded = None;
            model.error = Some(error);
            vec![Command::ClearSecrets, Command::Focus("password")]
        }
        UiRequest::ClaimChain { .. } => {
            model.start.claim = None;
            model.error = Some(error);
            Vec::new()
        }
        _ => {
            model.error = Some(error);
            Vec::new()
        }
    }
}

fn succeeded(model: &mut Model, request: UiRequest, response: UiResponse, secrets: Secrets) -> Vec<Command> {
    match (request, response) {
        (_, UiResponse::Hello { protocol, .. }) => {
            if protocol != WALLET_PROTOCOL {
                return vec![Command::Reload];
            }
            let was_online = model.link == Link::Online;
            model.link = Link::Online;
            if was_online {
                return Vec::new();
            }
            let surface = model.surface;
            vec![Command::Ask { request: UiRequest::Subscribe { surface }, secrets: Default::default() }]
        }
        (_, UiResponse::Snapshot(snapshot)) => fresh(model, snapshot),
        (request, UiResponse::Vault { lock, accounts, .. }) => vault(model, request, lock, accounts, secrets),
        (_, UiResponse::ExportedVault { json }) => {
            vec![Command::Save { name: "walnut-vault.json".to_owned(), text: json }]
        }
        (UiRequest::AddChain { chain_id, .. }, UiResponse::Done) => vec![Command::Go(Route::Chain(chain_id))],
        (_, UiResponse::ChainClaimed { chain_id }) => {
            model.start.claimed = Some(chain_id);
            vec![Command::Focus("continue")]
        }
        (UiRequest::Chain { chain_id }, UiResponse::Chain(details)) => {
            if model.route == Route::Chain(chain_id) {
                model.chain.details = Some(details);
            }
            Vec::new()
        }
        (_, UiResponse::Audited(report)) => {
            if let Some(audit) = model.audit.as_mut().filter(|audit| audit.chain_id == report.chain_id) {
                audit.report = Some(report);
            }
            vec![Command::Focus("audit")]
        }
        (UiRequest::Applications { chain_id }, UiResponse::Applications(applications)) => {
            if model.route == Route::Chain(chain_id) {
                model.chain.applications = Some(applications);
            }
            Vec::new()
        }
        (UiRequest::Application { chain_id, id }, UiResponse::Application(details)) => {
            if model.route == Route::Application(chain_id, id) {
                model.application.details = Some(*details);
            }
            Vec::new()
        }
        (UiRequest::QueryApplication { chain_id, id, .. }, UiResponse::QueryAnswer(mut answer)) => {
            if model.route != Route::Application(chain_id, id) {
                return Vec::new();
            }
            if let Some(details) = &mut model.application.details {
                details.history = std::mem::take(&mut answer.history);
            }
            model.application.answer = Some(answer);
            vec![Command::Focus("answer")]
        }
        (UiRequest::QueryApplication { chain_id, id, .. }, UiResponse::Review(review)) => {
            // Whoever has left meanwhile is not called back.
            if model.route != Route::Application(chain_id, id) {
                return ask(model, UiRequest::Cancel { review_id: review.id });
            }
            model.review = Some(review);
            model.review_from = model.route;
            vec![Command::Go(Route::Review)]
        }
        (_, UiResponse::ReceiveInfo(info)) => {
            model.receive.info = Some(info);
            Vec::new()
        }
        (UiRequest::Recognise { text }, UiResponse::Recipient(info)) => {
            if text != model.send.to.trim() {
                return Vec::new();
            }
            model.send.recipient = Some((text, Ok(info)));
            // The fee is asked for again with the real recipient.
            send::look_up(model)
        }
        (UiRequest::QuoteSend { draft }, UiResponse::Quote(quote)) => {
            send::quoted(model, draft, Ok(quote));
            if model.send.is_max {
                send::fill_max(model);
            }
            Vec::new()
        }
        (UiRequest::PrepareSend { .. }, UiResponse::Review(review)) => {
            model.review = Some(review);
            model.review_from = Route::Send;
            vec![Command::Go(Route::Review)]
        }
        (UiRequest::PrepareOperations { .. } | UiRequest::Retry { .. }, UiResponse::Review(review)) => {
            model.review = Some(review);
            model.review_from = model.route;
            vec![Command::Go(Route::Review)]
        }
        // The chain has moved on: the same operations, with new numbers to look at.
        (UiRequest::Approve { .. }, UiResponse::Review(review)) => {
            model.review = Some(review);
            model.error = Some(UiError::new(UiErrorCode::StaleReview, crate::words::review::MOVED_ON));
            send::arm(model)
        }
        (UiRequest::Approve { .. }, UiResponse::Approved { activity_id }) => {
            model.review = None;
            model.send = crate::model::SendForm::default();
            vec![Command::Go(Route::Item(activity_id))]
        }
        (UiRequest::ApproveSign { .. }, UiResponse::Approved { activity_id }) => {
            vec![Command::Go(Route::Item(activity_id))]
        }
        (UiRequest::Activity { before, chain_id, .. }, UiResponse::Activity { items, has_more }) => {
            if chain_id != model.activity.chain {
                return Vec::new();
            }
            if before.is_none() {
                model.activity.items.clear();
            }
            model.activity.items.extend(items);
            model.activity.has_more = has_more;
            Vec::new()
        }
        (_, UiResponse::ActivityItem(item)) => {
            model.activity.item = Some(item);
            Vec::new()
        }
        (UiRequest::Retry { id } | UiRequest::Abandon { id }, _) => enter(model, Route::Item(id)),
        (UiRequest::ProcessInbox { .. }, UiResponse::InboxProcessed { activity_id, .. }) => match activity_id
        {
            Some(id) => vec![Command::Go(Route::Item(id))],
            None => enter(model, model.route),
        },
        (_, UiResponse::BookEntry(entry)) => {
            if let Some(snapshot) = &mut model.snapshot
                && !snapshot.address_book.iter().any(|known| known.id == entry.id)
            {
                snapshot.address_book.push(entry);
            }
            model.sheet = None;
            model.send.recipient = None;
            let mut commands = vec![Command::ClearSecrets];
            commands.extend(send::look_up(model));
            commands
        }
        (_, UiResponse::NetworkStatus(status)) => {
            model.network = Some(status);
            Vec::new()
        }
        (_, UiResponse::Diagnostics(report)) => {
            model.diagnostics = Some(report);
            Vec::new()
        }
        (UiRequest::RestartNode, _) => enter(model, model.route),
        (UiRequest::AddAccount { .. }, _) => {
            model.sheet = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// An answer of the vault: the new lock state, new accounts, and the secrets that were asked for.
fn vault(
    model: &mut Model,
    request: UiRequest,
    lock: walnut_wallet::messages::LockStatus,
    accounts: Vec<walnut_wallet::messages::Account>,
    secrets: Secrets,
) -> Vec<Command> {
    let was_unlocked = model.is_unlocked();
    let now = model.now;
    let snapshot = model.snapshot.get_or_insert_with(|| walnut_wallet::messages::Snapshot::empty(now));
    snapshot.lock = lock;
    snapshot.accounts = accounts;
    let text = secrets
        .into_iter()
        .next()
        .and_then(|bytes| std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned())));
    let mut commands = vec![Command::ClearSecrets];
    match (request, text) {
        (UiRequest::CreateWallet { .. }, Some(words)) => {
            model.start.secret = Some(Secret::Phrase(words));
            model.start.is_uncovered = false;
            commands.push(Command::Go(Route::Words));
        }
        (UiRequest::RevealPhrase, Some(words)) => {
            model.start.secret = Some(Secret::Phrase(words));
            model.start.is_uncovered = false;
            model.sheet = None;
        }
        (UiRequest::RevealKey { .. }, Some(key)) => {
            model.start.secret = Some(Secret::Key(key));
            model.start.is_uncovered = false;
            model.sheet = None;
        }
        (UiRequest::ImportPhrase { .. } | UiRequest::ImportKey { .. }, _) => {
            commands.push(Command::Go(after_setup(model)));
        }
        (UiRequest::EraseWallet, _) => {
            drop_secret(model);
            model.sheet = None;
            model.snapshot = Some(walnut_wallet::messages::Snapshot::empty(now));
            commands.push(Command::Go(Route::Welcome));
        }
        (UiRequest::AddAccount { .. }, _) => model.sheet = Some(Sheet::Accounts),
        // The password was right: what it was asked for goes on.
        (UiRequest::Unlock, _) => {
            if let Some((chain_id, operations)) = model.chain.guarded.take() {
                model.sheet = None;
                commands.extend(ask(model, UiRequest::PrepareOperations { chain_id, operations }));
            }
        }
        (UiRequest::ChangePassword, _) => {
            model.start.strength = None;
            commands.push(Command::Go(Route::Settings(None)));
        }
        (UiRequest::Lock, _) => commands.extend(super::close_up(model)),
        _ => {}
    }
    if !was_unlocked && model.is_unlocked() {
        model.error = None;
        commands.push(Command::Focus("title"));
        commands.extend(enter(model, model.route));
    }
    commands
}

/// A route the address bar does not know leads home.
pub(crate) fn start_route(model: &mut Model, text: &str) -> Vec<Command> {
    let route = text.parse().unwrap_or(Route::Home);
    // A review and recovery words do not outlive their window.
    let route = match route {
        Route::Review => Route::Send,
        Route::Words => Route::Home,
        other => other,
    };
    arrive(model, route)
}

/// What the message loop starts with: a hello.
pub(crate) fn hello(model: &Model) -> UiRequest {
    UiRequest::Hello { protocol: WALLET_PROTOCOL, surface: model.surface }
}

/// Said when the answer did not come in time.
pub(crate) fn timed_out(request: UiRequest) -> Message {
    let error = UiError::new(UiErrorCode::Timeout, crate::words::NO_ANSWER);
    Message::Answered {
        request: Box::new(request),
        result: Box::new(Err(error)),
        secrets: Default::default(),
    }
}
