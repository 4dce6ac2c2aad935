//! Token amounts: 18 decimal places in a `u128`.

use std::{fmt, iter::Sum, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{arithmetic::wrapped_number, text::text_or_binary};

/// A number of attotokens (10⁻¹⁸ tokens).
///
/// Text form: tokens with a point that is never left out, `1.`, `0.5`; fraction without trailing zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(u128);

wrapped_number!(Amount, u128);
text_or_binary!(Amount, AmountRepr);

impl Amount {
    /// Digits after the point.
    pub const DECIMAL_PLACES: u8 = 18;

    /// One token.
    pub const ONE: Self = Self(1_000_000_000_000_000_000);

    /// From whole tokens; saturates.
    pub const fn from_tokens(tokens: u128) -> Self {
        Self(Self::ONE.0.saturating_mul(tokens))
    }

    /// From thousandths of a token; saturates.
    pub const fn from_millis(millitokens: u128) -> Self {
        Self(1_000_000_000_000_000_u128.saturating_mul(millitokens))
    }

    /// From millionths of a token; saturates.
    pub const fn from_micros(microtokens: u128) -> Self {
        Self(1_000_000_000_000_u128.saturating_mul(microtokens))
    }

    /// From billionths of a token; saturates.
    pub const fn from_nanos(nanotokens: u128) -> Self {
        Self(1_000_000_000_u128.saturating_mul(nanotokens))
    }

    /// From attotokens.
    pub const fn from_attos(attotokens: u128) -> Self {
        Self(attotokens)
    }

    /// The number of attotokens.
    pub const fn to_attos(self) -> u128 {
        self.0
    }

    /// How often `other` fits; the maximum when `other` is zero.
    pub fn saturating_ratio(self, other: Self) -> u128 {
        self.0.checked_div(other.0).unwrap_or(u128::MAX)
    }
}

/// Sums saturate.
impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::saturating_add)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:018}", self.0 % Self::ONE.0);
        write!(formatter, "{}.{}", self.0 / Self::ONE.0, fraction.trim_end_matches('0'))
    }
}

/// Why a text is not an [`Amount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ParseAmountError {
    /// More than one point.
    #[error("cannot parse amount: more than one decimal point")]
    TooManyPoints,
    /// Something else than digits, `_` and one point.
    #[error("cannot parse amount: invalid character {0:?}")]
    InvalidCharacter(char),
    /// More than 18 digits after the point.
    #[error("cannot parse amount: more than 18 decimal places")]
    TooManyDigits,
    /// Above `Amount::MAX`.
    #[error("cannot represent amount: number too high")]
    TooHigh,
}

/// Accepts surrounding spaces, one leading `+`, digits, `_` anywhere, one point; the empty text is zero.
impl FromStr for Amount {
    type Err = ParseAmountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let mut attos: u128 = 0;
        let mut places: Option<u8> = None;
        for character in text.strip_prefix('+').unwrap_or(text).chars() {
            match character {
                '_' => {}
                '.' if places.is_some() => return Err(ParseAmountError::TooManyPoints),
                '.' => places = Some(0),
                _ => {
                    let digit =
                        character.to_digit(10).ok_or(ParseAmountError::InvalidCharacter(character))?;
                    if let Some(places) = &mut places {
                        if *places == Self::DECIMAL_PLACES {
                            return Err(ParseAmountError::TooManyDigits);
                        }
                        *places += 1;
                    }
                    attos = attos
                        .checked_mul(10)
                        .and_then(|attos| attos.checked_add(u128::from(digit)))
                        .ok_or(ParseAmountError::TooHigh)?;
                }
            }
        }
        let missing = Self::DECIMAL_PLACES - places.unwrap_or(0);
        attos.checked_mul(10_u128.pow(u32::from(missing))).map(Self).ok_or(ParseAmountError::TooHigh)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Amount")]
struct AmountRepr(u128);

impl From<&Amount> for AmountRepr {
    fn from(amount: &Amount) -> Self {
        Self(amount.0)
    }
}

impl From<AmountRepr> for Amount {
    fn from(repr: AmountRepr) -> Self {
        Self(repr.0)
    }
}

#[cfg(test)]
mod tests;
