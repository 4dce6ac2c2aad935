//! The wrapper around every message: who it is for and which request it answers.

use serde::{Deserialize, Serialize};

use super::{
    NodeEvent, NodeRequest, NodeResponse, UiError, UiEvent, UiRequest, UiResponse, VaultEvent, VaultRequest,
    VaultResponse,
};

/// Version of these messages. An interface of another version must reload itself; see
/// [`UiRequest::Hello`].
pub const WALLET_PROTOCOL: u32 = 1;

/// Name of the BroadcastChannel between interfaces and host for everything without secrets.
pub const CHANNEL_UI: &str = "walnut/ui";

/// Name of the BroadcastChannel between interfaces and host for requests that carry secrets, and their answers.
/// The node worker must never open it.
pub const CHANNEL_VAULT: &str = "walnut/vault";

/// Number of a request, chosen by its sender: unique per sender and session. Interfaces start at a random number
/// below 2^52 so that two windows on one channel do not collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u64);

/// Who handles a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// The node worker.
    Node,
    /// The vault worker.
    Vault,
    /// The host document.
    Host,
    /// The interfaces.
    Ui,
}

/// One message as JSON: `{"to":"node","id":7,"payload":{"ui_request":"snapshot"}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Who handles it.
    pub to: Route,
    /// The request's number, in a request and in its response; absent in events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RequestId>,
    /// The message.
    pub payload: Payload,
}

/// Every kind of message there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a message lives for one turn; boxing would burden every reader"
)]
pub enum Payload {
    /// Interface to host.
    UiRequest(UiRequest),
    /// Host to interface.
    UiResponse(Result<UiResponse, UiError>),
    /// Host to all interfaces.
    UiEvent(UiEvent),
    /// Host to node worker.
    NodeRequest(NodeRequest),
    /// Node worker to host.
    NodeResponse(Result<NodeResponse, UiError>),
    /// Node worker to host, unasked.
    NodeEvent(NodeEvent),
    /// Host to vault worker.
    VaultRequest(VaultRequest),
    /// Vault worker to host.
    VaultResponse(Result<VaultResponse, UiError>),
    /// Vault worker to host, unasked.
    VaultEvent(VaultEvent),
}

impl Envelope {
    /// A request of an interface, routed by its kind.
    pub fn ui_request(id: RequestId, request: UiRequest) -> Self {
        Self { to: request.route(), id: Some(id), payload: Payload::UiRequest(request) }
    }

    /// The answer to a request of an interface.
    pub fn ui_response(id: RequestId, response: Result<UiResponse, UiError>) -> Self {
        Self { to: Route::Ui, id: Some(id), payload: Payload::UiResponse(response) }
    }

    /// An event for all interfaces.
    pub fn ui_event(event: UiEvent) -> Self {
        Self { to: Route::Ui, id: None, payload: Payload::UiEvent(event) }
    }

    /// A request for the node worker.
    pub fn node_request(id: RequestId, request: NodeRequest) -> Self {
        Self { to: Route::Node, id: Some(id), payload: Payload::NodeRequest(request) }
    }

    /// The node worker's answer.
    pub fn node_response(id: RequestId, response: Result<NodeResponse, UiError>) -> Self {
        Self { to: Route::Host, id: Some(id), payload: Payload::NodeResponse(response) }
    }

    /// An event of the node worker.
    pub fn node_event(event: NodeEvent) -> Self {
        Self { to: Route::Host, id: None, payload: Payload::NodeEvent(event) }
    }

    /// A request for the vault worker.
    pub fn vault_request(id: RequestId, request: VaultRequest) -> Self {
        Self { to: Route::Vault, id: Some(id), payload: Payload::VaultRequest(request) }
    }

    /// The vault worker's answer.
    pub fn vault_response(id: RequestId, response: Result<VaultResponse, UiError>) -> Self {
        Self { to: Route::Host, id: Some(id), payload: Payload::VaultResponse(response) }
    }

    /// An event of the vault worker.
    pub fn vault_event(event: VaultEvent) -> Self {
        Self { to: Route::Host, id: None, payload: Payload::VaultEvent(event) }
    }

    /// The JSON text of this envelope.
    pub fn to_json(&self) -> Result<String, UiError> {
        serde_json::to_string(self).map_err(|error| UiError::bad_message(&error.to_string()))
    }

    /// Reads an envelope from JSON text. Anything unknown is an error with code `bad_message`.
    pub fn from_json(text: &str) -> Result<Self, UiError> {
        serde_json::from_str(text).map_err(|error| UiError::bad_message(&error.to_string()))
    }
}
