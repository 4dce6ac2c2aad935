//! Operations, messages and events of applications in plain words: decoded where the form is known, else as bytes.

use walnut_base::{Account, AccountOwner, Amount, ApplicationId, ChainId, Event, GenericApplicationId};
use walnut_wallet::{
    address::shorten,
    amount_input::format_amount,
    applications::{
        counter::{self, CounterOperation},
        fungible::{FungibleMessage, FungibleOperation},
    },
    messages::{ApplicationKind, DecodedField, DecodedOperation, Token},
};

use super::Kinds;

/// Digits of undecoded bytes that are shown.
const HEX_DIGITS_MAX: usize = 2_000;

/// Names for addresses, as the reader knows them.
pub(crate) type Name<'a> = &'a dyn Fn(Account) -> String;

/// Tokens that move.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    pub(crate) token: Token,
    pub(crate) amount: Amount,
    pub(crate) source: AccountOwner,
    /// Where to; for a message's credit, its chain is the receiver's.
    pub(crate) target: Account,
}

/// "2.5 WAL".
pub(crate) fn in_token(amount: Amount, symbol: &str) -> String {
    format!("{} {symbol}", format_amount(amount))
}

/// "application 1a2b3c4d…e5f60718", or the token's symbol.
pub(crate) fn application_name(kinds: &Kinds, id: ApplicationId) -> String {
    match kinds.get(&id) {
        Some(ApplicationKind::Fungible { symbol }) => symbol.clone(),
        Some(ApplicationKind::Counter) => format!("counter {}", shorten(&id.to_string())),
        _ => format!("application {}", shorten(&id.to_string())),
    }
}

/// The transfer that an operation of a token is.
pub(crate) fn transfer_of(kinds: &Kinds, id: ApplicationId, bytes: &[u8]) -> Option<Moved> {
    let ApplicationKind::Fungible { symbol } = kinds.get(&id)? else { return None };
    let token = Token { id, symbol: symbol.clone() };
    match FungibleOperation::read(bytes)? {
        FungibleOperation::Transfer { owner, amount, target_account } => {
            Some(Moved { token, amount, source: owner, target: target_account })
        }
        _ => None,
    }
}

/// The credit that a message of a token brings to a chain.
pub(crate) fn credit_of(kinds: &Kinds, chain_id: ChainId, id: ApplicationId, bytes: &[u8]) -> Option<Moved> {
    let ApplicationKind::Fungible { symbol } = kinds.get(&id)? else { return None };
    let token = Token { id, symbol: symbol.clone() };
    match FungibleMessage::read(bytes)? {
        FungibleMessage::Credit { target, amount, source } => {
            Some(Moved { token, amount, source, target: Account::new(chain_id, target) })
        }
        FungibleMessage::Withdraw { .. } => None,
    }
}

/// An operation in a sentence without its full stop.
pub(crate) fn operation(kinds: &Kinds, id: ApplicationId, bytes: &[u8], name: Name<'_>) -> String {
    decoded(kinds, id, bytes, name).map_or_else(
        || format!("Calls {} with {}", application_name(kinds, id), size(bytes.len())),
        |told| told.1,
    )
}

/// An operation with its fields.
pub(crate) fn decode(kinds: &Kinds, id: ApplicationId, bytes: &[u8], name: Name<'_>) -> DecodedOperation {
    let mut fields = vec![field("application", id.to_string())];
    match decoded(kinds, id, bytes, name) {
        Some((title, summary, more)) => {
            fields.extend(more);
            DecodedOperation { name: title.to_owned(), summary, fields, is_decoded: true }
        }
        None => {
            let mut digits = hex::encode(bytes);
            if digits.len() > HEX_DIGITS_MAX {
                digits.truncate(HEX_DIGITS_MAX);
                digits.push('…');
            }
            fields.push(field("length", size(bytes.len())));
            fields.push(field("bytes", digits));
            DecodedOperation {
                name: "Application call".to_owned(),
                summary: operation(kinds, id, bytes, name),
                fields,
                is_decoded: false,
            }
        }
    }
}

/// What a message brings, as the end of a sentence: "2.5 WAL", "40 bytes for application …".
pub(crate) fn message(kinds: &Kinds, id: ApplicationId, bytes: &[u8]) -> String {
    let kind = kinds.get(&id);
    if let Some(ApplicationKind::Fungible { symbol }) = kind {
        match FungibleMessage::read(bytes) {
            Some(FungibleMessage::Credit { amount, .. }) => return in_token(amount, symbol),
            Some(FungibleMessage::Withdraw { amount, .. }) => {
                return format!("a claim of {}", in_token(amount, symbol));
            }
            None => {}
        }
    }
    format!("a message of {} for {}", size(bytes.len()), application_name(kinds, id))
}

/// An event that a block publishes.
pub(crate) fn event(kinds: &Kinds, event: &Event) -> String {
    let stream = &event.stream_id;
    let whose = match stream.application_id {
        GenericApplicationId::System => "The system".to_owned(),
        GenericApplicationId::User(id) => capital(&application_name(kinds, id)),
    };
    let name = match std::str::from_utf8(&stream.stream_name.0) {
        Ok(name) if name.chars().all(|c| c.is_alphanumeric() || "-_ ./".contains(c)) => format!("“{name}”"),
        _ => stream.stream_name.to_string(),
    };
    format!("{whose} publishes event {} of its stream {name}, {}", event.index, size(event.value.len()))
}

/// "1 byte", "40 bytes".
fn size(bytes: usize) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}

/// With a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn field(label: &str, value: impl Into<String>) -> DecodedField {
    DecodedField { label: label.to_owned(), value: value.into() }
}

fn account(label: &str, account: &Account) -> [DecodedField; 2] {
    [
        field(&format!("{label} chain"), account.chain_id.to_string()),
        field(&format!("{label} owner"), account.owner.to_string()),
    ]
}

/// Name, summary and fields, where the form is known and the bytes have it.
fn decoded(
    kinds: &Kinds,
    id: ApplicationId,
    bytes: &[u8],
    name: Name<'_>,
) -> Option<(&'static str, String, Vec<DecodedField>)> {
    match kinds.get(&id)? {
        ApplicationKind::Fungible { symbol } => Some(fungible(FungibleOperation::read(bytes)?, symbol, name)),
        ApplicationKind::Counter => {
            let CounterOperation::Increment { value } = counter::read_operation(bytes)?;
            let summary = format!("Adds {value} to the {}", application_name(kinds, id));
            Some(("Increment", summary, vec![field("value", value.to_string())]))
        }
        ApplicationKind::Other | ApplicationKind::Unknown => None,
    }
}

fn fungible(
    operation: FungibleOperation,
    symbol: &str,
    name: Name<'_>,
) -> (&'static str, String, Vec<DecodedField>) {
    let title = operation.name();
    let short = |owner: &AccountOwner| shorten(&owner.to_string());
    let (summary, fields) = match operation {
        FungibleOperation::Balance { owner } => {
            (format!("Asks how much {symbol} {} has", short(&owner)), vec![field("owner", owner.to_string())])
        }
        FungibleOperation::TickerSymbol => (format!("Asks for the symbol of {symbol}"), Vec::new()),
        FungibleOperation::Approve { owner, spender, allowance } => (
            format!(
                "Lets {} spend {} more of {}",
                short(&spender),
                in_token(allowance, symbol),
                short(&owner)
            ),
            vec![
                field("owner", owner.to_string()),
                field("spender", spender.to_string()),
                field("allowance", allowance.to_string()),
            ],
        ),
        FungibleOperation::Transfer { owner, amount, target_account } => {
            let mut fields = vec![field("owner", owner.to_string()), field("amount", amount.to_string())];
            fields.extend(account("target", &target_account));
            (format!("Sends {} to {}", in_token(amount, symbol), name(target_account)), fields)
        }
        FungibleOperation::TransferFrom { owner, spender, amount, target_account } => {
            let mut fields = vec![
                field("owner", owner.to_string()),
                field("spender", spender.to_string()),
                field("amount", amount.to_string()),
            ];
            fields.extend(account("target", &target_account));
            let summary = format!(
                "Sends {} of {} to {}",
                in_token(amount, symbol),
                short(&owner),
                name(target_account)
            );
            (summary, fields)
        }
        FungibleOperation::Claim { source_account, amount, target_account } => {
            let mut fields = account("source", &source_account).to_vec();
            fields.push(field("amount", amount.to_string()));
            fields.extend(account("target", &target_account));
            let summary = format!(
                "Claims {} from {} for {}",
                in_token(amount, symbol),
                name(source_account),
                name(target_account)
            );
            (summary, fields)
        }
    };
    (title, summary, fields)
}
