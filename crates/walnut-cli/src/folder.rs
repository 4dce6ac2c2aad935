//! A wallet's folder: which chains are its own, their keys, and the node's database.
//!
//! | file | content |
//! |---|---|
//! | `wallet.json` | the network, the faucet, the chains |
//! | `keystore.json` | secret keys, *not encrypted*, in the form of the stock command-line tool; mode 0600 |
//! | `database/` | the local node |
//!
//! A key is stored before its chain exists, and a chain is noted after it was claimed: a crash between the two leaves a
//! key without a chain, never the other way round.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use walnut_base::{
    AccountOwner, AccountSecretKey, ChainId, CryptoHash,
    wallet_file::{KeystoreFile, KeystoreKey},
};
use walnut_storage::native::{NativeStorage, Options};
use zeroize::Zeroizing;

use crate::error::CliError;

const WALLET: &str = "wallet.json";
const KEYSTORE: &str = "keystore.json";
const DATABASE: &str = "database";

/// What `wallet.json` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletFile {
    /// Hash of the network's genesis.
    pub genesis: CryptoHash,
    /// Where new chains come from, if known.
    pub faucet: Option<String>,
    /// The wallet's chains; the first is meant when none is named.
    pub chains: Vec<KnownChain>,
}

/// A chain of the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownChain {
    /// The chain.
    pub chain_id: ChainId,
    /// Whose key signs.
    pub owner: AccountOwner,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// A folder for a new wallet; made if it does not exist.
    ///
    /// # Errors
    /// [`CliError::WalletExists`] when there is a wallet in it, [`CliError::File`].
    pub fn create(path: &Path) -> Result<Self, CliError> {
        if path.join(WALLET).exists() || path.join(KEYSTORE).exists() {
            return Err(CliError::WalletExists(path.to_owned()));
        }
        fs::create_dir_all(path).map_err(CliError::file(path))?;
        Ok(Self { path: path.to_owned() })
    }

    /// The folder of a wallet.
    ///
    /// # Errors
    /// [`CliError::NoWallet`].
    pub fn open(path: &Path) -> Result<Self, CliError> {
        match path.join(WALLET).exists() {
            true => Ok(Self { path: path.to_owned() }),
            false => Err(CliError::NoWallet(path.to_owned())),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the keys are.
    pub fn keystore_path(&self) -> PathBuf {
        self.path.join(KEYSTORE)
    }

    /// Opens the node's database.
    ///
    /// # Errors
    /// [`CliError::InUse`] and [`CliError::Storage`].
    pub fn database(&self) -> Result<NativeStorage, CliError> {
        Ok(NativeStorage::open(&self.path.join(DATABASE), Options::default())?)
    }

    /// Reads `wallet.json`.
    ///
    /// # Errors
    /// [`CliError::File`].
    pub fn read(&self) -> Result<WalletFile, CliError> {
        read_json(&self.path.join(WALLET))
    }

    /// Writes `wallet.json`.
    ///
    /// # Errors
    /// [`CliError::File`].
    pub fn write(&self, file: &WalletFile) -> Result<(), CliError> {
        write_json(&self.path.join(WALLET), file, false)
    }

    /// Reads the keys; none if there is no file yet.
    ///
    /// # Errors
    /// [`CliError::File`].
    pub fn keys(&self) -> Result<Vec<AccountSecretKey>, CliError> {
        let path = self.keystore_path();
        if !path.exists() {
            return Ok(Vec::new());
        }
        let file: KeystoreFile = read_json(&path)?;
        Ok(file.keys.into_iter().map(|(_, KeystoreKey(key))| key).collect())
    }

    /// Adds a key, and gives it back. It is stored when this returns.
    ///
    /// # Errors
    /// [`CliError::File`].
    pub fn add_key(&self, key: AccountSecretKey) -> Result<AccountSecretKey, CliError> {
        let mut keys =
            self.keys()?.into_iter().map(|key| (key.owner(), KeystoreKey(key))).collect::<Vec<_>>();
        keys.push((key.owner(), KeystoreKey(key)));
        let mut file = KeystoreFile { keys, prng_seed: None };
        write_json(&self.keystore_path(), &file, true)?;
        let (_, KeystoreKey(key)) = file.keys.pop().expect("it was pushed above");
        Ok(key)
    }
}

/// Reads a JSON file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, CliError> {
    let bytes = Zeroizing::new(fs::read(path).map_err(CliError::file(path))?);
    serde_json::from_slice(&bytes).map_err(CliError::file(path))
}

/// The file is there in one piece, or as it was.
fn write_json<T: Serialize>(path: &Path, value: &T, is_secret: bool) -> Result<(), CliError> {
    let mut bytes = Zeroizing::new(serde_json::to_vec_pretty(value).map_err(CliError::file(path))?);
    bytes.push(b'\n');
    let new = path.with_extension("json.new");
    // A file that a crash left behind may have other permissions.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(CliError::file(&new)(error)),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _: bool = is_secret;
    let mut file = options.open(&new).map_err(CliError::file(&new))?;
    file.write_all(&bytes).map_err(CliError::file(&new))?;
    file.sync_all().map_err(CliError::file(&new))?;
    fs::rename(&new, path).map_err(CliError::file(path))
}

#[cfg(test)]
mod tests {
    //! What is in the folder, and who may read it.

    use walnut_base::Ed25519SecretKey;

    use super::*;

    fn key(number: u8) -> AccountSecretKey {
        AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[number; 32]))
    }

    #[test]
    fn keys_are_kept_and_nobody_else_may_read_them() {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = Folder::create(&temporary.path().join("new")).expect("a fresh folder");
        assert_eq!(folder.keys().expect("none yet").len(), 0);
        // Left by a crash, and readable by all.
        fs::write(folder.path().join("keystore.json.new"), b"half").expect("writes");
        folder.add_key(key(1)).expect("writes");
        folder.add_key(key(2)).expect("writes");
        let owners = folder.keys().expect("reads").iter().map(AccountSecretKey::owner).collect::<Vec<_>>();
        assert_eq!(owners, [key(1).owner(), key(2).owner()]);
        #[cfg(unix)]
        {
            let metadata = fs::metadata(folder.keystore_path()).expect("it is there");
            let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(matches!(Folder::create(folder.path()), Err(CliError::WalletExists(_))));
    }

    #[test]
    fn a_folder_without_a_wallet_is_named() {
        let temporary = tempfile::tempdir().expect("a folder");
        let error = Folder::open(temporary.path()).expect_err("it is empty");
        assert!(matches!(&error, CliError::NoWallet(path) if path == temporary.path()), "{error}");
        fs::write(temporary.path().join(WALLET), b"{}").expect("writes");
        let error =
            Folder::open(temporary.path()).expect("a file is there").read().expect_err("not a wallet");
        assert!(matches!(error, CliError::File { .. }), "{error}");
    }
}
