//! Estimates: well-known passwords are weak, long random ones are not.

use super::super::*;

#[test]
fn weak_ones_are_weak() {
    for password in [
        "",
        "short",
        "password",
        "Password1",
        "p@ssw0rd!",
        "12345678",
        "abcdefgh",
        "aaaaaaaaaaaa",
        "qwertyuiop",
        "iloveyou2020",
        "walnut12",
        "letmein123",
        "1qaz2wsx",
        "20262026",
        "Linera2026",
    ] {
        let strength = password_strength(password);
        assert!(!strength.is_acceptable, "{password}: {strength:?}");
    }
    assert!(password_strength("seven77").is_too_short);
    assert_eq!(password_strength("password").time_to_guess, "less than a second");
}

#[test]
fn strong_ones_are_accepted() {
    for (password, time) in [
        ("correct horse battery staple", "centuries"),
        ("tR9!vq2#Lm", "centuries"),
        ("juniper-oval-ketchup-tin", "centuries"),
        ("Grünkohl mit Pinkel", "centuries"),
        ("kq7vmz2xw", "some years"),
    ] {
        let strength = password_strength(password);
        assert!(strength.is_acceptable, "{password}: {strength:?}");
        assert_eq!(strength.time_to_guess, time, "{password}: {strength:?}");
    }
}

#[test]
fn more_never_hurts_and_length_is_bounded() {
    let text = "v8#kQz!mW2@xR7%n".repeat(20);
    let mut last = 0;
    for end in (0..64).step_by(4) {
        let strength = password_strength(&text[..end]);
        assert!(strength.decibits >= last);
        last = strength.decibits;
    }
    assert_eq!(password_strength(&text).decibits, password_strength(&text[..128]).decibits);
}
