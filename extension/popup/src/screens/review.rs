//! A staged block in plain words, its effects, and the block itself; then Approve.

use walnut_wallet::messages::{DecodedOperation, Effect, Review, Surface, Warning};

use crate::{
    format,
    message::Message,
    model::{Model, Task},
    parts::{Icon, Screen, amount, button, error_of, hash, notice, primary, section, titled},
    tree::{Element, Node, el, nothing},
    words::{self, review as say},
};

/// Characters of the longest thing that is shown by its ends: an owner, `0x` and 64 digits.
const LONGEST_HASH: usize = 66;

/// The review of the person's own transfer.
pub(super) fn review(model: &Model) -> Screen {
    let Some(review) = &model.review else {
        let back = el("a").class("button").attr("href", model.review_from.href()).with(words::BACK);
        return titled(say::TITLE, el("div").class("plain").with(el("p").with(say::GONE)).with(back));
    };
    let is_busy = model.is_busy(Task::Approve);
    let answer = el("div")
        .class("stack tight answer")
        .with(approve(model, say::APPROVE, Message::Approve, is_busy))
        .with(button(say::CHANGE, Message::CancelReview).class("button block").flag("disabled", is_busy));
    titled(say::TITLE, body(model, review, answer))
}

/// Everything about a staged block; in a wide tab the block stands beside the words.
pub(super) fn body(model: &Model, review: &Review, answer: Element) -> Element {
    let words = el("div")
        .class("stack")
        .with(el("p").class("sentence").each(emphasised(&review.sentence)))
        .with(
            el("dl")
                .class("facts")
                .with(el("dt").with(say::FEE))
                .with(el("dd").with(amount(review.fee)))
                .with(el("dt").with(say::BALANCE_AFTER))
                .with(el("dd").with(amount(review.balance_after)))
                .each((review.fuel > 0).then(|| el("dt").with(say::FUEL)))
                .each((review.fuel > 0).then(|| el("dd").class("mono").with(format::number(review.fuel))))
                .with(el("dt").with(say::SIGNED_BY))
                .with(el("dd").with(signer(model, review))),
        )
        .each(review.warnings.iter().map(|warning| {
            let (tone, text) = warn(*warning);
            notice(tone, text, nothing())
        }))
        .with((!review.effects.is_empty()).then(|| effects(review)))
        .with((!review.received.is_empty()).then(|| {
            section(
                say::RECEIVED,
                nothing(),
                el("ul").class("effects").each(review.received.iter().map(|text| {
                    el("li").with(Icon::Down.draw()).with(el("span").with(text.clone())).with(nothing())
                })),
            )
        }))
        .with(error_of(model))
        .with(answer);
    let block = el("div")
        .class("stack tight")
        .with(section(
            say::OPERATIONS,
            nothing(),
            el("div").class("stack tight").each(review.operations.iter().map(operation)),
        ))
        .with(
            el("details")
                .flag("open", model.surface == Surface::Tab)
                .with(el("summary").with(say::BLOCK))
                .with(el("pre").class("raw").attr("tabindex", "0").with(review.block_json.clone()))
                .with(
                    el("dl")
                        .class("facts")
                        .with(el("dt").with(say::HEIGHT))
                        .with(el("dd").class("mono").with(review.height.0.to_string()))
                        .with(el("dt").with(say::DIGEST))
                        .with(el("dd").with(hash(model, &review.digest.to_string(), say::DIGEST))),
                ),
        );
    el("div").class("review").with(words).with(block)
}

/// Approve: enabled after half a second of focus, and says so until then.
pub(super) fn approve(model: &Model, label: &str, message: Message, is_busy: bool) -> Element {
    let text = if is_busy { say::SIGNING } else { label };
    primary(text, message, model.may_approve && !is_busy).attr("aria-describedby", "approve-hint")
}

fn signer(model: &Model, review: &Review) -> Element {
    let owner = review.signer.to_string();
    match model.owner_name(review.signer) {
        Some(name) => el("span").attr("title", owner).with(name),
        None => hash(model, &owner, words::OWNER),
    }
}

fn effects(review: &Review) -> Element {
    let line = |icon: Icon, text: Node, value: Node| el("li").with(icon.draw()).with(text).with(value);
    section(
        say::EFFECTS,
        nothing(),
        el("ul").class("effects").each(review.effects.iter().map(|effect| {
            match effect {
                Effect::Balance { name, token, before, after, .. } => line(
                    if after < before { Icon::Up } else { Icon::Down },
                    match token {
                        None => el("span").with(say::balance_of(name)),
                        Some(token) => el("span")
                            .attr("title", token.id.to_string())
                            .with(say::token_of(&token.symbol, name))
                            .with(
                                el("span")
                                    .class("label mono block")
                                    .with(format::short(&token.id.to_string())),
                            ),
                    }
                    .into(),
                    el("span")
                        .class("amount")
                        .with(el("span").class("label").with(format!("{} → ", format::amount(*before))))
                        .with(format::amount(*after))
                        .into(),
                ),
                Effect::Message { destination, name, summary } => {
                    let to = name.clone().unwrap_or_else(|| format::short(&destination.to_string()));
                    line(
                        Icon::Chain,
                        el("span")
                            .attr("title", destination.to_string())
                            .with(say::message(&to))
                            .with(el("span").class("label block").with(summary.clone()))
                            .into(),
                        nothing(),
                    )
                }
                Effect::Other { summary } => {
                    line(Icon::Block, el("span").with(summary.clone()).into(), nothing())
                }
            }
        })),
    )
}

fn operation(operation: &DecodedOperation) -> Element {
    let fields = operation.fields.iter().flat_map(|field| {
        // Hashes are recognised by their ends; whatever is longer is there to be read.
        if field.value.len() > LONGEST_HASH {
            let value = el("div").class("raw").attr("tabindex", "0").with(field.value.clone());
            return [el("dt").class("wide").with(field.label.clone()), el("dd").class("wide").with(value)];
        }
        [
            el("dt").with(field.label.clone()),
            el("dd").class("mono small").attr("title", field.value.clone()).with(format::short(&field.value)),
        ]
    });
    el("div")
        .class(if operation.is_decoded { "operation" } else { "operation bad" })
        .with(el("p").with(el("span").class("strong").with(operation.name.clone())))
        .with(el("p").class("small").with(operation.summary.clone()))
        .with(el("dl").class("facts small").each(fields))
}

fn warn(warning: Warning) -> (&'static str, &'static str) {
    match warning {
        Warning::NewRecipient => ("wait", say::WARN_NEW),
        Warning::NearlyAll => ("wait", say::WARN_NEARLY_ALL),
        Warning::Undecoded => ("bad", say::WARN_UNDECODED),
        Warning::OwnAddress => ("wait", say::WARN_OWN),
        Warning::OwnerOnForeignChain => ("wait", say::WARN_FOREIGN),
        Warning::Irreversible => ("bad", say::WARN_IRREVERSIBLE),
    }
}

/// Names between asterisks stand out. A name that contains an asterisk itself only shifts the emphasis.
fn emphasised(sentence: &str) -> Vec<Node> {
    sentence
        .split('*')
        .enumerate()
        .map(|(place, part)| if place % 2 == 1 { el("b").with(part).into() } else { Node::from(part) })
        .collect()
}
