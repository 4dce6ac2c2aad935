//! Setting a wallet up.

use std::collections::BTreeSet;

use walnut_wallet::{messages::ImportedSecretKind, vault::PasswordStrength};

pub(crate) const HEADLINE: &str = "Your own node, your own chains";
pub(crate) const SUBLINE: &str = "A wallet for Linera that checks everything itself.";
pub(crate) const PROMISE_NODE: &str =
    "A full node of your chains runs in this browser and verifies every block.";
pub(crate) const PROMISE_KEYS: &str = "Keys stay on this computer, sealed with your password.";
pub(crate) const PROMISE_SIGN: &str = "You see what a block does before you sign it.";
pub(crate) const CREATE: &str = "Create a wallet";
pub(crate) const IMPORT: &str = "I have a wallet already";

pub(crate) const PASSWORD_TITLE: &str = "Choose a password";
pub(crate) const PASSWORD_WHY: &str = "It seals your keys on this computer. Nobody can reset it; your recovery words are the way back if you forget it.";
pub(crate) const PASSWORD: &str = "Password";
pub(crate) const PASSWORD_AGAIN: &str = "The same password again";
pub(crate) const PASSWORDS_DIFFER: &str = "The two passwords differ. Type the same one twice.";
pub(crate) const TOO_SHORT: &str = "Use at least 8 characters.";
pub(crate) const TOO_EASY: &str =
    "This would be guessed too soon. Add two or three words that have nothing to do with each other.";
pub(crate) const STRENGTH: &str = "Strength of the password";
pub(crate) const STRENGTH_ADVICE: &str = "Four unrelated words are easy to remember and hard to guess.";

pub(crate) fn strength(strength: &PasswordStrength) -> String {
    match (strength.is_too_short, strength.is_acceptable) {
        (true, _) => TOO_SHORT.to_owned(),
        (false, true) => format!("Guessing it would take {}.", strength.time_to_guess),
        (false, false) => format!("Guessing it would take {}. Make it longer.", strength.time_to_guess),
    }
}

pub(crate) const IMPORT_TITLE: &str = "Bring your wallet";
pub(crate) const IMPORT_NOW: &str = "Import";
pub(crate) const IMPORT_KIND: &str = "What you have";
pub(crate) const IMPORT_KINDS: [(ImportedSecretKind, &str); 7] = [
    (ImportedSecretKind::Phrase, "Recovery words of Walnut"),
    (ImportedSecretKind::EvmPhrase, "Recovery words of an Ethereum wallet"),
    (ImportedSecretKind::CheckoPhrase, "Recovery words of CheCko"),
    (ImportedSecretKind::Ed25519Key, "Private key, Ed25519"),
    (ImportedSecretKind::Secp256k1Key, "Private key, secp256k1"),
    (ImportedSecretKind::EvmKey, "Private key of an Ethereum address"),
    (ImportedSecretKind::Keystore, "keystore.json of the Linera command line"),
];

pub(crate) fn import_hint(kind: ImportedSecretKind) -> &'static str {
    match kind {
        ImportedSecretKind::Phrase => "12 or 24 words that Walnut showed you.",
        ImportedSecretKind::EvmPhrase => "The first account of MetaMask and of @linera/client.",
        ImportedSecretKind::CheckoPhrase => "24 words; the key is derived as CheCko does it.",
        ImportedSecretKind::Ed25519Key | ImportedSecretKind::Secp256k1Key | ImportedSecretKind::EvmKey => {
            "64 hexadecimal digits."
        }
        ImportedSecretKind::Keystore => "All its keys are imported, each as an account.",
    }
}

pub(crate) const WORD_COUNT: &str = "Number of words";
pub(crate) const TWELVE: &str = "12 words";
pub(crate) const TWENTY_FOUR: &str = "24 words";
pub(crate) const PASTE_HINT: &str =
    "Paste the whole phrase into any field to fill them all. The words stay hidden.";
pub(crate) const WORDS_MISSING: &str = "Some words are missing. Fill every field.";
pub(crate) const KEY_MISSING: &str = "Paste the key first.";
pub(crate) const KEY_TEXT: &str = "Private key";
pub(crate) const KEYSTORE_TEXT: &str = "Text of the file";

pub(crate) fn word_label(number: usize) -> String {
    format!("Word {number}")
}

pub(crate) fn bad_words(places: &BTreeSet<usize>) -> String {
    let list: Vec<String> = places.iter().map(|place| (place + 1).to_string()).collect();
    match list.as_slice() {
        [one] => format!("Word {one} is not in the word list. Check its spelling."),
        many => format!("Words {} are not in the word list. Check their spelling.", many.join(", ")),
    }
}

pub(crate) const FIRST_ACCOUNT: &str = "Main account";
pub(crate) const NEXT_ACCOUNT: &str = "Another account";

pub(crate) const WORDS_TITLE: &str = "Recovery words";
pub(crate) const WORDS_WHY: &str =
    "Whoever has these words can spend everything. Without them, a forgotten password cannot be mended.";
pub(crate) const WORDS_SHOW: &str = "Show the words";
pub(crate) const WORDS_ALONE: &str = "Make sure nobody is looking and no screen is shared.";
pub(crate) const WORDS_COVER: &str = "Cover again";
pub(crate) const WORDS_NO_COPY: &str = "Write them on paper, in order. Copies on the clipboard, in photos or in the cloud can be read by others.";
pub(crate) const WORDS_WRITTEN: &str = "I have written them down";
pub(crate) const WORDS_LATER: &str = "Later; remind me";

pub(crate) const CLAIM_TITLE: &str = "Claim a chain";
pub(crate) const CLAIM_WHY: &str = "On Linera everybody has chains of their own. The network's faucet gives you one, with some tokens to start with.";
pub(crate) const CLAIM: &str = "Claim a chain";
pub(crate) const CHAIN_NAME: &str = "Name of the chain";
pub(crate) const FIRST_CHAIN: &str = "My chain";
pub(crate) const FAUCET: &str = "Faucet";
pub(crate) const NO_FAUCET: &str = "none yet: choose a network";
pub(crate) const HAVE_CHAIN: &str = "I have a chain already";
pub(crate) const CLAIM_RUNNING: &str = "This takes a few seconds.";
pub(crate) const CLAIM_DONE: &str =
    "The chain is yours. Its description and the block that created it are verified here.";
pub(crate) const CLAIM_CONTINUE: &str = "Go to your wallet";
pub(crate) const STEP_ASKING: &str = "Asking the faucet";
pub(crate) const STEP_ASKING_TEXT: &str = "It creates a chain that belongs to your account.";
pub(crate) const STEP_SEEN: &str = "Block seen";
pub(crate) const STEP_SEEN_TEXT: &str = "The faucet named the chain; its creating block is being fetched.";
pub(crate) const STEP_VERIFIED: &str = "Verified";
pub(crate) const STEP_VERIFIED_TEXT: &str =
    "Signatures of the validators and your ownership are checked here.";

pub(crate) const ADD_CHAIN_TITLE: &str = "Add a chain";
pub(crate) const ADD_CHAIN_WHY: &str =
    "If one of your accounts owns it, you can use it at once. Any other chain can be watched.";
pub(crate) const ADD_CHAIN_HINT: &str = "64 hexadecimal digits.";
pub(crate) const ADD_CHAIN: &str = "Add";
pub(crate) const WATCHED_CHAIN: &str = "Another chain";
pub(crate) const CHAIN_ID_UNREADABLE: &str =
    "A chain ID has exactly 64 hexadecimal digits. Check that nothing is missing.";
