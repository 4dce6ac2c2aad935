//! Values in JSON as the hexadecimal form of their BCS bytes: compact, and with one encoding only.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, de::Error as _};
use walnut_base::encoding::{from_bcs_canonical, to_bcs};

/// A value whose JSON form is a string: its BCS bytes in hexadecimal. Other encodings of the same value are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexBcs<T>(pub T);

impl<T> Deref for HexBcs<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> Serialize for HexBcs<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(to_bcs(&self.0)))
    }
}

impl<'de, T: Serialize + DeserializeOwned> Deserialize<'de> for HexBcs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = hex::decode(text).map_err(D::Error::custom)?;
        // The bytes are here already: whoever read the text has bounded it.
        from_bcs_canonical(&bytes, bytes.len()).map(Self).map_err(D::Error::custom)
    }
}
