//! Messages in and out.
//!
//! A frame is `{ json: string }`, see [`walnut_wallet::messages::node_frame`]. Every request gets exactly one answer;
//! requests run side by side and wait for each other only where they must.

use std::rc::Rc;

use js_sys::{Object, Reflect};
use walnut_wallet::messages::{
    NodeEvent, NodeRequest, NodeResponse, RequestId, UiError, UiEvent, node_frame as frame,
};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::app::App;

/// The way out of the worker.
#[derive(Clone)]
pub(crate) struct Outbox(DedicatedWorkerGlobalScope);

impl Outbox {
    /// Tells the host something unasked.
    pub(crate) fn event(&self, event: NodeEvent) {
        self.post(frame::event(&event));
    }

    /// Tells all interfaces something.
    pub(crate) fn ui(&self, event: UiEvent) {
        self.event(NodeEvent::Ui(event));
    }

    fn answer(&self, id: RequestId, response: Result<NodeResponse, UiError>) {
        self.post(frame::response(id, &response));
    }

    fn post(&self, json: String) {
        let frame = Object::new();
        let is_posted =
            Reflect::set(&frame, &"json".into(), &json.into()).is_ok() && self.0.post_message(&frame).is_ok();
        assert!(is_posted, "an object with one string can always be posted");
    }
}

/// Starts the loop; called by the module's `init`.
#[wasm_bindgen(start)]
pub(crate) fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let outbox = Outbox(scope.clone());
    report_panics(outbox.clone());
    let app = Rc::new(App::new(outbox.clone()));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
        let outbox = outbox.clone();
        move |event: MessageEvent| receive(&app, &outbox, &event.data())
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The loop lives as long as the worker.
    on_message.forget();
    outbox.event(NodeEvent::Booted);
}

/// A panic ends this wasm instance: nothing may call into it again. The host starts a fresh one; all that counts is in
/// the database.
fn report_panics(outbox: Outbox) {
    std::panic::set_hook(Box::new(move |panic| {
        outbox.event(NodeEvent::Fatal(UiError::internal(panic.to_string())));
    }));
}

fn receive(app: &Rc<App>, outbox: &Outbox, data: &JsValue) {
    let Some(json) = Reflect::get(data, &"json".into()).ok().and_then(|json| json.as_string()) else {
        return;
    };
    let (id, request) = match frame::read_request(&json) {
        Ok(request) => request,
        Err((Some(id), error)) => return outbox.answer(id, Err(error)),
        // Without a number there is nobody to answer.
        Err((None, _)) => return,
    };
    let (app, outbox) = (Rc::clone(app), outbox.clone());
    spawn_local(async move {
        let response = answer(&app, request).await;
        outbox.answer(id, response);
    });
}

async fn answer(app: &Rc<App>, request: NodeRequest) -> Result<NodeResponse, UiError> {
    match request {
        NodeRequest::Start { accounts, lock, wallet_version } => {
            Box::pin(app.start(accounts, lock, wallet_version)).await?;
            Ok(NodeResponse::Done)
        }
        NodeRequest::VaultChanged { accounts, lock } => {
            app.vault_changed(accounts, lock);
            Ok(NodeResponse::Done)
        }
        NodeRequest::Ui(request) => Box::pin(app.handle(request)).await.map(NodeResponse::Ui),
        NodeRequest::Site { origin, call } => {
            Box::pin(app.handle_site(origin, call)).await.map(NodeResponse::Site)
        }
        NodeRequest::Sign(answer) => {
            app.signatures.answer(answer);
            Ok(NodeResponse::Done)
        }
        NodeRequest::Wake => {
            app.wake();
            Ok(NodeResponse::Done)
        }
        NodeRequest::Stop => {
            app.stop();
            Ok(NodeResponse::Done)
        }
        NodeRequest::Ping => Ok(NodeResponse::Done),
    }
}
