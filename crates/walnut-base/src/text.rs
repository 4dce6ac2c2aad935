//! Serde plumbing shared by the value types: text for readable formats, another shape for binary ones.

use serde::{
    Deserializer, Serializer,
    de::{Error as _, SeqAccess, Visitor},
    ser::SerializeTuple,
};
use thiserror::Error;

/// Why a text form could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParseError {
    /// A character is not a hexadecimal digit.
    #[error("not hexadecimal")]
    NotHex,
    /// The text has the wrong number of digits or bytes.
    #[error("wrong length: {0}")]
    WrongLength(usize),
    /// An obligatory prefix such as `0x` is absent.
    #[error("missing prefix {0}")]
    MissingPrefix(&'static str),
    /// The text has not the parts that its type asks for.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// A variant name is unknown.
    #[error("unknown {0}")]
    UnknownVariant(&'static str),
    /// The bytes behind the text are not a value of the type.
    #[error("invalid value: {0}")]
    InvalidValue(String),
}

/// Reads hexadecimal digits of either case into exactly `N` bytes.
pub(crate) fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], ParseError> {
    if text.len() != 2 * N {
        return Err(ParseError::WrongLength(text.len()));
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| ParseError::NotHex)?;
    Ok(bytes)
}

/// Writes `N` bytes as a fixed tuple: no length in BCS or bincode.
pub(crate) struct FixedBytes<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> serde::Serialize for FixedBytes<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(N)?;
        for byte in &self.0 {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }
}

impl<'de, const N: usize> serde::Deserialize<'de> for FixedBytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ArrayVisitor<const N: usize>;

        impl<'de, const N: usize> Visitor<'de> for ArrayVisitor<N> {
            type Value = FixedBytes<N>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "{N} bytes")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut bytes = [0; N];
                for (index, byte) in bytes.iter_mut().enumerate() {
                    *byte = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(index, &self))?;
                }
                Ok(FixedBytes(bytes))
            }
        }

        deserializer.deserialize_tuple(N, ArrayVisitor)
    }
}

/// Reads a newtype around a fixed tuple of bytes.
pub(crate) fn deserialize_fixed_newtype<'de, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
    name: &'static str,
) -> Result<[u8; N], D::Error> {
    struct NewtypeVisitor<const N: usize>(&'static str);

    impl<'de, const N: usize> Visitor<'de> for NewtypeVisitor<N> {
        type Value = [u8; N];

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(formatter, "{} of {N} bytes", self.0)
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(
            self,
            deserializer: D,
        ) -> Result<Self::Value, D::Error> {
            <FixedBytes<N> as serde::Deserialize>::deserialize(deserializer).map(|bytes| bytes.0)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let bytes = seq.next_element::<FixedBytes<N>>()?;
            bytes.map(|bytes| bytes.0).ok_or_else(|| A::Error::invalid_length(0, &self))
        }
    }

    deserializer.deserialize_newtype_struct(name, NewtypeVisitor(name))
}

/// Implements serde for a type whose readable form is its `Display`/`FromStr` text and whose binary form is another
/// type `$repr`, with `From<&$type>` for writing and `TryFrom<$repr>` for reading.
macro_rules! text_or_binary {
    ($type:ty, $repr:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    <$repr>::from(self).serialize(serializer)
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                } else {
                    let repr = <$repr as serde::Deserialize>::deserialize(deserializer)?;
                    <$type>::try_from(repr).map_err(serde::de::Error::custom)
                }
            }
        }
    };
}

/// Implements serde for a key or signature type: hexadecimal text, or a newtype around a fixed tuple of bytes.
///
/// The type offers `fn to_bytes(&self) -> [u8; N]`, `fn from_wire(&[u8; N]) -> Result<Self, E>` for the binary form, and
/// `fn from_hex(&str) -> Result<Self, ParseError>` for the text.
macro_rules! hex_or_fixed_bytes {
    ($type:ident, $length:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let bytes = self.to_bytes();
                if serializer.is_human_readable() {
                    serializer.serialize_str(&hex::encode(bytes))
                } else {
                    serializer.serialize_newtype_struct(stringify!($type), &$crate::text::FixedBytes(bytes))
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                    return Self::from_hex(&text).map_err(serde::de::Error::custom);
                }
                let bytes = $crate::text::deserialize_fixed_newtype::<D, { $length }>(
                    deserializer,
                    stringify!($type),
                )?;
                Self::from_wire(&bytes).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Implements `Display` and `Debug` as hexadecimal without prefix, and `FromStr` through `from_hex`.
macro_rules! hex_text {
    ($type:ident) => {
        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&hex::encode(self.to_bytes()))
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl FromStr for $type {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::from_hex(text)
            }
        }
    };
}

pub(crate) use {hex_or_fixed_bytes, hex_text, text_or_binary};

/// Shared byte strings (`Arc<[u8]>`) as byte strings.
pub(crate) mod arc_bytes {
    use std::sync::Arc;

    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &Arc<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<[u8]>, D::Error> {
        serde_bytes::deserialize::<Vec<u8>, D>(deserializer).map(Arc::from)
    }
}

/// Reads a text through `FromStr`, for adapters that only have a deserializer.
pub(crate) fn from_text<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
    D: Deserializer<'de>,
{
    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}
