//! Recovery words: BIP-39, English list.

use bip39::{Language, Mnemonic};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// Why words are not a recovery phrase. The texts are shown to people; they never repeat a word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Not 12, 15, 18, 21 or 24 words.
    #[error("Recovery phrases have 24 or 12 words (15, 18 and 21 also occur). You entered {found}.")]
    WordCount {
        /// Words found.
        found: usize,
    },
    /// A word is not in the list.
    #[error("Word {position} is not one of the 2048 recovery words. Check its spelling.")]
    UnknownWord {
        /// Its position, from 1.
        position: usize,
    },
    /// All words are known, but they do not belong together.
    #[error("These words do not belong together. One may be wrong, or the order may differ.")]
    Checksum,
    /// The text is not UTF-8.
    #[error("The recovery words contain something that is not text.")]
    NotText,
}

/// Recovery words, kept as entropy. No `Debug`, `Display` or `Clone`; overwritten when dropped.
pub struct RecoveryPhrase(Zeroizing<Vec<u8>>);

impl RecoveryPhrase {
    /// Draws 24 new words (256 bits).
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut entropy = Zeroizing::new(vec![0; 32]);
        rng.fill_bytes(&mut entropy);
        Self(entropy)
    }

    /// Reads words as a person types them: any case, any white space, numbers like `1.` or `1)` in front of words.
    pub fn parse(text: &[u8]) -> Result<Self, PhraseError> {
        let text = std::str::from_utf8(text).map_err(|_| PhraseError::NotText)?;
        let mut words = Zeroizing::new(String::with_capacity(text.len()));
        let mut count = 0;
        for word in text.split_whitespace() {
            let word = word.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ':'));
            if word.is_empty() {
                continue;
            }
            count += 1;
            if count > 1 {
                words.push(' ');
            }
            words.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        }
        if !matches!(count, 12 | 15 | 18 | 21 | 24) {
            return Err(PhraseError::WordCount { found: count });
        }
        let mnemonic =
            Mnemonic::parse_in_normalized(Language::English, &words).map_err(|error| match error {
                bip39::Error::UnknownWord(index) => PhraseError::UnknownWord { position: index + 1 },
                bip39::Error::BadWordCount(found) => PhraseError::WordCount { found },
                _ => PhraseError::Checksum,
            })?;
        let mnemonic = Zeroizing::new(mnemonic);
        Ok(Self(Zeroizing::new(mnemonic.to_entropy())))
    }

    /// From stored entropy; none when it has a length that no phrase has.
    pub(super) fn from_entropy(entropy: Zeroizing<Vec<u8>>) -> Option<Self> {
        matches!(entropy.len(), 16 | 20 | 24 | 28 | 32).then_some(Self(entropy))
    }

    pub(super) fn entropy(&self) -> &[u8] {
        &self.0
    }

    /// The words with one space between.
    pub fn words(&self) -> Zeroizing<String> {
        let mnemonic = self.mnemonic();
        let mut text = Zeroizing::new(String::with_capacity(24 * 9));
        for word in mnemonic.words() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    }

    /// The BIP-39 seed with an empty passphrase.
    pub fn seed(&self) -> Zeroizing<[u8; 64]> {
        Zeroizing::new(self.mnemonic().to_seed_normalized(""))
    }

    fn mnemonic(&self) -> Zeroizing<Mnemonic> {
        Zeroizing::new(
            Mnemonic::from_entropy_in(Language::English, &self.0)
                .expect("the length was checked when it was made"),
        )
    }
}

/// Whether a word is in the list; for marking words as they are typed.
pub fn is_phrase_word(word: &str) -> bool {
    Language::English.find_word(&word.to_ascii_lowercase()).is_some()
}

/// Words of the list that begin like this, at most `limit`; none for less than two letters.
pub fn suggest_phrase_words(beginning: &str, limit: usize) -> Vec<&'static str> {
    let beginning = beginning.to_ascii_lowercase();
    if beginning.len() < 2 {
        return Vec::new();
    }
    Language::English.words_by_prefix(&beginning).iter().copied().take(limit).collect()
}
