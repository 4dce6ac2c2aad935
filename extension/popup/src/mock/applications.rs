//! Applications in fixtures: a token, a counter, something long, something broken.

use walnut_base::{AccountOwner, Amount, ApplicationId, BlockHeight, ChainId};
use walnut_wallet::{
    applications::schema::{SchemaArgument, SchemaField},
    messages::{
        ApplicationDetails, ApplicationKind, ApplicationSummary, DecodedField, DecodedOperation, Effect,
        QueryAnswer, Review, ReviewKind, Token, TokenBalance, UiError, UiErrorCode, Warning,
    },
};

use super::wallet::{chain_id, hash, milli, owner, review};
use crate::{
    message::ChainTab,
    model::{Model, Task},
    route::Route,
    source::Source,
};

fn id(seed: u64) -> ApplicationId {
    ApplicationId::new(hash(seed + 2_000))
}

/// The token of all fixtures.
pub(super) fn token() -> Token {
    Token { id: id(1), symbol: "WAL".to_owned() }
}

/// What the wallet has of it on its first chain.
pub(super) fn tokens() -> Vec<TokenBalance> {
    vec![
        TokenBalance { token: token(), owner: owner(1), balance: milli(987_500) },
        TokenBalance { token: token(), owner: AccountOwner::CHAIN, balance: milli(3_000) },
    ]
}

fn summary(seed: u64, kind: ApplicationKind, creator: ChainId) -> ApplicationSummary {
    ApplicationSummary { id: id(seed), kind, creator_chain: creator, created_at: BlockHeight(17) }
}

fn field(is_mutation: bool, name: &str, arguments: &[(&str, &str)], result: &str) -> SchemaField {
    let argument =
        |(name, kind): &(&str, &str)| SchemaArgument { name: (*name).to_owned(), kind: (*kind).to_owned() };
    SchemaField {
        is_mutation,
        name: name.to_owned(),
        arguments: arguments.iter().map(argument).collect(),
        result: result.to_owned(),
        is_object: result.contains("View") || result.contains("Post"),
    }
}

fn token_schema() -> Vec<SchemaField> {
    let account = ("targetAccount", "FungibleAccount!");
    vec![
        field(false, "accounts", &[], "MapView_AccountOwner_Amount!"),
        field(false, "allowances", &[], "MapView_OwnerSpender_Amount!"),
        field(false, "tickerSymbol", &[], "String!"),
        field(true, "transfer", &[("owner", "AccountOwner!"), ("amount", "Amount!"), account], "Boolean!"),
        field(
            true,
            "transferFrom",
            &[("owner", "AccountOwner!"), ("spender", "AccountOwner!"), ("amount", "Amount!"), account],
            "Boolean!",
        ),
    ]
}

fn details(summary: ApplicationSummary, schema: Option<Vec<SchemaField>>) -> ApplicationDetails {
    ApplicationDetails {
        chain_id: chain_id(1),
        summary,
        contract: hash(3_001),
        service: hash(3_002),
        parameters: Some("{\"ticker_symbol\":\"WAL\"}".to_owned()),
        parameters_size: 23,
        required: Vec::new(),
        schema,
        problem: None,
        history: Vec::new(),
    }
}

/// The list of a chain's applications.
pub(super) fn list(model: &mut Model, name: &str) {
    model.route = Route::Chain(chain_id(1));
    model.chain.tab = ChainTab::Applications;
    let (here, ana, far) = (chain_id(1), chain_id(7), chain_id(42));
    model.chain.applications = match name {
        "chain-applications-loading" => {
            model.tasks.insert(Task::Applications);
            None
        }
        "chain-applications-empty" => Some(Vec::new()),
        _ => Some(vec![
            summary(1, ApplicationKind::Fungible { symbol: "WAL".to_owned() }, here),
            summary(5, ApplicationKind::Fungible { symbol: "TWELVELETTER".to_owned() }, far),
            summary(2, ApplicationKind::Counter, ana),
            summary(3, ApplicationKind::Other, far),
            summary(4, ApplicationKind::Unknown, far),
        ]),
    };
}

/// The page of an application.
pub(super) fn page(model: &mut Model, name: &str) {
    let fungible = || ApplicationKind::Fungible { symbol: "WAL".to_owned() };
    let mut shown = match name {
        "application-counter" | "application-refused" => {
            let schema = vec![
                field(false, "value", &[], "Int!"),
                field(true, "increment", &[("value", "Int!")], "Boolean!"),
            ];
            details(summary(2, ApplicationKind::Counter, chain_id(7)), Some(schema))
        }
        "application-other" => {
            let schema = vec![
                field(false, "feed", &[("newest", "Int!")], "[Post!]!"),
                field(
                    false,
                    "aQuestionWithAVeryLongNameThatNobodyWouldWriteByHandButMachinesDo",
                    &[
                        ("anArgumentWithAVeryLongNameAsWell", "[[ListOfListsOfSomethingLong!]!]!"),
                        ("b", "Int"),
                    ],
                    "Connection_Of_Something_Very_Long!",
                ),
            ];
            let mut other = details(summary(3, ApplicationKind::Other, chain_id(42)), Some(schema));
            other.required = vec![id(1), id(2)];
            other.parameters = None;
            other.parameters_size = 1_204;
            other
        }
        "application-silent" => {
            let mut silent = details(summary(3, ApplicationKind::Other, chain_id(42)), None);
            silent.problem = Some(
                UiError::new(
                    UiErrorCode::ApplicationFailed,
                    "The application's service did not answer: it failed, or took too long. Nothing was changed.",
                )
                .with_details("execution: the service ran for more than 2000 ms"),
            );
            silent
        }
        "application-no-schema" => {
            let mut plain = details(summary(3, ApplicationKind::Other, chain_id(1)), None);
            plain.parameters = Some("null".to_owned());
            plain
        }
        _ => details(summary(1, fungible(), chain_id(1)), Some(token_schema())),
    };
    model.route = Route::Application(chain_id(1), shown.summary.id);
    match name {
        "application-loading" => {
            model.tasks.insert(Task::Application);
            return;
        }
        "application-error" => {
            model.error = Some(UiError::new(
                UiErrorCode::UnknownApplication,
                "No validator knows an application with this ID. Compare it with the one you were given; a new one may take a moment.",
            ));
            return;
        }
        "application-token-none" => {
            if let Some(snapshot) = &mut model.snapshot {
                snapshot.chains[0].tokens.clear();
            }
        }
        "application-answer" => {
            shown.history = vec![
                "query { tickerSymbol accounts { entries { key value } } }".to_owned(),
                "query { tickerSymbol }".to_owned(),
                "query { allowances { count } }".to_owned(),
            ];
            model.application.query = shown.history[0].clone();
            model.application.answer = Some(QueryAnswer {
                text: format!(
                    "{{\n  \"data\": {{\n    \"tickerSymbol\": \"WAL\",\n    \"accounts\": {{\n      \"entries\": [\n        {{\n          \"key\": \"{}\",\n          \"value\": \"987.5\"\n        }}\n      ]\n    }}\n  }}\n}}",
                    owner(1)
                ),
                is_cut: false,
                complaints: Vec::new(),
                took_ms: 3,
                history: Vec::new(),
            });
        }
        "application-asking" => {
            model.application.query = "mutation { transfer(owner: ) }".to_owned();
            model.tasks.insert(Task::Query);
        }
        "application-refused" => {
            shown.history = vec!["query { valeu }".to_owned()];
            model.application.query = shown.history[0].clone();
            model.application.answer = Some(QueryAnswer {
                text: "{\n  \"data\": null,\n  \"errors\": [\n    {\n      \"message\": \"Unknown field\"\n    }\n  ]\n}".to_owned(),
                is_cut: true,
                complaints: vec![
                    "Unknown field \"valeu\" on type \"Counter\". Did you mean \"value\"?".to_owned(),
                ],
                took_ms: 0,
                history: Vec::new(),
            });
        }
        _ => {}
    }
    model.application.details = Some(shown);
}

/// Where the token fixtures send from.
pub(super) fn source() -> Source {
    Source { chain_id: chain_id(1), owner: owner(1), token: Some(token()) }
}

/// A staged block that calls an application.
pub(super) fn staged(name: &str) -> Review {
    let mut shown = review(None);
    shown.kind = ReviewKind::Operations;
    shown.received.clear();
    shown.fuel = 71_229;
    shown.balance_after = shown.balance_before.saturating_sub(shown.fee);
    let field = |label: &str, value: String| DecodedField { label: label.to_owned(), value };
    let application = |seed| field("application", id(seed).to_string());
    let native = Effect::Balance {
        owner: AccountOwner::CHAIN,
        name: "Savings".to_owned(),
        token: None,
        before: shown.balance_before,
        after: shown.balance_after,
    };
    match name {
        "review-token" => {
            shown.kind = ReviewKind::Send;
            shown.sentence =
                "You send 12.5 WAL from *Main account* on *Savings* to *Ben* on chain *Ana's chain*."
                    .to_owned();
            shown.operations = vec![DecodedOperation {
                name: "Transfer".to_owned(),
                summary: "Sends 12.5 WAL to Ben".to_owned(),
                fields: vec![
                    application(1),
                    field("owner", owner(1).to_string()),
                    field("amount", "12.5".to_owned()),
                    field("target chain", chain_id(8).to_string()),
                    field("target owner", owner(8).to_string()),
                ],
                is_decoded: true,
            }];
            shown.effects = vec![
                native,
                Effect::Balance {
                    owner: owner(1),
                    name: "Main account on Savings".to_owned(),
                    token: Some(token()),
                    before: milli(987_500),
                    after: milli(975_000),
                },
                Effect::Message {
                    destination: chain_id(8),
                    name: Some("Ben".to_owned()),
                    summary: "brings 12.5 WAL".to_owned(),
                },
            ];
            shown.warnings = Vec::new();
        }
        "review-counter" => {
            let summary = format!("Adds 5 to the counter {}", crate::format::short(&id(2).to_string()));
            shown.sentence = format!("{summary}.");
            shown.operations = vec![DecodedOperation {
                name: "Increment".to_owned(),
                summary,
                fields: vec![application(2), field("value", "5".to_owned())],
                is_decoded: true,
            }];
            shown.effects = vec![native];
            shown.warnings = Vec::new();
        }
        _ => {
            let called = crate::format::short(&id(3).to_string());
            let summary = format!("Calls application {called} with 64 bytes");
            shown.sentence = format!("{summary}.");
            shown.operations = vec![DecodedOperation {
                name: "Application call".to_owned(),
                summary,
                fields: vec![
                    application(3),
                    field("length", "64 bytes".to_owned()),
                    field("bytes", format!("{}{}", hash(91), hash(92))),
                ],
                is_decoded: false,
            }];
            shown.effects = vec![
                native,
                Effect::Message {
                    destination: chain_id(42),
                    name: None,
                    summary: format!("a message of 40 bytes for application {called}"),
                },
                Effect::Other {
                    summary: format!(
                        "Application {called} publishes event 3 of its stream “posts”, 45 bytes"
                    ),
                },
            ];
            shown.warnings = vec![Warning::Undecoded];
        }
    }
    shown
}

/// An amount of the token that is larger than what there is.
pub(super) fn too_much() -> Amount {
    milli(1_000_000)
}
