//! The commit trait and its backends.
