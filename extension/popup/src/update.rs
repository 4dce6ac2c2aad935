//! What a message does to the model, and what it asks of the surroundings. No browser in here: every path runs in
//! native tests.

mod answer;
mod application;
mod enter;
mod owners;
mod send;
mod settings;
mod site;

use walnut_base::ChainId;
use walnut_wallet::messages::{LockStatus, Snapshot, UiEvent, UiRequest};
use walnut_wallet::vault::password_strength;

use crate::{
    message::{Command, Message, Redacted, Secrets},
    model::{AuditView, Link, Model, Secret, Sheet, Task},
    route::Route,
    words,
};

#[cfg(target_arch = "wasm32")]
pub(crate) use self::answer::{hello, start_route, timed_out};
pub(crate) use self::{
    enter::enter,
    settings::{WORD_COUNTS, is_phrase, kind_value},
    site::{DAYS, first as first_site_request},
};

/// How long the tick of a copy stays.
const COPY_SHOWN_MS: u32 = 1_600;

/// How often the open network screen asks anew.
const NETWORK_SECONDS: u64 = 5;

const MICROS_PER_SECOND: u64 = 1_000_000;

/// Applies one message.
pub(crate) fn update(model: &mut Model, message: Message) -> Vec<Command> {
    match message {
        Message::Tick(now) => {
            model.now = now;
            let is_due = (now.micros() / MICROS_PER_SECOND).is_multiple_of(NETWORK_SECONDS);
            if is_due && model.route == Route::Network && model.link == Link::Online {
                enter(model, Route::Network)
            } else {
                Vec::new()
            }
        }
        Message::Focused(has_focus) => {
            model.has_focus = has_focus;
            send::arm(model)
        }
        Message::Arrived(route) => arrive(model, route),
        Message::HostSilent => {
            model.link = Link::Silent;
            model.tasks.clear();
            Vec::new()
        }
        Message::Answered { request, result, secrets } => {
            answer::answered(model, *request, *result, secrets.0)
        }
        Message::Told(event) => told(model, *event),

        Message::Copy(text) => vec![Command::Copy(text)],
        Message::Copied(text) => {
            model.copied = Some(text);
            vec![Command::Later { after_ms: COPY_SHOWN_MS, message: Message::CopyShown }]
        }
        Message::CopyFailed(text) => {
            model.expanded = Some(text);
            Vec::new()
        }
        Message::CopyShown => {
            model.copied = None;
            Vec::new()
        }
        Message::Expand(text) => {
            model.expanded = if model.expanded.as_deref() == Some(&text) { None } else { Some(text) };
            Vec::new()
        }
        Message::Open(sheet) => {
            model.error = None;
            model.sheet = Some(sheet);
            vec![Command::Focus("sheet")]
        }
        Message::Close => {
            model.sheet = None;
            model.error = None;
            drop_secret(model);
            vec![Command::ClearSecrets]
        }
        Message::OpenTab(route) => vec![Command::OpenTab(route)],
        Message::RestartNode => restart(model),
        Message::Reconnect => {
            model.link = Link::Connecting;
            vec![Command::Connect]
        }
        Message::ShowSaved => {
            model.link = Link::SilentShown;
            Vec::new()
        }

        Message::PasswordTyped(password) => {
            model.start.problem = None;
            model.start.strength = (!password.is_empty()).then(|| password_strength(&password));
            zeroize(password);
            Vec::new()
        }
        Message::Create(form) => {
            if let Some(problem) = password_problem(form.field("password"), form.field("again")) {
                model.start.problem = Some(problem);
                return vec![Command::Focus("password")];
            }
            let request = UiRequest::CreateWallet { name: words::start::FIRST_ACCOUNT.to_owned() };
            ask_with(model, request, vec![form.secret("password")])
        }
        Message::ImportKind(_)
        | Message::WordCount(_)
        | Message::PhrasePasted(_)
        | Message::WordTyped(..)
        | Message::Import(_) => settings::import(model, message),
        Message::ShowWords => {
            model.start.is_uncovered = !model.start.is_uncovered;
            Vec::new()
        }
        Message::WordsWritten => {
            drop_secret(model);
            let mut commands = ask(model, UiRequest::ConfirmBackup);
            commands.push(Command::Go(after_setup(model)));
            commands
        }
        Message::WordsLater => {
            drop_secret(model);
            vec![Command::Go(after_setup(model))]
        }
        Message::Claim(form) => {
            let Some(account) = model.account().map(|account| account.id) else { return Vec::new() };
            model.start.claim = None;
            model.start.claimed = None;
            let name = named(form.field("name"), words::start::FIRST_CHAIN);
            ask(model, UiRequest::ClaimChain { account, name })
        }
        Message::AddChain(form) => {
            model.start.problem = None;
            match form.field("chain").trim().parse::<ChainId>() {
                Ok(chain_id) => {
                    let name = named(form.field("name"), words::start::WATCHED_CHAIN);
                    ask(model, UiRequest::AddChain { chain_id, name })
                }
                Err(_) => {
                    model.start.problem = Some(words::start::CHAIN_ID_UNREADABLE);
                    vec![Command::Focus("chain")]
                }
            }
        }

        Message::Unlock(form) => ask_with(model, UiRequest::Unlock, vec![form.secret("password")]),
        Message::Lock => {
            drop_secret(model);
            ask(model, UiRequest::Lock)
        }
        Message::SelectAccount(account) => {
            model.sheet = None;
            model.send.source = None;
            model.receive.info = None;
            // Shown at once; the next snapshot confirms it.
            if let Some(snapshot) = &mut model.snapshot {
                snapshot.current_account = Some(account);
            }
            let mut commands = ask(model, UiRequest::SelectAccount { account });
            commands.extend(enter(model, model.route));
            commands
        }
        Message::AddAccount(form) => {
            let name = named(form.field("name"), words::start::NEXT_ACCOUNT);
            ask(model, UiRequest::AddAccount { name })
        }
        Message::RenameAccount(account) => update(model, Message::Open(Sheet::RenameAccount(account))),
        Message::Rename(form) => {
            let name = form.field("name").trim().to_owned();
            if name.is_empty() {
                return vec![Command::Focus("name")];
            }
            match model.sheet.take() {
                Some(Sheet::RenameAccount(account)) => ask(model, UiRequest::RenameAccount { account, name }),
                Some(Sheet::RenameChain(chain_id)) => ask(model, UiRequest::RenameChain { chain_id, name }),
                _ => Vec::new(),
            }
        }

        Message::ChainTab(tab) => {
            model.chain.tab = tab;
            enter::applications(model)
        }
        Message::OpenApplication(_)
        | Message::QueryTyped(_)
        | Message::QueryChosen(_)
        | Message::AskApplication
        | Message::SendFrom(_) => application::update(model, message),
        Message::ProcessInbox(chain_id) => ask(model, UiRequest::ProcessInbox { chain_id }),
        Message::Audit(chain_id) => {
            if !model.is_busy(Task::Audit) {
                model.audit = Some(AuditView { chain_id, progress: None, report: None });
            }
            ask(model, UiRequest::AuditChain { chain_id })
        }
        Message::SaveEvidence(number) => {
            let report = model.audit.as_ref().and_then(|audit| audit.report.as_ref());
            let file = report.and_then(|report| report.evidence.get(number));
            match file.and_then(|file| Some((file.name.clone(), file.text.clone()?))) {
                Some((name, text)) => vec![Command::Save { name, text }],
                None => Vec::new(),
            }
        }
        Message::ForgetChain(chain_id) => {
            model.sheet = None;
            let mut commands = ask(model, UiRequest::ForgetChain { chain_id });
            commands.push(Command::Go(Route::Home));
            commands
        }

        Message::ToTyped(_)
        | Message::ToChosen(_)
        | Message::AmountTyped(_)
        | Message::Max
        | Message::SourceChosen(_)
        | Message::TypingPaused(_)
        | Message::Prepare
        | Message::ApproveReady(_)
        | Message::Approve
        | Message::CancelReview => send::update(model, message),

        Message::FilterActivity(text) => {
            model.activity.chain = text.parse().ok();
            model.activity.items.clear();
            enter(model, Route::Activity)
        }
        Message::MoreActivity => {
            let before = model.activity.items.last().map(|item| item.id);
            let chain_id = model.activity.chain;
            ask(model, UiRequest::Activity { chain_id, before, limit: enter::ACTIVITY_PAGE })
        }
        Message::Retry(id) => ask(model, UiRequest::Retry { id }),
        Message::Abandon(id) => {
            model.sheet = None;
            ask(model, UiRequest::Abandon { id })
        }

        Message::ReceiveChain(text) => {
            model.receive.chain = text.parse().ok();
            Vec::new()
        }
        Message::ReceiveAs(address) => {
            model.receive.address = address;
            Vec::new()
        }

        Message::SiteAccount(_)
        | Message::SiteChain(_)
        | Message::SitePropose
        | Message::SiteUntil(_)
        | Message::ApproveConnect
        | Message::ApproveSign
        | Message::DenySite(_) => site::update(model, message),

        Message::Theme(_)
        | Message::AutoLock(_)
        | Message::ReceivePolicy(_)
        | Message::BackgroundSync
        | Message::Network(_)
        | Message::AddBookEntry(_)
        | Message::RemoveBookEntry(_)
        | Message::Confirm(_)
        | Message::ChangePassword(_)
        | Message::ExportVault
        | Message::Diagnostics
        | Message::SaveDiagnostics
        | Message::Resync => settings::update(model, message),
    }
}

/// Asks the host, without secrets.
fn ask(model: &mut Model, request: UiRequest) -> Vec<Command> {
    ask_with(model, request, Vec::new())
}

/// Asks the host; remembers what is being waited for. While the same task runs, a second press does nothing.
fn ask_with(model: &mut Model, request: UiRequest, secrets: Secrets) -> Vec<Command> {
    if let Some(task) = task(&request) {
        if !model.tasks.insert(task) {
            return Vec::new();
        }
        if !is_background(&request) {
            model.error = None;
        }
    }
    vec![Command::Ask { request, secrets: Redacted(secrets) }]
}

/// What a request keeps busy.
fn task(request: &UiRequest) -> Option<Task> {
    Some(match request {
        UiRequest::CreateWallet { .. } | UiRequest::ImportPhrase { .. } | UiRequest::ImportKey { .. } => {
            Task::Setup
        }
        UiRequest::Unlock => Task::Unlock,
        UiRequest::ClaimChain { .. } => Task::Claim,
        UiRequest::AddChain { .. } => Task::AddChain,
        UiRequest::Chain { .. } => Task::Chain,
        UiRequest::Applications { .. } => Task::Applications,
        UiRequest::Application { .. } => Task::Application,
        UiRequest::QueryApplication { .. } => Task::Query,
        UiRequest::ProcessInbox { .. } => Task::Inbox,
        UiRequest::AuditChain { .. } => Task::Audit,
        UiRequest::PrepareSend { .. } | UiRequest::PrepareOperations { .. } | UiRequest::Retry { .. } => {
            Task::Prepare
        }
        UiRequest::Approve { .. } => Task::Approve,
        UiRequest::ApproveConnect { .. }
        | UiRequest::ApproveSign { .. }
        | UiRequest::DenySiteRequest { .. } => Task::Site,
        UiRequest::Activity { .. } => Task::Activity,
        UiRequest::ReceiveInfo { .. } => Task::Receive,
        UiRequest::NetworkStatus => Task::Network,
        UiRequest::RevealPhrase | UiRequest::RevealKey { .. } | UiRequest::EraseWallet => Task::Guarded,
        UiRequest::ChangePassword => Task::Password,
        UiRequest::AddAccount { .. }
        | UiRequest::AddBookEntry { .. }
        | UiRequest::SetSettings { .. }
        | UiRequest::ExportVault
        | UiRequest::Resync => Task::Settings,
        UiRequest::Diagnostics => Task::Diagnostics,
        UiRequest::RestartNode => Task::Restart,
        _ => return None,
    })
}

/// Requests a screen makes by itself: their failure is shown only if nothing better can be.
fn is_background(request: &UiRequest) -> bool {
    matches!(
        request,
        UiRequest::Chain { .. }
            | UiRequest::Applications { .. }
            | UiRequest::Application { .. }
            | UiRequest::Activity { .. }
            | UiRequest::NetworkStatus
    )
}

/// The page's address changed: a fresh screen.
fn arrive(model: &mut Model, route: Route) -> Vec<Command> {
    if model.route == route {
        return Vec::new();
    }
    let from = model.route;
    model.route = route;
    model.error = None;
    model.sheet = None;
    model.expanded = None;
    model.chain.guarded = None;
    model.start.problem = None;
    model.start.strength = None;
    if from == Route::Words || matches!(from, Route::Settings(_)) {
        drop_secret(model);
    }
    // What was claimed before is told; the next visit is for another chain.
    if from == Route::Claim && !model.is_busy(Task::Claim) {
        model.start.claim = None;
        model.start.claimed = None;
    }
    let mut commands = vec![Command::Focus("title")];
    // Leaving a review without an answer drops it on the host's side as well.
    if from == Route::Review
        && !model.is_busy(Task::Approve)
        && let Some(review) = model.review.take()
    {
        commands.extend(ask(model, UiRequest::Cancel { review_id: review.id }));
    }
    commands.extend(enter(model, route));
    commands
}

/// The host told something unasked.
fn told(model: &mut Model, event: UiEvent) -> Vec<Command> {
    match event {
        UiEvent::SnapshotChanged(snapshot) => fresh(model, snapshot),
        UiEvent::LockChanged { lock } => {
            let was_unlocked = model.is_unlocked();
            if let Some(snapshot) = &mut model.snapshot {
                snapshot.lock = lock;
            }
            if was_unlocked && lock != LockStatus::Unlocked { close_up(model) } else { Vec::new() }
        }
        UiEvent::ClaimProgress { step, .. } => {
            model.start.claim = Some(step);
            Vec::new()
        }
        UiEvent::AuditProgress(progress) => {
            if let Some(audit) = model.audit.as_mut().filter(|audit| audit.chain_id == progress.chain_id) {
                audit.progress = Some(progress);
            }
            Vec::new()
        }
        UiEvent::NetworkChanged(status) => {
            model.network = Some(status);
            Vec::new()
        }
        UiEvent::NodeRestarting { .. } => {
            model.tasks.clear();
            Vec::new()
        }
    }
}

/// A newer snapshot: screens that show more than it holds ask again for what changed.
fn fresh(model: &mut Model, snapshot: Snapshot) -> Vec<Command> {
    if let Some(old) = &model.snapshot {
        // A sequence starts anew with each run of the node; a later `taken_at` tells such a run from a late message.
        if !model.is_saved && snapshot.sequence < old.sequence && snapshot.taken_at <= old.taken_at {
            return Vec::new();
        }
    }
    let was_unlocked = model.is_unlocked();
    let old = model.snapshot.replace(snapshot);
    model.is_saved = false;
    let mut commands = Vec::new();
    if was_unlocked && !model.is_unlocked() {
        commands.extend(close_up(model));
    }
    let (Some(old), Some(new)) = (old, &model.snapshot) else {
        commands.extend(enter(model, model.route));
        return commands;
    };
    if new.settings.theme != old.settings.theme {
        commands.push(Command::Theme(new.settings.theme));
    }
    let changed = match model.route {
        Route::Chain(id) | Route::Application(id, _) => {
            let row =
                |snapshot: &Snapshot| snapshot.chains.iter().find(|chain| chain.chain_id == id).cloned();
            row(&old) != row(new)
        }
        Route::Activity => old.activity != new.activity,
        Route::Receive => old.chains.len() != new.chains.len(),
        _ => false,
    };
    if changed || (!was_unlocked && model.is_unlocked()) {
        commands.extend(enter(model, model.route));
    }
    commands.extend(site::follow(model));
    commands.extend(guide(model));
    commands
}

/// Leads on when the screen no longer fits the wallet: welcome once there is a wallet, an approved request, …
fn guide(model: &mut Model) -> Vec<Command> {
    let has_wallet = model.snapshot.as_ref().is_some_and(|snapshot| snapshot.lock != LockStatus::NoWallet);
    match model.route {
        Route::Welcome | Route::Create | Route::Import if has_wallet && !model.is_busy(Task::Setup) => {
            vec![Command::Go(Route::Home)]
        }
        Route::Words if model.start.secret.is_none() && has_wallet => vec![Command::Go(Route::Home)],
        Route::Review if model.review.is_none() => vec![Command::Go(model.review_from)],
        _ => Vec::new(),
    }
}

/// The wallet was locked: nothing typed or shown stays behind.
fn close_up(model: &mut Model) -> Vec<Command> {
    drop_secret(model);
    model.sheet = None;
    model.review = None;
    model.error = None;
    model.tasks.clear();
    model.send = crate::model::SendForm::default();
    model.chain.guarded = None;
    model.application = crate::model::ApplicationView::default();
    vec![Command::ClearSecrets, Command::Focus("password")]
}

fn restart(model: &mut Model) -> Vec<Command> {
    match model.link {
        Link::Online => ask(model, UiRequest::RestartNode),
        Link::Connecting | Link::Silent | Link::SilentShown => {
            model.link = Link::Connecting;
            vec![Command::RestartHost, Command::Connect]
        }
    }
}

fn drop_secret(model: &mut Model) {
    // The secret's buffer is overwritten as it is dropped.
    if matches!(model.start.secret, Some(Secret::Phrase(_) | Secret::Key(_))) {
        model.start.secret = None;
    }
    model.start.is_uncovered = false;
}

/// Where setting up leads: to the first chain, or home when there are chains.
fn after_setup(model: &Model) -> Route {
    if model.chains().is_empty() { Route::Claim } else { Route::Home }
}

/// Why a new password cannot be taken.
fn password_problem(password: &str, again: &str) -> Option<&'static str> {
    let strength = password_strength(password);
    if strength.is_too_short {
        return Some(words::start::TOO_SHORT);
    }
    if !strength.is_acceptable {
        return Some(words::start::TOO_EASY);
    }
    if password != again {
        return Some(words::start::PASSWORDS_DIFFER);
    }
    None
}

/// A trimmed name, or the suggestion when nothing was typed.
fn named(typed: &str, suggestion: &str) -> String {
    let typed = typed.trim();
    if typed.is_empty() { suggestion.to_owned() } else { typed.to_owned() }
}

fn zeroize(text: String) {
    drop(zeroize::Zeroizing::new(text));
}

#[cfg(test)]
mod tests;
