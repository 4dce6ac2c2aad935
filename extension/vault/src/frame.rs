//! The JSON of the frames: the part of [`walnut_wallet::messages::Envelope`] that the vault reads and writes. Reading the
//! whole envelope would put every message of the wallet into this module.

use serde::{Deserialize, Serialize};
use walnut_wallet::messages::{RequestId, Route, UiError, VaultEvent, VaultRequest, VaultResponse};

#[derive(Deserialize)]
struct Request {
    to: Route,
    id: RequestId,
    payload: RequestPayload,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RequestPayload {
    VaultRequest(VaultRequest),
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
    VaultResponse(&'a Result<VaultResponse, UiError>),
    VaultEvent(VaultEvent),
}

/// Reads a request. What is not one, or not for the vault, gives an error and the id to answer to, if there is one.
pub(crate) fn read_request(json: &str) -> Result<(RequestId, VaultRequest), (Option<RequestId>, UiError)> {
    match serde_json::from_str(json) {
        Ok(Request { to: Route::Vault, id, payload: RequestPayload::VaultRequest(request) }) => {
            Ok((id, request))
        }
        Ok(request) => Err((Some(request.id), UiError::bad_message("not for the vault"))),
        Err(error) => {
            let id = serde_json::from_str(json).ok().and_then(|OnlyId { id }| id);
            Err((id, UiError::bad_message(&error.to_string())))
        }
    }
}

/// The text of a response.
pub(crate) fn response(id: RequestId, response: &Result<VaultResponse, UiError>) -> String {
    write(&Answer { to: Route::Host, id: Some(id), payload: AnswerPayload::VaultResponse(response) })
}

/// The text of an event.
pub(crate) fn event(event: VaultEvent) -> String {
    write(&Answer { to: Route::Host, id: None, payload: AnswerPayload::VaultEvent(event) })
}

fn write(answer: &Answer<'_>) -> String {
    serde_json::to_string(answer).expect("messages have string keys only")
}

#[cfg(test)]
mod tests {
    use walnut_wallet::messages::{Envelope, UiErrorCode, VaultUiRequest};

    use super::*;

    #[test]
    fn frames_are_envelopes() {
        let id = RequestId(7);
        let request = VaultRequest::Ui(VaultUiRequest::Unlock);
        let json = Envelope::vault_request(id, request.clone()).to_json().unwrap();
        assert_eq!(read_request(&json), Ok((id, request)));
        let answer = Err(UiError::locked());
        assert_eq!(response(id, &answer), Envelope::vault_response(id, answer).to_json().unwrap());
        assert_eq!(event(VaultEvent::Booted), Envelope::vault_event(VaultEvent::Booted).to_json().unwrap());
    }

    #[test]
    fn what_is_no_request_is_answered_where_possible() {
        for (json, id) in [
            ("", None),
            ("{}", None),
            (r#"{"to":"vault","payload":{"vault_request":"tick"}}"#, None),
            (r#"{"to":"vault","id":7,"payload":{"vault_request":"open"}}"#, Some(RequestId(7))),
            (r#"{"to":"vault","id":7,"payload":{"ui_request":"unlock"}}"#, Some(RequestId(7))),
            (r#"{"to":"vault","id":7,"payload":{"vault_request":{"ui":"snapshot"}}}"#, Some(RequestId(7))),
            (r#"{"to":"node","id":7,"payload":{"vault_request":"tick"}}"#, Some(RequestId(7))),
        ] {
            let error = read_request(json).map_err(|(id, error)| (id, error.code));
            assert_eq!(error, Err((id, UiErrorCode::BadMessage)), "{json}");
        }
    }
}
