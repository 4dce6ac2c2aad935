//! Every value that is hashed, signed, stored or sent on a Linera network.
