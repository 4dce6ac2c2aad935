//! Home, chains, the network, the lock, sheets.

/// The state of the node or of one chain.
pub(crate) mod sync {
    pub(crate) const TITLE: &str = "State of the node";
    pub(crate) const STOPPED: &str = "Node stopped";
    pub(crate) const STARTING: &str = "Starting";
    pub(crate) const UP_TO_DATE: &str = "Up to date";
    pub(crate) const FAILED: &str = "Stopped with an error";
    pub(crate) const FAILED_SHORT: &str = "Error";
    pub(crate) const OFFLINE: &str = "Offline";

    pub(crate) fn syncing(verified: u64, claimed: u64) -> String {
        if claimed > verified { format!("Block {verified} of {claimed}") } else { "Syncing".to_owned() }
    }

    pub(crate) fn offline(since: Option<String>) -> String {
        match since {
            Some(since) => format!("Offline, last word {since}"),
            None => OFFLINE.to_owned(),
        }
    }
}

/// Home.
pub(crate) mod home {
    pub(crate) const TITLE: &str = "Home";
    pub(crate) const SEND: &str = "Send";
    pub(crate) const RECEIVE: &str = "Receive";
    pub(crate) const CHAINS: &str = "Chains";
    pub(crate) const TOKENS: &str = "Tokens of applications";
    pub(crate) const WATCHED: &str = "Watched chains";
    pub(crate) const ADD: &str = "Add";
    pub(crate) const LATEST: &str = "Latest activity";
    pub(crate) const ALL: &str = "All";
    pub(crate) const NO_CHAIN: &str = "No chain yet";
    pub(crate) const NO_CHAIN_TEXT: &str = "Claim one from the network's faucet; it takes a few seconds.";
    pub(crate) const LOOK: &str = "Look at it";
    pub(crate) const SEE_NETWORK: &str = "See the network";
    pub(crate) const BACK_UP: &str = "Write them down";
    pub(crate) const NOT_BACKED_UP: &str =
        "Your recovery words are not written down yet. Without them a lost computer means lost tokens.";

    pub(crate) fn total(account: &str) -> String {
        format!("Total of {account}")
    }

    pub(crate) fn switch_account(account: &str) -> String {
        format!("Account {account}. Switch or add accounts")
    }

    pub(crate) fn site_waits(origin: &str, requests: usize) -> String {
        match requests {
            0 | 1 => format!("{origin} waits for your answer."),
            more => format!(
                "{origin} and {} more wait for your answer.",
                super::super::count(more - 1, "request", "requests")
            ),
        }
    }
}

/// One chain.
pub(crate) mod chain {
    pub(crate) const PARTS: &str = "Parts of the chain";
    pub(crate) const OF_THE_CHAIN: &str = "Balance of the chain";
    pub(crate) const BALANCES: &str = "Balances";
    pub(crate) const BLOCKS: &str = "Blocks";
    pub(crate) const OWNERS: &str = "Owners";
    pub(crate) const APPLICATIONS: &str = "Applications";
    pub(crate) const CHAIN_ITSELF: &str = "The chain itself";
    pub(crate) const OF_CHAIN_ITSELF: &str = "of the chain itself";
    pub(crate) const CHAIN_ITSELF_TEXT: &str = "Pays fees; any owner of the chain can spend it.";
    pub(crate) const ANOTHER_OWNER: &str = "Another owner";
    pub(crate) const INBOX_EMPTY: &str = "Inbox empty";
    pub(crate) const INBOX_EMPTY_TEXT: &str = "What other chains send to this one appears here first.";
    pub(crate) const RECEIVE_ALL: &str = "Receive everything";
    pub(crate) const CAME_BACK: &str = "came back";
    pub(crate) const NO_BLOCK: &str = "No block yet";
    pub(crate) const NO_BLOCK_TEXT: &str = "The first block is made when you send or receive.";
    pub(crate) const OWNERS_TEXT: &str =
        "Owners can propose blocks. Super owners can do so at any time and without waiting for a turn.";
    pub(crate) const OWNER_UNREADABLE: &str =
        "This is no owner address. One begins with 0x and has 64 digits after it, or 40.";
    pub(crate) const SUPER_OWNER: &str = "super owner";
    pub(crate) const NO_APPLICATION: &str = "No application yet";
    pub(crate) const NO_APPLICATION_TEXT: &str = "Applications used on this chain are listed here.";
    pub(crate) const LAST_BLOCK: &str = "Last block";
    pub(crate) const STATE: &str = "State";
    pub(crate) const EPOCH: &str = "Epoch";
    pub(crate) const RENAME: &str = "Rename";
    pub(crate) const FORGET: &str = "Stop following";
    pub(crate) const CHECK: &str = "Check from the first block";
    pub(crate) const CHECK_AGAIN: &str = "Check again";
    pub(crate) const CHECK_TEXT: &str = "Asks every validator for the whole chain and checks each block, signature and message anew. Closing the wallet only pauses it.";
    pub(crate) const CHECK_OTHER: &str = "Another chain is being checked.";
    pub(crate) const CHECK_BEGINS: &str = "Asking the validators";
    pub(crate) const CHECK_OPEN: &str =
        "Nothing wrong was found, but part of it could not be decided. Try again later.";
    pub(crate) const CHECK_WRONG: &str =
        "Something is wrong. Save the evidence and pass it on: anybody can check it without your word.";
    pub(crate) const SAVE_EVIDENCE: &str = "Save the evidence";
    pub(crate) const EVIDENCE_TOO_LARGE: &str = "This evidence is too large to save here.";
    pub(crate) const CLOSED: &str = "Closed";
    pub(crate) const CLOSED_TEXT: &str =
        "This chain is closed for good. It can be read, but takes no more blocks of yours.";
    pub(crate) const PENDING: &str = "waiting for votes";
    pub(crate) const UNKNOWN: &str = "Unknown chain";
    pub(crate) const UNKNOWN_TEXT: &str = "This wallet does not follow it. Add it by its ID.";

    pub(crate) fn height(blocks: u64) -> String {
        super::super::count(usize::try_from(blocks).unwrap_or(usize::MAX), "block", "blocks")
    }

    pub(crate) fn block(height: u64) -> String {
        format!("Block {height}")
    }

    pub(crate) fn checking(is_admin: bool, checked: u64, of: u64) -> String {
        match is_admin {
            true => format!("Checking who may certify: block {checked} of {of} of the admin chain"),
            false => format!("Checking: block {checked} of {of}"),
        }
    }

    pub(crate) fn check_clean(blocks: u64, messages: u64) -> String {
        let count = |number: u64, one, many| {
            super::super::count(usize::try_from(number).unwrap_or(usize::MAX), one, many)
        };
        let (blocks, messages) = (count(blocks, "block", "blocks"), count(messages, "message", "messages"));
        format!("Checked: {blocks} and {messages}. All of it is as the network's rules say.")
    }

    pub(crate) fn inbox(unread: u32) -> String {
        if unread == 0 { "Inbox".to_owned() } else { format!("Inbox ({unread})") }
    }

    pub(crate) fn unread(bundles: u32) -> String {
        format!("{bundles} in the inbox")
    }

    pub(crate) fn of(name: &str) -> String {
        format!("of {name}")
    }

    pub(crate) fn from(name: &str) -> String {
        format!("from {name}")
    }

    pub(crate) fn weight(weight: u64) -> String {
        format!("weight {weight}")
    }
}

/// The network.
pub(crate) mod network {
    pub(crate) const TITLE: &str = "Network";
    pub(crate) const UNNAMED: &str = "The network";
    pub(crate) const VALIDATORS: &str = "Validators";
    pub(crate) const AGREES: &str = "agrees";
    pub(crate) const LAGS: &str = "is behind";
    pub(crate) const DISAGREES: &str = "contradicts verified blocks";
    pub(crate) const SILENT: &str = "does not answer";
    pub(crate) const UNKNOWN: &str = "not asked yet";
    pub(crate) const LAST: &str = "last answer";
    pub(crate) const NODE: &str = "Your node";
    pub(crate) const RUNNING: &str = "Running";
    pub(crate) const SINCE: &str = "started";
    pub(crate) const BLOCKS: &str = "Blocks verified";
    pub(crate) const RATE: &str = "Rate when busy";
    pub(crate) const DISK: &str = "On disk";
    pub(crate) const MEMORY: &str = "Memory";
    pub(crate) const RESTARTS: &str = "Restarts";
    pub(crate) const FEES: &str = "Fees paid";
    pub(crate) const VERSION: &str = "Version";
    pub(crate) const GENESIS: &str = "Genesis";
    pub(crate) const RESTART: &str = "Restart the node";
    pub(crate) const RESTART_TEXT: &str =
        "Takes a second. Nothing is lost: whatever is on its way is picked up again.";
    pub(crate) const NOTHING: &str = "Nothing known yet";
    pub(crate) const NOTHING_TEXT: &str = "The node has not told anything about its validators.";

    pub(crate) fn quorum(answering: u64, needed: u64, total: u64) -> String {
        format!("{answering} of {total} votes answer, {needed} needed")
    }

    pub(crate) fn per_second(rate: &str) -> String {
        format!("{rate} blocks/s")
    }
}

/// Locked, damaged, silent.
pub(crate) mod locked {
    pub(crate) const TITLE: &str = "Locked";
    pub(crate) const UNLOCK: &str = "Unlock";
    pub(crate) const FORGOTTEN: &str = "Password forgotten?";
    pub(crate) const FORGOTTEN_TEXT: &str = "Nobody can read or reset it. Remove the extension, install it again and import your recovery words: everything on your chains is still there.";
    pub(crate) const DAMAGED_TITLE: &str = "Key file damaged";
    pub(crate) const DAMAGED: &str = "The file with your keys cannot be read. Nothing was changed or deleted. Save a copy, then import your recovery words; your chains are not affected.";
    pub(crate) const DAMAGED_EXPORT: &str = "Save a copy of the file";
    pub(crate) const DAMAGED_IMPORT: &str = "Import recovery words";
    pub(crate) const SILENT_TITLE: &str = "The node does not answer";
    pub(crate) const SILENT: &str = "No answer for two seconds";
    pub(crate) const SILENT_TEXT: &str = "The part of the wallet that runs in the background did not answer. Your keys and tokens are safe; starting it anew usually helps.";
    pub(crate) const RESTART: &str = "Restart the node";
    pub(crate) const TRY_AGAIN: &str = "Ask again";

    pub(crate) fn meanwhile(chains: usize) -> String {
        if chains == 0 {
            "Your keys are sealed.".to_owned()
        } else {
            format!(
                "Your keys are sealed. The node goes on following {}.",
                super::super::count(chains, "chain", "chains")
            )
        }
    }

    pub(crate) fn waiting(requests: usize) -> String {
        let requests = super::super::count(requests, "request of a site waits", "requests of sites wait");
        format!("{requests} for you. Unlock to look.")
    }

    pub(crate) fn show_saved(ago: &str) -> String {
        format!("Show what was saved {ago}")
    }
}

/// Sheets.
pub(crate) mod sheet {
    pub(crate) const ACCOUNTS: &str = "Accounts";
    pub(crate) const ADD_ACCOUNT: &str = "Add an account";
    pub(crate) const NEW_ACCOUNT: &str = "New account";
    pub(crate) const NEW_ACCOUNT_TEXT: &str = "Its key comes from the same recovery words.";
    pub(crate) const WHERE_KEYS: &str = "Recovery words and private keys";
    pub(crate) const NAME: &str = "Name";
    pub(crate) const ADD: &str = "Add";
    pub(crate) const SAVE: &str = "Save";
    pub(crate) const KEEP: &str = "Not now";
    pub(crate) const SHOW: &str = "Show";
    pub(crate) const SAVE_RECIPIENT: &str = "Name this address";
    pub(crate) const FORGET: &str = "Stop following";
    pub(crate) const FORGET_TEXT: &str = "The chain disappears from this wallet. Nothing happens to it or its tokens; add it again by its ID at any time.";
    pub(crate) const ABANDON: &str = "Give it up?";
    pub(crate) const ABANDON_TEXT: &str =
        "Nothing has been signed, so nothing can have happened. It stays in the list as given up.";
    pub(crate) const RESYNC_TEXT: &str = "All blocks of this network are deleted here and fetched and verified again. Keys, names and settings stay. Balances are incomplete until it is done.";
    pub(crate) const REVEAL_PHRASE_TEXT: &str = "Whoever sees these words can spend everything you have, for ever. No site and no helper ever needs them.";
    pub(crate) const REVEAL_KEY_TEXT: &str = "Whoever sees this key can spend everything of this account, for ever. No site and no helper ever needs it.";
    pub(crate) const ERASE_TEXT: &str = "Your keys are deleted from this computer. Without your recovery words and private keys, all tokens of these accounts are lost for good.";

    pub(crate) fn rename(name: &str) -> String {
        format!("Rename {name}")
    }

    pub(crate) fn forget(name: &str) -> String {
        format!("Stop following {name}?")
    }

    pub(crate) fn key_of(name: &str) -> String {
        format!("Private key of {name}")
    }
}
