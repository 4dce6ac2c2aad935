//! Amounts as people type and read them. Exact: no floating point, nothing rounded.

use walnut_base::Amount;

use crate::messages::{UiError, UiErrorCode};

/// Between groups of three digits: a narrow no-break space. Not a comma, since half of the world reads that as the
/// decimal sign; and [`parse_amount`] takes it back.
pub const GROUP_SEPARATOR: char = '\u{202f}';

/// Why a text is not an amount that can be sent. The texts are shown beside the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountInputError {
    /// Nothing typed.
    #[error("Enter an amount.")]
    Empty,
    /// A minus sign.
    #[error("An amount cannot be negative.")]
    Negative,
    /// A comma: in some places it separates thousands, in others decimals.
    #[error("Write decimals with a point, and thousands without a comma: 1234.5")]
    Comma,
    /// More than one point.
    #[error("An amount has at most one decimal point.")]
    TooManyPoints,
    /// Something that is no digit.
    #[error("“{0}” is not part of a number.")]
    NotANumber(
        /// It.
        char,
    ),
    /// A point without any digit.
    #[error("Enter digits.")]
    NoDigits,
    /// More than 18 decimals.
    #[error("Tokens have at most 18 decimals; you entered {found}.")]
    TooManyDecimals {
        /// Decimals found, without trailing zeros.
        found: usize,
    },
    /// More than an amount can hold.
    #[error("This is more than can exist.")]
    TooLarge,
    /// Zero.
    #[error("Enter more than zero.")]
    Zero,
    /// More than there is.
    #[error("You have {}. Enter at most that.", format_amount(*available))]
    MoreThanBalance {
        /// What there is, after the fee.
        available: Amount,
    },
}

impl From<AmountInputError> for UiError {
    fn from(error: AmountInputError) -> Self {
        let code = match error {
            AmountInputError::MoreThanBalance { .. } => UiErrorCode::InsufficientBalance,
            _ => UiErrorCode::InvalidAmount,
        };
        Self::new(code, error.to_string())
    }
}

/// Reads an amount of tokens: digits, one point, spaces or `_` or `'` between digits; at most `available`, if given.
pub fn parse_amount(text: &str, available: Option<Amount>) -> Result<Amount, AmountInputError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AmountInputError::Empty);
    }
    if text.starts_with(['-', '\u{2212}']) {
        return Err(AmountInputError::Negative);
    }
    let (mut whole, mut decimals) = (String::new(), None::<String>);
    for c in text.strip_prefix('+').unwrap_or(text).chars() {
        match (c, &mut decimals) {
            ('0'..='9', None) => whole.push(c),
            ('0'..='9', Some(decimals)) => decimals.push(c),
            ('.', None) => decimals = Some(String::new()),
            ('.', Some(_)) => return Err(AmountInputError::TooManyPoints),
            (' ' | '_' | '\'' | '\u{a0}' | '\u{2009}' | GROUP_SEPARATOR, _) => {}
            (',', _) => return Err(AmountInputError::Comma),
            _ => return Err(AmountInputError::NotANumber(c)),
        }
    }
    let decimals = decimals.unwrap_or_default();
    if whole.is_empty() && decimals.is_empty() {
        return Err(AmountInputError::NoDigits);
    }
    let amount = attos(&whole, decimals.trim_end_matches('0'))?;
    if amount == Amount::ZERO {
        return Err(AmountInputError::Zero);
    }
    match available {
        Some(available) if amount > available => Err(AmountInputError::MoreThanBalance { available }),
        _ => Ok(amount),
    }
}

fn attos(whole: &str, decimals: &str) -> Result<Amount, AmountInputError> {
    let places = usize::from(Amount::DECIMAL_PLACES);
    if decimals.len() > places {
        return Err(AmountInputError::TooManyDecimals { found: decimals.len() });
    }
    let digits = format!("{whole}{decimals:0<places$}");
    match digits.trim_start_matches('0') {
        "" => Ok(Amount::ZERO),
        digits => digits.parse().map(Amount::from_attos).map_err(|_| AmountInputError::TooLarge),
    }
}

/// Tokens with grouped thousands and all decimals that are not trailing zeros: `12 345.06`, `0`.
pub fn format_amount(amount: Amount) -> String {
    let text = amount.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let mut formatted = String::with_capacity(text.len() + text.len() / 2);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            formatted.push(GROUP_SEPARATOR);
        }
        formatted.push(digit);
    }
    if !decimals.is_empty() {
        formatted.push('.');
        formatted.push_str(decimals);
    }
    formatted
}

/// The same without grouping, for a text field: what [`parse_amount`] gave.
pub fn plain_amount(amount: Amount) -> String {
    amount.to_string().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
