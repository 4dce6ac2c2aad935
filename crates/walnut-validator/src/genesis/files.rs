//! Reading and writing configuration files.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// A file cannot be used.
#[derive(Debug, Error)]
pub enum FileError {
    /// It cannot be read or written.
    #[error("{path}: {error}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// Its content is not what it should be.
    #[error("{path}: {reason}", path = path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
}

impl FileError {
    /// A closure that adds the path to a system error.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { path: path.to_owned(), error }
    }

    /// A closure that adds the path to a complaint about content.
    pub(crate) fn content<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> Self {
        move |error| Self::Content { path: path.to_owned(), reason: error.to_string() }
    }
}

/// Reads a JSON file.
///
/// # Errors
/// [`FileError`].
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
    let bytes = fs::read(path).map_err(FileError::io(path))?;
    serde_json::from_slice(&bytes).map_err(FileError::content(path))
}

/// Writes a JSON file, pretty-printed. The file appears in one piece or not at all.
///
/// # Errors
/// [`FileError`].
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), FileError> {
    write(path, value, false)
}

/// As [`write_json`], readable by the owner of the process only.
///
/// # Errors
/// [`FileError`].
pub fn write_secret_json<T: Serialize>(path: &Path, value: &T) -> Result<(), FileError> {
    write(path, value, true)
}

fn write<T: Serialize>(path: &Path, value: &T, is_secret: bool) -> Result<(), FileError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(FileError::content(path))?;
    bytes.push(b'\n');
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if is_secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _: bool = is_secret;
    let mut file = options.open(&new).map_err(FileError::io(&new))?;
    file.write_all(&bytes).map_err(FileError::io(&new))?;
    file.sync_all().map_err(FileError::io(&new))?;
    fs::rename(&new, path).map_err(FileError::io(path))
}
