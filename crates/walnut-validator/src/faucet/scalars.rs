//! Values of the network as GraphQL scalars; each is written in its JSON form and named as in the reference's schema.

use async_graphql::scalar;
use serde::{Deserialize, Serialize};

macro_rules! scalars {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(super) struct $name(pub(super) walnut_base::$name);

        scalar!($name);
    )*};
}

scalars! {
    /// `0x` and 2, 40 or 64 hexadecimal digits.
    AccountOwner,
    /// A decimal number with a point.
    Amount,
    /// 64 hexadecimal digits.
    ChainId,
    /// An object.
    ChainDescription,
    /// 64 hexadecimal digits.
    CryptoHash,
    /// A decimal number as text.
    Epoch,
    /// An object.
    ResourceControlPolicy,
    /// Microseconds since 1970.
    Timestamp,
    /// 66 hexadecimal digits.
    ValidatorPublicKey,
    /// An object.
    VersionInfo,
}
