//! Text forms of amounts, and their arithmetic.

use proptest::prelude::*;

use super::{Amount, ParseAmountError};
use crate::{ArithmeticError, encoding};

#[test]
fn parses_what_the_reference_parses() {
    let cases = [
        ("", 0),
        (".", 0),
        ("+", 0),
        ("1", 1_000_000_000_000_000_000),
        ("1.", 1_000_000_000_000_000_000),
        ("  +1_0.5_0 ", 10_500_000_000_000_000_000),
        (".000000000000000001", 1),
        ("340282366920938463463.374607431768211455", u128::MAX),
        ("007", 7_000_000_000_000_000_000),
        ("_", 0),
    ];
    for (text, attos) in cases {
        assert_eq!(text.parse(), Ok(Amount::from_attos(attos)), "{text:?}");
    }
}

#[test]
fn refuses_what_the_reference_refuses() {
    let cases = [
        ("1.2.3", ParseAmountError::TooManyPoints),
        ("-1", ParseAmountError::InvalidCharacter('-')),
        ("++1", ParseAmountError::InvalidCharacter('+')),
        ("1e3", ParseAmountError::InvalidCharacter('e')),
        ("1 0", ParseAmountError::InvalidCharacter(' ')),
        ("٣", ParseAmountError::InvalidCharacter('٣')),
        ("0.0000000000000000001", ParseAmountError::TooManyDigits),
        ("340282366920938463463.374607431768211456", ParseAmountError::TooHigh),
        ("340282366920938463464", ParseAmountError::TooHigh),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<Amount>(), Err(error), "{text:?}");
    }
}

#[test]
fn displays_with_a_point_always() {
    for (attos, text) in [
        (0, "0."),
        (1, "0.000000000000000001"),
        (Amount::ONE.to_attos(), "1."),
        (10_500_000_000_000_000_000, "10.5"),
        (u128::MAX, "340282366920938463463.374607431768211455"),
    ] {
        assert_eq!(Amount::from_attos(attos).to_string(), text);
    }
}

#[test]
fn json_is_a_string_and_nothing_else() {
    assert_eq!(serde_json::to_string(&Amount::ONE).expect("JSON"), "\"1.\"");
    assert_eq!(serde_json::from_str::<Amount>("\"0.5\"").expect("an amount"), Amount::from_millis(500));
    let error = serde_json::from_str::<Amount>("1").expect_err("a number");
    assert!(error.to_string().contains("expected a string"), "{error}");
}

#[test]
fn arithmetic_saturates_or_fails_as_named() {
    assert_eq!(Amount::MAX.try_add(Amount::from_attos(1)), Err(ArithmeticError::Overflow));
    assert_eq!(Amount::ZERO.try_sub_one(), Err(ArithmeticError::Underflow));
    assert_eq!(Amount::MAX.saturating_add(Amount::ONE), Amount::MAX);
    assert_eq!(Amount::ZERO.saturating_sub(Amount::ONE), Amount::ZERO);
    assert_eq!(Amount::ONE.saturating_div(0), Amount::MAX);
    assert_eq!(Amount::ONE.saturating_ratio(Amount::ZERO), u128::MAX);
    assert_eq!(Amount::from_tokens(7).saturating_ratio(Amount::from_tokens(2)), 3);
    assert_eq!([Amount::MAX, Amount::ONE].into_iter().sum::<Amount>(), Amount::MAX);
    assert_eq!(Amount::from_tokens(u128::MAX), Amount::MAX);
    let mut amount = Amount::ONE;
    assert_eq!(amount.try_sub_assign(Amount::from_tokens(2)), Err(ArithmeticError::Underflow));
    assert_eq!(amount, Amount::ONE);
}

proptest! {
    #[test]
    fn text_and_bytes_round_trip(amount: Amount) {
        prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        let json = serde_json::to_string(&amount).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Amount>(&json).expect("an amount"), amount);
        let bytes = encoding::to_bcs(&amount);
        prop_assert_eq!(&bytes[..], amount.to_attos().to_le_bytes());
        prop_assert_eq!(encoding::from_bcs_canonical::<Amount>(&bytes, 16), Ok(amount));
    }

    #[test]
    fn any_text_parses_or_fails_without_panic(text in "[ +_.0-9a]{0,60}") {
        if let Ok(amount) = text.parse::<Amount>() {
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        }
    }

    #[test]
    fn checked_and_saturating_agree(left: Amount, right: Amount) {
        prop_assert_eq!(left.try_add(right).unwrap_or(Amount::MAX), left.saturating_add(right));
        prop_assert_eq!(left.try_sub(right).unwrap_or(Amount::ZERO), left.saturating_sub(right));
    }
}
