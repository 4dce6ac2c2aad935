//! The drawn page as a plain value: screens are functions from the model to a [`Node`], tests read the same value as
//! HTML text, and the browser half patches the document until it mirrors it.
//!
//! The document mirrors the tree one to one (an absent part is an empty text node), so positions are stable: a hint that
//! appears above an input does not rebuild the input, and an event finds its handler by the path of child indexes.

mod element;
#[cfg(test)]
mod html;
#[cfg(target_arch = "wasm32")]
mod patch;

pub(crate) use self::element::{Element, Event, Form, Handler, Node, el, nothing};
#[cfg(test)]
pub(crate) use self::html::to_html;
#[cfg(target_arch = "wasm32")]
pub(crate) use self::patch::{create, patch};
