//! What can be asked of a service, as GraphQL describes itself.

use serde::{Deserialize, Serialize};

/// Fields shown of a schema: a service is free to have more, a person is not free to read them.
pub const SCHEMA_FIELDS_MAX: usize = 60;

/// Characters of a name or type that are kept.
const NAME_CHARS_MAX: usize = 80;

/// The question for questions and mutations with their arguments.
pub const ASK_SCHEMA: &str = "query{__schema{queryType{fields{...f}}mutationType{fields{...f}}}}\
    fragment f on __Field{name args{name type{...t}}type{...t}}\
    fragment t on __Type{name kind ofType{name kind ofType{name kind ofType{name kind}}}}";

/// One question or mutation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaField {
    /// Whether it schedules operations rather than reads.
    pub is_mutation: bool,
    /// Its name.
    pub name: String,
    /// Its arguments.
    pub arguments: Vec<SchemaArgument>,
    /// What it gives, as GraphQL writes types: `[Post!]!`.
    pub result: String,
    /// Whether what it gives has fields to choose from.
    pub is_object: bool,
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaArgument {
    /// Its name.
    pub name: String,
    /// Its type, as GraphQL writes types: `Amount!`.
    pub kind: String,
}

impl SchemaField {
    /// A text to start from: `query { balance(owner: ) }`.
    pub fn template(&self) -> String {
        let arguments = self.arguments.iter().map(|argument| format!("{}: ", argument.name));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let arguments = if arguments.is_empty() { arguments } else { format!("({arguments})") };
        let selection = if self.is_object { " { __typename }" } else { "" };
        let keyword = if self.is_mutation { "mutation" } else { "query" };
        format!("{keyword} {{ {}{arguments}{selection} }}", self.name)
    }
}

/// The fields in an answer to [`ASK_SCHEMA`]; none when it is no schema.
pub fn read_schema(data: &serde_json::Value) -> Option<Vec<SchemaField>> {
    let schema = data.get("__schema")?;
    let mut fields = Vec::new();
    for (kind, is_mutation) in [("queryType", false), ("mutationType", true)] {
        let listed =
            schema.get(kind).and_then(|kind| kind.get("fields")).and_then(|fields| fields.as_array());
        for field in listed.into_iter().flatten() {
            let Some(name) = text(field.get("name")) else { continue };
            let arguments = field.get("args").and_then(|arguments| arguments.as_array());
            let arguments = arguments.into_iter().flatten().filter_map(|argument| {
                Some(SchemaArgument {
                    name: text(argument.get("name"))?,
                    kind: type_text(argument.get("type")),
                })
            });
            fields.push(SchemaField {
                is_mutation,
                name,
                arguments: arguments.collect(),
                result: type_text(field.get("type")),
                is_object: is_object(field.get("type")),
            });
        }
    }
    fields.truncate(SCHEMA_FIELDS_MAX);
    Some(fields)
}

fn text(value: Option<&serde_json::Value>) -> Option<String> {
    value?.as_str().map(|text| text.chars().take(NAME_CHARS_MAX).collect())
}

fn type_text(value: Option<&serde_json::Value>) -> String {
    let Some(value) = value else { return "…".to_owned() };
    match value.get("kind").and_then(|kind| kind.as_str()) {
        Some("NON_NULL") => format!("{}!", type_text(value.get("ofType"))),
        Some("LIST") => format!("[{}]", type_text(value.get("ofType"))),
        _ => text(value.get("name")).unwrap_or_else(|| "…".to_owned()),
    }
}

fn is_object(value: Option<&serde_json::Value>) -> bool {
    let Some(value) = value else { return false };
    match value.get("kind").and_then(|kind| kind.as_str()) {
        Some("NON_NULL" | "LIST") => is_object(value.get("ofType")),
        Some("OBJECT" | "INTERFACE" | "UNION") => true,
        _ => false,
    }
}
