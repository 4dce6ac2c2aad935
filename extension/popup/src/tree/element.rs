//! Elements, their attributes and what happens on events.

use std::{collections::BTreeMap, fmt};

use zeroize::Zeroizing;

use crate::message::Message;

/// One node of the drawn page.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// Text; the empty text stands for "nothing here now".
    Text(String),
    /// An element with its subtree.
    Element(Box<Element>),
}

/// An element under construction or finished; converts into a [`Node`].
#[derive(Clone, Debug)]
pub(crate) struct Element {
    pub(crate) tag: &'static str,
    /// Two elements with different keys never share a document node (a fresh screen starts with fresh inputs).
    pub(crate) key: Option<String>,
    pub(crate) attributes: Vec<(&'static str, String)>,
    pub(crate) handlers: Vec<(Event, Handler)>,
    pub(crate) children: Vec<Node>,
}

/// The events the page listens to, each with one listener at the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Pressed by pointer or keyboard.
    Click,
    /// Text typed.
    Input,
    /// A choice made (radio, checkbox, select).
    Change,
    /// A form sent; the browser's own submission is always cancelled.
    Submit,
    /// Text pasted into a field.
    Paste,
}

/// The named values of a form at the time it was sent. Secrets live in the document's inputs until then, and are
/// overwritten here when the form is dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Form(pub(crate) BTreeMap<String, Zeroizing<String>>);

impl Form {
    /// The value of a field; empty when there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.as_str())
    }

    /// The value of a field as bytes for the vault's channel.
    pub(crate) fn secret(&self, name: &str) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.field(name).as_bytes().to_vec())
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.keys()).finish()
    }
}

/// What an event turns into.
#[derive(Clone, Debug)]
pub(crate) enum Handler {
    /// A ready message.
    Send(Message),
    /// Made from the input's value.
    Value(fn(String) -> Message),
    /// Made from the input's place in a list and its value.
    Indexed(fn(usize, String) -> Message, usize),
    /// Made from all named inputs of the form.
    Form(fn(Form) -> Message),
}

/// An element with this tag.
pub(crate) fn el(tag: &'static str) -> Element {
    Element { tag, key: None, attributes: Vec::new(), handlers: Vec::new(), children: Vec::new() }
}

/// Holds a place in its parent without showing anything.
pub(crate) fn nothing() -> Node {
    Node::Text(String::new())
}

impl Element {
    pub(crate) fn class(self, value: impl Into<String>) -> Self {
        self.attr("class", value)
    }

    pub(crate) fn id(self, value: impl Into<String>) -> Self {
        self.attr("id", value)
    }

    pub(crate) fn key(mut self, value: impl Into<String>) -> Self {
        self.key = Some(value.into());
        self
    }

    /// Sets an attribute; a value set before is replaced.
    pub(crate) fn attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.retain(|(other, _)| *other != name);
        self.attributes.push((name, value.into()));
        self
    }

    /// Sets the attribute only if there is a value.
    pub(crate) fn attr_opt(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// A boolean attribute: present when `on`.
    pub(crate) fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.attr(name, "") } else { self }
    }

    pub(crate) fn on(mut self, event: Event, handler: Handler) -> Self {
        self.handlers.push((event, handler));
        self
    }

    pub(crate) fn press(self, message: Message) -> Self {
        self.on(Event::Click, Handler::Send(message))
    }

    pub(crate) fn with(mut self, child: impl Into<Node>) -> Self {
        self.children.push(child.into());
        self
    }

    pub(crate) fn each<N: Into<Node>>(mut self, children: impl IntoIterator<Item = N>) -> Self {
        self.children.extend(children.into_iter().map(Into::into));
        self
    }
}

impl Node {
    /// The handler for `event` of the innermost element on `path` that has one.
    pub(crate) fn handler(&self, path: &[usize], event: Event) -> Option<&Handler> {
        let Node::Element(element) = self else { return None };
        let deeper =
            path.split_first().and_then(|(index, rest)| element.children.get(*index)?.handler(rest, event));
        deeper
            .or_else(|| element.handlers.iter().find(|(kind, _)| *kind == event).map(|(_, handler)| handler))
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Node::Element(Box::new(element))
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Node::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Node::Text(text)
    }
}

impl<N: Into<Node>> From<Option<N>> for Node {
    fn from(node: Option<N>) -> Self {
        node.map_or_else(nothing, Into::into)
    }
}
