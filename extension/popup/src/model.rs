//! Everything the interface knows. Screens read it, [`crate::update`] changes it.

use std::collections::BTreeSet;

use walnut_base::{AccountOwner, Amount, ChainId, Timestamp};
use walnut_wallet::{
    activity::{ActivityId, ActivityItem},
    amount_input::parse_amount,
    messages::{
        Account, AccountId, ApplicationDetails, ApplicationSummary, AuditProgress, AuditReport, ChainDetails,
        ChainSummary, ClaimStep, ConnectPermissions, Diagnostics, ImportedSecretKind, LockStatus,
        NetworkStatus, QueryAnswer, ReceiveInfo, RecipientInfo, Review, ReviewId, SendDraft, SendQuote,
        SiteRequestId, Snapshot, Surface, UiError,
    },
    vault::PasswordStrength,
};
use zeroize::Zeroizing;

use crate::{
    message::{ChainTab, ReceiveAs},
    route::Route,
    source::Source,
};

/// The state of one window.
#[derive(Debug)]
pub(crate) struct Model {
    /// Where it runs.
    pub(crate) surface: Surface,
    /// The time as of the last message.
    pub(crate) now: Timestamp,
    /// Minutes that this machine's clock is ahead of UTC.
    pub(crate) utc_offset_minutes: i32,
    /// Which screen.
    pub(crate) route: Route,
    /// Whether the host is there.
    pub(crate) link: Link,
    /// The wallet; none until anything is known.
    pub(crate) snapshot: Option<Snapshot>,
    /// Whether the snapshot is the saved one and nobody confirmed it yet.
    pub(crate) is_saved: bool,
    /// Whether the window has the focus.
    pub(crate) has_focus: bool,
    /// Number of the current stretch of focus on something to approve.
    pub(crate) focus_number: u32,
    /// Whether that stretch lasted long enough for Approve.
    pub(crate) may_approve: bool,
    /// The last failed request on this screen.
    pub(crate) error: Option<UiError>,
    /// What is being waited for.
    pub(crate) tasks: BTreeSet<Task>,
    /// The sheet on top.
    pub(crate) sheet: Option<Sheet>,
    /// The text last copied, while its tick is shown.
    pub(crate) copied: Option<String>,
    /// A hash shown whole.
    pub(crate) expanded: Option<String>,
    /// Setting the wallet up.
    pub(crate) start: Start,
    /// The chain screen.
    pub(crate) chain: ChainView,
    /// The last check of a chain.
    pub(crate) audit: Option<AuditView>,
    /// The page of an application.
    pub(crate) application: ApplicationView,
    /// The send screen.
    pub(crate) send: SendForm,
    /// A staged block.
    pub(crate) review: Option<Review>,
    /// Where the staged block was asked for; there one changes it.
    pub(crate) review_from: Route,
    /// The activity screen.
    pub(crate) activity: ActivityView,
    /// The receive screen.
    pub(crate) receive: ReceiveView,
    /// The connect screen.
    pub(crate) site: SiteForm,
    /// The network screen.
    pub(crate) network: Option<NetworkStatus>,
    /// The diagnostics screen.
    pub(crate) diagnostics: Option<Diagnostics>,
}

/// Whether the host answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Said hello; up to two seconds.
    Connecting,
    /// It answered.
    Online,
    /// It did not answer.
    Silent,
    /// It did not answer, and the person looks at the saved state.
    SilentShown,
}

/// Requests whose answer changes what can be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    /// Making or importing a wallet.
    Setup,
    /// Opening the vault.
    Unlock,
    /// Waiting for the faucet.
    Claim,
    /// Following another chain.
    AddChain,
    /// Loading a chain.
    Chain,
    /// Loading the applications of a chain.
    Applications,
    /// Loading an application.
    Application,
    /// Asking an application.
    Query,
    /// Receiving an inbox.
    Inbox,
    /// Checking a chain.
    Audit,
    /// Staging a block.
    Prepare,
    /// Approving a review.
    Approve,
    /// Answering a site.
    Site,
    /// Loading activity.
    Activity,
    /// Loading addresses.
    Receive,
    /// Loading the network.
    Network,
    /// A password-guarded action.
    Guarded,
    /// A new password.
    Password,
    /// Something of the settings.
    Settings,
    /// The report.
    Diagnostics,
    /// Restarting the node.
    Restart,
}

/// Sheets over a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// The account switcher.
    Accounts,
    /// A new account.
    NewAccount,
    /// A new name for an account.
    RenameAccount(AccountId),
    /// A new name for a chain.
    RenameChain(ChainId),
    /// Hide a chain.
    ForgetChain(ChainId),
    /// Another owner for a chain: password.
    AddOwner(ChainId),
    /// One owner less: password.
    RemoveOwner(ChainId, AccountOwner),
    /// Whose turn it is when: password.
    Rounds(ChainId),
    /// Give an item up.
    Abandon(ActivityId),
    /// A name for the recipient.
    SaveRecipient,
    /// Sync anew.
    Resync,
    /// Show the recovery words: password.
    RevealPhrase,
    /// Show a private key: password.
    RevealKey(AccountId),
    /// Forget the wallet: password.
    Erase,
}

/// Setting the wallet up.
#[derive(Debug)]
pub(crate) struct Start {
    /// Strength of the password being typed: how long guessing would take.
    pub(crate) strength: Option<PasswordStrength>,
    /// Why the form cannot be sent yet.
    pub(crate) problem: Option<&'static str>,
    /// What is imported.
    pub(crate) import_kind: ImportedSecretKind,
    /// Number of words.
    pub(crate) word_count: usize,
    /// Places of words that are in no word list, counted from 0.
    pub(crate) bad_words: BTreeSet<usize>,
    /// Recovery words or a private key that was asked for; dropped when the screen is left.
    pub(crate) secret: Option<Secret>,
    /// Whether they are uncovered.
    pub(crate) is_uncovered: bool,
    /// Progress of the claim.
    pub(crate) claim: Option<ClaimStep>,
    /// The chain that was claimed or added.
    pub(crate) claimed: Option<ChainId>,
}

/// A secret on the screen.
pub(crate) enum Secret {
    /// Recovery words with one space between.
    Phrase(Zeroizing<String>),
    /// One account's private key, hex.
    Key(Zeroizing<String>),
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a secret")
    }
}

/// The chain screen.
#[derive(Debug, Default)]
pub(crate) struct ChainView {
    /// Everything about it.
    pub(crate) details: Option<ChainDetails>,
    /// Its applications.
    pub(crate) applications: Option<Vec<ApplicationSummary>>,
    /// Which part.
    pub(crate) tab: ChainTab,
    /// Operations that wait for the password.
    pub(crate) guarded: Option<(ChainId, Vec<u8>)>,
}

/// The check of a chain from its first block on.
#[derive(Debug)]
pub(crate) struct AuditView {
    /// The chain.
    pub(crate) chain_id: ChainId,
    /// How far it has come.
    pub(crate) progress: Option<AuditProgress>,
    /// What was found.
    pub(crate) report: Option<AuditReport>,
}

/// The page of an application.
#[derive(Debug, Default)]
pub(crate) struct ApplicationView {
    /// Everything about it.
    pub(crate) details: Option<ApplicationDetails>,
    /// The question as typed.
    pub(crate) query: String,
    /// The last answer.
    pub(crate) answer: Option<QueryAnswer>,
}

/// The send screen.
#[derive(Debug, Default)]
pub(crate) struct SendForm {
    /// Recipient as typed.
    pub(crate) to: String,
    /// Amount as typed.
    pub(crate) amount: String,
    /// Chain and balance to send from; the first with tokens when none was chosen.
    pub(crate) source: Option<Source>,
    /// Counts keystrokes, so that only the last answer counts.
    pub(crate) keystroke: u32,
    /// What the recipient is, or why it cannot be read; with the text it belongs to.
    pub(crate) recipient: Option<(String, Result<RecipientInfo, UiError>)>,
    /// Fee and maximum, for the source and amount they were asked for.
    pub(crate) quote: Option<(SendDraft, Result<SendQuote, UiError>)>,
    /// Max was pressed: the amount follows the quote.
    pub(crate) is_max: bool,
}

/// The activity screen.
#[derive(Debug, Default)]
pub(crate) struct ActivityView {
    /// Latest first.
    pub(crate) items: Vec<ActivityItem>,
    /// Whether there are older ones.
    pub(crate) has_more: bool,
    /// Only this chain's.
    pub(crate) chain: Option<ChainId>,
    /// The item on its own screen.
    pub(crate) item: Option<ActivityItem>,
}

/// The receive screen.
#[derive(Debug, Default)]
pub(crate) struct ReceiveView {
    /// The addresses.
    pub(crate) info: Option<ReceiveInfo>,
    /// Which chain.
    pub(crate) chain: Option<ChainId>,
    /// Which address.
    pub(crate) address: ReceiveAs,
}

/// The connect screen.
#[derive(Debug)]
pub(crate) struct SiteForm {
    /// Which request the choices belong to.
    pub(crate) request: Option<SiteRequestId>,
    /// Which review was shown with it.
    pub(crate) review: Option<ReviewId>,
    /// What is granted.
    pub(crate) permissions: ConnectPermissions,
    /// Days until it ends; none = until revoked.
    pub(crate) days: Option<u32>,
}

impl Model {
    /// A window that knows only what was saved.
    pub(crate) fn new(surface: Surface, now: Timestamp, snapshot: Option<Snapshot>) -> Self {
        Self {
            surface,
            now,
            utc_offset_minutes: 0,
            route: Route::Home,
            link: Link::Connecting,
            is_saved: snapshot.is_some(),
            snapshot,
            has_focus: true,
            focus_number: 0,
            may_approve: false,
            error: None,
            tasks: BTreeSet::new(),
            sheet: None,
            copied: None,
            expanded: None,
            start: Start {
                strength: None,
                problem: None,
                import_kind: ImportedSecretKind::Phrase,
                word_count: 24,
                bad_words: BTreeSet::new(),
                secret: None,
                is_uncovered: false,
                claim: None,
                claimed: None,
            },
            chain: ChainView::default(),
            audit: None,
            application: ApplicationView::default(),
            send: SendForm::default(),
            review: None,
            review_from: Route::Send,
            activity: ActivityView::default(),
            receive: ReceiveView::default(),
            site: SiteForm {
                request: None,
                review: None,
                permissions: ConnectPermissions {
                    accounts: Vec::new(),
                    chains: Vec::new(),
                    may_propose: false,
                    expires_at: None,
                },
                days: Some(30),
            },
            network: None,
            diagnostics: None,
        }
    }

    /// Where the back button leads: a review goes back to where it was asked for.
    pub(crate) fn parent(&self) -> Option<Route> {
        if self.route == Route::Review { Some(self.review_from) } else { self.route.parent() }
    }

    /// Whether this is being waited for.
    pub(crate) fn is_busy(&self, task: Task) -> bool {
        self.tasks.contains(&task)
    }

    /// Whether keys are usable.
    pub(crate) fn is_unlocked(&self) -> bool {
        self.snapshot.as_ref().is_some_and(|snapshot| snapshot.lock == LockStatus::Unlocked)
    }

    /// All chains known.
    pub(crate) fn chains(&self) -> &[ChainSummary] {
        self.snapshot.as_ref().map_or(&[], |snapshot| &snapshot.chains)
    }

    /// All accounts.
    pub(crate) fn accounts(&self) -> &[Account] {
        self.snapshot.as_ref().map_or(&[], |snapshot| &snapshot.accounts)
    }

    /// The account shown at home.
    pub(crate) fn account(&self) -> Option<&Account> {
        let current = self.snapshot.as_ref().and_then(|snapshot| snapshot.current_account);
        self.accounts().iter().find(|account| Some(account.id) == current).or_else(|| self.accounts().first())
    }

    /// A chain's row.
    pub(crate) fn summary(&self, id: ChainId) -> Option<&ChainSummary> {
        self.chains().iter().find(|chain| chain.chain_id == id)
    }

    /// A chain's name: the person's, the address book's, or none.
    pub(crate) fn chain_name(&self, id: ChainId) -> Option<String> {
        if let Some(chain) = self.summary(id) {
            return Some(chain.name.clone());
        }
        let book = self.snapshot.as_ref().map_or(&[][..], |snapshot| &snapshot.address_book);
        book.iter().find(|entry| entry.chain_id == Some(id)).map(|entry| entry.name.clone())
    }

    /// An owner's name: an account's, the address book's, or none.
    pub(crate) fn owner_name(&self, owner: AccountOwner) -> Option<String> {
        if let Some(account) = self.accounts().iter().find(|account| account.owner == owner) {
            return Some(account.name.clone());
        }
        let book = self.snapshot.as_ref().map_or(&[][..], |snapshot| &snapshot.address_book);
        book.iter().find(|entry| entry.owner == Some(owner)).map(|entry| entry.name.clone())
    }

    /// What one account has: balances of its chains, and of its owner on every chain.
    pub(crate) fn account_total(&self, account: &Account) -> Amount {
        self.chains()
            .iter()
            .flat_map(|chain| {
                let own = (chain.account == Some(account.id)).then_some(chain.chain_balance);
                let held = chain.owner_balances.iter().filter(|held| held.owner == account.owner);
                own.into_iter().chain(held.map(|held| held.balance))
            })
            .sum()
    }

    /// An item, from the snapshot or from the pages loaded since.
    pub(crate) fn item(&self, id: ActivityId) -> Option<&ActivityItem> {
        let fresh = self.snapshot.iter().flat_map(|snapshot| &snapshot.activity);
        let loaded = self.activity.item.iter().chain(&self.activity.items);
        fresh.chain(loaded).find(|item| item.id == id)
    }

    /// Where the send screen takes from: what was chosen, else the first balance that is not zero.
    pub(crate) fn send_source(&self) -> Option<Source> {
        self.send.source.clone().or_else(|| {
            let mut sources = self.send_sources();
            let place = sources.iter().position(|source| source.1 > Amount::ZERO).unwrap_or_default();
            (place < sources.len()).then(|| sources.swap_remove(place).0)
        })
    }

    /// Every balance that can be sent from: the current account's chains first.
    pub(crate) fn send_sources(&self) -> Vec<(Source, Amount)> {
        let current = self.account().map(|account| account.id);
        let mut sources = Vec::new();
        for is_current in [true, false] {
            for chain in self.chains() {
                if chain.account.is_none() || chain.is_closed || (chain.account == current) != is_current {
                    continue;
                }
                sources.extend(Source::of_chain(chain));
            }
        }
        sources
    }

    /// The draft as far as it can be read; none while the recipient or the amount is missing or wrong.
    pub(crate) fn draft(&self) -> Option<SendDraft> {
        let Source { chain_id, owner: source, token } = self.send_source()?;
        let amount = parse_amount(&self.send.amount, None).ok()?;
        let (text, Ok(recipient)) = self.send.recipient.as_ref()? else { return None };
        (text == self.send.to.trim()).then_some(SendDraft {
            chain_id,
            source,
            recipient_chain: recipient.chain_id,
            recipient_owner: recipient.owner,
            amount,
            token,
        })
    }
}

#[cfg(test)]
mod tests;
