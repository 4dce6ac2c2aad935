//! Recovery words: hidden until pressed, no quiz.

use crate::{
    message::Message,
    model::{Model, Secret},
    parts::{Icon, Screen, button, notice, primary, titled},
    tree::{Element, Node, el, nothing},
    words::start as say,
};

/// Names of the word fields, also their ids.
pub(crate) const WORD_IDS: [&str; 24] = [
    "word-1", "word-2", "word-3", "word-4", "word-5", "word-6", "word-7", "word-8", "word-9", "word-10",
    "word-11", "word-12", "word-13", "word-14", "word-15", "word-16", "word-17", "word-18", "word-19",
    "word-20", "word-21", "word-22", "word-23", "word-24",
];

/// The words of a wallet just made.
pub(super) fn words(model: &Model) -> Screen {
    let is_uncovered = model.start.is_uncovered;
    titled(
        say::WORDS_TITLE,
        el("div")
            .class("plain")
            .with(el("p").with(say::WORDS_WHY))
            .with(secret(model))
            .with(is_uncovered.then(|| notice("wait", say::WORDS_NO_COPY, nothing())))
            .with(
                el("div")
                    .class("stack tight answer end")
                    .with(primary(say::WORDS_WRITTEN, Message::WordsWritten, is_uncovered))
                    .with(button(say::WORDS_LATER, Message::WordsLater).class("button block")),
            ),
    )
}

/// The secret that was asked for, covered until pressed.
pub(super) fn secret(model: &Model) -> Node {
    let Some(secret) = &model.start.secret else { return nothing() };
    if !model.start.is_uncovered {
        return veil().into();
    }
    let shown = match secret {
        Secret::Phrase(words) => {
            el("ol").class("words").each(words.split(' ').enumerate().map(|(place, word)| {
                el("li").with(el("span").with((place + 1).to_string())).with(el("span").with(word))
            }))
        }
        Secret::Key(key) => el("p").class("address").with(key.as_str()),
    };
    el("div")
        .class("stack tight")
        .with(shown)
        .with(button(say::WORDS_COVER, Message::ShowWords).class("button slim"))
        .into()
}

fn veil() -> Element {
    el("button")
        .class("veil")
        .attr("type", "button")
        .press(Message::ShowWords)
        .with(Icon::Eye.draw())
        .with(el("strong").with(say::WORDS_SHOW))
        .with(el("span").class("small").with(say::WORDS_ALONE))
}
