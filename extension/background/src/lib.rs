//! The extension's background.
