//! State containers, batches, overlay and the state hash.
