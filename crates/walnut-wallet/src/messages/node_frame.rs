//! The JSON of the node worker's frames.

use serde::{Deserialize, Serialize};

use super::{NodeEvent, NodeRequest, NodeResponse, RequestId, Route, UiError, worker_frame};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    NodeRequest(NodeRequest),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer<'a> {
    NodeResponse(&'a Result<NodeResponse, UiError>),
    NodeEvent(&'a NodeEvent),
}

/// Reads a request. What is not one, or not for the node, gives an error and the id to answer to, if there is one.
pub fn read_request(json: &str) -> Result<(RequestId, NodeRequest), (Option<RequestId>, UiError)> {
    let (id, Request::NodeRequest(request)) = worker_frame::read(json, Route::Node)?;
    Ok((id, request))
}

/// The text of a response.
pub fn response(id: RequestId, response: &Result<NodeResponse, UiError>) -> String {
    worker_frame::write(Some(id), &Answer::NodeResponse(response))
}

/// The text of an event.
pub fn event(event: &NodeEvent) -> String {
    worker_frame::write(None, &Answer::NodeEvent(event))
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
