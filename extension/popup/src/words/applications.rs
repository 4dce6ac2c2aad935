//! Applications: their list, their page, their questions.

pub(crate) const TOKEN: &str = "Token";
pub(crate) const APPLICATION: &str = "Application";
pub(crate) const COUNTER: &str = "Counter";
pub(crate) const FUNGIBLE: &str = "Fungible token";
pub(crate) const NOT_ASKED: &str = "not looked at yet";
pub(crate) const HERE: &str = "created here";
pub(crate) const LOOKING: &str = "Asking the applications what they are…";
pub(crate) const LOADING: &str = "Asking the application what it answers…";
pub(crate) const UNKNOWN_TEXT: &str = "Nothing is known of it.";
pub(crate) const BALANCES: &str = "What you have of it";
pub(crate) const NO_BALANCE: &str = "None of your accounts has any on this chain.";
pub(crate) const OF_CHAIN: &str = "The chain itself";
pub(crate) const OF_CHAIN_TEXT: &str = "Nobody can spend these: tokens of applications belong to owners.";
pub(crate) const SEND: &str = "Send";
pub(crate) const OPEN: &str = "Open";
pub(crate) const OPEN_BY_ID: &str = "Another application, by its ID";
pub(crate) const ID_UNREADABLE: &str = "This is not an application ID; one has 64 digits, 0 to 9 and a to f.";
pub(crate) const ASK: &str = "Ask";
pub(crate) const ASKING: &str = "Asking…";
pub(crate) const QUESTION: &str = "Question in GraphQL";
pub(crate) const PLACEHOLDER: &str = "query { … }";
pub(crate) const FREE: &str = "Answered by your own node: free, and without a network. A mutation is shown to you as a block before anything is signed.";
pub(crate) const ANSWER: &str = "Answer";
pub(crate) const CUT: &str = "The answer is longer than this; ask for less to see the rest.";
pub(crate) const REFUSED: &str = "The application does not understand the question.";
pub(crate) const HISTORY: &str = "Asked before";
pub(crate) const QUESTIONS: &str = "Questions it answers";
pub(crate) const MUTATIONS: &str = "Operations it prepares";
pub(crate) const NO_SCHEMA: &str =
    "It does not say what can be asked. Its documentation may; JSON is passed on as you write it.";
pub(crate) const FACTS: &str = "What it is";
pub(crate) const CREATED_ON: &str = "Created on";
pub(crate) const BLOCK: &str = "In block";
pub(crate) const CONTRACT: &str = "Contract";
pub(crate) const CONTRACT_HASH: &str = "Contract hash";
pub(crate) const SERVICE: &str = "Service";
pub(crate) const SERVICE_HASH: &str = "Service hash";
pub(crate) const PARAMETERS: &str = "Parameters";
pub(crate) const NONE: &str = "none";
pub(crate) const NEEDS: &str = "Needs";
pub(crate) const BY_ITS_WORD: &str =
    "Name and kind are the application's own words. Compare the ID before you rely on them.";

pub(crate) fn on(chain: &str) -> String {
    format!("on {chain}")
}

pub(crate) fn on_several(chains: usize) -> String {
    format!("on {}", super::count(chains, "chain", "chains"))
}

pub(crate) fn created_on(chain: &str) -> String {
    format!("from {chain}")
}

pub(crate) fn took(millis: u32) -> String {
    match millis {
        0 => "Answered in less than a millisecond".to_owned(),
        1_000.. => format!("Answered in {}.{} s", millis / 1_000, millis % 1_000 / 100),
        millis => format!("Answered in {millis} ms"),
    }
}

pub(crate) fn bytes(size: u64) -> String {
    super::count(usize::try_from(size).unwrap_or(usize::MAX), "byte", "bytes")
}

pub(crate) fn use_field(name: &str) -> String {
    format!("Write a question with {name}")
}
