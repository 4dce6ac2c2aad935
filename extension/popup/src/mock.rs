//! Fixture models: every screen in every state, for tests and for looking at them. Never in a package.

mod applications;
mod audit;
mod turns;
mod wallet;

#[cfg(test)]
use walnut_base::ChainId;
use walnut_base::{AccountOwner, Amount};
use walnut_wallet::{
    activity::ActivityId,
    messages::{
        AccountId, BookEntryKind, ClaimStep, Diagnostics, LockStatus, PartyName, RecipientInfo, SendDraft,
        SendQuote, Surface, SyncPhase, Theme, UiError, UiErrorCode,
    },
    vault::password_strength,
};
use zeroize::Zeroizing;

use self::wallet::{
    chain_id, details, empty_wallet, milli, network, normal, now, receive_info, review, site_requests,
};
use crate::{
    message::{ChainTab, ReceiveAs},
    model::{Link, Model, Secret, Sheet, Task},
    route::{Part, Route},
};

/// Words for looking at the words screen; not a valid phrase on purpose (the checksum is wrong).
const WORDS: &str = "abandon ability able about above absent absorb abstract absurd abuse access accident account accuse \
                     achieve acid acoustic acquire across act action actor actress actual";

/// Names of all fixtures.
#[cfg_attr(not(test), expect(dead_code, reason = "read by tests, and by tests/browser/screens.mjs as text"))]
pub(crate) const FIXTURES: [&str; 98] = [
    "welcome",
    "password",
    "password-typed",
    "password-error",
    "import",
    "import-12-bad",
    "import-key",
    "words-covered",
    "words",
    "claim",
    "claim-asking",
    "claim-seen",
    "claim-verified",
    "claim-error",
    "add-chain",
    "home-loading",
    "home-saved",
    "home-empty",
    "home",
    "home-syncing",
    "home-offline",
    "home-error",
    "home-big",
    "accounts",
    "new-account",
    "chain-balances",
    "chain-inbox",
    "chain-inbox-empty",
    "chain-blocks",
    "chain-owners",
    "chain-owners-mine",
    "chain-owners-theirs",
    "share-chain",
    "share-chain-error",
    "remove-owner",
    "change-turns",
    "chain-applications",
    "chain-applications-empty",
    "chain-applications-loading",
    "application-token",
    "application-token-none",
    "application-counter",
    "application-other",
    "application-no-schema",
    "application-answer",
    "application-asking",
    "application-refused",
    "application-silent",
    "application-loading",
    "application-error",
    "chain-closed",
    "chain-loading",
    "chain-unknown",
    "chain-checking",
    "chain-checked",
    "chain-check-open",
    "chain-check-wrong",
    "send-empty",
    "send-known",
    "send-new",
    "send-error",
    "send-no-chain",
    "send-token",
    "send-token-error",
    "save-recipient",
    "review",
    "review-ready",
    "review-signing",
    "review-stale",
    "review-token",
    "review-counter",
    "review-bytes",
    "activity",
    "activity-empty",
    "item-waiting",
    "item-turn",
    "item-time-out",
    "item-overtaken",
    "item-overtaken-again",
    "item-sent",
    "item-arrived",
    "item-failed",
    "receive-chain",
    "receive-owner",
    "connect",
    "sign",
    "sign-staging",
    "network",
    "network-offline",
    "settings",
    "settings-lock",
    "settings-networks",
    "settings-receiving",
    "settings-backup",
    "settings-book",
    "settings-diagnostics",
    "locked",
    "silent",
];

/// Further fixtures that differ little; drawn by tests only.
#[cfg_attr(not(test), expect(dead_code, reason = "as above"))]
pub(crate) const MORE: [&str; 11] = [
    "settings-look",
    "settings-about",
    "settings-erase",
    "settings-words",
    "reveal-key",
    "erase",
    "forget-chain",
    "abandon",
    "resync",
    "damaged",
    "locked-error",
];

/// The model of a fixture; none when there is no such fixture.
pub(crate) fn fixture(name: &str) -> Option<Model> {
    let mut model = Model::new(Surface::Popup, now(), Some(normal()));
    model.link = Link::Online;
    model.is_saved = false;
    model.has_focus = true;
    let savings = chain_id(1);
    match name {
        "welcome" | "password" | "password-typed" | "password-error" | "import" | "import-12-bad"
        | "import-key" => {
            no_wallet(&mut model, name);
        }
        "words-covered" | "words" => {
            model.snapshot = Some(empty_wallet());
            model.route = Route::Words;
            model.start.secret = Some(Secret::Phrase(Zeroizing::new(WORDS.to_owned())));
            model.start.is_uncovered = name == "words";
        }
        "claim" | "claim-asking" | "claim-seen" | "claim-verified" | "claim-error" => claim(&mut model, name),
        "add-chain" => model.route = Route::AddChain,
        "home-loading" => {
            model.snapshot = None;
            model.link = Link::Connecting;
        }
        "home-saved" => {
            model.is_saved = true;
            model.link = Link::Connecting;
        }
        "home-empty" => model.snapshot = Some(empty_wallet()),
        "home" => {}
        "home-syncing" | "home-offline" | "home-error" | "home-big" => home(&mut model, name),
        "accounts" => model.sheet = Some(Sheet::Accounts),
        "new-account" => model.sheet = Some(Sheet::NewAccount),
        "chain-unknown" => model.route = Route::Chain(chain_id(99)),
        "chain-closed" => {
            model.route = Route::Chain(savings);
            change_snapshot(&mut model, |snapshot| snapshot.chains[0].is_closed = true);
        }
        "chain-loading" => {
            model.route = Route::Chain(savings);
            model.chain.tab = ChainTab::Blocks;
        }
        "chain-balances" | "chain-inbox" | "chain-inbox-empty" | "chain-blocks" | "chain-owners" => {
            chain(&mut model, name);
        }
        name if name.starts_with("chain-check") => {
            chain(&mut model, name);
            audit::view(&mut model, name);
        }
        "chain-owners-mine"
        | "chain-owners-theirs"
        | "share-chain"
        | "share-chain-error"
        | "remove-owner"
        | "change-turns" => {
            chain(&mut model, "chain-owners");
            turns::chain(&mut model, name);
        }
        "item-turn" | "item-time-out" | "item-overtaken" | "item-overtaken-again" => {
            turns::item(&mut model, name);
        }
        name if name.starts_with("chain-applications") => applications::list(&mut model, name),
        name if name.starts_with("application-") => applications::page(&mut model, name),
        "send-empty" | "send-known" | "send-new" | "send-error" | "send-no-chain" | "send-token"
        | "send-token-error" | "save-recipient" => {
            send(&mut model, name);
        }
        "review" | "review-ready" | "review-signing" | "review-stale" => {
            model.route = Route::Review;
            model.review = Some(review(None));
            model.may_approve = name == "review-ready";
            if name == "review-signing" {
                model.tasks.insert(Task::Approve);
            }
            if name == "review-stale" {
                model.error = Some(UiError::new(UiErrorCode::StaleReview, crate::words::review::MOVED_ON));
            }
        }
        "review-token" | "review-counter" | "review-bytes" => {
            model.route = Route::Review;
            model.review = Some(applications::staged(name));
            model.may_approve = true;
        }
        "activity" => model.route = Route::Activity,
        "activity-empty" => {
            model.snapshot = Some(empty_wallet());
            model.route = Route::Activity;
        }
        "item-waiting" => model.route = Route::Item(ActivityId(9)),
        "item-sent" => model.route = Route::Item(ActivityId(8)),
        "item-arrived" => model.route = Route::Item(ActivityId(6)),
        "item-failed" => model.route = Route::Item(ActivityId(5)),
        "receive-chain" | "receive-owner" => {
            model.route = Route::Receive;
            model.receive.info = Some(receive_info());
            model.receive.address = if name == "receive-owner" { ReceiveAs::Owner } else { ReceiveAs::Chain };
        }
        "connect" | "sign" | "sign-staging" => {
            model.route = Route::Requests;
            change_snapshot(&mut model, |snapshot| snapshot.site_requests = site_requests(name));
            model.site.permissions.accounts = vec![AccountId(1)];
            model.site.permissions.chains = vec![savings];
            model.may_approve = true;
        }
        "network" => {
            model.route = Route::Network;
            model.network = Some(network(true));
        }
        "network-offline" => {
            home(&mut model, "home-offline");
            model.route = Route::Network;
            model.network = Some(network(false));
        }
        "locked" | "locked-error" => {
            change_snapshot(&mut model, |snapshot| {
                snapshot.lock = LockStatus::Locked;
                snapshot.site_requests = site_requests("connect");
            });
            if name == "locked-error" {
                model.error = Some(UiError::new(
                    UiErrorCode::WrongPassword,
                    "This is not the password of this wallet. Try again.",
                ));
            }
        }
        "damaged" => change_snapshot(&mut model, |snapshot| snapshot.lock = LockStatus::Damaged),
        "silent" => {
            model.is_saved = true;
            model.link = Link::Silent;
        }
        "forget-chain" => {
            model.route = Route::Chain(savings);
            model.sheet = Some(Sheet::ForgetChain(savings));
        }
        "abandon" => {
            model.route = Route::Item(ActivityId(5));
            model.sheet = Some(Sheet::Abandon(ActivityId(5)));
        }
        other => settings(&mut model, other)?,
    }
    Some(model)
}

fn change_snapshot(model: &mut Model, change: impl FnOnce(&mut walnut_wallet::messages::Snapshot)) {
    if let Some(snapshot) = &mut model.snapshot {
        change(snapshot);
    }
}

fn no_wallet(model: &mut Model, name: &str) {
    model.snapshot = Some(walnut_wallet::messages::Snapshot::empty(now()));
    model.route = match name {
        "welcome" => Route::Welcome,
        "password" | "password-typed" | "password-error" => Route::Create,
        _ => Route::Import,
    };
    match name {
        "password-typed" => model.start.strength = Some(password_strength("plum tractor seven lamp")),
        "password-error" => model.start.problem = Some(crate::words::start::PASSWORDS_DIFFER),
        "import-12-bad" => {
            model.start.word_count = 12;
            model.start.bad_words = [2, 7].into();
        }
        "import-key" => model.start.import_kind = walnut_wallet::messages::ImportedSecretKind::EvmKey,
        _ => {}
    }
}

fn claim(model: &mut Model, name: &str) {
    model.snapshot = Some(empty_wallet());
    model.route = Route::Claim;
    let chain_id = chain_id(1);
    if name != "claim" && name != "claim-error" {
        model.tasks.insert(Task::Claim);
    }
    match name {
        "claim-asking" => model.start.claim = Some(ClaimStep::Asking),
        "claim-seen" => model.start.claim = Some(ClaimStep::BlockSeen { chain_id }),
        "claim-verified" => {
            model.tasks.clear();
            model.start.claimed = Some(chain_id);
        }
        "claim-error" => {
            model.error = Some(
                UiError::new(
                    UiErrorCode::FaucetUnavailable,
                    "The faucet does not answer. Check the address under Settings, or try again in a minute.",
                )
                .with_details("POST http://127.0.0.1:8079: connection refused"),
            );
        }
        _ => {}
    }
}

fn home(model: &mut Model, name: &str) {
    change_snapshot(model, |snapshot| match name {
        "home-syncing" => {
            for sync in std::iter::once(&mut snapshot.sync)
                .chain(snapshot.chains.iter_mut().map(|chain| &mut chain.sync))
            {
                sync.phase = SyncPhase::Syncing;
                sync.verified_height.0 = 231;
                sync.claimed_height.0 = 412;
            }
        }
        "home-offline" => {
            snapshot.sync.phase = SyncPhase::Offline;
            snapshot.sync.problem = Some(UiError::new(
                UiErrorCode::NetworkUnavailable,
                "No validator answers. What you see is the last verified state; sending works again once two of them are back.",
            ));
            for chain in &mut snapshot.chains {
                chain.sync.phase = SyncPhase::Offline;
            }
        }
        "home-error" => {
            snapshot.sync.phase = SyncPhase::Failed;
            snapshot.sync.problem = Some(
                UiError::new(
                    UiErrorCode::StorageDamaged,
                    "The local database is damaged. Your keys are safe. Sync anew under Settings, Diagnostics.",
                )
                .with_details("IndexedDB walnut/local: checksum of partition 3 does not match"),
            );
        }
        _ => {
            snapshot.chains[0].chain_balance = Amount::from_attos(123_456_789_012_345_678_901_234_567);
            snapshot.accounts[0].name = "An account with quite a long name here".to_owned();
            snapshot.chains[0].name = "A chain whose name is far longer than a row".to_owned();
        }
    });
}

fn chain(model: &mut Model, name: &str) {
    let id = chain_id(1);
    model.route = Route::Chain(id);
    let summary = model.chains().first().cloned();
    model.chain.details = summary.map(|summary| details(summary, name != "chain-inbox-empty"));
    model.chain.tab = match name {
        "chain-inbox" | "chain-inbox-empty" => ChainTab::Inbox,
        "chain-blocks" => ChainTab::Blocks,
        "chain-owners" => ChainTab::Owners,
        _ => ChainTab::Balances,
    };
}

fn send(model: &mut Model, name: &str) {
    model.route = Route::Send;
    if name == "send-no-chain" {
        model.snapshot = Some(empty_wallet());
        return;
    }
    let (source, to) = (chain_id(1), chain_id(7));
    let draft = |amount| SendDraft {
        chain_id: source,
        source: AccountOwner::CHAIN,
        recipient_chain: to,
        recipient_owner: AccountOwner::CHAIN,
        amount,
        token: None,
    };
    let quote = SendQuote { fee: milli(2), amount_max: milli(83_905), balance: milli(83_907) };
    model.send.quote = Some((draft(Amount::ZERO), Ok(quote)));
    if name == "send-empty" {
        return;
    }
    if name.starts_with("send-token") {
        let source = applications::source();
        let draft = SendDraft { source: source.owner, token: source.token.clone(), ..draft(Amount::ZERO) };
        let quote = SendQuote { fee: milli(2), amount_max: milli(987_500), balance: milli(987_500) };
        model.send.quote = Some((draft, Ok(quote)));
        model.send.source = Some(source);
    }
    model.send.to = to.to_string();
    model.send.amount = match name {
        "send-error" => "8390.75".to_owned(),
        "send-token-error" => crate::format::plain(applications::too_much()),
        _ => "12.5".to_owned(),
    };
    let known_as = if name == "send-known" || name == "send-token" {
        PartyName::Book("Ana's chain".to_owned())
    } else {
        PartyName::New
    };
    let mut info =
        RecipientInfo { chain_id: to, owner: AccountOwner::CHAIN, known_as, kind: BookEntryKind::Chain };
    if name.starts_with("send-token") {
        info.owner = wallet::owner(8);
        info.kind = BookEntryKind::OwnerOnChain;
        model.send.to = format!("{}@{to}", info.owner);
    }
    let recipient = if name == "send-error" {
        Err(UiError::new(
            UiErrorCode::InvalidRecipient,
            "This is 63 digits long; a chain ID has 64. The last one may be missing.",
        ))
    } else {
        Ok(info)
    };
    model.send.recipient = Some((model.send.to.clone(), recipient));
    if name == "save-recipient" {
        model.sheet = Some(Sheet::SaveRecipient);
    }
}

fn settings(model: &mut Model, name: &str) -> Option<()> {
    let part = match name {
        "settings" => None,
        "settings-lock" => Some(Part::Lock),
        "settings-look" => Some(Part::Look),
        "settings-networks" => Some(Part::Networks),
        "settings-receiving" => Some(Part::Receiving),
        "settings-backup" | "settings-words" | "reveal-key" => Some(Part::Backup),
        "settings-book" => Some(Part::Book),
        "settings-diagnostics" | "resync" => Some(Part::Diagnostics),
        "settings-about" => Some(Part::About),
        "settings-erase" | "erase" => Some(Part::Erase),
        _ => return None,
    };
    model.route = Route::Settings(part);
    match name {
        "settings-words" => {
            model.start.secret = Some(Secret::Phrase(Zeroizing::new(WORDS.to_owned())));
            model.start.is_uncovered = true;
        }
        "reveal-key" => model.sheet = Some(Sheet::RevealKey(AccountId(1))),
        "erase" => model.sheet = Some(Sheet::Erase),
        "resync" => model.sheet = Some(Sheet::Resync),
        "settings-diagnostics" => {
            model.diagnostics = Some(Diagnostics {
                file_name: "walnut-report.txt".to_owned(),
                text: "walnut 0.1.0\nnetwork: local\nchains: 3\nvalidators: 4, quorum 3\nblocks verified: 412\nlast error: none".to_owned(),
            });
        }
        "settings-look" => change_snapshot(model, |snapshot| snapshot.settings.theme = Theme::Dark),
        _ => {}
    }
    Some(())
}

/// A chain that no fixture knows.
#[cfg(test)]
pub(crate) fn foreign_chain() -> ChainId {
    chain_id(42)
}

/// The chain of most fixtures.
#[cfg(test)]
pub(crate) fn first_chain() -> ChainId {
    chain_id(1)
}
