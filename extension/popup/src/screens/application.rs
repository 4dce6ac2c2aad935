//! One application on one chain: what one has of it, what can be asked of it, and what it is.

use walnut_base::{Amount, ApplicationId, ChainId};
use walnut_wallet::{
    applications::schema::SchemaField,
    messages::{ApplicationDetails, ApplicationKind, ApplicationSummary, TokenBalance},
};

use crate::{
    format,
    message::Message,
    model::{Model, Task},
    parts::{
        Icon, Screen, amount, balance_in, button, copy, empty, error_of, hash, hint, notice, section, submit,
        text_input,
    },
    route::Route,
    screens::home::chain_label,
    source::Source,
    tree::{Element, Event, Handler, Node, el, nothing},
    words::{self, applications as say},
};

/// What an application is called: a token by its symbol.
pub(super) fn name_of(kind: &ApplicationKind) -> String {
    match kind {
        ApplicationKind::Fungible { symbol } => symbol.clone(),
        ApplicationKind::Counter => say::COUNTER.to_owned(),
        ApplicationKind::Other | ApplicationKind::Unknown => say::APPLICATION.to_owned(),
    }
}

/// One application as a row of its chain's list.
pub(super) fn row(model: &Model, chain_id: ChainId, application: &ApplicationSummary) -> Element {
    let id = application.id.to_string();
    let kind = match &application.kind {
        ApplicationKind::Fungible { .. } => Some(say::FUNGIBLE),
        ApplicationKind::Unknown => Some(say::NOT_ASKED),
        ApplicationKind::Counter | ApplicationKind::Other => None,
    };
    let from = match application.creator_chain == chain_id {
        true => say::HERE.to_owned(),
        false => say::created_on(&chain_label(model, application.creator_chain)),
    };
    let mine = tokens(model, chain_id, application.id).filter(|held| !held.owner.is_chain());
    let held: Amount = mine.map(|held| held.balance).sum();
    let is_token = matches!(application.kind, ApplicationKind::Fungible { .. });
    el("li").with(
        el("a")
            .class("row")
            .attr("href", Route::Application(chain_id, application.id).href())
            .attr("title", id.clone())
            .with(el("span").class("disc").with(if is_token { Icon::Coin } else { Icon::App }.draw()))
            .with(
                el("span")
                    .with(
                        el("span")
                            .class("title")
                            .with(el("span").class("cut").with(name_of(&application.kind)))
                            .with(el("span").class("mono label").with(format::short(&id))),
                    )
                    .with(
                        el("span")
                            .class("detail")
                            .with(kind.map(|kind| el("span").with(kind)))
                            .with(el("span").with(from)),
                    ),
            )
            .with(el("span").class("value").with(is_token.then(|| amount(held)))),
    )
}

/// The way to an application that the chain has not used yet.
pub(super) fn open_by_id(model: &Model) -> Element {
    let problem = model.start.problem.map(|problem| hint("bad", problem));
    let input = el("span")
        .class("with-end")
        .with(
            text_input("application", "text")
                .class("mono")
                .attr("aria-invalid", if problem.is_some() { "true" } else { "false" }),
        )
        .with(el("button").attr("type", "submit").with(say::OPEN));
    el("form").on(Event::Submit, Handler::Form(Message::OpenApplication)).with(
        el("div")
            .class("field")
            .with(el("label").attr("for", "application").with(say::OPEN_BY_ID))
            .with(input)
            .with(problem),
    )
}

/// What the chain, and the wallet's owners on it, have of a token.
fn tokens(model: &Model, chain_id: ChainId, id: ApplicationId) -> impl Iterator<Item = &TokenBalance> {
    let held = model.summary(chain_id).into_iter().flat_map(|chain| &chain.tokens);
    held.filter(move |held| held.token.id == id)
}

/// The screen.
pub(super) fn application(model: &Model, chain_id: ChainId, id: ApplicationId) -> Screen {
    let details = model
        .application
        .details
        .as_ref()
        .filter(|known| (known.chain_id, known.summary.id) == (chain_id, id));
    let Some(details) = details else {
        let content = el("div").class("stack").with(error_of(model));
        let content = match model.is_busy(Task::Application) || model.error.is_none() {
            true => content.with(el("p").class("muted").attr("aria-busy", "true").with(say::LOADING)),
            false => content.with(empty(
                Icon::App,
                say::APPLICATION,
                say::UNKNOWN_TEXT,
                el("a").class("button").attr("href", Route::Chain(chain_id).href()).with(words::BACK).into(),
            )),
        };
        return Screen::named(say::APPLICATION.to_owned(), content);
    };
    let content = el("div")
        .class("stack")
        .with(hero(model, details))
        .with(error_of(model))
        .with(console(model, details))
        .with(schema(details))
        .with(facts(model, details));
    Screen::named(name_of(&details.summary.kind), content)
}

/// For a token what one has of it, for anything else what it is called.
fn hero(model: &Model, details: &ApplicationDetails) -> Element {
    let (chain_id, id) = (details.chain_id, details.summary.id);
    let place = say::on(&chain_label(model, chain_id));
    let ApplicationKind::Fungible { symbol } = &details.summary.kind else {
        return el("div")
            .class("hero")
            .with(el("p").class("label").with(format!("{} {place}", name_of(&details.summary.kind))))
            .with(hash(model, &id.to_string(), words::APPLICATION_ID));
    };
    let mine = || tokens(model, chain_id, id).filter(|held| !held.owner.is_chain());
    let total: Amount = mine().map(|held| held.balance).sum();
    let can_send = model.summary(chain_id).is_some_and(|chain| chain.account.is_some() && !chain.is_closed);
    let rows = tokens(model, chain_id, id).map(|held| {
        let name = match held.owner.is_chain() {
            true => say::OF_CHAIN.to_owned(),
            false => model.owner_name(held.owner).unwrap_or_else(|| format::short(&held.owner.to_string())),
        };
        let below: Node = match held.owner.is_chain() {
            true => el("span").class("detail").with(say::OF_CHAIN_TEXT).into(),
            false => hash(model, &held.owner.to_string(), words::OWNER).into(),
        };
        let source = Source { chain_id, owner: held.owner, token: Some(held.token.clone()) };
        let send = (can_send && !held.owner.is_chain())
            .then(|| button(say::SEND, Message::SendFrom(source)).class("button slim"));
        el("li").with(
            el("div")
                .class("row")
                .with(
                    el("span")
                        .class("disc")
                        .with(if held.owner.is_chain() { Icon::Chain } else { Icon::Person }.draw()),
                )
                .with(
                    el("span")
                        .with(el("span").class("title").with(el("span").class("cut").with(name)))
                        .with(below),
                )
                .with(el("span").class("value stack tight").with(amount(held.balance)).with(send)),
        )
    });
    let rows = rows.collect::<Vec<_>>();
    el("div")
        .class("stack")
        .with(
            el("div")
                .class("hero")
                .with(el("p").class("label").with(format!("{} {place}", say::FUNGIBLE)))
                .with(balance_in(total, symbol))
                .with(hash(model, &id.to_string(), words::APPLICATION_ID)),
        )
        .with(match rows.is_empty() {
            true => el("p").class("small muted").with(say::NO_BALANCE),
            false => section(say::BALANCES, nothing(), el("ul").class("rows").each(rows)),
        })
}

/// The question, what was asked before, and the answer.
fn console(model: &Model, details: &ApplicationDetails) -> Element {
    let is_busy = model.is_busy(Task::Query);
    let history = details.history.iter().map(|question| {
        el("button")
            .class("chip cut")
            .attr("type", "button")
            .attr("title", question.clone())
            .press(Message::QueryChosen(question.clone()))
            .with(question.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    let history = history.collect::<Vec<_>>();
    el("form")
        .class("stack tight")
        .on(Event::Submit, Handler::Send(Message::AskApplication))
        .with(
            el("div")
                .class("field")
                .with(el("label").attr("for", "query").with(say::QUESTION))
                .with(
                    el("textarea")
                        .id("query")
                        .class("mono small")
                        .attr("rows", "4")
                        .attr("placeholder", say::PLACEHOLDER)
                        .attr("value", model.application.query.clone())
                        .attr("autocomplete", "off")
                        .attr("autocapitalize", "off")
                        .attr("spellcheck", "false")
                        .attr("aria-describedby", "query-hint")
                        .on(Event::Input, Handler::Value(Message::QueryTyped)),
                )
                .with(el("p").id("query-hint").class("hint").with(say::FREE)),
        )
        .with((!history.is_empty()).then(|| {
            el("div")
                .class("cluster history")
                .attr("role", "group")
                .attr("aria-label", say::HISTORY)
                .each(history)
        }))
        .with(submit(if is_busy { say::ASKING } else { say::ASK }, is_busy))
        .with(answer(model))
}

fn answer(model: &Model) -> Node {
    let Some(answer) = &model.application.answer else { return nothing() };
    let complaints = (!answer.complaints.is_empty()).then(|| {
        notice("bad", say::REFUSED, nothing()).attr("role", "alert").with(
            el("ul")
                .class("complaints")
                .each(answer.complaints.iter().map(|text| el("li").class("small").with(text.clone()))),
        )
    });
    el("div")
        .class("stack tight")
        .with(
            el("div")
                .class("cluster")
                .with(el("h2").id("answer").attr("tabindex", "-1").class("label").with(say::ANSWER))
                .with(el("span").class("label").with(say::took(answer.took_ms)))
                .with(el("span").class("push").with(copy(model, &answer.text, say::ANSWER))),
        )
        .with(complaints)
        .with(
            el("pre")
                .class("raw")
                .attr("tabindex", "0")
                .attr("aria-labelledby", "answer")
                .with(answer.text.clone()),
        )
        .with(answer.is_cut.then(|| el("p").class("small muted").with(say::CUT)))
        .into()
}

/// What the application says can be asked; a press writes the question.
fn schema(details: &ApplicationDetails) -> Node {
    if let Some(problem) = &details.problem {
        return notice("bad", &problem.message, nothing()).with(crate::parts::details(problem)).into();
    }
    let Some(fields) = details.schema.as_ref().filter(|fields| !fields.is_empty()) else {
        return el("p").class("small muted").with(say::NO_SCHEMA).into();
    };
    let group = |title: &str, is_mutation: bool| {
        let fields = fields.iter().filter(|field| field.is_mutation == is_mutation).collect::<Vec<_>>();
        (!fields.is_empty()).then(|| {
            section(title, nothing(), el("ul").class("rows schema").each(fields.into_iter().map(schema_row)))
        })
    };
    el("div").class("stack").with(group(say::QUESTIONS, false)).with(group(say::MUTATIONS, true)).into()
}

fn schema_row(field: &SchemaField) -> Element {
    let arguments = field.arguments.iter().map(|argument| format!("{}: {}", argument.name, argument.kind));
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    let below = if arguments.is_empty() {
        field.result.clone()
    } else {
        format!("({arguments}) → {}", field.result)
    };
    el("li").with(
        el("button")
            .class("row flat")
            .attr("type", "button")
            .attr("aria-label", say::use_field(&field.name))
            .press(Message::QueryChosen(field.template()))
            .with(
                el("span")
                    .with(el("span").class("title mono").with(field.name.clone()))
                    .with(el("span").class("detail mono").with(below)),
            )
            .with(el("span").class("muted").with(Icon::Forward.draw())),
    )
}

fn facts(model: &Model, details: &ApplicationDetails) -> Element {
    let summary = &details.summary;
    let mut facts = el("dl").class("facts");
    let mut fact = |label: &'static str, value: Node| {
        let list = std::mem::replace(&mut facts, el("dl"));
        facts = list.with(el("dt").with(label)).with(el("dd").with(value));
    };
    fact(words::APPLICATION_ID, hash(model, &summary.id.to_string(), words::APPLICATION_ID).into());
    let creator = summary.creator_chain;
    fact(
        say::CREATED_ON,
        match model.chain_name(creator) {
            Some(name) => el("a").attr("href", Route::Chain(creator).href()).with(name).into(),
            None => hash(model, &creator.to_string(), words::CHAIN_ID).into(),
        },
    );
    fact(say::BLOCK, el("span").class("mono").with(format::number(summary.created_at.0)).into());
    fact(say::CONTRACT, hash(model, &details.contract.to_string(), say::CONTRACT_HASH).into());
    fact(say::SERVICE, hash(model, &details.service.to_string(), say::SERVICE_HASH).into());
    for required in &details.required {
        let link = Route::Application(details.chain_id, *required).href();
        let id = required.to_string();
        fact(
            say::NEEDS,
            el("a")
                .class("mono small")
                .attr("href", link)
                .attr("title", id.clone())
                .with(format::short(&id))
                .into(),
        );
    }
    let parameters: Node = match &details.parameters {
        Some(text) if text.trim().is_empty() || text.trim() == "null" => {
            el("span").class("muted").with(say::NONE).into()
        }
        Some(text) => el("span").class("mono small").with(text.clone()).into(),
        None => el("span").with(say::bytes(details.parameters_size)).into(),
    };
    fact(say::PARAMETERS, parameters);
    section(say::FACTS, nothing(), facts).with(el("p").class("small muted").with(say::BY_ITS_WORD))
}
