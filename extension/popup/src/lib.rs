//! The extension's popup.
