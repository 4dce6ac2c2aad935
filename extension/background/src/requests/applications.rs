//! Applications: listing them, looking at one, asking it.

use std::rc::Rc;

use walnut_base::{ApplicationDescription, ApplicationId, ChainId};
use walnut_client::{ClientError, GraphqlError, GraphqlRequest, read_graphql_answer};
use walnut_wallet::{
    applications::{pretty_json, schema},
    messages::{ApplicationDetails, ApplicationSummary, QueryAnswer, UiError, UiErrorCode, UiResponse},
};

use super::chains::unknown_chain;
use crate::{
    app::App, applications, applications::tokens::APPLICATIONS_ASKED_MAX, errors, session::Session, time,
};

/// Applications listed for one chain.
const LISTED_MAX: usize = 200;

/// Complaints of a service that are shown, and characters of each.
const COMPLAINTS_MAX: usize = 8;
const COMPLAINT_CHARS_MAX: usize = 500;

impl App {
    pub(super) async fn applications_of(&self, chain_id: ChainId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        session.chain(chain_id).ok_or_else(unknown_chain)?;
        let applications = session.client.applications(chain_id).await.map_err(errors::plain)?;
        let mut rows = Vec::new();
        for (index, application) in applications.iter().take(LISTED_MAX).enumerate() {
            let id = application.application_id;
            let kind = match index < APPLICATIONS_ASKED_MAX {
                true => session.kind_of(chain_id, id).await,
                false => walnut_wallet::messages::ApplicationKind::Unknown,
            };
            let description = &application.description;
            rows.push(ApplicationSummary {
                id,
                kind,
                creator_chain: description.creator_chain_id,
                created_at: description.block_height,
            });
        }
        Ok(UiResponse::Applications(rows))
    }

    pub(super) async fn application(
        &self,
        chain_id: ChainId,
        id: ApplicationId,
    ) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let description = description_of(&session, chain_id, id).await?;
        let answer = session.ask_graphql(chain_id, id, None, schema::ASK_SCHEMA).await;
        let (schema, problem) = match answer {
            Ok(data) => (data.and_then(|data| schema::read_schema(&data)), None),
            Err(error) => (None, Some(applications::plain(error))),
        };
        let summary = ApplicationSummary {
            id,
            kind: session.kind_of(chain_id, id).await,
            creator_chain: description.creator_chain_id,
            created_at: description.block_height,
        };
        let parameters = std::str::from_utf8(&description.parameters).ok();
        let parameters =
            parameters.map(|text| &text[..text.floor_char_boundary(ApplicationDetails::PARAMETERS_MAX)]);
        let is_text = |text: &&str| text.chars().all(|c| !c.is_control() || c == '\n');
        Ok(UiResponse::Application(Box::new(ApplicationDetails {
            chain_id,
            summary,
            contract: description.module_id.contract_blob_hash,
            service: description.module_id.service_blob_hash,
            parameters: parameters.filter(is_text).map(str::to_owned),
            parameters_size: description.parameters.len() as u64,
            required: description.required_application_ids,
            schema,
            problem,
            history: session.questions(id).await?,
        })))
    }

    /// Asks a service. When it schedules operations, they are staged and shown for approval.
    pub(super) async fn query_application(
        self: &Rc<Self>,
        chain_id: ChainId,
        id: ApplicationId,
        query: String,
    ) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let question = question(&query)?;
        description_of(&session, chain_id, id).await?;
        let start = time::elapsed();
        let outcome = session.ask(chain_id, id, None, &question).await.map_err(applications::plain)?;
        let took = time::elapsed().as_micros().saturating_sub(start.as_micros()) / 1_000;
        session.keep_question(id, query.trim()).await?;
        if !outcome.operations.is_empty() {
            return self.prepare_operations(&session, chain_id, outcome.operations, None).await;
        }
        let complaints = match read_graphql_answer(&outcome.response) {
            Err(GraphqlError::Refused(complaints)) => complaints,
            Ok(_) | Err(GraphqlError::Unreadable(_)) => Vec::new(),
        };
        let shorten = |text: String| text.chars().take(COMPLAINT_CHARS_MAX).collect();
        let (text, is_cut) = printed(&outcome.response);
        Ok(UiResponse::QueryAnswer(QueryAnswer {
            text,
            is_cut,
            complaints: complaints.into_iter().take(COMPLAINTS_MAX).map(shorten).collect(),
            took_ms: u32::try_from(took).unwrap_or(u32::MAX),
            history: session.questions(id).await?,
        }))
    }
}

/// What an application consists of; also one that the chain has not used yet, from whoever has it.
async fn description_of(
    session: &Session,
    chain_id: ChainId,
    id: ApplicationId,
) -> Result<ApplicationDescription, UiError> {
    session.chain(chain_id).ok_or_else(unknown_chain)?;
    let description = Box::pin(session.client.application_description(id)).await;
    description.map_err(|error| match error {
        ClientError::CannotDownloadBlob(_) => applications::unknown(&error),
        error => errors::plain(error),
    })
}

/// The bytes to ask with: JSON as it is, anything else as a GraphQL document.
fn question(text: &str) -> Result<Vec<u8>, UiError> {
    let text = text.trim();
    if text.is_empty() || text.len() > QueryAnswer::QUESTION_MAX {
        let message = format!("Write a question of at most {} characters.", QueryAnswer::QUESTION_MAX);
        return Err(UiError::new(UiErrorCode::ApplicationFailed, message));
    }
    // A GraphQL document is never a JSON value: its fields stand without quotes.
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(text.as_bytes().to_vec()),
        Err(_) => Ok(GraphqlRequest::new(text).bytes()),
    }
}

/// An answer as people read it: JSON over several lines, else text, else hexadecimal digits.
fn printed(answer: &[u8]) -> (String, bool) {
    if let Some(pretty) = pretty_json(answer, QueryAnswer::TEXT_MAX) {
        return pretty;
    }
    match std::str::from_utf8(answer) {
        Ok(text) => {
            let end = text.floor_char_boundary(QueryAnswer::TEXT_MAX);
            (text[..end].to_owned(), end < text.len())
        }
        Err(_) => {
            let end = answer.len().min(QueryAnswer::TEXT_MAX / 2);
            (hex::encode(&answer[..end]), end < answer.len())
        }
    }
}
