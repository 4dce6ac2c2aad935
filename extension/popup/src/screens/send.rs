//! A transfer is written: to, amount, from. The fee is shown as it is typed, and the recipient recognised.

use walnut_base::Amount;
use walnut_wallet::amount_input::parse_amount;
use walnut_wallet::messages::{BookEntryKind, PartyName, SendQuote, UiError};

use crate::{
    format,
    message::Message,
    model::{Model, Sheet, Task},
    parts::{Icon, Screen, amount, button, empty, error_of, hash, hint, primary, titled},
    route::Route,
    screens::home::chain_label,
    source::Source,
    tree::{Element, Event, Handler, Node, el},
    words::{self, send as say},
};

/// Suggestions offered under an empty recipient.
const SUGGESTIONS: usize = 4;

/// The send screen.
pub(super) fn send(model: &Model) -> Screen {
    let sources = model.send_sources();
    if sources.is_empty() {
        let action =
            el("a").class("button primary").attr("href", Route::Claim.href()).with(words::start::CLAIM);
        return titled(
            say::TITLE,
            el("div").with(empty(Icon::Chain, say::NO_SOURCE, say::NO_SOURCE_TEXT, action.into())),
        );
    }
    let is_busy = model.is_busy(Task::Prepare);
    let is_ready =
        problem_of_amount(model).is_none() && model.draft().is_some() && quote_error(model).is_none();
    titled(
        say::TITLE,
        el("div")
            .class("plain")
            .with(recipient(model))
            .with(amount_field(model))
            .with(source(model, &sources))
            .with(cost(model))
            .with(error_of(model))
            .with(el("div").class("end").with(primary(
                if is_busy { say::STAGING } else { say::REVIEW },
                Message::Prepare,
                is_ready && !is_busy,
            ))),
    )
}

fn recipient(model: &Model) -> Element {
    let to = model.send.to.trim();
    let below: Node = match &model.send.recipient {
        _ if to.is_empty() => suggestions(model),
        Some((text, Ok(info))) if text == to => {
            let kind = match info.kind {
                BookEntryKind::Chain => say::KIND_CHAIN.to_owned(),
                BookEntryKind::Owner => say::kind_owner(&chain_label(model, info.chain_id)),
                BookEntryKind::OwnerOnChain => say::kind_owner(&chain_label(model, info.chain_id)),
            };
            match &info.known_as {
                PartyName::Mine(name) => hint("good", say::mine(name, &kind)).id("to-hint").into(),
                PartyName::Book(name) => hint("good", say::book(name, &kind)).id("to-hint").into(),
                PartyName::New => el("div")
                    .id("to-hint")
                    .class("cluster")
                    .with(hint("wait", say::new(&kind)))
                    .with(button(say::SAVE_NAME, Message::Open(Sheet::SaveRecipient)).class("link small"))
                    .into(),
            }
        }
        Some((text, Err(error))) if text == to => hint("bad", error.message.clone()).id("to-hint").into(),
        _ => hint("", say::RECOGNISING).id("to-hint").into(),
    };
    let is_bad = matches!(&model.send.recipient, Some((text, Err(_))) if text == to);
    el("div")
        .class("field")
        .with(el("label").attr("for", "to").with(say::TO))
        .with(
            el("input")
                .id("to")
                .class("mono")
                .attr("type", "text")
                .attr("value", model.send.to.clone())
                .attr("placeholder", say::TO_PLACEHOLDER)
                .attr("autocomplete", "off")
                .attr("autocapitalize", "off")
                .attr("spellcheck", "false")
                .attr("aria-describedby", "to-hint")
                .attr("aria-invalid", if is_bad { "true" } else { "false" })
                .on(Event::Input, Handler::Value(Message::ToTyped)),
        )
        .with(below)
}

/// The address book and the person's other chains.
fn suggestions(model: &Model) -> Node {
    let from = model.send_source();
    let is_token = from.as_ref().is_some_and(|from| from.token.is_some());
    let from = from.map(|from| from.chain_id);
    let own = model
        .chains()
        .iter()
        .filter(|chain| Some(chain.chain_id) != from && chain.account.is_some() && !chain.is_closed)
        .map(|chain| (chain.name.clone(), chain.chain_id.to_string()));
    let book = model.snapshot.iter().flat_map(|snapshot| &snapshot.address_book).filter_map(|entry| {
        let address = match (entry.chain_id, entry.owner) {
            (Some(chain), Some(owner)) => format!("{owner}@{chain}"),
            (Some(chain), None) => chain.to_string(),
            (None, Some(owner)) => owner.to_string(),
            (None, None) => return None,
        };
        Some((entry.name.clone(), address))
    });
    let chips: Vec<_> = book
        .chain(own)
        .take(SUGGESTIONS)
        .map(|(name, address)| {
            el("button")
                .class("chip")
                .attr("type", "button")
                .attr("title", address.clone())
                .press(Message::ToChosen(address))
                .with(name)
        })
        .collect();
    if chips.is_empty() {
        return hint("", if is_token { say::TOKEN_HINT } else { say::TO_HINT }).id("to-hint").into();
    }
    el("div").id("to-hint").class("cluster").attr("aria-label", say::SUGGESTIONS).each(chips).into()
}

fn amount_field(model: &Model) -> Element {
    let unit =
        model.send_source().map_or_else(|| words::TOKENS.to_owned(), |source| source.unit().to_owned());
    let problem = problem_of_amount(model).filter(|_| !model.send.amount.trim().is_empty());
    el("div")
        .class("field")
        .with(el("label").attr("for", "amount").with(say::AMOUNT))
        .with(
            el("span")
                .class("with-end")
                .with(
                    el("input")
                        .id("amount")
                        .class("amount-input")
                        .attr("type", "text")
                        .attr("inputmode", "decimal")
                        .attr("placeholder", "0")
                        .attr("autocomplete", "off")
                        .attr("value", model.send.amount.clone())
                        .attr("aria-describedby", "amount-hint")
                        .attr("aria-invalid", if problem.is_some() { "true" } else { "false" })
                        .on(Event::Input, Handler::Value(Message::AmountTyped)),
                )
                .with(el("button").attr("type", "button").press(Message::Max).with(say::MAX)),
        )
        .with(match problem {
            Some(problem) => hint("bad", problem).id("amount-hint"),
            None => hint("", unit).id("amount-hint"),
        })
}

fn source(model: &Model, sources: &[(Source, Amount)]) -> Element {
    let chosen = model.send_source();
    let options = sources.iter().map(|(source, held)| {
        let name = chain_label(model, source.chain_id);
        let whose = if source.owner.is_chain() {
            name
        } else {
            let owner =
                model.owner_name(source.owner).unwrap_or_else(|| format::short(&source.owner.to_string()));
            say::owner_on(&owner, &name)
        };
        let held = match &source.token {
            Some(token) => format!("{} {}", format::amount(*held), token.symbol),
            None => format::amount(*held),
        };
        el("option")
            .attr("value", source.value())
            .flag("selected", chosen.as_ref() == Some(source))
            .with(say::source(&whose, &held))
    });
    let mut select =
        el("select").id("from").on(Event::Change, Handler::Value(Message::SourceChosen)).each(options);
    // Symbols are the applications' own words; which application it is, is told by its ID.
    let token = chosen.as_ref().and_then(|chosen| chosen.token.as_ref());
    let token = token.map(|token| hash(model, &token.id.to_string(), words::APPLICATION_ID));
    if let Some(chosen) = &chosen {
        select = select.attr("value", chosen.value());
    }
    el("div").class("field").with(el("label").attr("for", "from").with(say::FROM)).with(select).with(token)
}

/// Fee and what remains, for what is typed now.
fn cost(model: &Model) -> Node {
    let typed = parse_amount(&model.send.amount, None).ok();
    let (fee, left) = match quote(model) {
        Some(quote) => {
            let left = typed.and_then(|amount| quote.balance.try_sub(amount).ok());
            // The fee is paid in the network's own tokens.
            let left = match unit(model) {
                Some(symbol) => left.map(|left| amount(left).with(el("span").class("symbol").with(symbol))),
                None => left.and_then(|rest| rest.try_sub(quote.fee).ok()).map(amount),
            };
            (amount(quote.fee), left)
        }
        None => (el("span").class("muted").with("…"), None),
    };
    let mut facts = el("dl")
        .class("facts")
        .attr("aria-live", "polite")
        .with(el("dt").with(say::FEE))
        .with(el("dd").with(fee));
    if let Some(left) = left {
        facts = facts.with(el("dt").with(say::AFTERWARDS)).with(el("dd").with(left));
    }
    let error =
        quote_error(model).filter(|_| typed.is_some()).map(|error| hint("bad", error.message.clone()));
    el("div").with(facts).with(error).into()
}

/// The symbol of what is sent; none for the network's own tokens.
fn unit(model: &Model) -> Option<String> {
    model.send_source()?.token.map(|token| token.symbol)
}

/// The quote, if it belongs to the source chosen now.
fn quote(model: &Model) -> Option<&SendQuote> {
    match &model.send.quote {
        Some((draft, Ok(quote))) if model.send_source().is_some_and(|source| source.is_of(draft)) => {
            Some(quote)
        }
        _ => None,
    }
}

fn quote_error(model: &Model) -> Option<&UiError> {
    match &model.send.quote {
        Some((draft, Err(error))) if model.send_source().is_some_and(|source| source.is_of(draft)) => {
            Some(error)
        }
        _ => None,
    }
}

/// Why this amount cannot be sent.
fn problem_of_amount(model: &Model) -> Option<String> {
    let amount = match parse_amount(&model.send.amount, None) {
        Ok(amount) => amount,
        Err(error) => return Some(error.to_string()),
    };
    match quote(model) {
        Some(quote) if amount > quote.balance => Some(say::more_than_balance(&format::amount(quote.balance))),
        Some(quote) if amount > quote.amount_max => {
            Some(say::more_than_max(&format::amount(quote.amount_max)))
        }
        _ => None,
    }
}
