//! Golden vectors and the replay of recorded networks.
