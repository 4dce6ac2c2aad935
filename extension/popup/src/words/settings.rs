//! Settings.

use walnut_wallet::messages::{ReceivePolicy, Theme};

use crate::route::Part;

pub(crate) const TITLE: &str = "Settings";

pub(crate) fn part(part: Part) -> &'static str {
    match part {
        Part::Lock => "Lock and password",
        Part::Look => "Colours",
        Part::Networks => "Network in use",
        Part::Receiving => "Receiving",
        Part::Backup => "Backup",
        Part::Book => "Address book",
        Part::Diagnostics => "Diagnostics",
        Part::About => "About",
        Part::Erase => "Forget this wallet",
    }
}

pub(crate) fn locks_after(minutes: u32) -> String {
    format!("Locks after {}", self::minutes(minutes))
}

pub(crate) fn minutes(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, 1) => "1 minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (1, 0) => "1 hour".to_owned(),
        (hours, 0) => format!("{hours} hours"),
        (_, _) => format!("{minutes} minutes"),
    }
}

pub(crate) const AUTO_LOCK: &str = "Lock when you have done nothing for";
pub(crate) const AUTO_LOCK_TEXT: &str = "The node goes on following your chains while the wallet is locked.";
pub(crate) const BACKGROUND: &str = "Follow chains while no window is open";
pub(crate) const BACKGROUND_TEXT: &str =
    "Uses a little power; balances are up to date at once when you open the wallet.";
pub(crate) const CHANGE_PASSWORD: &str = "Change the password";
pub(crate) const OLD_PASSWORD: &str = "Password until now";

pub(crate) const THEME: &str = "Colours";

pub(crate) fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "System",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}

pub(crate) const NETWORK_TEXT: &str = "Genesis, validators and new chains come from the network's faucet. Each network has a database of its own here.";
pub(crate) const NETWORK_NAME: &str = "Name (optional)";
pub(crate) const FAUCET_URL: &str = "Address of the faucet";
pub(crate) const URL_HINT: &str = "https://…, or http://127.0.0.1:… for a network on this computer.";
pub(crate) const URL_UNREADABLE: &str =
    "The address must begin with https://, or with http://127.0.0.1 or http://localhost.";
pub(crate) const USE_NETWORK: &str = "Use this network";

pub(crate) const RECEIVING_TEXT: &str =
    "Receiving needs a block, and a block needs a signature. Choose when it is made.";
pub(crate) const POLICY_AUTO: &str = "By itself while unlocked";
pub(crate) const POLICY_AUTO_TEXT: &str = "Blocks that only receive are made without asking.";
pub(crate) const POLICY_KNOWN: &str = "By itself from chains you know";
pub(crate) const POLICY_KNOWN_TEXT: &str =
    "Your own chains and those in your address book now. Others wait in the inbox.";
pub(crate) const POLICY_MANUAL: &str = "When I say so";
pub(crate) const POLICY_MANUAL_TEXT: &str = "From the inbox, or together with the next block of your own.";

pub(crate) fn policy(policy: &ReceivePolicy) -> &'static str {
    match policy {
        ReceivePolicy::AutoWhileUnlocked => POLICY_AUTO,
        ReceivePolicy::Manual => POLICY_MANUAL,
        ReceivePolicy::OnlyFrom(_) => POLICY_KNOWN,
    }
}

pub(crate) const BACKUP_DETAIL: &str = "Recovery words, private keys, key file";
pub(crate) const WORDS_TEXT: &str = "Your recovery words bring all accounts made here to any computer.";
pub(crate) const SHOW_WORDS: &str = "Show the recovery words";
pub(crate) const KEYS: &str = "Private keys";
pub(crate) const SHOW_KEY: &str = "Show key";
pub(crate) const VAULT_FILE: &str = "Encrypted key file";
pub(crate) const VAULT_FILE_TEXT: &str = "All keys of this wallet, sealed with your password.";
pub(crate) const SAVE_FILE: &str = "Save the file";

pub(crate) fn entries(entries: usize) -> String {
    super::count(entries, "name", "names")
}

pub(crate) const BOOK_EMPTY: &str = "No names yet";
pub(crate) const BOOK_EMPTY_TEXT: &str = "Addresses with names are recognised when you send.";
pub(crate) const NEW_ENTRY: &str = "New name";
pub(crate) const ENTRY_NAME: &str = "Name";
pub(crate) const ENTRY_HINT: &str = "A chain ID, an owner, or owner@chain.";
pub(crate) const SAVE_ENTRY: &str = "Save";

pub(crate) fn remove(name: &str) -> String {
    format!("Remove {name}")
}

pub(crate) const DIAGNOSTICS_DETAIL: &str = "Report, sync anew";
pub(crate) const REPORT_TEXT: &str = "A report for the makers of this wallet. It holds no secrets and no names, and addresses are shortened. Nothing is sent by itself.";
pub(crate) const MAKE_REPORT: &str = "Make a report";
pub(crate) const SAVE_REPORT: &str = "Save the report";
pub(crate) const RESYNC: &str = "Sync anew";
pub(crate) const RESYNC_TEXT: &str =
    "Deletes the verified blocks of this network here and fetches them again. Keys, names and settings stay.";

pub(crate) const ABOUT_DETAIL: &str = "Version, promises, licence";
pub(crate) const ABOUT_TEXT: &str =
    "A wallet for Linera microchains with the full node of each of your chains inside.";
pub(crate) const PROMISES: [&str; 4] = [
    "Nothing is shown as done before its certificate is verified here.",
    "Every block is executed here before you are asked to sign it.",
    "No telemetry. The wallet talks to the validators and the faucet of your network, and to nobody else.",
    "Keys never leave this computer and never enter the node.",
];
pub(crate) const LICENCE: &str = "Apache License 2.0";

pub(crate) const ERASE_DETAIL: &str = "Deletes the keys from this computer";
pub(crate) const ERASE: &str = "Forget this wallet";
pub(crate) const ERASE_TEXT: &str = "This deletes your keys from this computer. Your chains stay on the network, but without your recovery words and private keys nobody can use them again.";
