//! The JSON of the frames: the part of [`walnut_wallet::messages::Envelope`] that an interface writes and reads.
//!
//! The envelope itself also carries what host, node and vault say to each other; reading only our share keeps their
//! decoders out of this program. A test holds both against each other.

use serde::{Deserialize, Serialize};
use walnut_wallet::messages::{Route, UiError, UiEvent, UiRequest, UiResponse};

/// A message for interfaces.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    /// The answer to the request with this number.
    Answer(u64, Box<Result<UiResponse, UiError>>),
    /// Told unasked.
    Event(Box<UiEvent>),
}

#[derive(Serialize)]
struct Asking<'a> {
    to: Route,
    id: u64,
    payload: Request<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Request<'a> {
    UiRequest(&'a UiRequest),
}

/// Address and number come first, so that answers to other windows need not be decoded.
#[derive(Deserialize)]
struct Address {
    to: Route,
    id: Option<u64>,
}

#[derive(Deserialize)]
struct Telling {
    payload: Told,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    UiResponse(Box<Result<UiResponse, UiError>>),
    UiEvent(Box<UiEvent>),
}

/// The envelope of a request.
pub(crate) fn write(id: u64, request: &UiRequest) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Asking { to: request.route(), id, payload: Request::UiRequest(request) })
}

/// Reads an envelope. None when it is for somebody else, answers another window, or is not understood.
pub(crate) fn read(json: &str, is_awaited: impl FnOnce(u64) -> bool) -> Option<Heard> {
    let address: Address = serde_json::from_str(json).ok()?;
    if address.to != Route::Ui || address.id.is_some_and(|id| !is_awaited(id)) {
        return None;
    }
    let telling: Telling = serde_json::from_str(json).ok()?;
    match (telling.payload, address.id) {
        (Told::UiResponse(result), Some(id)) => Some(Heard::Answer(id, result)),
        (Told::UiEvent(event), None) => Some(Heard::Event(event)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use walnut_wallet::messages::{
        Envelope, RequestId, Surface, UiError, UiEvent, UiRequest, UiResponse, WALLET_PROTOCOL,
    };

    use super::{Heard, read, write};
    use crate::mock::fixture;

    #[test]
    fn requests_are_the_envelopes_the_host_reads() {
        for request in [
            UiRequest::Hello { protocol: WALLET_PROTOCOL, surface: Surface::Popup },
            UiRequest::Lock,
            UiRequest::CreateWallet { name: "a \"name\"".to_owned() },
        ] {
            let json = write(7, &request).expect("requests are JSON");
            assert_eq!(Envelope::from_json(&json), Ok(Envelope::ui_request(RequestId(7), request)));
        }
    }

    #[test]
    fn answers_and_events_are_read() {
        let answer = Envelope::ui_response(RequestId(7), Err(UiError::locked())).to_json().expect("JSON");
        assert_eq!(read(&answer, |id| id == 7), Some(Heard::Answer(7, Box::new(Err(UiError::locked())))));
        assert_eq!(read(&answer, |_| false), None, "another window's answer");
        let snapshot = fixture("home").expect("a fixture").snapshot.expect("a snapshot");
        let event = UiEvent::SnapshotChanged(snapshot);
        let json = Envelope::ui_event(event.clone()).to_json().expect("JSON");
        assert_eq!(read(&json, |_| false), Some(Heard::Event(Box::new(event))));
        let done = Envelope::ui_response(RequestId(8), Ok(UiResponse::Done)).to_json().expect("JSON");
        assert_eq!(read(&done, |id| id == 8), Some(Heard::Answer(8, Box::new(Ok(UiResponse::Done)))));
    }

    #[test]
    fn what_is_not_for_interfaces_is_ignored() {
        let request = Envelope::ui_request(RequestId(1), UiRequest::Lock).to_json().expect("JSON");
        for json in [request.as_str(), "", "{}", "[1]", r#"{"to":"ui","id":1,"payload":"nonsense"}"#] {
            assert_eq!(read(json, |_| true), None, "{json}");
        }
    }
}
