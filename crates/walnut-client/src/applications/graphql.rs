//! The language that services built with the SDK speak: GraphQL, as JSON.

use serde::{Deserialize, Serialize};

/// Bytes of an answer that are read: services of the local node may answer with more memory than people read.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A question or a mutation, as `async_graphql::Request` reads it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GraphqlRequest {
    /// The document.
    query: String,
    /// Values of its variables.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    variables: serde_json::Value,
    /// Which of the document's operations is meant.
    #[serde(rename = "operationName", skip_serializing_if = "Option::is_none")]
    operation_name: Option<String>,
}

impl GraphqlRequest {
    /// A document without variables.
    pub fn new(query: impl Into<String>) -> Self {
        Self { query: query.into(), variables: serde_json::Value::Null, operation_name: None }
    }

    /// With values of its variables: a JSON object.
    pub fn with_variables(mut self, variables: serde_json::Value) -> Self {
        self.variables = variables;
        self
    }

    /// The bytes that a service is asked with.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::json!(self).to_string().into_bytes()
    }
}

/// Why an answer has no data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphqlError {
    /// The service refuses, in its own words.
    #[error("the service refuses: {}", .0.join("; "))]
    Refused(Vec<String>),
    /// The answer is not one of GraphQL: the service may speak another language.
    #[error("the service's answer is not GraphQL: {0}")]
    Unreadable(String),
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: serde_json::Value,
    #[serde(default)]
    errors: Vec<AnswerError>,
}

#[derive(Deserialize)]
struct AnswerError {
    message: String,
}

/// The data in a service's answer.
///
/// # Errors
/// All of [`GraphqlError`].
pub fn read_graphql_answer(answer: &[u8]) -> Result<serde_json::Value, GraphqlError> {
    if answer.len() > ANSWER_BYTES_MAX {
        return Err(GraphqlError::Unreadable(format!("{} bytes are too many", answer.len())));
    }
    let answer: Answer =
        serde_json::from_slice(answer).map_err(|error| GraphqlError::Unreadable(error.to_string()))?;
    match answer.errors.is_empty() {
        true => Ok(answer.data),
        false => Err(GraphqlError::Refused(answer.errors.into_iter().map(|error| error.message).collect())),
    }
}

#[cfg(test)]
mod tests {
    //! Questions as services read them, and their answers.

    use serde_json::json;

    use super::*;

    #[test]
    fn requests_have_only_what_they_need() {
        assert_eq!(GraphqlRequest::new("{ value }").bytes(), br#"{"query":"{ value }"}"#);
        let request = GraphqlRequest::new("query($a: Int) { f(a: $a) }").with_variables(json!({ "a": 1 }));
        let expected = json!({ "query": "query($a: Int) { f(a: $a) }", "variables": { "a": 1 } });
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&request.bytes()).ok(), Some(expected));
    }

    #[test]
    fn data_refusals_and_nonsense_are_told_apart() {
        assert_eq!(read_graphql_answer(br#"{"data":{"value":5}}"#), Ok(json!({ "value": 5 })));
        let refused = br#"{"data":null,"errors":[{"message":"Unknown field","locations":[]}]}"#;
        assert_eq!(read_graphql_answer(refused), Err(GraphqlError::Refused(vec!["Unknown field".into()])));
        assert!(matches!(read_graphql_answer(&[1, 2]), Err(GraphqlError::Unreadable(_))));
    }
}
