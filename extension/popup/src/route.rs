//! Which screen is open; its text form is the part of the page's address after `#`.

use std::{fmt, str::FromStr};

use walnut_base::{ApplicationId, ChainId};
use walnut_wallet::activity::ActivityId;

/// The screens one can go to. Locked and "the node does not answer" are states of the wallet, not places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Balance, chains, latest activity.
    Home,
    /// Create or import.
    Welcome,
    /// A password for a new wallet.
    Create,
    /// Recovery words or keys from elsewhere.
    Import,
    /// The recovery words of the wallet just made.
    Words,
    /// A chain from the faucet.
    Claim,
    /// Follow a chain by its id.
    AddChain,
    /// One chain.
    Chain(ChainId),
    /// One application on one chain.
    Application(ChainId, ApplicationId),
    /// A transfer is being written.
    Send,
    /// A staged block, before it is signed.
    Review,
    /// All activity.
    Activity,
    /// One item with its timeline.
    Item(ActivityId),
    /// Addresses and QR codes.
    Receive,
    /// The oldest waiting request of a site.
    Requests,
    /// Validators and the node.
    Network,
    /// The list of settings, or one of its parts.
    Settings(Option<Part>),
}

/// Parts of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Auto-lock and password.
    Lock,
    /// Colours.
    Look,
    /// Faucet address.
    Networks,
    /// Incoming bundles.
    Receiving,
    /// Recovery words, private keys, vault file.
    Backup,
    /// Names of addresses.
    Book,
    /// Report, resync.
    Diagnostics,
    /// Version and promises.
    About,
    /// Forget the wallet.
    Erase,
}

impl Part {
    /// In the order of the list.
    pub(crate) const ALL: [Self; 9] = [
        Self::Lock,
        Self::Look,
        Self::Networks,
        Self::Receiving,
        Self::Backup,
        Self::Book,
        Self::Diagnostics,
        Self::About,
        Self::Erase,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Look => "look",
            Self::Networks => "networks",
            Self::Receiving => "receiving",
            Self::Backup => "backup",
            Self::Book => "book",
            Self::Diagnostics => "diagnostics",
            Self::About => "about",
            Self::Erase => "erase",
        }
    }
}

impl Route {
    /// Where the back button leads; none on the four main screens.
    pub(crate) fn parent(self) -> Option<Self> {
        match self {
            Self::Home
            | Self::Welcome
            | Self::Words
            | Self::Activity
            | Self::Network
            | Self::Settings(None) => None,
            Self::Create | Self::Import => Some(Self::Welcome),
            Self::Claim | Self::AddChain | Self::Chain(_) | Self::Send | Self::Receive | Self::Requests => {
                Some(Self::Home)
            }
            Self::Application(chain, _) => Some(Self::Chain(chain)),
            Self::Review => Some(Self::Send),
            Self::Item(_) => Some(Self::Activity),
            Self::Settings(Some(_)) => Some(Self::Settings(None)),
        }
    }

    /// Whether it belongs to setting a wallet up (no navigation is offered there).
    pub(crate) fn is_onboarding(self) -> bool {
        matches!(self, Self::Welcome | Self::Create | Self::Import | Self::Words)
    }

    /// The address part with its `#`.
    pub(crate) fn href(self) -> String {
        format!("#{self}")
    }
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => formatter.write_str("home"),
            Self::Welcome => formatter.write_str("welcome"),
            Self::Create => formatter.write_str("create"),
            Self::Import => formatter.write_str("import"),
            Self::Words => formatter.write_str("words"),
            Self::Claim => formatter.write_str("claim"),
            Self::AddChain => formatter.write_str("add-chain"),
            Self::Chain(id) => write!(formatter, "chain/{id}"),
            Self::Application(chain, id) => write!(formatter, "application/{chain}/{id}"),
            Self::Send => formatter.write_str("send"),
            Self::Review => formatter.write_str("review"),
            Self::Activity => formatter.write_str("activity"),
            Self::Item(id) => write!(formatter, "activity/{}", id.0),
            Self::Receive => formatter.write_str("receive"),
            Self::Requests => formatter.write_str("requests"),
            Self::Network => formatter.write_str("network"),
            Self::Settings(None) => formatter.write_str("settings"),
            Self::Settings(Some(part)) => write!(formatter, "settings/{}", part.name()),
        }
    }
}

/// The text is no screen's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnknownRoute;

impl FromStr for Route {
    type Err = UnknownRoute;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix('#').unwrap_or(text);
        if let Some(id) = text.strip_prefix("chain/") {
            return id.parse().map(Self::Chain).map_err(|_| UnknownRoute);
        }
        if let Some((chain, id)) = text.strip_prefix("application/").and_then(|text| text.split_once('/')) {
            let parse = || Some(Self::Application(chain.parse().ok()?, id.parse().ok()?));
            return parse().ok_or(UnknownRoute);
        }
        if let Some(id) = text.strip_prefix("activity/") {
            return id.parse().map(|id| Self::Item(ActivityId(id))).map_err(|_| UnknownRoute);
        }
        if let Some(name) = text.strip_prefix("settings/") {
            let part = Part::ALL.into_iter().find(|part| part.name() == name);
            return part.map(|part| Self::Settings(Some(part))).ok_or(UnknownRoute);
        }
        match text {
            "" | "home" => Ok(Self::Home),
            "welcome" => Ok(Self::Welcome),
            "create" => Ok(Self::Create),
            "import" => Ok(Self::Import),
            "words" => Ok(Self::Words),
            "claim" => Ok(Self::Claim),
            "add-chain" => Ok(Self::AddChain),
            "send" => Ok(Self::Send),
            "review" => Ok(Self::Review),
            "activity" => Ok(Self::Activity),
            "receive" => Ok(Self::Receive),
            "requests" => Ok(Self::Requests),
            "network" => Ok(Self::Network),
            "settings" => Ok(Self::Settings(None)),
            _ => Err(UnknownRoute),
        }
    }
}

#[cfg(test)]
mod tests;
