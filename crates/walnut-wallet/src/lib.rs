//! Vault, lock state, approvals and the UI messages, as pure machines.
