//! Everything that can happen to the interface, and everything it can ask of its surroundings.

use walnut_base::{ChainId, Timestamp};
use walnut_wallet::{
    activity::ActivityId,
    messages::{AccountId, UiError, UiEvent, UiRequest, UiResponse},
};
use zeroize::Zeroizing;

use crate::{model::Sheet, route::Route, source::Source, tree::Form};

/// Secret bytes beside a message; overwritten when dropped.
pub(crate) type Secrets = Vec<Zeroizing<Vec<u8>>>;

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// Time passes.
    Tick(Timestamp),
    /// The window got or lost the focus.
    Focused(bool),
    /// The page's address changed.
    Arrived(Route),
    /// The host did not answer the handshake in time.
    HostSilent,
    /// A request was answered.
    Answered {
        /// What was asked.
        request: Box<UiRequest>,
        /// What came back.
        result: Box<Result<UiResponse, UiError>>,
        /// What came beside it.
        secrets: Redacted,
    },
    /// The host told something.
    Told(Box<UiEvent>),

    /// Copy a text.
    Copy(String),
    /// The text is on the clipboard.
    Copied(String),
    /// The browser refused; the text is shown whole instead.
    CopyFailed(String),
    /// Some seconds after a copy: the tick goes away.
    CopyShown,
    /// Show a hash whole, or short again.
    Expand(String),
    /// Open a sheet.
    Open(Sheet),
    /// Close the sheet, or hide the error.
    Close,
    /// Open this screen in a tab of its own.
    OpenTab(Route),
    /// Start the node anew.
    RestartNode,
    /// Ask the host again.
    Reconnect,
    /// Show the saved state although the host is silent.
    ShowSaved,

    /// A new password is being typed.
    PasswordTyped(String),
    /// Create the wallet.
    Create(Form),
    /// What is imported: words or a key.
    ImportKind(String),
    /// How many words.
    WordCount(String),
    /// Text pasted into one of the word fields.
    PhrasePasted(String),
    /// A word was typed, at this place counted from 0.
    WordTyped(usize, String),
    /// Import.
    Import(Form),
    /// Show the recovery words.
    ShowWords,
    /// The words are written down.
    WordsWritten,
    /// Remind me later.
    WordsLater,
    /// Ask the faucet for a chain.
    Claim(Form),
    /// Follow a chain by id.
    AddChain(Form),

    /// Open the vault.
    Unlock(Form),
    /// Close the vault.
    Lock,
    /// Show another account at home.
    SelectAccount(AccountId),
    /// Next account from the wallet's words.
    AddAccount(Form),
    /// Give an account a name.
    RenameAccount(AccountId),
    /// Give the open account or chain its new name.
    Rename(Form),

    /// Which part of the chain screen.
    ChainTab(ChainTab),
    /// Receive what waits in the inbox.
    ProcessInbox(ChainId),
    /// Hide a chain.
    ForgetChain(ChainId),
    /// Check a chain from its first block on.
    Audit(ChainId),
    /// Save the evidence with this number.
    SaveEvidence(usize),

    /// Open an application by its id.
    OpenApplication(Form),
    /// A question to an application is being typed.
    QueryTyped(String),
    /// A question was chosen from a list.
    QueryChosen(String),
    /// Ask the application.
    AskApplication,
    /// Write a transfer from this balance.
    SendFrom(Source),

    /// Recipient typed.
    ToTyped(String),
    /// Recipient chosen from a list.
    ToChosen(String),
    /// Amount typed.
    AmountTyped(String),
    /// As much as possible.
    Max,
    /// Source chosen.
    SourceChosen(String),
    /// Typing paused: ask for recipient and fee. Carries the number of the keystroke.
    TypingPaused(u32),
    /// Stage the block.
    Prepare,
    /// Half a second of focus passed. Carries the number of the focus.
    ApproveReady(u32),
    /// Sign and propose.
    Approve,
    /// Back to the draft.
    CancelReview,

    /// Only one chain's activity.
    FilterActivity(String),
    /// Older items.
    MoreActivity,
    /// Try again.
    Retry(ActivityId),
    /// Give up.
    Abandon(ActivityId),

    /// Which chain's address.
    ReceiveChain(String),
    /// Chain id or owner address.
    ReceiveAs(ReceiveAs),

    /// Grant or withhold an account.
    SiteAccount(AccountId),
    /// Grant or withhold a chain.
    SiteChain(ChainId),
    /// Grant or withhold proposing.
    SitePropose,
    /// Until when.
    SiteUntil(String),
    /// Connect.
    ApproveConnect,
    /// Sign.
    ApproveSign,
    /// No; with `true` the site is ignored from now on.
    DenySite(bool),

    /// Colours.
    Theme(String),
    /// Minutes until auto-lock.
    AutoLock(String),
    /// Receive policy.
    ReceivePolicy(String),
    /// Follow chains with no window open.
    BackgroundSync,
    /// Another network.
    Network(Form),
    /// A new address book entry.
    AddBookEntry(Form),
    /// One entry less.
    RemoveBookEntry(u32),
    /// What the password sheet is for.
    Confirm(Form),
    /// Change the password.
    ChangePassword(Form),
    /// Save the encrypted vault.
    ExportVault,
    /// Make the report.
    Diagnostics,
    /// Save the report.
    SaveDiagnostics,
    /// Sync anew.
    Resync,
}

/// Secrets inside a message: never printed.
#[derive(Clone, Default)]
pub(crate) struct Redacted(pub(crate) Secrets);

impl std::fmt::Debug for Redacted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} secrets", self.0.len())
    }
}

/// Parts of the chain screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ChainTab {
    /// Balances of the chain and each owner.
    #[default]
    Balances,
    /// Incoming bundles.
    Inbox,
    /// Verified blocks.
    Blocks,
    /// Who may propose.
    Owners,
    /// Applications.
    Applications,
}

/// The two addresses of the receive screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ReceiveAs {
    /// The chain.
    #[default]
    Chain,
    /// The owner on that chain.
    Owner,
}

/// What the interface asks of the browser and of the host.
#[derive(Debug)]
pub(crate) enum Command {
    /// Send a request to the host; its answer comes back as [`Message::Answered`].
    Ask {
        /// What.
        request: UiRequest,
        /// Secrets beside it.
        secrets: Redacted,
    },
    /// Change the page's address (a step in its history).
    Go(Route),
    /// Put text on the clipboard.
    Copy(String),
    /// Say this later.
    Later {
        /// After so many milliseconds.
        after_ms: u32,
        /// What.
        message: Message,
    },
    /// Move the keyboard focus to the element with this id.
    Focus(&'static str),
    /// Show the theme now and keep it for the next first paint.
    Theme(walnut_wallet::messages::Theme),
    /// Open a screen in a tab.
    OpenTab(Route),
    /// Save a text file.
    Save {
        /// Name of the file.
        name: String,
        /// Its text.
        text: String,
    },
    /// Fill the word fields.
    Spread(Zeroizing<String>),
    /// Empty all password fields.
    ClearSecrets,
    /// Say hello to the host again.
    Connect,
    /// Ask the browser's background to start the host document anew.
    RestartHost,
    /// Load the page again: the host speaks another version.
    Reload,
    /// Ask the browser for access to this origin.
    Permit(String),
}
