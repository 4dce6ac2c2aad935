//! Event streams and events by position.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{ApplicationId, ChainId, GenericApplicationId};
use crate::text::{ParseError, text_or_binary};

/// The name of a stream within its application: raw bytes. JSON: an array of numbers (a string is read as its UTF-8
/// bytes); text form: hexadecimal.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamName(#[serde(with = "serde_bytes")] pub Vec<u8>);

impl<T: Into<Vec<u8>>> From<T> for StreamName {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for StreamName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for StreamName {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hex::decode(text).map(Self).map_err(|_| ParseError::NotHex)
    }
}

/// A stream of an application, on whatever chain. Text form `System:<hex>` or `User:<hex>:<hex>`; also its JSON form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// Whose stream.
    pub application_id: GenericApplicationId,
    /// Its name.
    pub stream_name: StreamName,
}

impl StreamId {
    /// A stream of the system application.
    pub fn system(name: impl Into<StreamName>) -> Self {
        Self { application_id: GenericApplicationId::System, stream_name: name.into() }
    }

    /// A stream of a user application.
    pub fn user(application_id: ApplicationId, name: impl Into<StreamName>) -> Self {
        Self { application_id: application_id.into(), stream_name: name.into() }
    }
}

text_or_binary!(StreamId, StreamIdRepr);

#[derive(Serialize, Deserialize)]
#[serde(rename = "StreamId")]
struct StreamIdRepr {
    application_id: GenericApplicationId,
    stream_name: StreamName,
}

impl From<&StreamId> for StreamIdRepr {
    fn from(id: &StreamId) -> Self {
        Self { application_id: id.application_id, stream_name: id.stream_name.clone() }
    }
}

impl From<StreamIdRepr> for StreamId {
    fn from(repr: StreamIdRepr) -> Self {
        Self { application_id: repr.application_id, stream_name: repr.stream_name }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.application_id, self.stream_name)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for StreamId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (application_id, stream_name) =
            text.rsplit_once(':').ok_or(ParseError::Malformed("stream ID"))?;
        Ok(Self { application_id: application_id.parse()?, stream_name: stream_name.parse()? })
    }
}

/// An event by position.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId {
    /// The chain on which it was published.
    pub chain_id: ChainId,
    /// The stream.
    pub stream_id: StreamId,
    /// The position in the stream.
    pub index: u32,
}
