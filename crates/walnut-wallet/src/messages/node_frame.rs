//! The JSON of the node worker's frames: the part of [`Envelope`](super::Envelope) that it reads and writes. Reading the
//! whole envelope would put the decoder of every message of the wallet into its program.

use super::{NodeEvent, NodeRequest, NodeResponse, RequestId, Route, UiError};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Request {
    to: Route,
    id: RequestId,
    payload: RequestPayload,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RequestPayload {
    NodeRequest(NodeRequest),
}

#[derive(Deserialize)]
struct OnlyId {
    id: Option<RequestId>,
}

#[derive(Serialize)]
struct Answer<'a> {
    to: Route,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<RequestId>,
    payload: AnswerPayload<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum AnswerPayload<'a> {
    NodeResponse(&'a Result<NodeResponse, UiError>),
    NodeEvent(&'a NodeEvent),
}

/// Reads a request. What is not one, or not for the node, gives an error and the id to answer to, if there is one.
pub fn read_request(json: &str) -> Result<(RequestId, NodeRequest), (Option<RequestId>, UiError)> {
    match serde_json::from_str(json) {
        Ok(Request { to: Route::Node, id, payload: RequestPayload::NodeRequest(request) }) => {
            Ok((id, request))
        }
        Ok(request) => Err((Some(request.id), UiError::bad_message("not for the node"))),
        Err(error) => {
            let id = serde_json::from_str(json).ok().and_then(|OnlyId { id }| id);
            Err((id, UiError::bad_message(&error.to_string())))
        }
    }
}

/// The text of a response.
pub fn response(id: RequestId, response: &Result<NodeResponse, UiError>) -> String {
    write(&Answer { to: Route::Host, id: Some(id), payload: AnswerPayload::NodeResponse(response) })
}

/// The text of an event.
pub fn event(event: &NodeEvent) -> String {
    write(&Answer { to: Route::Host, id: None, payload: AnswerPayload::NodeEvent(event) })
}

fn write(answer: &Answer<'_>) -> String {
    serde_json::to_string(answer).expect("messages have string keys only")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Envelope, UiErrorCode};

    #[test]
    fn frames_are_envelopes() {
        let id = RequestId(7);
        let json = Envelope::node_request(id, NodeRequest::Ping).to_json().unwrap();
        assert_eq!(read_request(&json), Ok((id, NodeRequest::Ping)));
        let answer = Err(UiError::locked());
        assert_eq!(response(id, &answer), Envelope::node_response(id, answer).to_json().unwrap());
        assert_eq!(event(&NodeEvent::Booted), Envelope::node_event(NodeEvent::Booted).to_json().unwrap());
    }

    #[test]
    fn what_is_no_request_is_answered_where_possible() {
        for (json, id) in [
            ("", None),
            (r#"{"to":"node","payload":{"node_request":"ping"}}"#, None),
            (r#"{"to":"node","id":7,"payload":{"node_request":"pong"}}"#, Some(RequestId(7))),
            (r#"{"to":"node","id":7,"payload":{"ui_request":"unlock"}}"#, Some(RequestId(7))),
            (r#"{"to":"vault","id":7,"payload":{"node_request":"ping"}}"#, Some(RequestId(7))),
        ] {
            let error = read_request(json).map_err(|(id, error)| (id, error.code));
            assert_eq!(error, Err((id, UiErrorCode::BadMessage)), "{json}");
        }
    }
}
