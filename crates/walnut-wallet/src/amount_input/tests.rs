//! Amounts: what is read, what is refused and why, and that nothing is lost on the way.

use proptest::prelude::*;

use super::*;

#[test]
fn reads_what_people_type() {
    for (text, attos) in [
        ("1", 1_000_000_000_000_000_000),
        (" 12.5 ", 12_500_000_000_000_000_000),
        ("+0.1", 100_000_000_000_000_000),
        (".5", 500_000_000_000_000_000),
        ("7.", 7_000_000_000_000_000_000),
        ("0.000000000000000001", 1),
        ("1 000.25", 1_000_250_000_000_000_000_000),
        ("1_000'000\u{202f}000", 1_000_000_000_000_000_000_000_000_000),
        // Zeros behind the eighteenth decimal say nothing.
        ("0.10000000000000000000000", 100_000_000_000_000_000),
        ("000001", 1_000_000_000_000_000_000),
        ("340282366920938463463.374607431768211455", u128::MAX),
    ] {
        assert_eq!(parse_amount(text, None), Ok(Amount::from_attos(attos)), "{text}");
    }
}

#[test]
fn says_what_is_wrong() {
    use AmountInputError as E;
    for (text, error) in [
        ("", E::Empty),
        ("   ", E::Empty),
        ("-1", E::Negative),
        ("\u{2212}1", E::Negative),
        ("1,5", E::Comma),
        ("1,000", E::Comma),
        ("1.2.3", E::TooManyPoints),
        ("1e5", E::NotANumber('e')),
        ("0x10", E::NotANumber('x')),
        ("12 LIN", E::NotANumber('L')),
        ("١", E::NotANumber('١')),
        (".", E::NoDigits),
        ("+", E::NoDigits),
        ("0", E::Zero),
        ("0.000", E::Zero),
        ("0.0000000000000000001", E::TooManyDecimals { found: 19 }),
        ("340282366920938463463.374607431768211456", E::TooLarge),
        ("99999999999999999999999999999999999999999999", E::TooLarge),
    ] {
        assert_eq!(parse_amount(text, None), Err(error), "{text}");
    }
}

#[test]
fn compares_with_the_balance() {
    let available = Amount::from_millis(1_500);
    assert_eq!(parse_amount("1.5", Some(available)), Ok(available));
    assert_eq!(
        parse_amount("1.500000000000000001", Some(available)),
        Err(AmountInputError::MoreThanBalance { available })
    );
    assert_eq!(
        UiError::from(AmountInputError::MoreThanBalance { available }),
        UiError::new(UiErrorCode::InsufficientBalance, "You have 1.5. Enter at most that.")
    );
    assert_eq!(UiError::from(AmountInputError::Zero).code, UiErrorCode::InvalidAmount);
}

#[test]
fn formats_with_groups_and_without_trailing_zeros() {
    for (attos, text) in [
        (0, "0"),
        (1, "0.000000000000000001"),
        (12_500_000_000_000_000_000, "12.5"),
        (999_000_000_000_000_000_000, "999"),
        (1_000_000_000_000_000_000_000, "1\u{202f}000"),
        (1_234_567_080_000_000_000_000_000, "1\u{202f}234\u{202f}567.08"),
        (
            u128::MAX,
            "340\u{202f}282\u{202f}366\u{202f}920\u{202f}938\u{202f}463\u{202f}463.374607431768211455",
        ),
    ] {
        assert_eq!(format_amount(Amount::from_attos(attos)), text);
    }
    assert_eq!(plain_amount(Amount::from_tokens(1_000)), "1000");
    assert_eq!(plain_amount(Amount::ZERO), "0");
}

proptest! {
    #[test]
    fn what_is_shown_can_be_typed_again(attos in 1..=u128::MAX) {
        let amount = Amount::from_attos(attos);
        prop_assert_eq!(parse_amount(&format_amount(amount), None), Ok(amount));
        prop_assert_eq!(parse_amount(&plain_amount(amount), Some(amount)), Ok(amount));
    }

    #[test]
    fn never_panics_and_agrees_with_the_wire_form(text in "[-+0-9 ._,e]{0,48}") {
        if let Ok(amount) = parse_amount(&text, None) {
            prop_assert!(amount > Amount::ZERO);
            let wire: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            if let Ok(wire) = wire.parse::<Amount>() {
                prop_assert_eq!(amount, wire);
            }
        }
    }
}
