//! The extension's vault.
