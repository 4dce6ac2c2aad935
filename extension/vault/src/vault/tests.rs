//! The vault program's logic, natively: every request, in every state it can meet.

use rand_core::{CryptoRng, Error, RngCore};
use walnut_base::{
    AccountOwner, BlockHeight, ChainId, CryptoHash, Epoch, ProposalContent, ProposedBlock, Round, Timestamp,
};
use walnut_wallet::messages::{Account, SignId};

use super::*;

const PASSWORD: &str = "juniper-oval-ketchup-tin";
const OTHER: &str = "ketchup tin oval juniper";
const ABOUT: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

/// Counts up: enough for tests that only need different numbers.
struct CountingRng(u64);

impl RngCore for CountingRng {
    fn next_u32(&mut self) -> u32 {
        self.next_u64().to_le_bytes()[..4].try_into().map(u32::from_le_bytes).unwrap()
    }

    fn next_u64(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for CountingRng {}

/// One worker, its host's storage, and a clock in seconds.
struct World {
    vault: Vault,
    stored: Option<String>,
    rng: CountingRng,
    now: u64,
}

type Answer = Result<(VaultUiResponse, VaultStatus, Vec<String>), UiError>;

impl World {
    fn new() -> Self {
        let mut world = Self { vault: Vault::default(), stored: None, rng: CountingRng(0), now: 1_000 };
        world.restart().unwrap();
        world
    }

    fn send(&mut self, request: VaultRequest, secrets: &[&str]) -> Reply {
        let secrets = secrets.iter().map(|secret| Zeroizing::new(secret.as_bytes().to_vec())).collect();
        self.vault.handle(request, secrets, Timestamp::from_micros(self.now * 1_000_000), &mut self.rng)
    }

    /// The worker is killed and started again.
    fn restart(&mut self) -> Result<VaultStatus, UiError> {
        self.vault = Vault::default();
        self.load(self.stored.iter().cloned().collect())
    }

    fn load(&mut self, copies: Vec<String>) -> Result<VaultStatus, UiError> {
        match self.send(VaultRequest::Load { copies, auto_lock_minutes: 15 }, &[]).response? {
            VaultResponse::Status(status) => Ok(status),
            other => panic!("{other:?}"),
        }
    }

    /// A request of an interface; the host stores what the answer asks for.
    fn ui(&mut self, request: VaultUiRequest, secrets: &[&str]) -> Answer {
        let reply = self.send(VaultRequest::Ui(request), secrets);
        let secrets =
            reply.secrets.iter().map(|secret| String::from_utf8(secret.to_vec()).unwrap()).collect();
        match reply.response? {
            VaultResponse::Ui { response, status, update } => {
                match update {
                    Some(VaultUpdate::Store { file }) => self.stored = Some(file),
                    Some(VaultUpdate::Erase) => self.stored = None,
                    None => {}
                }
                Ok((response, status, secrets))
            }
            other => panic!("{other:?}"),
        }
    }

    fn code(&mut self, request: VaultUiRequest, secrets: &[&str]) -> Option<UiErrorCode> {
        self.ui(request, secrets).err().map(|error| error.code)
    }

    fn create(&mut self) -> String {
        let (_, status, mut secrets) =
            self.ui(VaultUiRequest::CreateWallet { name: "Main".into() }, &[PASSWORD]).unwrap();
        assert_eq!(status.lock, LockStatus::Unlocked);
        secrets.remove(0)
    }

    fn accounts(&mut self) -> Vec<Account> {
        match self.send(VaultRequest::Tick, &[]).response {
            Ok(VaultResponse::Status(status)) => status.accounts,
            other => panic!("{other:?}"),
        }
    }

    fn lock(&mut self) -> LockStatus {
        match self.send(VaultRequest::Tick, &[]).response {
            Ok(VaultResponse::Status(status)) => status.lock,
            other => panic!("{other:?}"),
        }
    }

    fn sign(&mut self, request: SignRequest) -> Result<Signed, UiError> {
        match self.send(VaultRequest::Sign(request), &[]).response? {
            VaultResponse::Signed(signed) => Ok(signed),
            other => panic!("{other:?}"),
        }
    }
}

fn proposal(timestamp: u64) -> ProposalContent {
    ProposalContent {
        block: ProposedBlock {
            chain_id: ChainId([1; 32].into()),
            epoch: Epoch(0),
            transactions: Vec::new(),
            height: BlockHeight(0),
            timestamp: Timestamp::from_micros(timestamp),
            authenticated_signer: None,
            previous_block_hash: None,
        },
        round: Round::Fast,
        outcome: None,
    }
}

fn sign_request(owner: AccountOwner, content: &ProposalContent, signed: Vec<SignedEntry>) -> SignRequest {
    SignRequest {
        sign_id: SignId(1),
        owner,
        content: bcs::to_bytes(content).unwrap(),
        digest: CryptoHash::new(content),
        signed,
    }
}

#[test]
fn a_wallet_from_birth_to_restart() {
    let mut world = World::new();
    assert_eq!(world.lock(), LockStatus::NoWallet);
    let words = world.create();
    assert_eq!(words.split(' ').count(), 24);
    let accounts = world.accounts();
    assert_eq!((accounts.len(), accounts[0].name.as_str(), accounts[0].backed_up), (1, "Main", false));

    // Killed: locked, everything there.
    assert_eq!(
        world.restart().map(|status| (status.lock, status.has_phrase)),
        Ok((LockStatus::Locked, true))
    );
    assert_eq!(world.accounts(), accounts);
    assert_eq!(world.code(VaultUiRequest::Unlock, &[OTHER]), Some(UiErrorCode::WrongPassword));
    assert_eq!(world.lock(), LockStatus::Locked);
    world.ui(VaultUiRequest::Unlock, &[PASSWORD]).unwrap();
    assert_eq!(world.lock(), LockStatus::Unlocked);

    let (_, _, revealed) = world.ui(VaultUiRequest::RevealPhrase, &[PASSWORD]).unwrap();
    assert_eq!(revealed, [words]);
    world.ui(VaultUiRequest::ConfirmBackup, &[]).unwrap();
    world.ui(VaultUiRequest::RenameAccount { account: AccountId(1), name: "Savings".into() }, &[]).unwrap();
    world.ui(VaultUiRequest::AddAccount { name: "Second".into() }, &[]).unwrap();
    let (_, _, key) = world.ui(VaultUiRequest::RevealKey { account: AccountId(2) }, &[PASSWORD]).unwrap();
    assert_eq!(key[0].len(), 64);
    world.restart().unwrap();
    let accounts = world.accounts();
    assert_eq!(
        accounts.iter().map(|account| (account.name.as_str(), account.backed_up)).collect::<Vec<_>>(),
        [("Savings", true), ("Second", true)]
    );

    // The revealed key is the account's key.
    let import = VaultUiRequest::ImportKey { name: "Same".into(), kind: ImportedSecretKind::Ed25519Key };
    assert_eq!(world.code(import, &[PASSWORD, &key[0]]), Some(UiErrorCode::AccountExists));
}

#[test]
fn changing_the_password() {
    let mut world = World::new();
    world.create();
    assert_eq!(world.code(VaultUiRequest::ChangePassword, &[OTHER, OTHER]), Some(UiErrorCode::WrongPassword));
    assert_eq!(
        world.code(VaultUiRequest::ChangePassword, &[PASSWORD, "password1"]),
        Some(UiErrorCode::WeakPassword)
    );
    world.ui(VaultUiRequest::ChangePassword, &[PASSWORD, OTHER]).unwrap();
    world.restart().unwrap();
    assert_eq!(world.code(VaultUiRequest::Unlock, &[PASSWORD]), Some(UiErrorCode::WrongPassword));
    assert!(world.ui(VaultUiRequest::Unlock, &[OTHER]).is_ok());
}

#[test]
fn importing() {
    let mut world = World::new();
    let phrase = |kind| VaultUiRequest::ImportPhrase { name: "Imported".into(), kind };
    let key = |kind| VaultUiRequest::ImportKey { name: "Key".into(), kind };
    use ImportedSecretKind as Kind;
    assert_eq!(
        world.code(phrase(Kind::EvmPhrase), &[PASSWORD, "abandon about"]),
        Some(UiErrorCode::InvalidPhrase)
    );
    assert_eq!(world.code(phrase(Kind::EvmKey), &[PASSWORD, ABOUT]), Some(UiErrorCode::BadMessage));
    assert_eq!(world.code(phrase(Kind::EvmPhrase), &["12345678", ABOUT]), Some(UiErrorCode::WeakPassword));
    assert_eq!(world.lock(), LockStatus::NoWallet, "nothing was made by what failed");

    let (_, status, secrets) = world.ui(phrase(Kind::EvmPhrase), &[PASSWORD, ABOUT]).unwrap();
    assert!(secrets.is_empty());
    assert_eq!(status.accounts[0].owner.to_string(), "0x9858effd232b4033e47d90003d41ec34ecaeda94");
    assert!(status.accounts[0].backed_up);

    // Further imports ask for the password of this wallet, locked or not.
    world.ui(VaultUiRequest::Lock, &[]).unwrap();
    assert_eq!(world.code(phrase(Kind::Phrase), &[OTHER, ABOUT]), Some(UiErrorCode::WrongPassword));
    world.ui(phrase(Kind::Phrase), &[PASSWORD, ABOUT]).unwrap();
    assert_eq!(world.code(key(Kind::EvmKey), &[PASSWORD, "0x12"]), Some(UiErrorCode::InvalidPrivateKey));
    assert_eq!(world.code(key(Kind::Phrase), &[PASSWORD, ABOUT]), Some(UiErrorCode::BadMessage));
    assert_eq!(world.code(key(Kind::Keystore), &[PASSWORD, "{}"]), Some(UiErrorCode::InvalidPrivateKey));
    let json = format!("{{\"EvmSecp256k1\":\"{}\"}}", "01".repeat(32));
    let keystore = format!(
        "{{\"keys\":[[\"0x1a642f0e3c3af545e7acbd38b07251b3990914f1\",{:?}]],\"prng_seed\":37}}",
        json.as_bytes()
    );
    let (_, status, _) = world.ui(key(Kind::Keystore), &[PASSWORD, &keystore]).unwrap();
    assert_eq!(status.accounts.len(), 3);
    assert_eq!(world.code(key(Kind::Keystore), &[PASSWORD, &keystore]), Some(UiErrorCode::AccountExists));
}

#[test]
fn signing() {
    let mut world = World::new();
    world.create();
    let owner = world.accounts()[0].owner;
    let first = proposal(1);
    let signed = world.sign(sign_request(owner, &first, Vec::new())).unwrap();
    assert_eq!(signed.signature.owner(), owner);
    assert_eq!(signed.signature.check(&first), Ok(()));

    let code = |result: Result<Signed, UiError>| result.err().map(|error| error.code);
    let second = sign_request(owner, &proposal(2), Vec::new());
    assert_eq!(
        code(world.sign(second.clone())),
        Some(UiErrorCode::ConflictingSignature),
        "by its own memory"
    );
    world.restart().unwrap();
    assert_eq!(code(world.sign(second.clone())), Some(UiErrorCode::Locked));
    world.ui(VaultUiRequest::Unlock, &[PASSWORD]).unwrap();
    let with_table = SignRequest { signed: vec![signed.entry.clone()], ..second };
    assert_eq!(code(world.sign(with_table)), Some(UiErrorCode::ConflictingSignature), "by the table");
    assert_eq!(
        world.sign(sign_request(owner, &first, vec![signed.entry])).map(|again| again.signature),
        Ok(signed.signature)
    );

    let mut tampered = sign_request(owner, &proposal(3), Vec::new());
    tampered.digest = CryptoHash::new(&proposal(4));
    assert_eq!(code(world.sign(tampered)), Some(UiErrorCode::SigningRefused));
    let stranger = sign_request(AccountOwner::Address20([9; 20]), &first, Vec::new());
    assert_eq!(code(world.sign(stranger)), Some(UiErrorCode::UnknownAccount));
}

#[test]
fn locking_by_time_and_by_hand() {
    let mut world = World::new();
    world.create();
    let owner = world.accounts()[0].owner;
    world.now += 899;
    assert_eq!(world.lock(), LockStatus::Unlocked);
    world.ui(VaultUiRequest::UserAction, &[]).unwrap();
    world.now += 899;
    // A signature is no user action.
    world.sign(sign_request(owner, &proposal(1), Vec::new())).unwrap();
    assert_eq!(world.vault.take_event(), None);
    world.now += 1;
    let refused = world.sign(sign_request(owner, &proposal(1), Vec::new()));
    assert_eq!(refused, Err(UiError::locked()));
    assert_eq!(world.vault.take_event(), Some(VaultEvent::AutoLocked));
    assert_eq!(world.vault.take_event(), None);
    assert_eq!(world.code(VaultUiRequest::AddAccount { name: "x".into() }, &[]), Some(UiErrorCode::Locked));

    world.ui(VaultUiRequest::Unlock, &[PASSWORD]).unwrap();
    world.ui(VaultUiRequest::Lock, &[]).unwrap();
    assert_eq!(world.lock(), LockStatus::Locked);
    assert_eq!(world.vault.take_event(), None, "locking by hand is no surprise");

    world.ui(VaultUiRequest::Unlock, &[PASSWORD]).unwrap();
    world.now += 120;
    assert!(world.send(VaultRequest::SetAutoLock { minutes: 1 }, &[]).response.is_ok());
    assert_eq!(world.lock(), LockStatus::Locked);
    assert_eq!(world.vault.take_event(), Some(VaultEvent::AutoLocked));
}

#[test]
fn damaged_and_newer_records_are_never_overwritten() {
    let mut world = World::new();
    world.create();
    let good = world.stored.clone().unwrap();
    let damaged = good.replace("Main", "Mein");
    let newer = good.replacen("\"version\":1", "\"version\":2", 1);
    for (copies, code) in [
        (vec![damaged.clone()], UiErrorCode::VaultDamaged),
        (vec![newer.clone()], UiErrorCode::VaultNewerVersion),
        (vec![good.clone(), newer], UiErrorCode::VaultNewerVersion),
    ] {
        assert_eq!(world.load(copies).map_err(|error| error.code), Err(code));
        assert_eq!(world.lock(), LockStatus::Damaged);
        for (request, secrets) in [
            (VaultUiRequest::CreateWallet { name: "New".into() }, vec![PASSWORD]),
            (
                VaultUiRequest::ImportPhrase { name: "New".into(), kind: ImportedSecretKind::Phrase },
                vec![PASSWORD, ABOUT],
            ),
            (VaultUiRequest::Unlock, vec![PASSWORD]),
            (VaultUiRequest::ExportVault, vec![]),
        ] {
            assert_eq!(world.code(request, &secrets), Some(code));
        }
        assert_eq!(world.stored.as_ref(), Some(&good));
    }
    // One intact copy is enough.
    assert_eq!(world.load(vec![damaged.clone(), good]).map(|status| status.lock), Ok(LockStatus::Locked));
    world.ui(VaultUiRequest::Unlock, &[PASSWORD]).unwrap();
    // Only the person gives damaged records up.
    world.load(vec![damaged]).unwrap_err();
    world.ui(VaultUiRequest::EraseWallet, &[""]).unwrap();
    assert_eq!((world.lock(), world.stored.clone()), (LockStatus::NoWallet, None));
    world.create();
}

#[test]
fn erasing_needs_the_password() {
    let mut world = World::new();
    world.create();
    assert_eq!(world.code(VaultUiRequest::EraseWallet, &[OTHER]), Some(UiErrorCode::WrongPassword));
    assert!(world.stored.is_some());
    world.ui(VaultUiRequest::EraseWallet, &[PASSWORD]).unwrap();
    assert_eq!((world.stored.clone(), world.lock()), (None, LockStatus::NoWallet));
}

#[test]
fn what_does_not_fit_is_refused_with_a_code() {
    let mut world = World::new();
    let create = || VaultUiRequest::CreateWallet { name: "Main".into() };
    for (request, secrets, code) in [
        (VaultUiRequest::Unlock, vec![PASSWORD], UiErrorCode::NoWallet),
        (VaultUiRequest::Lock, vec![PASSWORD], UiErrorCode::BadMessage),
        (create(), vec![], UiErrorCode::BadMessage),
        (create(), vec![PASSWORD, PASSWORD], UiErrorCode::BadMessage),
        (create(), vec!["short"], UiErrorCode::WeakPassword),
        (create(), vec![""], UiErrorCode::WeakPassword),
        (VaultUiRequest::CreateWallet { name: " ".into() }, vec![PASSWORD], UiErrorCode::InvalidName),
        (VaultUiRequest::ExportVault, vec![], UiErrorCode::NoWallet),
    ] {
        assert_eq!(world.code(request.clone(), &secrets), Some(code), "{request:?}");
    }
    world.create();
    assert_eq!(world.code(create(), &[PASSWORD]), Some(UiErrorCode::WalletExists));
    assert_eq!(
        world.code(VaultUiRequest::RevealKey { account: AccountId(9) }, &[PASSWORD]),
        Some(UiErrorCode::UnknownAccount)
    );
    // Before `Load`, nothing is known and nothing is made.
    world.vault = Vault::default();
    assert_eq!(world.code(create(), &[PASSWORD]), Some(UiErrorCode::BadMessage));
}
