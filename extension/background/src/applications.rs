//! What this worker knows of applications: what they are, which tokens the chains hold, what was asked before.
//!
//! Services are asked through the local node: free, offline, and nothing they do is kept. What an application is by its
//! service's word is remembered for as long as the worker lives; it cannot change, since its bytecode cannot.

pub(crate) mod effects;
mod history;
pub(crate) mod tell;
pub(crate) mod tokens;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use walnut_base::{ApplicationId, Block, ChainId, CryptoHash, Message, Operation};
use walnut_client::{ClientError, GraphqlRequest, read_graphql_answer};
use walnut_execution::UserQueryOutcome;
use walnut_wallet::{
    applications::{counter, fungible, schema},
    messages::{ApplicationKind, TokenBalance, UiError, UiErrorCode},
};

use crate::{errors, session::Session};

/// Kinds of the applications asked so far.
pub(crate) type Kinds = BTreeMap<ApplicationId, ApplicationKind>;

/// Applications whose kind is remembered. A chain may be sent messages by any number of applications.
const KINDS_MAX: usize = 1_000;

/// Applications of one block that are told by what they are; further ones by their id.
const TAKING_PART_MAX: usize = 10;

/// See the top of the file.
#[derive(Default)]
pub(crate) struct Applications {
    kinds: RefCell<Kinds>,
    tokens: RefCell<BTreeMap<ChainId, Vec<TokenBalance>>>,
    /// Chains whose tokens were looked at and have not changed since.
    fresh: RefCell<BTreeSet<ChainId>>,
    history: RefCell<history::History>,
    is_history_read: Cell<bool>,
}

impl Session {
    /// Asks a service, after the staged block if one is named.
    pub(crate) async fn ask(
        &self,
        chain_id: ChainId,
        id: ApplicationId,
        staged: Option<CryptoHash>,
        question: &[u8],
    ) -> Result<UserQueryOutcome, ClientError> {
        Box::pin(self.client.query_application(chain_id, id, staged, question)).await
    }

    /// Asks a service in GraphQL. None: it does not answer that question.
    pub(crate) async fn ask_graphql(
        &self,
        chain_id: ChainId,
        id: ApplicationId,
        staged: Option<CryptoHash>,
        question: &str,
    ) -> Result<Option<serde_json::Value>, ClientError> {
        let outcome = self.ask(chain_id, id, staged, &GraphqlRequest::new(question).bytes()).await?;
        Ok(read_graphql_answer(&outcome.response).ok())
    }

    /// What an application is. Its first question to the service may fetch bytecode.
    pub(crate) async fn kind_of(&self, chain_id: ChainId, id: ApplicationId) -> ApplicationKind {
        if let Some(kind) = self.applications.kinds.borrow().get(&id) {
            return kind.clone();
        }
        let kind = match self.find_out(chain_id, id).await {
            Ok(kind) => kind,
            // It failed by itself, and will do so again.
            Err(ClientError::Local(error)) if error.missing().is_none() && !error.is_local() => {
                ApplicationKind::Other
            }
            Err(_) => return ApplicationKind::Unknown,
        };
        let mut kinds = self.applications.kinds.borrow_mut();
        if kinds.len() >= KINDS_MAX {
            kinds.clear();
        }
        kinds.insert(id, kind.clone());
        kind
    }

    async fn find_out(&self, chain_id: ChainId, id: ApplicationId) -> Result<ApplicationKind, ClientError> {
        let answer = self.ask_graphql(chain_id, id, None, &fungible::ask_balances(&[])).await?;
        if let Some((symbol, _)) = answer.and_then(|data| fungible::read_balances(&data, 0)) {
            return Ok(ApplicationKind::Fungible { symbol });
        }
        let answer = self.ask_graphql(chain_id, id, None, schema::ASK_SCHEMA).await?;
        let fields = answer.and_then(|data| schema::read_schema(&data)).unwrap_or_default();
        Ok(match counter::is_counter(&fields) {
            true => ApplicationKind::Counter,
            false => ApplicationKind::Other,
        })
    }

    /// The kinds known now: enough for lists.
    pub(crate) fn kinds(&self) -> Kinds {
        self.applications.kinds.borrow().clone()
    }

    /// The kinds of the applications that take part in a block, asked where they are not known.
    pub(crate) async fn kinds_in(&self, block: &Block) -> Kinds {
        let mut kinds = Kinds::new();
        for id in taking_part(block).into_iter().take(TAKING_PART_MAX) {
            let kind = self.kind_of(block.header.chain_id, id).await;
            kinds.insert(id, kind);
        }
        kinds
    }
}

/// Called ones first, then those whose messages are received, then those that send some.
fn taking_part(block: &Block) -> Vec<ApplicationId> {
    let called = block.operations().filter_map(|operation| match operation {
        Operation::User { application_id, .. } => Some(*application_id),
        Operation::System(_) => None,
    });
    let posted = block.incoming_bundles().flat_map(|incoming| incoming.bundle.messages.iter());
    let sent = block.body.messages.iter().flatten().map(|message| &message.message);
    let messages = posted.map(|posted| &posted.message).chain(sent).filter_map(|message| match message {
        Message::User { application_id, .. } => Some(*application_id),
        Message::System(_) => None,
    });
    let mut seen = BTreeSet::new();
    called.chain(messages).filter(|id| seen.insert(*id)).collect()
}

/// Why a question was not answered, in plain words.
pub(crate) fn plain(error: ClientError) -> UiError {
    let is_its_own_fault = matches!(&error, ClientError::Local(local)
        if local.missing().is_none() && !local.is_local());
    match is_its_own_fault {
        true => UiError::new(
            UiErrorCode::ApplicationFailed,
            "The application's service did not answer: it failed, or took too long. Nothing was changed.",
        )
        .with_details(error.to_string()),
        false => errors::plain(error),
    }
}

/// Why a block that calls applications cannot be made, in plain words.
pub(crate) fn plain_block(error: ClientError) -> UiError {
    let error = errors::plain(error);
    match error.code {
        UiErrorCode::BlockRejected => UiError {
            code: UiErrorCode::ApplicationFailed,
            message: "The application refuses this. Nothing was signed. It may be against its rules, or more than you have of it.".to_owned(),
            ..error
        },
        _ => error,
    }
}

/// No such application anywhere.
pub(crate) fn unknown(error: &ClientError) -> UiError {
    UiError::new(
        UiErrorCode::UnknownApplication,
        "No validator knows an application with this ID. Compare it with the one you were given; a new one may take a moment.",
    )
    .with_details(error.to_string())
}
