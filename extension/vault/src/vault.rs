//! The vault's state and what it answers.

use rand_core::{CryptoRng, RngCore};
use walnut_base::Timestamp;
use walnut_wallet::{
    lock::LockMachine,
    messages::{
        AccountId, AccountSource, ImportedSecretKind, KeyKind, LockStatus, SignRequest, Signed, SignedEntry,
        UiError, UiErrorCode, VaultEvent, VaultRequest, VaultResponse, VaultStatus, VaultUiRequest,
        VaultUiResponse, VaultUpdate,
    },
    vault::{
        KdfParams, PASSWORD_CHARS_MIN, RecoveryPhrase, VaultError, VaultFile, VaultKey, check_sign_request,
        derive_password_key, keys_from_keystore, password_strength, secret_key_from_hex,
    },
};
use zeroize::Zeroizing;

/// A secret that travels beside a message.
pub type Secret = Zeroizing<Vec<u8>>;

/// Lines of the table of signed blocks that the worker itself remembers, against a table that lost its last lines.
const REMEMBERED_LINES_MAX: usize = 1_024;

/// The vault of one worker.
pub struct Vault {
    state: State,
    key: Option<VaultKey>,
    lock: LockMachine,
    remembered: Vec<SignedEntry>,
    event: Option<VaultEvent>,
}

enum State {
    /// `Load` has not come yet.
    Unloaded,
    /// There is no wallet.
    Empty,
    /// There are records, but they cannot be read. They are never overwritten, only erased on request.
    Unreadable(UiError),
    /// The wallet.
    Loaded(Box<VaultFile>),
}

/// An answer and the secrets that go with it.
pub struct Reply {
    /// The answer.
    pub response: Result<VaultResponse, UiError>,
    /// Secrets beside it: recovery words, a private key.
    pub secrets: Vec<Secret>,
}

/// What a request of an interface leads to.
struct Outcome {
    response: VaultUiResponse,
    update: Option<VaultUpdate>,
    secrets: Vec<Secret>,
}

impl Default for Vault {
    fn default() -> Self {
        Self {
            state: State::Unloaded,
            key: None,
            lock: LockMachine::new(walnut_wallet::messages::Settings::AUTO_LOCK_MINUTES_DEFAULT),
            remembered: Vec::new(),
            event: None,
        }
    }
}

impl Vault {
    /// Answers one request. `secrets` are those of the frame; they are overwritten when this returns.
    pub fn handle<R: RngCore + CryptoRng>(
        &mut self,
        request: VaultRequest,
        secrets: Vec<Secret>,
        now: Timestamp,
        rng: &mut R,
    ) -> Reply {
        self.pass_time(now);
        match request {
            VaultRequest::Load { copies, auto_lock_minutes } => {
                Reply::of(self.load(&copies, auto_lock_minutes))
            }
            VaultRequest::SetAutoLock { minutes } => {
                self.lock.set_auto_lock(minutes, now);
                self.pass_time(now);
                Reply::of(Ok(VaultResponse::Status(self.status())))
            }
            VaultRequest::Tick => Reply::of(Ok(VaultResponse::Status(self.status()))),
            VaultRequest::Sign(request) => Reply::of(self.sign(&request).map(VaultResponse::Signed)),
            VaultRequest::Ui(request) => match self.answer(&request, &secrets, now, rng) {
                Ok(Outcome { response, update, secrets }) => Reply {
                    response: Ok(VaultResponse::Ui { response, status: self.status(), update }),
                    secrets,
                },
                Err(error) => Reply::of(Err(error)),
            },
        }
    }

    /// What has to be told unasked, once: that time has locked the vault.
    pub fn take_event(&mut self) -> Option<VaultEvent> {
        self.event.take()
    }

    fn pass_time(&mut self, now: Timestamp) {
        let was_open = self.key.is_some();
        self.lock.tick(now);
        if was_open && self.lock.status() != LockStatus::Unlocked {
            self.key = None;
            self.event = Some(VaultEvent::AutoLocked);
        }
    }

    fn status(&self) -> VaultStatus {
        match &self.state {
            State::Unloaded | State::Empty => {
                VaultStatus { lock: LockStatus::NoWallet, accounts: Vec::new(), has_phrase: false }
            }
            State::Unreadable(_) => {
                VaultStatus { lock: LockStatus::Damaged, accounts: Vec::new(), has_phrase: false }
            }
            State::Loaded(file) => VaultStatus::of(file, self.lock.status()),
        }
    }

    fn load(&mut self, copies: &[String], auto_lock_minutes: u32) -> Result<VaultResponse, UiError> {
        self.key = None;
        self.lock = LockMachine::new(auto_lock_minutes);
        match VaultFile::newest(copies) {
            Ok(file) => {
                self.state = file.map_or(State::Empty, |file| State::Loaded(Box::new(file)));
                Ok(VaultResponse::Status(self.status()))
            }
            Err(error) => {
                let error = UiError::from(error);
                self.state = State::Unreadable(error.clone());
                Err(error)
            }
        }
    }

    fn sign(&mut self, request: &SignRequest) -> Result<Signed, UiError> {
        let file = self.file()?;
        let key = self.key.as_ref().ok_or_else(UiError::locked)?;
        let checked = check_sign_request(request, &self.remembered)?;
        let signature = file.secret_key(key, &request.owner)?.sign_prehash(checked.digest);
        if self.remembered.len() >= REMEMBERED_LINES_MAX {
            self.remembered.remove(0);
        }
        self.remembered.push(checked.entry.clone());
        Ok(Signed { signature, entry: checked.entry })
    }

    fn answer<R: RngCore + CryptoRng>(
        &mut self,
        request: &VaultUiRequest,
        secrets: &[Secret],
        now: Timestamp,
        rng: &mut R,
    ) -> Result<Outcome, UiError> {
        let expected = request.secrets();
        if expected.len() != secrets.len() {
            return Err(UiError::bad_message(&format!(
                "expected {} secrets ({}), found {}",
                expected.len(),
                expected.join(", "),
                secrets.len()
            )));
        }
        match (request, secrets) {
            (VaultUiRequest::UserAction, _) => {
                self.lock.user_action(now);
                Ok(Outcome::plain(VaultUiResponse::Done))
            }
            (VaultUiRequest::CreateWallet { name }, [password]) => {
                let phrase = RecoveryPhrase::generate(rng);
                let (mut file, key) = self.new_file(password, now, rng)?;
                let id = file.add_phrase(&key, &phrase, ImportedSecretKind::Phrase, name, now, rng)?;
                let outcome = self.install(file, Some(key), &[id], now);
                Ok(outcome.with_secret(phrase.words().as_bytes()))
            }
            (VaultUiRequest::ImportPhrase { name, kind }, [password, words]) => {
                if !matches!(
                    kind,
                    ImportedSecretKind::Phrase
                        | ImportedSecretKind::EvmPhrase
                        | ImportedSecretKind::CheckoPhrase
                ) {
                    return Err(UiError::bad_message("the kind is not one of recovery words"));
                }
                let phrase = RecoveryPhrase::parse(words).map_err(VaultError::from)?;
                let (mut file, key) = self.file_for_import(password, now, rng)?;
                let id = file.add_phrase(&key, &phrase, *kind, name, now, rng)?;
                if !self.has_wallet() {
                    // Who types the words has them.
                    file.confirm_backup();
                }
                Ok(self.install(file, Some(key), &[id], now))
            }
            (VaultUiRequest::ImportKey { name, kind }, [password, text]) => {
                let keys = read_keys(*kind, text)?;
                let (mut file, key) = self.file_for_import(password, now, rng)?;
                let source = match kind {
                    ImportedSecretKind::Keystore => AccountSource::Keystore,
                    _ => AccountSource::PrivateKey,
                };
                let mut added = Vec::new();
                for (index, secret_key) in keys.iter().enumerate() {
                    let numbered =
                        if keys.len() == 1 { name.clone() } else { format!("{name} {}", index + 1) };
                    match file.add_key(&key, secret_key, source, &numbered, now, rng) {
                        Ok(id) => added.push(id),
                        // A file read twice brings only what is new.
                        Err(VaultError::AccountExists) if keys.len() > 1 => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                if added.is_empty() {
                    return Err(VaultError::AccountExists.into());
                }
                Ok(self.install(file, Some(key), &added, now))
            }
            (VaultUiRequest::AddAccount { name }, _) => {
                let mut file = self.file()?.clone();
                let key = self.key.as_ref().ok_or_else(UiError::locked)?;
                let id = file.add_next(key, name, now, rng)?;
                Ok(self.install(file, None, &[id], now))
            }
            (VaultUiRequest::Unlock, [password]) => self.unlock(password, now, rng),
            (VaultUiRequest::Lock, _) => {
                self.lock.lock();
                self.key = None;
                Ok(self.show(&[]))
            }
            (VaultUiRequest::RevealPhrase, [password]) => {
                let key = self.key_by_password(password)?;
                let words = self.file()?.phrase(&key)?.words();
                Ok(self.show(&[]).with_secret(words.as_bytes()))
            }
            (VaultUiRequest::RevealKey { account }, [password]) => {
                let key = self.key_by_password(password)?;
                let file = self.file()?;
                let secret_key = file.secret_key(&key, &file.account(*account)?.owner)?;
                let text = hex_text(secret_key.to_secret_bytes().as_ref());
                Ok(self.show(&[]).with_secret(&text))
            }
            (VaultUiRequest::ConfirmBackup, _) => {
                let mut file = self.file()?.clone();
                file.confirm_backup();
                Ok(self.install(file, None, &[], now))
            }
            (VaultUiRequest::ChangePassword, [old, new]) => {
                let key = self.key_by_password(old)?;
                check_new_password(new)?;
                let mut file = self.file()?.clone();
                let kdf = KdfParams::generate(rng);
                file.change_password(&key, &derive_password_key(new, &kdf)?, kdf, rng);
                Ok(self.install(file, Some(key), &[], now))
            }
            (VaultUiRequest::RenameAccount { account, name }, _) => {
                let mut file = self.file()?.clone();
                file.rename(*account, name)?;
                Ok(self.install(file, None, &[], now))
            }
            (VaultUiRequest::ExportVault, _) => {
                Ok(Outcome::plain(VaultUiResponse::ExportedVault { json: self.file()?.to_json() }))
            }
            (VaultUiRequest::EraseWallet, [password]) => {
                // Unreadable records have no password to check; the person has confirmed the loss.
                if !matches!(self.state, State::Unreadable(_)) {
                    self.key_by_password(password)?;
                }
                self.state = State::Empty;
                self.key = None;
                self.lock.lock();
                Ok(Outcome { update: Some(VaultUpdate::Erase), ..self.show(&[]) })
            }
            // The number of secrets was checked above.
            (
                VaultUiRequest::CreateWallet { .. }
                | VaultUiRequest::ImportPhrase { .. }
                | VaultUiRequest::ImportKey { .. }
                | VaultUiRequest::Unlock
                | VaultUiRequest::RevealPhrase
                | VaultUiRequest::RevealKey { .. }
                | VaultUiRequest::ChangePassword
                | VaultUiRequest::EraseWallet,
                _,
            ) => Err(UiError::bad_message("wrong number of secrets")),
        }
    }

    fn unlock<R: RngCore + CryptoRng>(
        &mut self,
        password: &Secret,
        now: Timestamp,
        rng: &mut R,
    ) -> Result<Outcome, UiError> {
        let key = self.key_by_password(password)?;
        let file = self.file()?;
        if file.kdf().is_outdated() {
            let mut file = file.clone();
            let kdf = KdfParams::generate(rng);
            file.change_password(&key, &derive_password_key(password, &kdf)?, kdf, rng);
            return Ok(self.install(file, Some(key), &[], now));
        }
        self.key = Some(key);
        self.lock.unlock(now);
        Ok(self.show(&[]))
    }

    /// The loaded file, or why there is none.
    fn file(&self) -> Result<&VaultFile, UiError> {
        match &self.state {
            State::Unloaded => Err(UiError::bad_message("the vault was not loaded")),
            State::Empty => {
                Err(UiError::new(UiErrorCode::NoWallet, "There is no wallet yet. Create one first."))
            }
            State::Unreadable(error) => Err(error.clone()),
            State::Loaded(file) => Ok(file),
        }
    }

    fn has_wallet(&self) -> bool {
        matches!(self.state, State::Loaded(_))
    }

    fn new_file<R: RngCore + CryptoRng>(
        &self,
        password: &Secret,
        now: Timestamp,
        rng: &mut R,
    ) -> Result<(VaultFile, VaultKey), UiError> {
        match &self.state {
            State::Empty => {}
            State::Loaded(_) => {
                return Err(UiError::new(
                    UiErrorCode::WalletExists,
                    "There is a wallet already. Unlock it instead.",
                ));
            }
            State::Unloaded | State::Unreadable(_) => {
                self.file()?;
            }
        }
        check_new_password(password)?;
        let kdf = KdfParams::generate(rng);
        Ok(VaultFile::create(&derive_password_key(password, &kdf)?, kdf.clone(), now, rng))
    }

    /// A copy of the wallet, opened by its password; or a new wallet with this password.
    fn file_for_import<R: RngCore + CryptoRng>(
        &self,
        password: &Secret,
        now: Timestamp,
        rng: &mut R,
    ) -> Result<(VaultFile, VaultKey), UiError> {
        match &self.state {
            State::Loaded(file) => Ok((file.as_ref().clone(), self.key_by_password(password)?)),
            _ => self.new_file(password, now, rng),
        }
    }

    fn key_by_password(&self, password: &Secret) -> Result<VaultKey, UiError> {
        let file = self.file()?;
        Ok(file.unlock(&derive_password_key(password, file.kdf())?)?)
    }

    /// Takes a changed file over; with a key, the vault is open from now on.
    fn install(
        &mut self,
        file: VaultFile,
        key: Option<VaultKey>,
        added: &[AccountId],
        now: Timestamp,
    ) -> Outcome {
        let update = VaultUpdate::Store { file: file.to_json() };
        self.state = State::Loaded(Box::new(file));
        if let Some(key) = key {
            self.key = Some(key);
            self.lock.unlock(now);
        }
        Outcome { update: Some(update), ..self.show(added) }
    }

    fn show(&self, added: &[AccountId]) -> Outcome {
        let VaultStatus { lock, accounts, .. } = self.status();
        Outcome::plain(VaultUiResponse::Vault { lock, accounts, added: added.to_vec() })
    }
}

impl Reply {
    fn of(response: Result<VaultResponse, UiError>) -> Self {
        Self { response, secrets: Vec::new() }
    }
}

impl Outcome {
    fn plain(response: VaultUiResponse) -> Self {
        Self { response, update: None, secrets: Vec::new() }
    }

    fn with_secret(mut self, secret: &[u8]) -> Self {
        self.secrets.push(Zeroizing::new(secret.to_vec()));
        self
    }
}

fn read_keys(kind: ImportedSecretKind, text: &[u8]) -> Result<Vec<walnut_base::AccountSecretKey>, UiError> {
    let one = |kind| secret_key_from_hex(kind, text).map(|key| vec![key]);
    let keys = match kind {
        ImportedSecretKind::Ed25519Key => one(KeyKind::Ed25519),
        ImportedSecretKind::Secp256k1Key => one(KeyKind::Secp256k1),
        ImportedSecretKind::EvmKey => one(KeyKind::EvmSecp256k1),
        ImportedSecretKind::Keystore => keys_from_keystore(text),
        _ => return Err(UiError::bad_message("the kind is not one of private keys")),
    };
    Ok(keys.map_err(VaultError::from)?)
}

fn check_new_password(password: &Secret) -> Result<(), UiError> {
    let text = std::str::from_utf8(password).map_err(|_| UiError::bad_message("the password is not text"))?;
    let strength = password_strength(text);
    if strength.is_acceptable {
        return Ok(());
    }
    let message = if strength.is_too_short {
        format!("Use at least {PASSWORD_CHARS_MIN} characters.")
    } else {
        format!(
            "This password could be guessed in {}. Make it longer, or use several unrelated words.",
            strength.time_to_guess
        )
    };
    Err(UiError::new(UiErrorCode::WeakPassword, message))
}

fn hex_text(bytes: &[u8]) -> Secret {
    let mut text = Zeroizing::new(Vec::with_capacity(2 * bytes.len()));
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
        }
    }
    text
}

#[cfg(test)]
mod tests;
