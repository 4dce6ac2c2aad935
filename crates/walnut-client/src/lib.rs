//! Follow, sync, propose: machines that ask.
