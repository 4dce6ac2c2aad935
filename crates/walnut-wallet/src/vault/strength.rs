//! How long a password holds, in words.
//!
//! An estimate, on the pessimistic side: the text is cut into the cheapest pieces an attacker would try (well-known
//! passwords, English words, runs, keyboard rows, years), the rest counts as single characters. The attacker is
//! assumed to have the vault file and a hundred graphics cards, together 2^17 tries per second against Argon2id with
//! 64 MiB. Words of other languages are not known here and count as single characters: for those the estimate is too
//! kind.

use super::phrase::is_phrase_word;

/// Shortest password in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;

/// Tenths of bits needed: 2^40 guesses, about three months of the attacker above.
const DECIBITS_MIN: u32 = 400;

/// The attacker's guesses per second, in tenths of bits.
const DECIBITS_PER_SECOND: u32 = 170;

/// An estimate for one password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordStrength {
    /// Logarithm (base 2) of the guesses needed, in tenths.
    pub decibits: u32,
    /// How long the attacker needs, e.g. "some months".
    pub time_to_guess: &'static str,
    /// Long and strong enough to be taken.
    pub is_acceptable: bool,
    /// Too short, whatever it is.
    pub is_too_short: bool,
}

/// Estimates a password.
pub fn password_strength(password: &str) -> PasswordStrength {
    let chars: Vec<char> = password.chars().take(CHARS_MAX).collect();
    let decibits = estimate(&chars);
    let is_too_short = chars.len() < PASSWORD_CHARS_MIN;
    PasswordStrength {
        decibits,
        time_to_guess: words_for(decibits),
        is_acceptable: !is_too_short && decibits >= DECIBITS_MIN,
        is_too_short,
    }
}

/// Longer passwords gain nothing in the estimate.
const CHARS_MAX: usize = 128;

/// Tenths of bits of one of 2048 words; capital letters and digits for letters cost a little more.
const WORD_DECIBITS: u32 = 110;
const COMMON_DECIBITS: u32 = 70;
const VARIATION_DECIBITS: u32 = 10;
const YEAR_DECIBITS: u32 = 70;
const RUN_DECIBITS: u32 = 80;

fn words_for(decibits: u32) -> &'static str {
    // log2 of seconds: minute 5.9, hour 11.8, day 16.4, month 21.3, year 24.9, century 31.6
    match decibits.saturating_sub(DECIBITS_PER_SECOND) {
        0..=9 => "less than a second",
        10..=58 => "some seconds",
        59..=117 => "some minutes",
        118..=163 => "some hours",
        164..=212 => "some days",
        213..=248 => "some months",
        249..=315 => "some years",
        _ => "centuries",
    }
}

fn estimate(chars: &[char]) -> u32 {
    let alphabet = alphabet_decibits(chars);
    let folded: Vec<char> = chars.iter().map(|c| fold(*c)).collect();
    // cheapest[i]: cost of the first i characters.
    let mut cheapest = vec![u32::MAX; chars.len() + 1];
    cheapest[0] = 0;
    for start in 0..chars.len() {
        let cost = cheapest[start];
        relax(&mut cheapest[start + 1], cost.saturating_add(alphabet));
        for end in start + 3..=chars.len().min(start + 24) {
            if let Some(piece) = piece_decibits(&chars[start..end], &folded[start..end], alphabet) {
                relax(&mut cheapest[end], cost.saturating_add(piece));
            }
        }
    }
    cheapest[chars.len()]
}

fn relax(place: &mut u32, cost: u32) {
    *place = (*place).min(cost);
}

/// Tenths of bits of one character, by the kinds of characters that occur.
fn alphabet_decibits(chars: &[char]) -> u32 {
    let any = |test: fn(&char) -> bool| chars.iter().any(test);
    let size = 26 * u32::from(any(char::is_ascii_lowercase))
        + 26 * u32::from(any(char::is_ascii_uppercase))
        + 10 * u32::from(any(char::is_ascii_digit))
        + 33 * u32::from(any(|c| c.is_ascii() && !c.is_ascii_alphanumeric()))
        + 64 * u32::from(any(|c| !c.is_ascii()));
    match size {
        0..=10 => 33,
        11..=26 => 47,
        27..=36 => 51,
        37..=52 => 57,
        53..=62 => 59,
        63..=95 => 65,
        _ => 70,
    }
}

/// Lower case, and letters for the digits and signs that people put in their place.
fn fold(c: char) -> char {
    match c.to_ascii_lowercase() {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    }
}

fn piece_decibits(chars: &[char], folded: &[char], alphabet: u32) -> Option<u32> {
    if chars.windows(2).all(|pair| pair[0] == pair[1]) {
        // One character and how often.
        return Some(alphabet + 30);
    }
    if is_run(chars, 1) || is_run(chars, -1) || is_keyboard_row(chars) {
        return Some(RUN_DECIBITS);
    }
    if let [c, d, _, _] = chars
        && chars.iter().all(char::is_ascii_digit)
        && matches!((c, d), ('1', '9') | ('2', '0'))
    {
        return Some(YEAR_DECIBITS);
    }
    let word: String = folded.iter().collect();
    let is_varied = folded != chars;
    let variation = if is_varied { 2 * VARIATION_DECIBITS } else { 0 };
    let plain: String = chars.iter().map(char::to_ascii_lowercase).collect();
    if COMMON.contains(&word.as_str()) || COMMON.contains(&plain.as_str()) {
        return Some(COMMON_DECIBITS + variation);
    }
    if is_phrase_word(&word) {
        return Some(WORD_DECIBITS + variation);
    }
    None
}

fn is_run(chars: &[char], step: i32) -> bool {
    chars.windows(2).all(|pair| {
        pair[0].is_ascii_alphanumeric()
            && pair[1].is_ascii_alphanumeric()
            && i32::try_from(u32::from(pair[1])).ok()
                == i32::try_from(u32::from(pair[0])).ok().map(|code| code + step)
    })
}

fn is_keyboard_row(chars: &[char]) -> bool {
    let text: String = chars.iter().map(char::to_ascii_lowercase).collect();
    let back: String = text.chars().rev().collect();
    KEYBOARD_ROWS.iter().any(|row| row.contains(&text) || row.contains(&back))
}

const KEYBOARD_ROWS: [&str; 6] =
    ["qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv"];

/// What the usual lists of leaked passwords begin with, and what people take for a wallet.
const COMMON: [&str; 88] = [
    "password",
    "passwort",
    "passw",
    "secret",
    "login",
    "admin",
    "root",
    "user",
    "guest",
    "test",
    "demo",
    "welcome",
    "letmein",
    "iloveyou",
    "monkey",
    "dragon",
    "master",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "shadow",
    "michael",
    "jordan",
    "jennifer",
    "hunter",
    "hunter2",
    "trustno1",
    "starwars",
    "pokemon",
    "charlie",
    "freedom",
    "whatever",
    "ashley",
    "bailey",
    "buster",
    "daniel",
    "thomas",
    "andrew",
    "jessica",
    "nicole",
    "summer",
    "winter",
    "spring",
    "autumn",
    "monday",
    "friday",
    "january",
    "june",
    "july",
    "august",
    "october",
    "hello",
    "love",
    "flower",
    "cheese",
    "computer",
    "internet",
    "google",
    "apple",
    "samsung",
    "chocolate",
    "killer",
    "soccer",
    "hockey",
    "ranger",
    "harley",
    "cookie",
    "pepper",
    "ginger",
    "maggie",
    "access",
    "mustang",
    "abc123",
    "qwerty",
    "changeme",
    "default",
    "wallet",
    "bitcoin",
    "crypto",
    "ethereum",
    "linera",
    "walnut",
    "money",
    "blockchain",
    "satoshi",
];
