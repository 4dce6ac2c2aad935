//! The JSON of the vault worker's frames.

use serde::{Deserialize, Serialize};
use walnut_wallet::messages::{
    RequestId, Route, UiError, VaultEvent, VaultRequest, VaultResponse, worker_frame,
};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    VaultRequest(VaultRequest),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer<'a> {
    VaultResponse(&'a Result<VaultResponse, UiError>),
    VaultEvent(&'a VaultEvent),
}

/// Reads a request. What is not one, or not for the vault, gives an error and the id to answer to, if there is one.
pub(crate) fn read_request(json: &str) -> Result<(RequestId, VaultRequest), (Option<RequestId>, UiError)> {
    let (id, Request::VaultRequest(request)) = worker_frame::read(json, Route::Vault)?;
    Ok((id, request))
}

/// The text of a response.
pub(crate) fn response(id: RequestId, response: &Result<VaultResponse, UiError>) -> String {
    worker_frame::write(Some(id), &Answer::VaultResponse(response))
}

/// The text of an event.
pub(crate) fn event(event: &VaultEvent) -> String {
    worker_frame::write(None, &Answer::VaultEvent(event))
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
        assert_eq!(event(&VaultEvent::Booted), Envelope::vault_event(VaultEvent::Booted).to_json().unwrap());
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
