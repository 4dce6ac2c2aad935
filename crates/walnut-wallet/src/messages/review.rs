//! A block before it is signed: decoded, executed here, and shown in plain words.

use serde::{Deserialize, Serialize};
use walnut_base::{AccountOwner, Amount, BlockHeight, ChainId, CryptoHash, Timestamp};

use super::{AccountId, Token};

/// Number of a review; a new one after every restart of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReviewId(pub u64);

/// What the send screen asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendDraft {
    /// The chain whose block will do it.
    pub chain_id: ChainId,
    /// Whose balance is spent there: the chain's (`AccountOwner::CHAIN`) or an owner's.
    pub source: AccountOwner,
    /// The receiving chain.
    pub recipient_chain: ChainId,
    /// Who receives there: the chain (`AccountOwner::CHAIN`) or an owner.
    pub recipient_owner: AccountOwner,
    /// How much.
    pub amount: Amount,
    /// Of which token; none for the network's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// Fee and limit for a draft, without making a block; cheap enough for every key press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendQuote {
    /// Fee of the block that would be made now.
    pub fee: Amount,
    /// The most that can be sent from this source after the fee.
    pub amount_max: Amount,
    /// What the source has now, of what is being sent.
    pub balance: Amount,
}

/// A staged block and what it does. Approving signs `digest` and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// To approve or cancel it.
    pub id: ReviewId,
    /// What kind of action.
    pub kind: ReviewKind,
    /// Who asked: a site's origin, or none for the wallet itself.
    pub origin: Option<String>,
    /// The chain that gets the block.
    pub chain_id: ChainId,
    /// Its name.
    pub chain_name: String,
    /// Height of the block.
    pub height: BlockHeight,
    /// The key that will sign.
    pub account: AccountId,
    /// Its owner.
    pub signer: AccountOwner,
    /// The whole in one sentence: "You send 12.5 tokens from *Savings* to *Ana's chain*." `*…*` marks names.
    pub sentence: String,
    /// Every operation of the block, decoded from the very bytes that will be signed.
    pub operations: Vec<DecodedOperation>,
    /// Incoming bundles the block receives, in plain words.
    pub received: Vec<String>,
    /// What changes, by executing the block here.
    pub effects: Vec<Effect>,
    /// Things to look at twice.
    pub warnings: Vec<Warning>,
    /// Fee of the block, paid by the signer.
    pub fee: Amount,
    /// Balance that pays, before.
    pub balance_before: Amount,
    /// The same balance after the block.
    pub balance_after: Amount,
    /// Fuel that the applications' contracts use.
    #[serde(default)]
    pub fuel: u64,
    /// The block as pretty-printed JSON.
    pub block_json: String,
    /// Hash of the proposal content: what the key signs.
    pub digest: CryptoHash,
    /// When it was made; a review older than the chain's next block is stale.
    pub created_at: Timestamp,
}

/// Kinds of reviewed actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewKind {
    /// Tokens leave.
    Send,
    /// Only incoming bundles are received.
    Receive,
    /// Anything else, e.g. operations of a site.
    Operations,
}

/// One operation, decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecodedOperation {
    /// Its name in upstream's words, e.g. "Transfer".
    pub name: String,
    /// Plain words, e.g. "Send 12.5 tokens to Ana's chain".
    pub summary: String,
    /// Its fields in order.
    pub fields: Vec<DecodedField>,
    /// False when it could not be decoded: the bytes are shown instead and the approval is blind.
    pub is_decoded: bool,
}

/// One field of a decoded operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecodedField {
    /// Its label.
    pub label: String,
    /// Its whole value; the interface shortens hashes.
    pub value: String,
}

/// One change the block makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A balance on the chain goes from one value to another.
    Balance {
        /// Whose: the chain's or an owner's.
        owner: AccountOwner,
        /// As people know it.
        name: String,
        /// Of which token; none for the network's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
        /// Before the block.
        before: Amount,
        /// After the block.
        after: Amount,
    },
    /// A message goes to another chain.
    Message {
        /// Where to.
        destination: ChainId,
        /// As people know it, if they do.
        name: Option<String>,
        /// In plain words.
        summary: String,
    },
    /// Something else, in plain words: an event, a blob, new owners.
    Other {
        /// The words.
        summary: String,
    },
}

/// Things to look at twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Nothing was ever sent to this recipient.
    NewRecipient,
    /// Almost the whole balance leaves.
    NearlyAll,
    /// Some operation could not be decoded.
    Undecoded,
    /// The recipient is one of the wallet's own addresses.
    OwnAddress,
    /// The recipient is an owner's balance on a chain that no key of this wallet or address book entry knows.
    OwnerOnForeignChain,
    /// It cannot be undone: closing a chain, removing an owner.
    Irreversible,
}

/// A recognised recipient, for the send screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientInfo {
    /// The receiving chain.
    pub chain_id: ChainId,
    /// The chain itself or an owner on it.
    pub owner: AccountOwner,
    /// How it is known.
    pub known_as: PartyName,
    /// Which part of the address was given.
    pub kind: BookEntryKind,
}

/// How an address is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyName {
    /// One of the wallet's own, with its name.
    Mine(String),
    /// In the address book, with its name.
    Book(String),
    /// Not known.
    New,
}

/// Which kind of address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookEntryKind {
    /// A chain: its own balance is meant.
    Chain,
    /// An owner, on whichever chain is added.
    Owner,
    /// An owner on a given chain.
    OwnerOnChain,
}
