//! Checks, meters and steps one Wasm application.
