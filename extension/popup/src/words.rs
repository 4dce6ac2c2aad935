//! Every text the interface shows, in English. Screens hold no text of their own.
//!
//! Rules: say what happened and what to do. "Chain" for chains, "owner" for keys on a chain, "account" for a key of
//! this wallet, "application", "block". "Sent" means certified here; "arrived" means the other chain received it.

pub(crate) mod applications;
pub(crate) mod money;
pub(crate) mod places;
pub(crate) mod settings;
pub(crate) mod start;
pub(crate) mod turns;

pub(crate) use self::{
    money::{activity, receive, request, review, send},
    places::{chain, home, locked, network, sheet, sync},
};

pub(crate) const NAME: &str = "walnut";
pub(crate) const TOKENS: &str = "tokens";
pub(crate) const CHAIN_ID: &str = "Chain ID";
pub(crate) const OWNER: &str = "Owner address";
pub(crate) const OWNER_ON_CHAIN: &str = "Owner on this chain";
pub(crate) const ADDRESS: &str = "Address";
pub(crate) const BLOCK_HASH: &str = "Block hash";
pub(crate) const STATE_HASH: &str = "State hash";
pub(crate) const APPLICATION_ID: &str = "Application ID";
pub(crate) const BACK: &str = "Back";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const LOCK: &str = "Lock the wallet";
pub(crate) const OPEN_TAB: &str = "Open in a tab";
pub(crate) const NAVIGATION: &str = "Main screens";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const DETAILS: &str = "Details";
pub(crate) const LOADING: &str = "Loading…";
pub(crate) const ONE_MOMENT: &str = "One moment…";
pub(crate) const UNKNOWN: &str = "unknown";
pub(crate) const YES: &str = "Yes";
pub(crate) const NO: &str = "No";
pub(crate) const YOU_CAN_CLOSE: &str = "You can close this window; it goes on without it.";
pub(crate) const NO_ANSWER: &str = "The node has not answered for a minute. What you asked for may still happen; look under Activity before you try again.";

pub(crate) fn copy(what: &str) -> String {
    format!("Copy {}", lower_first(what))
}

pub(crate) fn saved(ago: &str) -> String {
    format!("Saved {ago}")
}

/// "Chain ID" inside a sentence: "chain ID".
fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// `1 chain`, `2 chains`.
fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}
