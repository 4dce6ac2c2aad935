//! Importing, settings, and what needs the password once more.

use walnut_wallet::messages::{ImportedSecretKind, NetworkChoice, ReceivePolicy, Settings, Theme, UiRequest};
use walnut_wallet::vault::is_phrase_word;
use zeroize::Zeroizing;

use super::{ask, ask_with, named, owners, password_problem};
use crate::{
    message::{Command, Message},
    model::{Model, Sheet},
    words,
};

/// Word counts that recovery phrases have here.
pub(crate) const WORD_COUNTS: [usize; 2] = [12, 24];

/// The import screen.
pub(super) fn import(model: &mut Model, message: Message) -> Vec<Command> {
    match message {
        Message::ImportKind(text) => {
            if let Some((kind, _)) =
                words::start::IMPORT_KINDS.iter().find(|(kind, _)| kind_value(*kind) == text)
            {
                model.start.import_kind = *kind;
            }
            model.start.problem = None;
            Vec::new()
        }
        Message::WordCount(text) => {
            if let Some(count) = WORD_COUNTS.into_iter().find(|count| count.to_string() == text) {
                model.start.word_count = count;
            }
            Vec::new()
        }
        Message::PhrasePasted(text) => {
            let text = Zeroizing::new(text);
            let count = text.split_whitespace().count();
            if let Some(count) = WORD_COUNTS.into_iter().find(|known| *known == count) {
                model.start.word_count = count;
            }
            model.start.problem = None;
            model.start.bad_words = text
                .split_whitespace()
                .enumerate()
                .filter(|(_, word)| !is_phrase_word(&word.to_lowercase()))
                .map(|(place, _)| place)
                .collect();
            vec![Command::Spread(text)]
        }
        Message::WordTyped(place, word) => {
            let word = Zeroizing::new(word);
            let typed = word.trim();
            if typed.is_empty() || is_phrase_word(&typed.to_lowercase()) {
                model.start.bad_words.remove(&place);
            } else {
                model.start.bad_words.insert(place);
            }
            Vec::new()
        }
        Message::Import(form) => {
            let is_phrase = is_phrase(model.start.import_kind);
            let secret = if is_phrase {
                let mut phrase = Zeroizing::new(String::new());
                for place in 1..=model.start.word_count {
                    let word = Zeroizing::new(form.field(&format!("word-{place}")).trim().to_lowercase());
                    if word.is_empty() {
                        model.start.problem = Some(words::start::WORDS_MISSING);
                        return Vec::new();
                    }
                    if place > 1 {
                        phrase.push(' ');
                    }
                    phrase.push_str(&word);
                }
                phrase
            } else {
                Zeroizing::new(form.field("key").trim().to_owned())
            };
            if secret.is_empty() {
                model.start.problem = Some(words::start::KEY_MISSING);
                return vec![Command::Focus("key")];
            }
            if let Some(problem) = password_problem(form.field("password"), form.field("again")) {
                model.start.problem = Some(problem);
                return vec![Command::Focus("password")];
            }
            let name = named(form.field("name"), words::start::FIRST_ACCOUNT);
            let kind = model.start.import_kind;
            let request = if is_phrase {
                UiRequest::ImportPhrase { name, kind }
            } else {
                UiRequest::ImportKey { name, kind }
            };
            let secret = Zeroizing::new(secret.as_bytes().to_vec());
            ask_with(model, request, vec![form.secret("password"), secret])
        }
        _ => Vec::new(),
    }
}

pub(super) fn update(model: &mut Model, message: Message) -> Vec<Command> {
    match message {
        Message::Theme(text) => {
            let theme = match text.as_str() {
                "light" => Theme::Light,
                "dark" => Theme::Dark,
                _ => Theme::System,
            };
            let mut commands = change(model, |settings| settings.theme = theme);
            commands.push(Command::Theme(theme));
            commands
        }
        Message::AutoLock(text) => match text.parse() {
            Ok(minutes) if (1..=Settings::AUTO_LOCK_MINUTES_MAX).contains(&minutes) => {
                change(model, |settings| settings.auto_lock_minutes = minutes)
            }
            _ => Vec::new(),
        },
        Message::ReceivePolicy(text) => {
            let own = model.chains().iter().map(|chain| chain.chain_id);
            let book = model.snapshot.iter().flat_map(|snapshot| &snapshot.address_book);
            let known = own.chain(book.filter_map(|entry| entry.chain_id)).collect();
            let policy = match text.as_str() {
                "manual" => ReceivePolicy::Manual,
                "known" => ReceivePolicy::OnlyFrom(known),
                _ => ReceivePolicy::AutoWhileUnlocked,
            };
            change(model, |settings| settings.receive_policy = policy)
        }
        Message::BackgroundSync => {
            change(model, |settings| settings.background_sync = !settings.background_sync)
        }
        Message::Network(form) => {
            let url = form.field("url").trim().trim_end_matches('/').to_owned();
            let is_local = ["http://127.0.0.1", "http://localhost"].iter().any(|start| {
                url.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
            });
            let is_secure = url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
            if !is_local && !is_secure {
                model.start.problem = Some(words::settings::URL_UNREADABLE);
                return vec![Command::Focus("url")];
            }
            model.start.problem = None;
            let name = form.field("name").trim().to_owned();
            let network = NetworkChoice { name, faucet_url: url.clone() };
            let mut commands = if is_local { Vec::new() } else { vec![Command::Permit(url)] };
            commands.extend(change(model, |settings| settings.network = network));
            commands
        }
        Message::AddBookEntry(form) => {
            let name = form.field("name").trim().to_owned();
            let typed = form.field("address").trim();
            // From the send screen the address is the recipient just typed.
            let address = if typed.is_empty() { model.send.to.trim().to_owned() } else { typed.to_owned() };
            if name.is_empty() || address.is_empty() {
                return vec![Command::Focus("name")];
            }
            ask(model, UiRequest::AddBookEntry { name, address })
        }
        Message::RemoveBookEntry(id) => ask(model, UiRequest::RemoveBookEntry { id }),
        Message::Confirm(form) => {
            let request = match model.sheet {
                Some(Sheet::RevealPhrase) => UiRequest::RevealPhrase,
                Some(Sheet::RevealKey(account)) => UiRequest::RevealKey { account },
                Some(Sheet::Erase) => UiRequest::EraseWallet,
                Some(Sheet::AddOwner(_) | Sheet::RemoveOwner(..) | Sheet::Rounds(_)) => {
                    return owners::change(model, &form);
                }
                _ => return Vec::new(),
            };
            ask_with(model, request, vec![form.secret("password")])
        }
        Message::ChangePassword(form) => {
            if let Some(problem) = password_problem(form.field("password"), form.field("again")) {
                model.start.problem = Some(problem);
                return vec![Command::Focus("password")];
            }
            let secrets = vec![form.secret("old"), form.secret("password")];
            ask_with(model, UiRequest::ChangePassword, secrets)
        }
        Message::ExportVault => ask(model, UiRequest::ExportVault),
        Message::Diagnostics => ask(model, UiRequest::Diagnostics),
        Message::SaveDiagnostics => match &model.diagnostics {
            Some(report) => vec![Command::Save { name: report.file_name.clone(), text: report.text.clone() }],
            None => Vec::new(),
        },
        Message::Resync => {
            model.sheet = None;
            ask(model, UiRequest::Resync)
        }
        _ => Vec::new(),
    }
}

/// Sends all settings with one of them changed; shown at once, confirmed by the next snapshot.
fn change(model: &mut Model, edit: impl FnOnce(&mut Settings)) -> Vec<Command> {
    let Some(snapshot) = &mut model.snapshot else { return Vec::new() };
    edit(&mut snapshot.settings);
    let settings = snapshot.settings.clone();
    model.tasks.remove(&crate::model::Task::Settings);
    ask(model, UiRequest::SetSettings { settings })
}

/// Whether this kind is typed as words.
pub(crate) fn is_phrase(kind: ImportedSecretKind) -> bool {
    match kind {
        ImportedSecretKind::Phrase | ImportedSecretKind::EvmPhrase | ImportedSecretKind::CheckoPhrase => true,
        ImportedSecretKind::Ed25519Key
        | ImportedSecretKind::Secp256k1Key
        | ImportedSecretKind::EvmKey
        | ImportedSecretKind::Keystore => false,
    }
}

/// The value of an option of the import field.
pub(crate) fn kind_value(kind: ImportedSecretKind) -> &'static str {
    match kind {
        ImportedSecretKind::Phrase => "phrase",
        ImportedSecretKind::EvmPhrase => "evm-phrase",
        ImportedSecretKind::CheckoPhrase => "checko-phrase",
        ImportedSecretKind::Ed25519Key => "ed25519",
        ImportedSecretKind::Secp256k1Key => "secp256k1",
        ImportedSecretKind::EvmKey => "evm",
        ImportedSecretKind::Keystore => "keystore",
    }
}
