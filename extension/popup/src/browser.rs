//! The loop in the page: events become messages, the model is updated, the document patched, commands carried out.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use js_sys::{Array, Date, Object, Reflect};
use walnut_base::Timestamp;
use walnut_wallet::messages::{SNAPSHOT_VERSION, Snapshot, Surface, Theme, UiRequest};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Document, HtmlElement, HtmlFormElement, HtmlInputElement, Window};
use zeroize::Zeroizing;

use crate::{
    message::{Command, Message},
    model::{Link, Model},
    route::Route,
    screens::draw,
    transport::{Transport, call, extension_api},
    tree::{Event, Form, Handler, Node, create, patch},
    update::{self, update},
};

/// How long the host may take to say hello.
const HANDSHAKE_MS: i32 = 2_000;

/// A channel keeps nothing for listeners that come later, so hello is said again until it is answered.
const HELLO_AGAIN_MS: i32 = 200;

/// How long any other request may take.
const REQUEST_MS: i32 = 60_000;

/// How often an answering host is asked whether it is still there, in ticks of a second.
const PING_TICKS: u32 = 15;

/// The auto-lock timer is told about key presses at most this often.
const USER_ACTION_MS: f64 = 10_000.0;

struct App {
    model: Model,
    tree: Node,
    document: Document,
    root: web_sys::Node,
}

thread_local! {
    static APP: RefCell<Option<App>> = const { RefCell::new(None) };
    static TRANSPORT: RefCell<Option<Transport>> = const { RefCell::new(None) };
    static QUEUE: RefCell<VecDeque<Message>> = const { RefCell::new(VecDeque::new()) };
    static IS_RUNNING: Cell<bool> = const { Cell::new(false) };
    static HANDSHAKE: Cell<u32> = const { Cell::new(0) };
    static LAST_ACTION: Cell<f64> = const { Cell::new(0.0) };
}

/// Starts the interface. `snapshot` is the JSON text the host persisted last, or empty.
#[wasm_bindgen]
pub fn start(snapshot: &str) -> Result<(), JsValue> {
    std::panic::set_hook(Box::new(broken));
    let window = window()?;
    let document = window.document().ok_or("a page has a document")?;
    let saved =
        serde_json::from_str::<Snapshot>(snapshot).ok().filter(|saved| saved.version == SNAPSHOT_VERSION);
    let mut model = first_model(&window, &document, saved);
    let hash = window.location().hash()?;
    let commands =
        if model.link == Link::Connecting { update::start_route(&mut model, &hash) } else { Vec::new() };
    let root: web_sys::Node =
        document.get_element_by_id("app").ok_or("the page has a place for the interface")?.into();
    root.set_text_content(None);
    let tree = draw(&model);
    root.append_child(&create(&document, &tree)?)?;
    let is_live = model.link == Link::Connecting;
    APP.set(Some(App { model, tree, document: document.clone(), root }));
    document.document_element().ok_or("a page has a root element")?.set_attribute("data-painted", "")?;
    if let Some(performance) = window.performance() {
        // The time from the page's start to the first paint, for the benchmark.
        document
            .document_element()
            .ok_or("a page has a root element")?
            .set_attribute("data-painted", &performance.now().to_string())?;
    }
    listen(&window, &document)?;
    if is_live {
        TRANSPORT.set(Some(Transport::open(dispatch)?));
        run(commands);
        connect();
    }
    Ok(())
}

/// After a panic this program must not be entered again: the page says so and takes no more input.
fn broken(info: &std::panic::PanicHookInfo<'_>) {
    web_sys::console::error_1(&info.to_string().into());
    let document = web_sys::window().and_then(|window| window.document());
    let element = |id: &str| document.as_ref().and_then(|document| document.get_element_by_id(id));
    // Nothing is left to do where even this fails.
    let _shown = element("broken").map(|note| note.remove_attribute("hidden"));
    let _closed = element("app").map(|app| app.set_attribute("hidden", ""));
}

fn first_model(window: &Window, document: &Document, saved: Option<Snapshot>) -> Model {
    #[cfg(feature = "mock")]
    if let Some(model) = mocked(window) {
        return model;
    }
    let _ = window;
    let surface = document.document_element().and_then(|root| root.get_attribute("data-surface"));
    let surface = match surface.as_deref() {
        Some("popup") => Surface::Popup,
        Some("panel") => Surface::SidePanel,
        _ => Surface::Tab,
    };
    let mut model = Model::new(surface, now(), saved);
    model.utc_offset_minutes = utc_offset_minutes();
    model.has_focus = document.has_focus().unwrap_or(true);
    model
}

#[cfg(feature = "mock")]
fn mocked(window: &Window) -> Option<Model> {
    let search = window.location().search().ok()?;
    let name = search.trim_start_matches('?').split('&').find_map(|part| part.strip_prefix("mock="))?;
    let mut model = crate::mock::fixture(name)?;
    if !search.contains("surface=") {
        model.surface = Surface::Tab;
    }
    Some(model)
}

/// Runs with the transport, if there is one.
pub(crate) fn with_transport<T>(action: impl FnOnce(&Transport) -> T) -> Option<T> {
    TRANSPORT.with_borrow(|transport| transport.as_ref().map(action))
}

/// Runs with the state. None before the start, and while the document is being patched: what the browser reports
/// then (an input that loses its focus because it goes away) is our own doing.
fn with_app<T>(action: impl FnOnce(&App) -> T) -> Option<T> {
    APP.with(|app| app.try_borrow().ok().and_then(|app| app.as_ref().map(action)))
}

/// Applies a message and whatever follows from it, then draws once.
pub(crate) fn dispatch(message: Message) {
    QUEUE.with_borrow_mut(|queue| queue.push_back(message));
    if IS_RUNNING.replace(true) {
        return;
    }
    let mut after = Vec::new();
    while QUEUE.with_borrow(|queue| !queue.is_empty()) {
        while let Some(message) = QUEUE.with_borrow_mut(VecDeque::pop_front) {
            let commands = APP.with_borrow_mut(|app| {
                let Some(app) = app else { return Vec::new() };
                app.model.now = now();
                update(&mut app.model, message)
            });
            for command in commands {
                match command {
                    Command::Focus(_) | Command::Spread(_) | Command::ClearSecrets => after.push(command),
                    other => carry_out(other),
                }
            }
        }
        redraw();
    }
    IS_RUNNING.set(false);
    run(after);
}

fn redraw() {
    APP.with_borrow_mut(|app| {
        let Some(app) = app else { return };
        let tree = draw(&app.model);
        let result = match app.root.first_child() {
            Some(place) => patch(&app.document, &place, &app.tree, &tree),
            None => Err("the page is empty".into()),
        };
        if result.is_err() {
            // Something else changed the document: build it anew.
            app.root.set_text_content(None);
            let made = create(&app.document, &tree).and_then(|node| app.root.append_child(&node));
            if let Err(error) = made {
                web_sys::console::error_1(&error);
            }
        }
        app.tree = tree;
    });
}

fn run(commands: Vec<Command>) {
    for command in commands {
        carry_out(command);
    }
}

/// Failures of the browser's own functions are logged; the screen stays as it is.
fn carry_out(command: Command) {
    if let Err(error) = try_carry_out(command) {
        web_sys::console::error_1(&error);
    }
}

fn try_carry_out(command: Command) -> Result<(), JsValue> {
    let window = window()?;
    let document = window.document().ok_or("a page has a document")?;
    match command {
        Command::Ask { request, secrets } => {
            let id = match with_transport(|transport| transport.ask(request, &secrets.0)) {
                Some(id) => id?,
                None => return Ok(()),
            };
            later(REQUEST_MS, move || {
                if let Some(request) = with_transport(|transport| transport.give_up(id)).flatten() {
                    dispatch(update::timed_out(request));
                }
            })
        }
        Command::Go(route) => {
            window.location().set_hash(&route.to_string())?;
            dispatch(Message::Arrived(route));
            Ok(())
        }
        Command::Copy(text) => {
            let copied = Closure::once_into_js({
                let text = text.clone();
                move |_: JsValue| dispatch(Message::Copied(text))
            });
            let failed = Closure::once_into_js({
                let text = text.clone();
                move |_: JsValue| dispatch(Message::CopyFailed(text))
            });
            let promise: JsValue = window.navigator().clipboard().write_text(&text).into();
            let then: js_sys::Function = Reflect::get(&promise, &"then".into())?.dyn_into()?;
            then.call2(&promise, &copied, &failed)?;
            Ok(())
        }
        Command::Later { after_ms, message } => {
            later(i32::try_from(after_ms).unwrap_or(i32::MAX), move || dispatch(message))
        }
        Command::Focus(id) => match document.get_element_by_id(id) {
            Some(element) => element.unchecked_into::<HtmlElement>().focus(),
            None => Ok(()),
        },
        Command::Theme(theme) => show_theme(&window, &document, theme),
        Command::OpenTab(route) => open_tab(&window, route),
        Command::Save { name, text } => save(&document, &name, &text),
        Command::Spread(words) => spread(&document, &words),
        Command::ClearSecrets => clear_secrets(&document),
        Command::Connect => {
            connect();
            Ok(())
        }
        Command::RestartHost => {
            with_transport(Transport::restart_host);
            Ok(())
        }
        Command::Reload => window.location().reload(),
        Command::Permit(url) => {
            permit(&url);
            Ok(())
        }
    }
}

/// Says hello until it is answered, at most two seconds long.
fn connect() {
    let number = HANDSHAKE.get() + 1;
    HANDSHAKE.set(number);
    with_transport(Transport::wake);
    greet(number, HANDSHAKE_MS);
}

fn greet(number: u32, left_ms: i32) {
    let link = with_app(|app| app.model.link);
    if HANDSHAKE.get() != number || link == Some(Link::Online) {
        return;
    }
    if left_ms <= 0 {
        dispatch(Message::HostSilent);
        return;
    }
    hello();
    // Where even a timer is refused there is nothing left to try.
    if let Err(error) = later(HELLO_AGAIN_MS, move || greet(number, left_ms - HELLO_AGAIN_MS)) {
        web_sys::console::error_1(&error);
    }
}

fn hello() -> Option<u64> {
    let request = with_app(|app| update::hello(&app.model))?;
    with_transport(|transport| transport.ask(request, &Vec::new()))?.ok()
}

/// Asks an answering host whether it is still there; silence brings the restart screen.
fn ping() {
    with_transport(Transport::wake);
    let Some(id) = hello() else { return };
    let asked = later(HANDSHAKE_MS, move || {
        if with_transport(|transport| transport.give_up(id)).flatten().is_some() {
            dispatch(Message::HostSilent);
        }
    });
    if let Err(error) = asked {
        web_sys::console::error_1(&error);
    }
}

/// One listener per kind of event, for the whole page.
fn listen(window: &Window, document: &Document) -> Result<(), JsValue> {
    let on = |target: &web_sys::EventTarget, name: &str, handler: fn(web_sys::Event)| {
        let closure = Closure::<dyn FnMut(web_sys::Event)>::new(handler);
        let result = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        closure.forget();
        result
    };
    on(document, "click", |event| {
        act();
        handle(&event, Event::Click);
    })?;
    on(document, "input", |event| handle(&event, Event::Input))?;
    on(document, "change", |event| handle(&event, Event::Change))?;
    on(document, "submit", |event| {
        event.prevent_default();
        handle(&event, Event::Submit);
    })?;
    on(document, "paste", paste)?;
    on(document, "keydown", |event| {
        act();
        if let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() {
            let has_sheet = with_app(|app| app.model.sheet.is_some()).unwrap_or(false);
            if key.key() == "Escape" && has_sheet {
                event.prevent_default();
                dispatch(Message::Close);
            }
        }
    })?;
    on(window, "focus", |_| dispatch(Message::Focused(true)))?;
    on(window, "blur", |_| dispatch(Message::Focused(false)))?;
    on(window, "hashchange", |_| {
        let hash = window_hash();
        dispatch(Message::Arrived(hash.parse().unwrap_or(Route::Home)));
    })?;
    on(window, "pagehide", |_| {
        with_transport(|transport| transport.ask(UiRequest::Unsubscribe, &Vec::new()));
    })?;
    let ticks = Cell::new(0_u32);
    let tick = Closure::<dyn FnMut()>::new(move || {
        ticks.set(ticks.get().wrapping_add(1));
        dispatch(Message::Tick(now()));
        let is_online = with_app(|app| app.model.link == Link::Online).unwrap_or(false);
        if is_online && ticks.get().is_multiple_of(PING_TICKS) {
            ping();
        }
    });
    window.set_interval_with_callback_and_timeout_and_arguments_0(tick.as_ref().unchecked_ref(), 1_000)?;
    tick.forget();
    Ok(())
}

/// Finds the handler by the path of child indexes and turns the event into its message.
fn handle(event: &web_sys::Event, kind: Event) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok()) else {
        return;
    };
    let Some(handler) = handler_of(&target, kind) else { return };
    let message = match handler {
        Handler::Send(message) => message,
        Handler::Value(make) => make(value_of(&target)),
        Handler::Indexed(make, place) => make(place, value_of(&target)),
        Handler::Form(make) => match target.dyn_ref::<HtmlFormElement>() {
            Some(form) => make(read_form(form)),
            None => return,
        },
    };
    dispatch(message);
}

/// Several words pasted into one field are spread; anything else is left to the browser.
fn paste(event: web_sys::Event) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok()) else {
        return;
    };
    let Some(Handler::Value(make)) = handler_of(&target, Event::Paste) else { return };
    let data = event.dyn_ref::<web_sys::ClipboardEvent>().and_then(web_sys::ClipboardEvent::clipboard_data);
    let Some(text) = data.and_then(|data| data.get_data("text").ok()).map(Zeroizing::new) else { return };
    if text.split_whitespace().count() > 1 {
        event.prevent_default();
        dispatch(make((*text).clone()));
    }
}

fn handler_of(target: &web_sys::Node, kind: Event) -> Option<Handler> {
    with_app(|app| {
        let mut path = Vec::new();
        let mut node = target.clone();
        let top = app.root.first_child()?;
        while !node.is_same_node(Some(&top)) {
            let mut place = 0;
            let mut before = node.previous_sibling();
            while let Some(sibling) = before {
                place += 1;
                before = sibling.previous_sibling();
            }
            path.push(place);
            node = node.parent_node()?;
        }
        path.reverse();
        app.tree.handler(&path, kind).cloned()
    })
    .flatten()
}

fn value_of(target: &web_sys::Node) -> String {
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return input.value();
    }
    if let Some(select) = target.dyn_ref::<web_sys::HtmlSelectElement>() {
        return select.value();
    }
    target
        .dyn_ref::<web_sys::HtmlTextAreaElement>()
        .map(web_sys::HtmlTextAreaElement::value)
        .unwrap_or_default()
}

fn read_form(form: &HtmlFormElement) -> Form {
    let mut values = Form::default();
    let elements = form.elements();
    for place in 0..elements.length() {
        let Some(element) = elements.item(place) else { continue };
        let name = element.get_attribute("name").unwrap_or_default();
        let skip = element
            .dyn_ref::<HtmlInputElement>()
            .is_some_and(|input| matches!(input.type_().as_str(), "radio" | "checkbox") && !input.checked());
        if !name.is_empty() && !skip {
            values.0.insert(name, Zeroizing::new(value_of(&element)));
        }
    }
    values
}

fn fields(document: &Document, selector: &str) -> Result<Vec<HtmlInputElement>, JsValue> {
    let list = document.query_selector_all(selector)?;
    Ok((0..list.length()).filter_map(|place| list.item(place)?.dyn_into().ok()).collect())
}

/// Fills the word fields from the first on.
fn spread(document: &Document, words: &str) -> Result<(), JsValue> {
    let inputs = fields(document, ".words input")?;
    let mut words = words.split_whitespace();
    for input in inputs {
        let word = Zeroizing::new(words.next().unwrap_or_default().to_lowercase());
        input.set_value(&word);
    }
    Ok(())
}

fn clear_secrets(document: &Document) -> Result<(), JsValue> {
    for input in fields(document, "input[type=password]")? {
        input.set_value("");
    }
    if let Some(area) = document
        .get_element_by_id("key")
        .and_then(|area| area.dyn_into::<web_sys::HtmlTextAreaElement>().ok())
    {
        area.set_value("");
    }
    Ok(())
}

fn show_theme(window: &Window, document: &Document, theme: Theme) -> Result<(), JsValue> {
    let root = document.document_element().ok_or("a page has a root element")?;
    let name = match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    // Storage may be switched off; the setting itself is kept by the host.
    let storage = window.local_storage().ok().flatten();
    match name {
        Some(name) => {
            root.set_attribute("data-theme", name)?;
            storage.map_or(Ok(()), |storage| storage.set_item("walnut.theme", name))
        }
        None => {
            root.remove_attribute("data-theme")?;
            storage.map_or(Ok(()), |storage| storage.remove_item("walnut.theme"))
        }
    }
}

fn open_tab(window: &Window, route: Route) -> Result<(), JsValue> {
    let url = format!("popup.html?surface=tab#{route}");
    let tabs =
        extension_api().and_then(|api| Reflect::get(&api, &"tabs".into()).ok()).filter(JsValue::is_object);
    match tabs {
        Some(tabs) => {
            let runtime = extension_api().and_then(|api| Reflect::get(&api, &"runtime".into()).ok());
            let full = runtime
                .and_then(|runtime| call(&runtime, "getURL", &url.as_str().into()))
                .unwrap_or_else(|| url.into());
            let options = Object::new();
            Reflect::set(&options, &"url".into(), &full)?;
            call(&tabs, "create", &options);
            window.close()
        }
        None => window.open_with_url(&url).map(|_| ()),
    }
}

fn save(document: &Document, name: &str, text: &str) -> Result<(), JsValue> {
    let blob = web_sys::Blob::new_with_str_sequence(&Array::of1(&text.into()))?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    let link: web_sys::HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url)
}

/// Asks for access to a network's host. Validators answer without it (CORS); a refusal is no error.
fn permit(url: &str) {
    let Some(permissions) = extension_api().and_then(|api| Reflect::get(&api, &"permissions".into()).ok())
    else {
        return;
    };
    let host = url.split('/').take(3).collect::<Vec<_>>().join("/");
    // Match patterns have no port.
    let host = host
        .rsplit_once(':')
        .filter(|(scheme, _)| scheme.contains("//"))
        .map_or(host.as_str(), |(host, _)| host);
    let options = Object::new();
    let origins = Array::of1(&format!("{host}/*").into());
    if Reflect::set(&options, &"origins".into(), &origins).is_ok() {
        call(&permissions, "request", &options);
    }
}

/// Tells the vault that somebody is there.
fn act() {
    let is_open = with_app(|app| app.model.is_unlocked() && app.model.link == Link::Online).unwrap_or(false);
    let time = Date::now();
    if is_open && time - LAST_ACTION.get() > USER_ACTION_MS {
        LAST_ACTION.set(time);
        with_transport(|transport| transport.ask(UiRequest::UserAction, &Vec::new()));
    }
}

fn later(after_ms: i32, action: impl FnOnce() + 'static) -> Result<(), JsValue> {
    let action = Closure::once_into_js(action);
    window()?.set_timeout_with_callback_and_timeout_and_arguments_0(action.unchecked_ref(), after_ms)?;
    Ok(())
}

fn window() -> Result<Window, JsValue> {
    web_sys::window().ok_or_else(|| "the interface runs in a page".into())
}

fn window_hash() -> String {
    window().and_then(|window| window.location().hash()).unwrap_or_default()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a time after 1970 in microseconds fits 53 bits"
)]
fn now() -> Timestamp {
    Timestamp::from_micros((Date::now() * 1_000.0) as u64)
}

#[expect(clippy::cast_possible_truncation, reason = "at most a day in minutes")]
fn utc_offset_minutes() -> i32 {
    -(Date::new_0().get_timezone_offset() as i32)
}
