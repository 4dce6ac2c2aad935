//! The person's settings.

use serde::{Deserialize, Serialize};
use walnut_base::ChainId;

/// Everything under Settings that is not a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// Minutes without a user action until the wallet locks itself; 1 to [`Settings::AUTO_LOCK_MINUTES_MAX`].
    pub auto_lock_minutes: u32,
    /// What happens to incoming bundles.
    pub receive_policy: ReceivePolicy,
    /// The network in use.
    pub network: NetworkChoice,
    /// Language of the interface.
    pub language: Language,
    /// Follow chains while no window is open (Firefox: keeps the background page alive).
    pub background_sync: bool,
}

impl Settings {
    /// Longest auto-lock time: one day.
    pub const AUTO_LOCK_MINUTES_MAX: u32 = 24 * 60;

    /// Default auto-lock time.
    pub const AUTO_LOCK_MINUTES_DEFAULT: u32 = 15;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            auto_lock_minutes: Self::AUTO_LOCK_MINUTES_DEFAULT,
            receive_policy: ReceivePolicy::AutoWhileUnlocked,
            network: NetworkChoice::default(),
            language: Language::English,
            background_sync: false,
        }
    }
}

/// Colours of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What happens to incoming bundles. Receiving needs a block, hence a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceivePolicy {
    /// Receive-only blocks are made without asking while the wallet is unlocked.
    AutoWhileUnlocked,
    /// Only when the person presses Receive, or with the next block of their own.
    Manual,
    /// As `AutoWhileUnlocked`, but only bundles of these chains.
    OnlyFrom(
        /// The senders.
        Vec<ChainId>,
    ),
}

/// A network the wallet can talk to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkChoice {
    /// Name for people; the network's own name once known.
    pub name: String,
    /// URL of its faucet: genesis, validators and new chains come from there.
    pub faucet_url: String,
}

/// Languages of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    English,
}
