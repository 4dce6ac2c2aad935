//! What the examples compute without their host: the meter of payments and the rules of sessions.

use walnut_forms::micropay_meter::earned;
use walnut_forms::price_answer::read_price;
use walnut_forms::purse_sessions::{SessionError, Sessions};
use walnut_forms::types::{Amount, ApplicationId};

const SECOND: u64 = 1_000_000;

#[test]
fn a_payment_earns_its_rate_and_never_more_than_its_deposit() {
    for (rate, micros, deposit, expected) in [
        (10, 0, 100, 0),
        (10, SECOND, 100, 10),
        (10, SECOND * 5 / 2, 100, 25),
        (10, 99_999, 100, 0), // less than one attotoken
        (10, 100_000, 100, 1),
        (10, 10 * SECOND, 100, 100),
        (10, 11 * SECOND, 100, 100),
        (3, u64::MAX, u128::MAX, u128::from(u64::MAX) * 3 / 1_000_000),
        (u128::MAX, SECOND, u128::MAX, u128::MAX),
        (u128::MAX, SECOND / 2, u128::MAX, u128::MAX / 2), // the half that rounds down
        (u128::MAX, u64::MAX, 7, 7),
    ] {
        assert_eq!(earned(rate, micros, deposit), expected, "{rate} for {micros} µs of {deposit}");
    }
}

#[test]
fn ticking_often_loses_nothing() {
    let whole = earned(7, SECOND * 3, 1_000);
    let steps: u128 =
        (0..30_000).map(|tick| earned(7, (tick + 1) * 100, 1_000) - earned(7, tick * 100, 1_000)).sum();
    assert_eq!(steps, whole);
}

fn application(byte: &str) -> ApplicationId {
    serde_json::from_value(byte.repeat(32).into()).unwrap()
}

fn tokens(number: u128) -> Amount {
    Amount::from_tokens(number)
}

#[test]
fn a_session_is_passed_on_used_and_closed() {
    let (shop, supplier) = (application("01"), application("02"));
    let mut sessions = Sessions::default();
    let session = sessions.open(shop, tokens(5));
    assert_eq!(session, 0);
    sessions.pass(shop, session, supplier).unwrap();
    assert_eq!(sessions.spend(supplier, session, tokens(2)), Ok(tokens(3)));
    sessions.pass(supplier, session, shop).unwrap();
    assert_eq!(sessions.close(shop, session), Ok(tokens(3)));
    assert_eq!(sessions.finish(), Ok(()));
}

#[test]
fn only_the_holder_uses_a_session() {
    let (shop, supplier) = (application("01"), application("02"));
    let mut sessions = Sessions::default();
    let session = sessions.open(shop, tokens(5));
    let refused = Err(SessionError::NotHolder { session, holder: shop });
    assert_eq!(sessions.spend(supplier, session, tokens(1)), refused);
    assert_eq!(sessions.close(supplier, session), refused);
    assert_eq!(sessions.pass(supplier, session, supplier).map(|()| tokens(0)), refused);
    sessions.pass(shop, session, supplier).unwrap();
    let refused = Err(SessionError::NotHolder { session, holder: supplier });
    assert_eq!(sessions.spend(shop, session, tokens(1)), refused);
}

#[test]
fn a_session_does_not_hold_more_than_was_put_in() {
    let shop = application("01");
    let mut sessions = Sessions::default();
    let session = sessions.open(shop, tokens(5));
    let refused = Err(SessionError::TooLittle { session, holds: tokens(5), wanted: tokens(6) });
    assert_eq!(sessions.spend(shop, session, tokens(6)), refused);
    assert_eq!(sessions.close(shop, session), Ok(tokens(5)));
    assert_eq!(sessions.close(shop, session), Err(SessionError::Unknown { session }));
    assert_ne!(sessions.open(shop, tokens(1)), session, "a number is not used again");
}

#[test]
fn a_forgotten_session_is_an_error_even_when_it_is_empty() {
    let shop = application("01");
    let mut sessions = Sessions::default();
    let closed = sessions.open(shop, tokens(1));
    let session = sessions.open(shop, tokens(5));
    sessions.close(shop, closed).unwrap();
    sessions.spend(shop, session, tokens(5)).unwrap();
    let error = sessions.finish().unwrap_err();
    assert_eq!(error, SessionError::NotConsumed { count: 1, session, holder: shop, holds: tokens(0) });
    assert_eq!(
        error.to_string(),
        format!("the transaction ends with sessions open: 1; session 1 of application {shop} holds 0.")
    );
}

#[test]
fn a_price_is_a_number_and_nothing_else() {
    assert_eq!(read_price(200, b"42"), Ok(42));
    assert_eq!(read_price(200, b" \n18446744073709551615\r\n"), Ok(u64::MAX));
    let refused = [
        (404, &b"42"[..], "the server answered with status 404"),
        (200, b"\xff", "the server answered with something other than text"),
        (200, b"", "the server answered with no number: \"\""),
        (200, b"-1", "the server answered with no number: \"-1\""),
        (200, b"18446744073709551616", "the server answered with no number: \"18446744073709551616\""),
    ];
    for (status, body, reason) in refused {
        assert_eq!(read_price(status, body), Err(reason.into()));
    }
    let long = [b'1'; 1_000];
    assert_eq!(
        read_price(200, &long),
        Err(format!("the server answered with no number: {:?}", "1".repeat(40)))
    );
}
