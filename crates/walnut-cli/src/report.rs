//! What a command has to say.

use serde_json::Value;

use crate::error::ExitKind;

/// The same twice: for people and for programs.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Lines for people.
    pub text: String,
    /// One JSON value for programs.
    pub json: Value,
    /// How the program ends, if what it has to say is bad news.
    pub exit: Option<ExitKind>,
}

impl Report {
    /// Both forms.
    pub fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, exit: None }
    }
}
