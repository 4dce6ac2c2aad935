//! Writing a transfer, looking at the staged block, approving it.

use walnut_base::{AccountOwner, Amount};
use walnut_wallet::amount_input::parse_amount;
use walnut_wallet::messages::{SendDraft, SendQuote, UiError, UiRequest};

use super::ask;
use crate::{
    message::{Command, Message, Redacted},
    model::Model,
    route::Route,
    source::Source,
};

/// A pause in typing after which recipient and fee are asked for.
const TYPING_PAUSE_MS: u32 = 180;

/// How long the window must have the focus before Approve can be pressed: a click meant for something else that was
/// there a moment ago must not approve.
pub(super) const APPROVE_AFTER_MS: u32 = 500;

pub(super) fn update(model: &mut Model, message: Message) -> Vec<Command> {
    match message {
        Message::ToTyped(text) => {
            model.send.to = text;
            typed(model)
        }
        Message::ToChosen(text) => {
            model.send.to = text;
            model.send.recipient = None;
            let mut commands = look_up(model);
            commands.push(Command::Focus("amount"));
            commands
        }
        Message::AmountTyped(text) => {
            model.send.amount = text;
            model.send.is_max = false;
            typed(model)
        }
        Message::Max => {
            model.send.is_max = true;
            fill_max(model);
            look_up(model)
        }
        Message::SourceChosen(text) => {
            let chosen = model.send_sources().into_iter().find(|(source, _)| source.value() == text);
            model.send.source = chosen.map(|(source, _)| source);
            model.send.quote = None;
            look_up(model)
        }
        Message::TypingPaused(keystroke) if keystroke == model.send.keystroke => look_up(model),
        Message::Prepare => match model.draft() {
            Some(draft) => ask(model, UiRequest::PrepareSend { draft }),
            None => look_up(model),
        },
        Message::ApproveReady(number) => {
            if number == model.focus_number && model.has_focus {
                model.may_approve = true;
            }
            Vec::new()
        }
        Message::Approve => match model.review.as_ref().map(|review| review.id) {
            Some(review_id) if model.may_approve => ask(model, UiRequest::Approve { review_id }),
            _ => Vec::new(),
        },
        Message::CancelReview => vec![Command::Go(model.review_from)],
        _ => Vec::new(),
    }
}

/// Starts the half second of focus anew. Called when the window gains or loses focus and when another thing to
/// approve comes up.
pub(super) fn arm(model: &mut Model) -> Vec<Command> {
    model.may_approve = false;
    model.focus_number = model.focus_number.wrapping_add(1);
    if !model.has_focus || !matches!(model.route, Route::Review | Route::Requests) {
        return Vec::new();
    }
    vec![Command::Later { after_ms: APPROVE_AFTER_MS, message: Message::ApproveReady(model.focus_number) }]
}

/// A key was pressed: ask once the typing pauses.
fn typed(model: &mut Model) -> Vec<Command> {
    model.error = None;
    model.send.keystroke = model.send.keystroke.wrapping_add(1);
    vec![Command::Later { after_ms: TYPING_PAUSE_MS, message: Message::TypingPaused(model.send.keystroke) }]
}

/// Asks who the recipient is and what the fee would be.
pub(super) fn look_up(model: &mut Model) -> Vec<Command> {
    let mut commands = Vec::new();
    let text = model.send.to.trim().to_owned();
    let is_known = model.send.recipient.as_ref().is_some_and(|(known, _)| *known == text);
    if text.is_empty() {
        model.send.recipient = None;
    } else if !is_known {
        commands.push(question(UiRequest::Recognise { text }));
    }
    if let Some(draft) = quote_draft(model) {
        commands.push(question(UiRequest::QuoteSend { draft }));
    }
    commands
}

/// The draft to ask the fee for: complete as far as possible, with the source itself where no recipient is known.
fn quote_draft(model: &Model) -> Option<SendDraft> {
    if let Some(draft) = model.draft() {
        return Some(draft);
    }
    let Source { chain_id, owner, token } = model.send_source()?;
    let amount = parse_amount(&model.send.amount, None).unwrap_or(Amount::ZERO);
    Some(SendDraft {
        chain_id,
        source: owner,
        recipient_chain: chain_id,
        // A token can only be sent to an owner; the fee is the same for all.
        recipient_owner: if token.is_some() { owner } else { AccountOwner::CHAIN },
        amount,
        token,
    })
}

/// Keeps an answer about the fee. Answers may overtake each other: one for what was typed before does not replace the one
/// for what is typed now.
pub(super) fn quoted(model: &mut Model, draft: SendDraft, answer: Result<SendQuote, UiError>) {
    let now = quote_draft(model);
    let is_known = model.send.quote.as_ref().is_some_and(|(known, _)| Some(known) == now.as_ref());
    if !is_known || Some(&draft) == now.as_ref() {
        model.send.quote = Some((draft, answer));
    }
}

/// Writes the quote's maximum into the amount, when there is a quote for this source.
pub(super) fn fill_max(model: &mut Model) {
    let source = model.send_source();
    if let Some((draft, Ok(quote))) = &model.send.quote
        && source.is_some_and(|source| source.is_of(draft))
    {
        model.send.amount = crate::format::plain(quote.amount_max);
    }
}

fn question(request: UiRequest) -> Command {
    Command::Ask { request, secrets: Redacted::default() }
}
