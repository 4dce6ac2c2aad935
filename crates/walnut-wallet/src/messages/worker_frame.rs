//! The JSON of a worker's frames: the part of [`Envelope`](super::Envelope) that one worker reads and writes. Reading the
//! whole envelope would put the decoder of every message of the wallet into its program. The payloads are enums of the
//! worker's own, with the names that the envelope gives them.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{RequestId, Route, UiError};

#[derive(Deserialize)]
struct Request<P> {
    to: Route,
    id: RequestId,
    payload: P,
}

#[derive(Deserialize)]
struct OnlyId {
    id: Option<RequestId>,
}

#[derive(Serialize)]
struct Answer<'a, P> {
    to: Route,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<RequestId>,
    payload: &'a P,
}

/// Reads a request to the worker `me`. What is not one, or not for that worker, gives an error and the id to answer to, if
/// there is one.
///
/// # Errors
/// `BadMessage`.
pub fn read<P: DeserializeOwned>(
    json: &str,
    me: Route,
) -> Result<(RequestId, P), (Option<RequestId>, UiError)> {
    match serde_json::from_str(json) {
        Ok(Request { to, id, payload }) if to == me => Ok((id, payload)),
        Ok(Request::<P> { id, .. }) => Err((Some(id), UiError::bad_message("for somebody else"))),
        Err(error) => {
            let id = serde_json::from_str(json).ok().and_then(|OnlyId { id }| id);
            Err((id, UiError::bad_message(&error.to_string())))
        }
    }
}

/// The text of a response, or without an id of an event, to the host.
pub fn write(id: Option<RequestId>, payload: &impl Serialize) -> String {
    serde_json::to_string(&Answer { to: Route::Host, id, payload }).expect("messages have string keys only")
}
