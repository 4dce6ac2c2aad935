//! The vault as it is stored: one JSON text, kept in two places.

use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use walnut_base::{AccountOwner, AccountSecretKey, Timestamp};
use zeroize::Zeroizing;

use super::{
    KdfParams, PasswordKey, RecoveryPhrase, VaultError, VaultKey, checko_key, ed25519_key, evm_key,
    hex_bytes, import::secret_key_from_bytes, seal::Sealed,
};
use crate::messages::{Account, AccountId, AccountSource, ImportedSecretKind, KeyKind};

/// What the file calls itself.
pub const VAULT_FORMAT: &str = "walnut-vault";

/// Version of the file's shape.
pub const VAULT_VERSION: u32 = 1;

/// Keys in one vault.
pub const ACCOUNTS_MAX: usize = 256;

/// Characters of an account's name.
pub const NAME_CHARS_MAX: usize = 40;

/// The encrypted vault. What it holds in clear: owners, names, times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultFile {
    body: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer<B> {
    format: String,
    version: u32,
    /// SHA-256 of the body's JSON: tells damage from a wrong password. Not a protection against forgery.
    #[serde(with = "hex_bytes")]
    checksum: [u8; 32],
    body: B,
}

#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(with = "hex_bytes")]
    vault_id: [u8; 16],
    /// Counts changes; of two copies the higher one is newer.
    revision: u64,
    created_at: Timestamp,
    next_account: u32,
    password: PasswordWrap,
    phrase: Option<PhraseRecord>,
    accounts: Vec<AccountRecord>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordWrap {
    argon2id: KdfParams,
    vault_key: Sealed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseRecord {
    kind: ImportedSecretKind,
    entropy: Sealed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountRecord {
    account: Account,
    secret_key: Sealed,
}

impl VaultFile {
    /// A new, empty vault and its key.
    pub fn create<R: RngCore + CryptoRng>(
        password_key: &PasswordKey,
        kdf: KdfParams,
        now: Timestamp,
        rng: &mut R,
    ) -> (Self, VaultKey) {
        let mut vault_id = [0; 16];
        rng.fill_bytes(&mut vault_id);
        let vault_key = VaultKey::generate(rng);
        let password = PasswordWrap::new(&vault_id, password_key, kdf, &vault_key, rng);
        let body = Body {
            vault_id,
            revision: 1,
            created_at: now,
            next_account: 1,
            password,
            phrase: None,
            accounts: Vec::new(),
        };
        (Self { body }, vault_key)
    }

    /// Reads the stored text. A newer version is recognised before anything else of it is looked at.
    pub fn from_json(text: &str) -> Result<Self, VaultError> {
        let header: Header =
            serde_json::from_str(text).map_err(|_| VaultError::Damaged("the file has no header".into()))?;
        if header.format != VAULT_FORMAT {
            return Err(VaultError::Damaged("the file is something else".into()));
        }
        if header.version > VAULT_VERSION {
            return Err(VaultError::NewerVersion { found: header.version });
        }
        let outer: Outer<Body> =
            serde_json::from_str(text).map_err(|error| VaultError::Damaged(describe(&error)))?;
        if header.version != VAULT_VERSION || outer.checksum != checksum(&outer.body) {
            return Err(VaultError::Damaged("the checksum differs".into()));
        }
        outer.body.password.argon2id.check()?;
        Ok(Self { body: outer.body })
    }

    /// The text to store.
    pub fn to_json(&self) -> String {
        let outer = Outer {
            format: VAULT_FORMAT.to_owned(),
            version: VAULT_VERSION,
            checksum: checksum(&self.body),
            body: &self.body,
        };
        serde_json::to_string(&outer).expect("the file has string keys only")
    }

    /// The newest intact one of several copies. `Ok(None)` when there are none. When none is intact: the first error,
    /// except that a newer version anywhere is an error at once, since that copy would be overwritten by older data.
    pub fn newest(copies: &[impl AsRef<str>]) -> Result<Option<Self>, VaultError> {
        let mut newest: Option<Self> = None;
        let mut first_error = None;
        for copy in copies {
            match Self::from_json(copy.as_ref()) {
                Ok(file)
                    if newest.as_ref().is_none_or(|newest| file.body.revision > newest.body.revision) =>
                {
                    newest = Some(file);
                }
                Ok(_) => {}
                Err(error @ VaultError::NewerVersion { .. }) => return Err(error),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        match (newest, first_error) {
            (None, Some(error)) => Err(error),
            (newest, _) => Ok(newest),
        }
    }

    /// Counts changes.
    pub fn revision(&self) -> u64 {
        self.body.revision
    }

    /// When the vault was made.
    pub fn created_at(&self) -> Timestamp {
        self.body.created_at
    }

    /// Parameters for the password key.
    pub fn kdf(&self) -> &KdfParams {
        &self.body.password.argon2id
    }

    /// The accounts, in the order of creation.
    pub fn accounts(&self) -> Vec<Account> {
        self.body.accounts.iter().map(|record| record.account.clone()).collect()
    }

    /// One account.
    pub fn account(&self, id: AccountId) -> Result<&Account, VaultError> {
        self.record(id).map(|record| &record.account)
    }

    /// Whether there are recovery words.
    pub fn has_phrase(&self) -> bool {
        self.body.phrase.is_some()
    }

    /// Opens the vault: [`VaultError::WrongPassword`] when the key does not fit. Then every record is opened once, so
    /// that damage is known now and not when a signature is needed.
    pub fn unlock(&self, password_key: &PasswordKey) -> Result<VaultKey, VaultError> {
        let vault_key = self.body.password.open(&self.body.vault_id, password_key)?;
        for record in &self.body.accounts {
            self.open_record(&vault_key, record)?;
        }
        if self.has_phrase() {
            self.phrase(&vault_key)?;
        }
        Ok(vault_key)
    }

    /// The key of an owner.
    pub fn secret_key(
        &self,
        vault_key: &VaultKey,
        owner: &AccountOwner,
    ) -> Result<AccountSecretKey, VaultError> {
        let record = self
            .body
            .accounts
            .iter()
            .find(|record| record.account.owner == *owner)
            .ok_or(VaultError::UnknownAccount)?;
        self.open_record(vault_key, record)
    }

    /// The recovery words.
    pub fn phrase(&self, vault_key: &VaultKey) -> Result<RecoveryPhrase, VaultError> {
        let record = self.body.phrase.as_ref().ok_or(VaultError::NoPhrase)?;
        let entropy = record
            .entropy
            .open(vault_key.bytes(), &phrase_place(&self.body.vault_id, record.kind))
            .map_err(|_| VaultError::Damaged("the recovery words".into()))?;
        RecoveryPhrase::from_entropy(entropy).ok_or_else(|| VaultError::Damaged("the recovery words".into()))
    }

    /// Adds the first account of some words. When the vault has no words yet, it keeps these; else only the key.
    pub fn add_phrase<R: RngCore + CryptoRng>(
        &mut self,
        vault_key: &VaultKey,
        phrase: &RecoveryPhrase,
        kind: ImportedSecretKind,
        name: &str,
        now: Timestamp,
        rng: &mut R,
    ) -> Result<AccountId, VaultError> {
        let (key, source) = derive(phrase, kind, 0)?;
        let mut next = self.clone();
        let id = next.push_account(vault_key, &key, source, name, now, rng)?;
        if next.body.phrase.is_none() {
            let place = phrase_place(&next.body.vault_id, kind);
            let entropy = Sealed::seal(vault_key.bytes(), &place, phrase.entropy(), rng);
            next.body.phrase = Some(PhraseRecord { kind, entropy });
        }
        self.replace(next);
        Ok(id)
    }

    /// Adds the next account of the vault's own words: the first index whose owner is not there yet.
    pub fn add_next<R: RngCore + CryptoRng>(
        &mut self,
        vault_key: &VaultKey,
        name: &str,
        now: Timestamp,
        rng: &mut R,
    ) -> Result<AccountId, VaultError> {
        let phrase = self.phrase(vault_key)?;
        let kind = match self.body.phrase.as_ref().map(|record| record.kind) {
            Some(ImportedSecretKind::EvmPhrase) => ImportedSecretKind::EvmPhrase,
            // CheCko has no second key; further ones come from the wallet's own path.
            _ => ImportedSecretKind::Phrase,
        };
        let mut next = self.clone();
        let limit = u32::try_from(ACCOUNTS_MAX).unwrap_or(u32::MAX);
        for index in 0..=limit {
            let (key, source) = derive(&phrase, kind, index)?;
            match next.push_account(vault_key, &key, source, name, now, rng) {
                Err(VaultError::AccountExists) => {}
                Err(error) => return Err(error),
                Ok(id) => {
                    self.replace(next);
                    return Ok(id);
                }
            }
        }
        Err(VaultError::TooManyAccounts { max: ACCOUNTS_MAX })
    }

    /// Adds a private key.
    pub fn add_key<R: RngCore + CryptoRng>(
        &mut self,
        vault_key: &VaultKey,
        key: &AccountSecretKey,
        source: AccountSource,
        name: &str,
        now: Timestamp,
        rng: &mut R,
    ) -> Result<AccountId, VaultError> {
        let mut next = self.clone();
        let id = next.push_account(vault_key, key, source, name, now, rng)?;
        self.replace(next);
        Ok(id)
    }

    /// Wraps the vault key under another password. Records stay as they are.
    pub fn change_password<R: RngCore + CryptoRng>(
        &mut self,
        vault_key: &VaultKey,
        password_key: &PasswordKey,
        kdf: KdfParams,
        rng: &mut R,
    ) {
        let mut next = self.clone();
        next.body.password = PasswordWrap::new(&self.body.vault_id, password_key, kdf, vault_key, rng);
        self.replace(next);
    }

    /// Renames an account.
    pub fn rename(&mut self, id: AccountId, name: &str) -> Result<(), VaultError> {
        let name = checked_name(name)?;
        let mut next = self.clone();
        next.record_mut(id)?.account.name = name;
        self.replace(next);
        Ok(())
    }

    /// Notes that the person has the words on paper.
    pub fn confirm_backup(&mut self) {
        let mut next = self.clone();
        for record in &mut next.body.accounts {
            record.account.backed_up = true;
        }
        self.replace(next);
    }

    /// What the checksum of a changed text is made over, for tests that forge files.
    #[cfg(test)]
    pub(super) fn checksum_for_tests(text: &str) -> Vec<u8> {
        let outer: Outer<Body> = serde_json::from_str(text).expect("a forged file has the right form");
        serde_json::to_vec(&outer.body).expect("the file has string keys only")
    }

    fn replace(&mut self, next: Self) {
        let revision = self.body.revision.saturating_add(1);
        *self = next;
        self.body.revision = revision;
    }

    fn record(&self, id: AccountId) -> Result<&AccountRecord, VaultError> {
        self.body.accounts.iter().find(|record| record.account.id == id).ok_or(VaultError::UnknownAccount)
    }

    fn record_mut(&mut self, id: AccountId) -> Result<&mut AccountRecord, VaultError> {
        self.body.accounts.iter_mut().find(|record| record.account.id == id).ok_or(VaultError::UnknownAccount)
    }

    fn push_account<R: RngCore + CryptoRng>(
        &mut self,
        vault_key: &VaultKey,
        key: &AccountSecretKey,
        source: AccountSource,
        name: &str,
        now: Timestamp,
        rng: &mut R,
    ) -> Result<AccountId, VaultError> {
        let name = checked_name(name)?;
        let owner = key.owner();
        if self.body.accounts.iter().any(|record| record.account.owner == owner) {
            return Err(VaultError::AccountExists);
        }
        if self.body.accounts.len() >= ACCOUNTS_MAX {
            return Err(VaultError::TooManyAccounts { max: ACCOUNTS_MAX });
        }
        let id = AccountId(self.body.next_account);
        let key_kind = match key {
            AccountSecretKey::Ed25519(_) => KeyKind::Ed25519,
            AccountSecretKey::Secp256k1(_) => KeyKind::Secp256k1,
            AccountSecretKey::EvmSecp256k1(_) => KeyKind::EvmSecp256k1,
        };
        let backed_up = matches!(source, AccountSource::PrivateKey | AccountSource::Keystore)
            || self.body.accounts.iter().any(|record| record.account.backed_up && is_from_phrase(record));
        let account = Account { id, name, owner, key_kind, source, created_at: now, backed_up };
        let place = account_place(&self.body.vault_id, &account);
        let secret_key = Sealed::seal(vault_key.bytes(), &place, key.to_secret_bytes().as_ref(), rng);
        self.body.next_account = self.body.next_account.saturating_add(1);
        self.body.accounts.push(AccountRecord { account, secret_key });
        Ok(id)
    }

    fn open_record(
        &self,
        vault_key: &VaultKey,
        record: &AccountRecord,
    ) -> Result<AccountSecretKey, VaultError> {
        let account = &record.account;
        let damaged = || VaultError::Damaged(format!("the key of account {}", account.id.0));
        let bytes = record
            .secret_key
            .open(vault_key.bytes(), &account_place(&self.body.vault_id, account))
            .map_err(|_| damaged())?;
        let mut array = Zeroizing::new([0; 32]);
        if bytes.len() != array.len() {
            return Err(damaged());
        }
        array.copy_from_slice(&bytes);
        let key = secret_key_from_bytes(account.key_kind, &array).map_err(|_| damaged())?;
        if key.owner() == account.owner { Ok(key) } else { Err(damaged()) }
    }
}

impl PasswordWrap {
    fn new<R: RngCore + CryptoRng>(
        vault_id: &[u8; 16],
        password_key: &PasswordKey,
        argon2id: KdfParams,
        vault_key: &VaultKey,
        rng: &mut R,
    ) -> Self {
        let place = wrap_place(vault_id, &argon2id);
        let vault_key = Sealed::seal(password_key.bytes(), &place, vault_key.bytes(), rng);
        Self { argon2id, vault_key }
    }

    fn open(&self, vault_id: &[u8; 16], password_key: &PasswordKey) -> Result<VaultKey, VaultError> {
        let mut bytes = self
            .vault_key
            .open(password_key.bytes(), &wrap_place(vault_id, &self.argon2id))
            .map_err(|_| VaultError::WrongPassword)?;
        VaultKey::take(&mut bytes).ok_or_else(|| VaultError::Damaged("the vault key".into()))
    }
}

fn is_from_phrase(record: &AccountRecord) -> bool {
    !matches!(record.account.source, AccountSource::PrivateKey | AccountSource::Keystore)
}

fn derive(
    phrase: &RecoveryPhrase,
    kind: ImportedSecretKind,
    index: u32,
) -> Result<(AccountSecretKey, AccountSource), VaultError> {
    match kind {
        ImportedSecretKind::EvmPhrase => evm_key(phrase, index)
            .map(|key| (key, AccountSource::EvmPhrase { index }))
            .ok_or(VaultError::Import(super::ImportError::OutOfRange)),
        ImportedSecretKind::CheckoPhrase => Ok((checko_key(phrase), AccountSource::CheckoPhrase)),
        _ => Ok((ed25519_key(phrase, index), AccountSource::Phrase { index })),
    }
}

fn checked_name(name: &str) -> Result<String, VaultError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(VaultError::InvalidName { max: NAME_CHARS_MAX });
    }
    Ok(name.to_owned())
}

/// The associated data: every part with its length, so that no two places read the same.
fn place(vault_id: &[u8; 16], parts: &[&[u8]]) -> Vec<u8> {
    let mut place = Vec::new();
    let version = VAULT_VERSION.to_be_bytes();
    for part in [VAULT_FORMAT.as_bytes(), b"linera", &version, vault_id].iter().chain(parts) {
        let length = u32::try_from(part.len()).expect("parts are names and ids");
        place.extend_from_slice(&length.to_be_bytes());
        place.extend_from_slice(part);
    }
    place
}

fn wrap_place(vault_id: &[u8; 16], kdf: &KdfParams) -> Vec<u8> {
    place(vault_id, &[b"password", &kdf.memory_kib.to_be_bytes(), &kdf.passes.to_be_bytes(), &kdf.salt])
}

fn phrase_place(vault_id: &[u8; 16], kind: ImportedSecretKind) -> Vec<u8> {
    let kind: &[u8] = match kind {
        ImportedSecretKind::EvmPhrase => b"evm",
        ImportedSecretKind::CheckoPhrase => b"checko",
        _ => b"walnut",
    };
    place(vault_id, &[b"phrase", kind])
}

fn account_place(vault_id: &[u8; 16], account: &Account) -> Vec<u8> {
    let kind: &[u8] = match account.key_kind {
        KeyKind::Ed25519 => b"ed25519",
        KeyKind::Secp256k1 => b"secp256k1",
        KeyKind::EvmSecp256k1 => b"evm",
    };
    let owner = account.owner.to_string();
    place(vault_id, &[b"account", &account.id.0.to_be_bytes(), kind, owner.as_bytes()])
}

fn checksum(body: &Body) -> [u8; 32] {
    let json = serde_json::to_vec(body).expect("the file has string keys only");
    Sha256::digest(&json).into()
}

/// The parser's words without the text around, which might quote contents.
fn describe(error: &serde_json::Error) -> String {
    format!("the file cannot be read at line {}, column {}", error.line(), error.column())
}
