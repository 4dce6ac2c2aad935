//! Sending, reviewing, receiving, activity, requests of sites.

/// Writing a transfer.
pub(crate) mod send {
    pub(crate) const TITLE: &str = "Send";
    pub(crate) const TO: &str = "To";
    pub(crate) const TO_PLACEHOLDER: &str = "Chain ID or owner@chain";
    pub(crate) const TO_HINT: &str = "Paste the address that the other side's Receive screen shows.";
    pub(crate) const SUGGESTIONS: &str = "Known recipients";
    pub(crate) const RECOGNISING: &str = "Looking who this is…";
    pub(crate) const KIND_CHAIN: &str = "a chain";
    pub(crate) const SAVE_NAME: &str = "Save with a name";
    pub(crate) const AMOUNT: &str = "Amount";
    pub(crate) const MAX: &str = "Max";
    pub(crate) const FROM: &str = "From";
    pub(crate) const FEE: &str = "Fee";
    pub(crate) const AFTERWARDS: &str = "Balance afterwards";
    pub(crate) const TOKEN_HINT: &str = "Paste owner@chain: these tokens belong to owners.";
    pub(crate) const REVIEW: &str = "Review";
    pub(crate) const STAGING: &str = "Trying it out here…";
    pub(crate) const NO_SOURCE: &str = "Nothing to send from";
    pub(crate) const NO_SOURCE_TEXT: &str = "You need a chain of your own first.";

    pub(crate) fn kind_owner(chain: &str) -> String {
        format!("an owner on {chain}")
    }

    pub(crate) fn mine(name: &str, kind: &str) -> String {
        format!("{name}: your own, {kind}.")
    }

    pub(crate) fn book(name: &str, kind: &str) -> String {
        format!("{name} from your address book, {kind}.")
    }

    pub(crate) fn new(kind: &str) -> String {
        format!("New to you: {kind}.")
    }

    pub(crate) fn owner_on(owner: &str, chain: &str) -> String {
        format!("{owner} on {chain}")
    }

    pub(crate) fn source(name: &str, balance: &str) -> String {
        format!("{name} · {balance}")
    }

    pub(crate) fn more_than_balance(balance: &str) -> String {
        format!("That is more than there is: {balance}.")
    }

    pub(crate) fn more_than_max(max: &str) -> String {
        format!("With the fee at most {max} can be sent.")
    }
}

/// A staged block.
pub(crate) mod review {
    pub(crate) const MOVED_ON: &str = "The chain has a newer block than what you looked at. These are the new numbers: look again, then approve.";
    pub(crate) const TITLE: &str = "Review";
    pub(crate) const APPROVE: &str = "Approve and sign";
    pub(crate) const SIGNING: &str = "Signing…";
    pub(crate) const CHANGE: &str = "Change";
    pub(crate) const FEE: &str = "Fee";
    pub(crate) const BALANCE_AFTER: &str = "Balance afterwards";
    pub(crate) const SIGNED_BY: &str = "Signed by";
    pub(crate) const FUEL: &str = "Fuel used";
    pub(crate) const EFFECTS: &str = "What it does";
    pub(crate) const RECEIVED: &str = "What it receives";
    pub(crate) const OPERATIONS: &str = "Operations, decoded from the bytes to be signed";
    pub(crate) const BLOCK: &str = "The block itself";
    pub(crate) const HEIGHT: &str = "Block";
    pub(crate) const DIGEST: &str = "Signed hash";
    pub(crate) const GONE: &str = "There is nothing to review any more.";
    pub(crate) const WARN_NEW: &str =
        "You have never sent anything to this address. Compare it with the one you were given.";
    pub(crate) const WARN_NEARLY_ALL: &str = "This is nearly everything you have there.";
    pub(crate) const WARN_UNDECODED: &str = "Part of this block cannot be decoded. What it was seen to do when it was tried out here is listed; the rest is up to the application.";
    pub(crate) const WARN_OWN: &str = "This is one of your own addresses.";
    pub(crate) const WARN_FOREIGN: &str = "The tokens go to an owner on a chain you do not know. Only that owner can fetch them, and only while that chain takes blocks.";
    pub(crate) const WARN_IRREVERSIBLE: &str = "This cannot be undone.";

    pub(crate) fn balance_of(name: &str) -> String {
        format!("Balance of {name}")
    }

    pub(crate) fn token_of(symbol: &str, name: &str) -> String {
        format!("{symbol} of {name}")
    }

    pub(crate) fn message(to: &str) -> String {
        format!("Message to {to}")
    }
}

/// Receiving.
pub(crate) mod receive {
    pub(crate) const TITLE: &str = "Receive";
    pub(crate) const INTO: &str = "Into";
    pub(crate) const WHICH: &str = "Which address";
    pub(crate) const CHAIN: &str = "Chain";
    pub(crate) const OWNER: &str = "Owner";
    pub(crate) const OWNER_ALONE: &str = "The owner address alone, where a contract or a form asks for it:";
    pub(crate) const ARRIVALS: &str = "Arrivals show up under Activity.";
    pub(crate) const NO_CHAIN: &str = "No chain to receive on";
    pub(crate) const NO_CHAIN_TEXT: &str = "Claim a chain first; its ID is your address.";

    pub(crate) fn chain_purpose(name: &str) -> String {
        format!("For tokens that go to {name} itself. This is the address to give to most people.")
    }

    pub(crate) fn owner_purpose(account: &str, chain: &str) -> String {
        format!(
            "For tokens that only {account} may spend, kept on {chain}. Use it on chains with several owners, and for tokens of applications."
        )
    }

    pub(crate) fn qr_label(what: &str) -> String {
        format!("QR code: {what}")
    }
}

/// Activity.
pub(crate) mod activity {
    pub(crate) const TITLE: &str = "Activity";
    pub(crate) const ITEM: &str = "Activity";
    pub(crate) const NONE: &str = "Nothing yet";
    pub(crate) const NONE_TEXT: &str = "What you send and receive is listed here.";
    pub(crate) const FILTER: &str = "Chain";
    pub(crate) const ALL_CHAINS: &str = "All chains";
    pub(crate) const MORE: &str = "Older";
    pub(crate) const TIMELINE: &str = "What happened when";
    pub(crate) const QUEUED: &str = "Queued";
    pub(crate) const SIGNED: &str = "Waiting for votes";
    pub(crate) const SENT: &str = "Sent";
    pub(crate) const ARRIVED: &str = "Arrived";
    pub(crate) const RECEIVED: &str = "Received";
    pub(crate) const CERTIFIED: &str = "Certified";
    pub(crate) const FAILED: &str = "Failed";
    pub(crate) const QUEUED_TEXT: &str =
        "Approved, not signed yet. It goes out as soon as the chain is free.";
    pub(crate) const SIGNED_TEXT: &str = "Signed and on its way to the validators. It is sent once enough of them have voted. You can close this window.";
    pub(crate) const STEP_QUEUED: &str = "Approved";
    pub(crate) const STEP_SIGNED: &str = "Signed";
    pub(crate) const STEP_CERTIFIED: &str = "Certified";
    pub(crate) const STEP_CERTIFIED_TEXT: &str = "The certificate is verified here.";
    pub(crate) const STEP_DELIVERED: &str = "Arrived";
    pub(crate) const STEP_FAILED: &str = "Stopped";
    pub(crate) const STEP_RETRIED: &str = "Tried again";
    pub(crate) const TO_COME: &str = "to come";
    pub(crate) const RETRY: &str = "Try again";
    pub(crate) const ABANDON: &str = "Give it up";
    pub(crate) const CHAIN: &str = "Chain";
    pub(crate) const TO: &str = "To";
    pub(crate) const FROM: &str = "From";
    pub(crate) const ASKED_BY: &str = "Asked by";
    pub(crate) const ATTEMPTS: &str = "Attempts";

    pub(crate) fn sent_to(who: &str) -> String {
        format!("To {who}")
    }

    pub(crate) fn received_from(who: &str) -> String {
        format!("From {who}")
    }

    pub(crate) fn claimed(chain: &str) -> String {
        format!("Claimed {chain}")
    }

    pub(crate) fn certified_sent(chain: &str) -> String {
        format!(
            "Sent: the certificate is verified here. {chain} has not received it yet; that is up to its owner."
        )
    }

    pub(crate) fn votes(received: u64, total: u64) -> String {
        format!("Votes {received} of {total}")
    }

    pub(crate) fn votes_needed(needed: u64) -> String {
        format!("{needed} needed")
    }

    pub(crate) fn votes_missing(received: u64, needed: u64, total: u64) -> String {
        match needed.saturating_sub(received) {
            0 => "Enough validators have voted; the certificate is being put together.".to_owned(),
            1 => {
                format!("{received} of {total} votes are in; one more is needed. You can close this window.")
            }
            more => format!(
                "{received} of {total} votes are in; {more} more are needed. You can close this window."
            ),
        }
    }
}

/// Requests of sites.
pub(crate) mod request {
    pub(crate) const TITLE: &str = "Requests";
    pub(crate) const CONNECT: &str = "Connect a site";
    pub(crate) const SIGN: &str = "Sign for a site";
    pub(crate) const WANTS_CONNECT: &str = "wants to connect to your wallet.";
    pub(crate) const ASKED: &str = "Asked";
    pub(crate) const WILL_SEE: &str = "It will see";
    pub(crate) const WILL_SEE_TEXT: &str =
        "The owner addresses you tick, and on the ticked chains balances and blocks.";
    pub(crate) const CHAINS: &str = "On these chains";
    pub(crate) const MAY_ASK: &str = "It may ask";
    pub(crate) const PROPOSE: &str = "To propose blocks";
    pub(crate) const PROPOSE_TEXT: &str = "Each block is shown to you and needs your approval.";
    pub(crate) const READ_ONLY: &str = "Nothing: it only wants to read.";
    pub(crate) const UNTIL: &str = "Until";
    pub(crate) const FOREVER: &str = "Until you disconnect it";
    pub(crate) const CONNECT_NOW: &str = "Connect";
    pub(crate) const NO: &str = "No";
    pub(crate) const IGNORE: &str = "Ignore this site";
    pub(crate) const STAGING: &str =
        "The block is being tried out here. You can approve it once you can see what it does.";
    pub(crate) const NONE: &str = "No request";
    pub(crate) const NONE_TEXT: &str = "Sites that want something from you appear here.";

    pub(crate) fn claims(name: &str) -> String {
        format!("It calls itself “{name}”. Anybody could; trust the address above.")
    }

    pub(crate) fn wants_block(chain: &str) -> String {
        format!("asks for a block on {chain}.")
    }

    pub(crate) fn queue(waiting: usize) -> String {
        format!("First of {waiting} requests")
    }

    pub(crate) fn days(days: u32) -> String {
        match days {
            1 => "For one day".to_owned(),
            365 => "For one year".to_owned(),
            days => format!("For {days} days"),
        }
    }
}
