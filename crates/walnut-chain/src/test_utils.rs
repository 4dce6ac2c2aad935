//! A network of validators in memory, for tests.
