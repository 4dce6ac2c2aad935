//! Makes the document mirror the tree, touching only what changed.
//!
//! Text always goes in as text nodes and attributes through `setAttribute`: no string is ever parsed as HTML, so
//! names and origins chosen by strangers stay text.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, HtmlInputElement, HtmlTextAreaElement};

use super::{Element, Node};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Builds the document nodes for a tree.
pub(crate) fn create(document: &Document, node: &Node) -> Result<web_sys::Node, JsValue> {
    let element = match node {
        Node::Text(text) => return Ok(document.create_text_node(text).into()),
        Node::Element(element) => element,
    };
    let made = if is_svg(element.tag) {
        document.create_element_ns(Some(SVG), element.tag)?
    } else {
        document.create_element(element.tag)?
    };
    for (name, value) in &element.attributes {
        set(&made, name, value)?;
    }
    for child in &element.children {
        made.append_child(&create(document, child)?)?;
    }
    // A select can only take its value once its options are there.
    if element.tag == "select"
        && let Some((_, value)) = element.attributes.iter().find(|(name, _)| *name == "value")
    {
        set(&made, "value", value)?;
    }
    Ok(made.into())
}

/// Changes `place`, which mirrors `old`, until it mirrors `new`.
pub(crate) fn patch(
    document: &Document,
    place: &web_sys::Node,
    old: &Node,
    new: &Node,
) -> Result<(), JsValue> {
    match (old, new) {
        (Node::Text(before), Node::Text(after)) => {
            if before != after {
                place.set_text_content(Some(after));
            }
            Ok(())
        }
        (Node::Element(before), Node::Element(after))
            if before.tag == after.tag && before.key == after.key =>
        {
            patch_element(document, place, before, after)
        }
        _ => {
            let parent = place.parent_node().ok_or("the node left the document")?;
            parent.replace_child(&create(document, new)?, place)?;
            Ok(())
        }
    }
}

fn patch_element(
    document: &Document,
    place: &web_sys::Node,
    old: &Element,
    new: &Element,
) -> Result<(), JsValue> {
    let element: &web_sys::Element = place.dyn_ref().ok_or("an element was expected here")?;
    for (name, _) in &old.attributes {
        if !new.attributes.iter().any(|(other, _)| other == name) {
            remove(element, name)?;
        }
    }
    for (name, value) in &new.attributes {
        // An input's value changes under the user's hands as well: compare with the document, not the old tree.
        let controlled = *name == "value" || *name == "checked";
        let same =
            !controlled && old.attributes.iter().any(|(other, before)| other == name && before == value);
        if !same {
            set(element, name, value)?;
        }
    }
    let shared = old.children.len().min(new.children.len());
    let mut child = place.first_child();
    for (before, after) in old.children.iter().zip(&new.children) {
        let here = child.ok_or("the document no longer mirrors the page")?;
        // Taken before patching: a replaced node has no sibling any more.
        child = here.next_sibling();
        patch(document, &here, before, after)?;
    }
    for _ in shared..old.children.len() {
        let here = child.ok_or("the document no longer mirrors the page")?;
        child = here.next_sibling();
        place.remove_child(&here)?;
    }
    for after in new.children.iter().skip(shared) {
        place.append_child(&create(document, after)?)?;
    }
    Ok(())
}

fn set(element: &web_sys::Element, name: &str, value: &str) -> Result<(), JsValue> {
    match name {
        "value" => {
            if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
                if input.type_() == "radio" || input.type_() == "checkbox" {
                    return element.set_attribute(name, value);
                }
                if input.value() != value {
                    input.set_value(value);
                }
                return Ok(());
            }
            if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
                if area.value() != value {
                    area.set_value(value);
                }
                return Ok(());
            }
            if let Some(select) = element.dyn_ref::<web_sys::HtmlSelectElement>() {
                if select.value() != value {
                    select.set_value(value);
                }
                return Ok(());
            }
            element.set_attribute(name, value)
        }
        "checked" => {
            if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
                input.set_checked(true);
            }
            Ok(())
        }
        _ => element.set_attribute(name, value),
    }
}

fn remove(element: &web_sys::Element, name: &str) -> Result<(), JsValue> {
    if name == "checked" {
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            input.set_checked(false);
        }
        return Ok(());
    }
    element.remove_attribute(name)
}

fn is_svg(tag: &str) -> bool {
    matches!(tag, "svg" | "path" | "circle" | "rect" | "line" | "g")
}
